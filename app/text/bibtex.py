"""BibTeX entries in the shape of arXiv's own export.

The year is that of version 1, so that a key outlives revisions. Text stays Unicode (UTF-8);
braces always balance, whatever the metadata holds.
"""

import re
from collections.abc import Iterable

from app.domain.paper import Author, Paper
from app.text.names import fold_name
from app.text.stop_words import STOP_WORDS
from app.text.tex import MATH_PATTERN, collapse_whitespace
from app.text.tex_words import tex_to_words

KEY_TITLE_WORDS = 4
"""Words of the title in a BibTeX key, stop words not counted."""

_ASCII_WORD = re.compile(r"[a-z0-9]+")


def bibtex_key(paper: Paper) -> str:
    """First author's family name, year and the first title words: ASCII letters and digits.

    Example: "vaswani2017attentionneed". What has no such letters is replaced by the arXiv id.
    """
    family = _ascii_key(paper.authors[0].family) if paper.authors else ""
    words = _ASCII_WORD.findall(fold_name(tex_to_words(paper.title).replace("-", "")))
    telling = [word for word in words if word not in STOP_WORDS][:KEY_TITLE_WORDS]
    title = "".join(telling) or re.sub(r"[^a-z0-9]", "", paper.arxiv_id.value)
    return f"{family or 'arxiv'}{paper.submitted_at.year}{title}"


def _ascii_key(text: str) -> str:
    return "".join(_ASCII_WORD.findall(fold_name(text)))


def render_bibtex(papers: Iterable[Paper]) -> str:
    """One `@misc` entry a paper, as arXiv writes it, with keys distinct within this text."""
    taken: set[str] = set()
    entries = []
    for paper in papers:
        key = _distinct(bibtex_key(paper), taken)
        taken.add(key)
        entries.append(_bibtex_entry(key, paper))
    return "\n\n".join(entries) + "\n" if entries else ""


def _distinct(key: str, taken: set[str]) -> str:
    """`key`, or `key` with b, c, … z, aa, ab … appended."""
    candidate, number = key, 1
    while candidate in taken:
        number += 1
        candidate = key + _letters(number)
    return candidate


def _letters(number: int) -> str:
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("a") + digit) + text
    return text


def _bibtex_entry(key: str, paper: Paper) -> str:
    fields = {
        "title": _protect_title(paper.title),
        "author": " and ".join(_bibtex_name(author) for author in paper.authors),
        "year": str(paper.submitted_at.year),
        "eprint": paper.arxiv_id.value,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary_category,
        "doi": _strip_braces(paper.doi),
        "url": paper.arxiv_id.abs_url,
    }
    lines = [f"      {name}={{{value}}}, " for name, value in fields.items() if value]
    lines[-1] = lines[-1].rstrip(", ")
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _bibtex_name(author: Author) -> str:
    """`First Last`; braces keep groups, and families of several capitalised words, together.

    Where BibTeX would divide that otherwise (a suffix, a particle within the given names), it is
    `Last, Jr., First`.
    """
    family, given, suffix = map(_escape_bibtex, (author.family, author.given, author.suffix))
    given = given.replace(",", "")
    *particles, _ = family.split() or [""]
    is_divided_alike = bool(given) and all(word[:1].islower() for word in particles)
    if (particles and not is_divided_alike) or "," in family:
        family = f"{{{family}}}"
    if suffix:
        return f"{family}, {suffix}, {given}"
    if any(word[:1].islower() for word in given.split()):
        return f"{family}, {given}"
    return f"{given} {family}".strip()


_BIBTEX_PARTS = re.compile(rf"(?P<math>{MATH_PATTERN})|\\(?:[A-Za-z]+|.)|[&%#_$\\]", re.DOTALL)


def _escape_bibtex(text: str) -> str:
    """Text that is safe between BibTeX's braces: special characters escaped, braces balanced."""
    escaped = _BIBTEX_PARTS.sub(_escape_part, collapse_whitespace(text))
    return escaped if _is_balanced(escaped) else _strip_braces(escaped)


def _escape_part(match: re.Match[str]) -> str:
    if match["math"] is not None or len(match[0]) > 1:
        return match[0]
    return r"\textbackslash " if match[0] == "\\" else f"\\{match[0]}"


def _is_balanced(text: str) -> bool:
    """BibTeX counts every brace, escaped ones too."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _strip_braces(text: str) -> str:
    return re.sub(r"\\?[{}]", "", text)


_TITLE_PARTS = re.compile(rf"(?P<math>{MATH_PATTERN})|\{{|\}}|\\[A-Za-z]+|[^\s{{}}$\\]+")


def _protect_title(title: str) -> str:
    """The title with braces round what a bibliography style must not put in lower case.

    That is formulas and words with a capital after their first letter; in a title that is not
    written in capitals, also every capitalised word but the first.
    """
    escaped = _escape_bibtex(title)
    words = re.findall(r"[^\W\d_]{4,}", escaped)[1:]
    capitalised = sum(word[0].isupper() for word in words)
    is_sentence_case = capitalised * 2 < len(words)
    depth = 0

    def protect(match: re.Match[str]) -> str:
        nonlocal depth
        part = match[0]
        depth += (part == "{") - (part == "}")
        if depth or part[0] in "{}\\":
            return part
        is_proper = is_sentence_case and match.start() > 0 and part[:1].isupper()
        needs_braces = match["math"] is not None or is_proper or _has_inner_capital(part)
        return f"{{{part}}}" if needs_braces else part

    return _TITLE_PARTS.sub(protect, escaped)


def _has_inner_capital(word: str) -> bool:
    """Whether a part of a compound has a capital after its first letter: GAN, mRNA, McKay."""
    parts = re.findall(r"[^\W_]+", word)
    return any(any(c.isupper() for c in part[1:]) for part in parts)
