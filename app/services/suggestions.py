"""What a suggestion is, and where it leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from app.domain.arxiv_id import ArxivId


class SuggestionKind(StrEnum):
    """What a suggestion is."""

    PHRASE = "phrase"
    TITLE = "title"
    AUTHOR = "author"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to ask or to open.

    Attributes:
        text: for people.
        query: what to put into the search box.
        count: papers that the query finds; None for a title.
        arxiv_id: the paper, of a title.
        description: a category's name; else empty.
    """

    kind: SuggestionKind
    text: str
    query: str
    count: int | None = None
    arxiv_id: ArxivId | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All suggestions for a text, by kind, the best of each first."""

    text: str
    phrases: tuple[Suggestion, ...] = ()
    titles: tuple[Suggestion, ...] = ()
    authors: tuple[Suggestion, ...] = ()
    categories: tuple[Suggestion, ...] = ()

    def __iter__(self) -> Iterator[Suggestion]:
        """All of them, in the order of a list for people."""
        yield from self.phrases
        yield from self.authors
        yield from self.categories
        yield from self.titles


def make_suggestion_address(suggestion: Suggestion) -> str:
    """The page that a suggestion leads to, relative to the service."""
    if suggestion.arxiv_id is not None:
        return f"/abs/{suggestion.arxiv_id}"
    return f"/search?{urlencode({'q': suggestion.query})}"
