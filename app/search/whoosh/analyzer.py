"""Whoosh analyzers around the project's own tokenizer; Whoosh's defaults are never used.

All of them number their terms, so that phrases can be searched.
"""

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Token

from app.text.names import fold_name
from app.text.tokenize import index_terms

AUTHOR_GAP = 16
"""Positions between two authors, so that no phrase runs from one name into the next."""


class _TermAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Turns numbered terms into Whoosh's tokens; subclasses say which terms."""

    def list_terms(self, text: str) -> Iterator[tuple[int, str]]:
        """Position and text of each term, positions ascending."""
        raise NotImplementedError

    def __call__(self, value: str, *, mode: str = "", **_options: object) -> Iterator[Any]:
        """Whoosh's token stream: one object, changed and yielded again, as the library does."""
        token = Token(positions=True, mode=mode)
        for position, text in self.list_terms(value):
            token.pos = position
            token.text = text
            yield token


class ProseAnalyzer(_TermAnalyzer):
    """Titles, abstracts and comments: the terms of `app.text.tokenize`.

    >>> analyzer = ProseAnalyzer()
    >>> [token.text for token in analyzer("Graphs")] == [token.text for token in analyzer("graph")]
    True
    """

    def list_terms(self, text: str) -> Iterator[tuple[int, str]]:
        """Terms numbered one after another; stop words take no place."""
        return iter(enumerate(index_terms(text)))


class NameAnalyzer(_TermAnalyzer):
    r"""Author names, one to a line: folded words, never stemmed.

    >>> [(token.pos, token.text) for token in NameAnalyzer()("J. Müller\nO'Neil")]
    [(0, 'j'), (1, 'muller'), (18, 'oneil')]
    """

    def list_terms(self, text: str) -> Iterator[tuple[int, str]]:
        """Words of each name, the next name `AUTHOR_GAP` places further."""
        position = 0
        for name in text.split("\n"):
            for word in _list_words(name):
                yield position, word
                position += 1
            position += AUTHOR_GAP


class ReferenceAnalyzer(_TermAnalyzer):
    """Journal references and report numbers: folded words and numbers, never stemmed.

    >>> [token.text for token in ReferenceAnalyzer()("Phys.Rev. D12 (1975), CERN-TH-1")]
    ['phys', 'rev', 'd12', '1975', 'cern', 'th', '1']
    """

    def list_terms(self, text: str) -> Iterator[tuple[int, str]]:
        """Words numbered one after another."""
        return iter(enumerate(_list_words(text)))


def _list_words(text: str) -> list[str]:
    return fold_name(text).split()
