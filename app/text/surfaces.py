"""How terms and pairs of neighbours are written in a text, for people."""

import re
from collections.abc import Container
from typing import NamedTuple

from app.text.similarity import Feature, may_be_neighbours
from app.text.tex_words import PlainWords, has_tex, map_tex_to_words
from app.text.tokenize import iter_chunks, iter_tokens, normalise, place_chunk


def find_surfaces(text: str, wanted: Container[Feature]) -> dict[Feature, str]:
    """The wanted features as they first stand in a text; others are left out.

    The joined spelling of a compound is shown as the compound is written.

    >>> find_surfaces("Sparse attention kernels", [("spars",), ("attent", "kernel")])
    {('spars',): 'Sparse', ('attent', 'kernel'): 'attention kernels'}
    >>> find_surfaces("English-French", [("englishfrench",)])
    {('englishfrench',): 'English-French'}
    """
    words = map_tex_to_words(text) if has_tex(text) else None
    surfaces: dict[Feature, str] = {}
    position, left, place = 0, "", -2
    head: _Place | None = None
    for chunk in iter_chunks(text if words is None else words.text):
        terms, width = place_chunk(chunk[0])
        for offset, term in terms:
            alone, pair, at = (term,), (left, term), position + offset
            if alone in wanted and alone not in surfaces:
                surfaces[alone] = _read((chunk, offset, term)).text
            if at == place:
                continue  # The joined spelling of a compound comes after its first part.
            here = (chunk, offset, term)
            is_missing = at == place + 1 and pair in wanted and pair not in surfaces
            if is_missing and head is not None and may_be_neighbours(*pair):
                surfaces[pair] = _read_pair(text, words, _read(head), _read(here))
            left, place, head = term, at, here
        position += width
    return surfaces


_BRACKETS = re.compile(r"[()\[\]{}]")

_Place = tuple[re.Match[str], int, str]
"""A piece of plain words, a position within it, and the term there."""


class _Written(NamedTuple):
    """A token as it stands among the plain words, with its offsets there."""

    text: str
    start: int
    end: int


def _read(place: _Place) -> _Written:
    """The first token that gives the term of a place."""
    chunk, offset, term = place
    if chunk[0].isascii() and chunk[0].isalnum():
        return _Written(chunk[0], chunk.start(), chunk.end())  # one token, as most are
    token = next(
        token
        for token in iter_tokens(chunk[0])
        if token.position == offset and normalise(token.text) == term
    )
    begin = chunk.start()
    written = chunk[0][token.start : token.end]
    return _Written(written, begin + token.start, begin + token.end)


def _read_pair(text: str, words: PlainWords | None, before: _Written, after: _Written) -> str:
    """Two tokens with what stands between them; of formulas their words."""
    start, end = before.start, after.end
    if words is not None:
        start, end = words.source_span(start, end)
    written = " ".join(text[start:end].split())
    # Half a bracket, as in "(co)homology" or "machine (SVM", is no part of a name.
    is_plain = not has_tex(written) and not _BRACKETS.search(written)
    return written if is_plain else f"{before.text} {after.text}"
