"""Reads what other people's BibTeX files say about papers, however badly they are written.

Only what identifies a paper is wanted, so nothing is refused: a brace that is never closed ends
before the next field or with its entry, a field given twice counts as first written, and what is
no entry is skipped.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.arxiv_id import ArxivId, find_arxiv_ids, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.text.tex import decode_tex_accents, strip_tex_braces

# No pattern repeats without bound what it may have to give back: time stays linear.
_ENTRY = re.compile(r"@\s{0,9}([A-Za-z]{1,30})\s{0,99}[{(]")
_NO_ENTRIES = frozenset({"comment", "string", "preamble"})
_KEY = re.compile(r"\s{0,99}([^\s,={}()\"]{0,200})\s{0,99},")
_FIELD = re.compile(r"\b([A-Za-z][\w-]{0,30})\s{0,99}=\s{0,99}")
_BARE = re.compile(r"[^\s,{}\"#]+")
_BRACE = re.compile(r"[{}]")
_BRACE_OR_QUOTE = re.compile(r'\\.|[{}"]', re.DOTALL)
_NEXT_FIELD = re.compile(r"\n[ \t]{0,99}[A-Za-z][\w-]{0,30}[ \t]{0,99}=[ \t]{0,99}[{\"]")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}]+")
_ID_FIELDS = ("eprint", "arxiv", "arxivid", "url", "doi", "journal", "note", "howpublished")
"""Where people write arXiv identifiers, the most deliberate place first."""


@dataclass(frozen=True, slots=True)
class BibEntry:
    """One entry.

    Attributes:
        key: as it is cited; empty where there is none.
        title: plain text.
        arxiv_id: the first identifier that the entry names; None without.
        doi: in lower case; empty without.
    """

    key: str
    title: str
    arxiv_id: ArxivId | None
    doi: str


def read_bibtex(text: str) -> list[BibEntry]:
    """The entries of a file in order; those that say nothing about a paper are left out.

    Takes linear time.

    >>> read_bibtex("@misc{a, eprint = {1706.03762}}")[0].arxiv_id.value
    '1706.03762'
    """
    starts = list(_ENTRY.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    entries = []
    for match, end in zip(starts, ends, strict=False):  # Of no entry there is but the end.
        if match[1].lower() not in _NO_ENTRIES:
            entry = _read_entry(text[match.end() : end])
            if entry.title or entry.doi or entry.arxiv_id is not None:
                entries.append(entry)
    return entries


def _read_entry(body: str) -> BibEntry:
    key = _KEY.match(body)
    fields: dict[str, str] = {}
    for name, value in _iter_fields(body, key.end() if key is not None else 0):
        fields.setdefault(name.lower(), value)
    found = _DOI.search(f"{fields.get('doi', '')} {fields.get('url', '')}")
    title = strip_tex_braces(decode_tex_accents(fields.get("title", "")))
    return BibEntry(
        key=key[1] if key is not None else "",
        title=" ".join(title.split()),
        arxiv_id=_find_arxiv_id(fields),
        doi=found[0].lower().rstrip(".,;)") if found is not None else "",
    )


def _find_arxiv_id(fields: Mapping[str, str]) -> ArxivId | None:
    eprint = fields.get("eprint", "").strip()
    if eprint:
        try:
            return parse_arxiv_id(eprint).arxiv_id
        except InvalidArxivIdError:
            pass
    for name in _ID_FIELDS:
        for found in find_arxiv_ids(fields.get(name, "")):
            return found.arxiv_id
    return None


def _iter_fields(body: str, start: int) -> Iterator[tuple[str, str]]:
    # Where a line begins a field, the value before has ended, whether it is closed or not.
    borders = [match.start() for match in _NEXT_FIELD.finditer(body)] + [len(body)]
    place = start
    while (match := _FIELD.search(body, place)) is not None:
        border = borders[min(bisect_left(borders, match.end()), len(borders) - 1)]
        value, place = _read_value(body, match.end(), border)
        yield match[1], value


def _read_value(body: str, start: int, border: int) -> tuple[str, int]:
    """A value in braces, in quotation marks, or bare, and where it ends, at most at the border."""
    if body[start : start + 1] == "{":
        end = _find_brace(body, start, border)
    elif body[start : start + 1] == '"':
        end = _find_quote(body, start, border)
    else:
        bare = _BARE.match(body, start, border)
        return (bare[0], bare.end()) if bare is not None else ("", start)
    if end is None:
        return body[start + 1 : border].rstrip(' ,}"\n'), border
    return body[start + 1 : end], end + 1


def _find_brace(body: str, start: int, border: int) -> int | None:
    depth = 0
    for match in _BRACE.finditer(body, start, border):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return None


def _find_quote(body: str, start: int, border: int) -> int | None:
    depth = 0
    for match in _BRACE_OR_QUOTE.finditer(body, start + 1, border):
        if match[0] == '"' and depth <= 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(match[0], 0)
    return None
