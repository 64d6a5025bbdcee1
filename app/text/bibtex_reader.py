"""Reads what other people's BibTeX files say about papers, however badly they are written.

Only what identifies a paper is wanted, so nothing is refused: a brace that is never closed ends
before the next field or with its entry, a field given twice counts as first written, and what is
no entry is skipped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.arxiv_id import ArxivId, find_arxiv_ids, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.text.tex import decode_tex_accents, strip_tex_braces

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*[{(]")
_NO_ENTRIES = frozenset({"comment", "string", "preamble"})
_KEY = re.compile(r"\s*([^\s,={}()\"]*)\s*,")
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,{}\"#]+")
_BRACE = re.compile(r"[{}]")
_BRACE_OR_QUOTE = re.compile(r'\\.|[{}"]', re.DOTALL)
_NEXT_FIELD = re.compile(r"\n\s*[A-Za-z][\w-]*\s*=\s*[{\"]")
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
    place = start
    while (match := _FIELD.search(body, place)) is not None:
        value, place = _read_value(body, match.end())
        yield match[1], value


def _read_value(body: str, start: int) -> tuple[str, int]:
    """A value in braces, in quotation marks, or bare, and where it ends."""
    if start < len(body) and body[start] == "{":
        return _read_braces(body, start)
    if start < len(body) and body[start] == '"':
        return _read_quotes(body, start)
    bare = _BARE.match(body, start)
    return (bare[0], bare.end()) if bare is not None else ("", start)


def _read_braces(body: str, start: int) -> tuple[str, int]:
    depth = 0
    for match in _BRACE.finditer(body, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return _end_value(body, start + 1, match.start(), match.end())
    return _end_value(body, start + 1, len(body), len(body))


def _read_quotes(body: str, start: int) -> tuple[str, int]:
    depth = 0
    for match in _BRACE_OR_QUOTE.finditer(body, start + 1):
        if match[0] == '"' and depth <= 0:
            return _end_value(body, start + 1, match.start(), match.end())
        depth += {"{": 1, "}": -1}.get(match[0], 0)
    return _end_value(body, start + 1, len(body), len(body))


def _end_value(body: str, start: int, end: int, after: int) -> tuple[str, int]:
    """The value up to `end`, or up to the line on which the next field begins within it."""
    following = _NEXT_FIELD.search(body, start, end)
    if following is None:
        return body[start:end].rstrip(), after
    return body[start : following.start()].rstrip(' ,}"'), following.start()
