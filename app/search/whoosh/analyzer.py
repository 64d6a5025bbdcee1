"""Whoosh analyzers around the project's own tokenizer; Whoosh's defaults are never used.

All of them number their terms, so that phrases can be searched.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from whoosh.analysis import Analyzer, Token

from app.text.author_search import list_line_terms
from app.text.names import fold_name
from app.text.tokenize import iter_tokens, list_inflected, normalise, placed_index_terms


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """What a word or phrase of a query asks for.

    Attributes:
        parts: position and index term of each word that is no stop word, positions ascending.
        joined: the index term of a compound written in one piece; empty when the text is not one
            compound of two or three parts.
    """

    parts: tuple[tuple[int, str], ...]
    joined: str = ""


class FieldAnalyzer(Analyzer, ABC):  # type: ignore[misc]  # Whoosh has no types
    """Turns numbered terms into Whoosh's tokens; subclasses say which terms."""

    @abstractmethod
    def list_terms(self, text: str) -> list[tuple[int, str]]:
        """Position and text of each term, positions never descending."""

    def split_query(self, text: str) -> QueryTerms:
        """The terms that a query asks for, analysed like the papers."""
        return QueryTerms(tuple(self.list_terms(text)))

    def __call__(self, value: str, *, mode: str = "", **_options: object) -> Iterator[Any]:
        """Whoosh's token stream: one object, changed and yielded again, as the library does."""
        token = Token(positions=True, mode=mode)
        for position, text in self.list_terms(value):
            token.pos = position
            token.text = text
            yield token


class ProseAnalyzer(FieldAnalyzer):
    """Titles, abstracts and comments: the terms of `app.text.tokenize`.

    A compound also gives the term of its joined spelling, at the place of its first part.

    >>> ProseAnalyzer().list_terms("The GPT-4 models")
    [(1, 'gpt'), (1, 'gpt4'), (2, '4'), (3, 'model')]
    >>> ProseAnalyzer().split_query("GPT-4")
    QueryTerms(parts=((0, 'gpt'), (1, '4')), joined='gpt4')
    """

    def list_terms(self, text: str) -> list[tuple[int, str]]:
        """Index terms with the positions of the tokenizer; stop words leave a gap."""
        return placed_index_terms(text)

    def split_query(self, text: str) -> QueryTerms:
        """Parts and joined spellings apart: in a phrase only the parts stand side by side."""
        parts: list[tuple[int, str]] = []
        joined: list[str] = []
        tokens = list(iter_tokens(text))
        highest = -1
        for token in tokens:
            term = normalise(token.text)
            if token.position <= highest:
                joined.append(term)
            else:
                highest = token.position
                parts += [(token.position, term)] if term else []
        # One compound and nothing else: it ends where the text does.
        is_one_compound = (
            len(joined) == 1
            and tokens[-1].start == tokens[0].start
            and tokens[-1].end == tokens[-2].end
        )
        return QueryTerms(tuple(parts), joined[0] if is_one_compound else "")


class FormAnalyzer(FieldAnalyzer):
    """The words of titles that are not their own index term, each behind that term.

    A word that is its own term needs no entry: how often it occurs is how often the term does in
    the title, less the entries that begin with it.

    >>> FormAnalyzer().list_terms("Images of a graph, imaging")
    [(0, 'imag images'), (1, 'imag imaging')]
    """

    def list_terms(self, text: str) -> list[tuple[int, str]]:
        """Words numbered one after another."""
        return list(enumerate(list_inflected(text)))


class NameAnalyzer(FieldAnalyzer):
    r"""Author names, one to a line: the terms of `app.text.author_search`.

    >>> NameAnalyzer().list_terms("J. Müller\nO'Neil")
    [(0, 'j'), (1, 'muller'), (1, ',muller,j.'), (18, 'oneil')]
    """

    def list_terms(self, text: str) -> list[tuple[int, str]]:
        """Terms of each name, the next name `AUTHOR_GAP` places further."""
        terms: list[tuple[int, str]] = []
        position = 0
        for line in text.split("\n"):
            found, width = list_line_terms(line)
            terms += [(position + offset, term) for offset, term in found]
            position += width
        return terms


class ReferenceAnalyzer(FieldAnalyzer):
    """Journal references and report numbers: folded words and numbers, never stemmed.

    >>> [term for _position, term in ReferenceAnalyzer().list_terms("Phys.Rev. D12, CERN-TH-1")]
    ['phys', 'rev', 'd12', 'cern', 'th', '1']
    """

    def list_terms(self, text: str) -> list[tuple[int, str]]:
        """Words numbered one after another."""
        return list(enumerate(fold_name(text).split()))
