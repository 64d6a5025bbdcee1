"""What an engine is asked: the query tree, and what goes with it: filters, order, page.

A tree (`app.domain.query_tree`, also found here) says what to look for; filters say among what.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.arxiv_id import ArxivId
from app.domain.categories import CategoryExpression
from app.domain.errors import InvalidDateError
from app.domain.query_tree import (
    NOTHING,
    And,
    AtLeast,
    AuthorName,
    AuthorPlace,
    Boosted,
    Condition,
    DateField,
    DateWithin,
    Everything,
    Flagged,
    InCategories,
    Near,
    Not,
    Or,
    PaperFlag,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    Similar,
    Term,
    WeightedTerms,
)
from app.domain.query_walks import (
    is_condition,
    join_all,
    join_any,
    list_leaves,
    narrow,
    replace_leaves,
    replace_runs,
)

__all__ = [
    "NOTHING",
    "And",
    "AtLeast",
    "AuthorName",
    "AuthorPlace",
    "Boosted",
    "Condition",
    "DateField",
    "DateRange",
    "DateWithin",
    "Everything",
    "FacetField",
    "Filters",
    "Flagged",
    "InCategories",
    "Near",
    "Not",
    "Or",
    "PaperFlag",
    "Phrase",
    "Preferred",
    "Prefix",
    "QueryField",
    "QueryNode",
    "RankMode",
    "SearchAfter",
    "SearchRequest",
    "Similar",
    "Sort",
    "Term",
    "WeightedTerms",
    "is_condition",
    "join_all",
    "join_any",
    "list_leaves",
    "narrow",
    "replace_leaves",
    "replace_runs",
]


class Sort(StrEnum):
    """Order of results; every order is made total by a final tie-break on the identifier."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"
    FRESH = "fresh"
    """Relevance times freshness: score x (1/4 + 3/4 x 2^(-a/365)), a being how many days before
    the newest paper of the index a paper was submitted."""
    STARS = "stars"
    """Most starred by readers first, then by relevance. Engines know no stars:
    `app.services.star_order` puts the starred papers before their order by relevance."""


class RankMode(StrEnum):
    """How relevance is found."""

    DEFAULT = "default"
    """Every stage that is switched on."""
    BM25 = "bm25"
    """The first stage alone: BM25F over words and fields."""


class FacetField(StrEnum):
    """A column whose values can be counted over all matches."""

    CATEGORY = "cat"
    ARCHIVE = "archive"
    YEAR = "year"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both included; None leaves that side open.

    Raises:
        InvalidDateError: the range ends before it begins.
    """

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """Refuse a range that can hold no day."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise InvalidDateError(
                f"The date range ends ({self.last}) before it begins ({self.first}). "
                "Swap the two dates."
            )

    @property
    def is_open(self) -> bool:
        """Whether the range holds every day."""
        return self.first is None and self.last is None


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search without touching scores."""

    categories: CategoryExpression | None = None
    dates: DateRange = DateRange()
    date_field: DateField = DateField.SUBMITTED


@dataclass(frozen=True, slots=True)
class SearchAfter:
    """The last hit of the page before: go on behind it.

    Attributes:
        score: its score then; the score it has now counts where the index still holds it.
        key: its `EngineHit.key`.
    """

    arxiv_id: ArxivId
    score: float
    key: int


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question to an engine.

    Attributes:
        offset: hits to skip, at least 0.
        limit: hits wanted, at least 0 (0 asks for the total and facets only).
        rank: which stages the order by relevance has; engines only know the first one.
        after: hits up to this one are left out, before `offset` counts; totals and facets
            include them.
    """

    query: QueryNode
    filters: Filters = Filters()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 25
    facets: tuple[FacetField, ...] = ()
    rank: RankMode = RankMode.DEFAULT
    after: SearchAfter | None = None
