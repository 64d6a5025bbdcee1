"""The query tree that every engine compiles, and what goes with it: filters, order, page.

A tree says what to look for; filters say among what. Trees come from `app.text.query_syntax`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite

from app.domain.categories import CategoryExpression
from app.domain.errors import InvalidDateError, InvalidQueryError


class QueryField(StrEnum):
    """A searchable field; a node without one searches title and abstract."""

    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHOR = "author"
    COMMENTS = "comments"
    JOURNAL_REF = "journal_ref"
    DOI = "doi"
    REPORT_NO = "report_no"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every paper; the query of an empty search box."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word as it was typed; the engine analyses it like the papers."""

    text: str
    field: QueryField | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; `slop` is how many places they may be apart beyond that."""

    text: str
    field: QueryField | None = None
    slop: int = 0


@dataclass(frozen=True, slots=True)
class And:
    """All of the children."""

    children: tuple["QueryNode", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the children."""

    children: tuple["QueryNode", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the child does not match."""

    child: "QueryNode"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Papers that match `minimum` or more of the children; scores of all that match are added up.

    Children that leave no index term, or say the same as another, do not count: with fewer than
    `minimum` left, all of those have to match. A minimum of 1 or less is an `Or`.
    """

    children: tuple["QueryNode", ...]
    minimum: int


@dataclass(frozen=True, slots=True)
class Preferred:
    """What `required` matches; where `optional` matches too, its score is added.

    When `required` leaves no index term, this is `optional` alone.
    """

    required: "QueryNode"
    optional: "QueryNode"


@dataclass(frozen=True, slots=True)
class Boosted:
    """What the child matches, its score times `weight`; weights of nested nodes multiply.

    Raises:
        InvalidQueryError: the weight is no finite number above 0.
    """

    child: "QueryNode"
    weight: float

    def __post_init__(self) -> None:
        """Refuse a weight that would make matches score nothing or everything."""
        if not (isfinite(self.weight) and self.weight > 0.0):
            raise InvalidQueryError(
                f"A part of the query weighs {self.weight}. Give it a finite weight above 0.",
                token=str(self.weight),
            )


QueryNode = Everything | Term | Phrase | And | Or | Not | AtLeast | Preferred | Boosted


class Sort(StrEnum):
    """Order of results; every order is made total by a final tie-break on the identifier."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"


class DateField(StrEnum):
    """Which of a paper's dates a range looks at."""

    SUBMITTED = "submitted"
    UPDATED = "updated"


class FacetField(StrEnum):
    """A column whose values can be counted over all matches."""

    CATEGORY = "cat"
    YEAR = "year"


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
class SearchRequest:
    """One question to an engine.

    Attributes:
        offset: hits to skip, at least 0.
        limit: hits wanted, at least 0 (0 asks for the total and facets only).
    """

    query: QueryNode
    filters: Filters = Filters()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 25
    facets: tuple[FacetField, ...] = ()
