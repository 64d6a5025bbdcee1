"""The nodes of a query tree: words and phrases, names, conditions, and how they are joined.

Words score; conditions (categories, dates, flags) only let papers through. Trees come from
`app.text.query_syntax`, and every node has a written form there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite

from app.domain.arxiv_id import ArxivId
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
    ALL = "all"
    """Every field above, each analysed in its own way."""


class DateField(StrEnum):
    """Which of a paper's dates a range looks at."""

    SUBMITTED = "submitted"
    UPDATED = "updated"
    ANNOUNCED = "announced"
    """The last day on which one of arXiv's daily lists named the paper, as far as known here."""


class AuthorPlace(StrEnum):
    """Where among the authors of a paper a name has to stand."""

    ANYWHERE = "anywhere"
    FIRST = "first"
    LAST = "last"


class PaperFlag(StrEnum):
    """A yes-or-no fact of a paper; the value is how a query writes it.

    The order is that of the bits in an index: new flags go to the end.
    """

    HAS_CODE = "has:code"
    """The abstract or the comments hold an address of source code or data."""
    HAS_DOI = "has:doi"
    HAS_JOURNAL = "has:journal"
    IS_WITHDRAWN = "is:withdrawn"
    IS_NEW = "is:new"
    """Its last announcement listed it as new."""
    IS_CROSS = "is:cross"
    """Its last announcement only listed it as a cross-list from another category."""


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
class Near:
    """Two words in either order, at most `distance` other words between them."""

    left: str
    right: str
    distance: int
    field: QueryField | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with `text`; of prose also those with the same stem as it."""

    text: str
    field: QueryField | None = None


@dataclass(frozen=True, slots=True)
class AuthorName:
    """An author, written `Family`, `Given Family`, `G Family`, `Family G` or `Family, Given`.

    With a comma an initial stands for every given name with it, and a given name also for its
    initial.
    """

    name: str
    place: AuthorPlace = AuthorPlace.ANYWHERE


@dataclass(frozen=True, slots=True)
class InCategories:
    """Papers of the categories that an expression composes."""

    expression: CategoryExpression


@dataclass(frozen=True, slots=True)
class DateWithin:
    """Papers of which a date lies between two minutes, both included; None leaves a side open.

    Announcements have days only: their time of day is left out of account.

    Attributes:
        first: UTC, seconds 0.
        last: UTC, seconds 0; all of this minute is in.

    Raises:
        InvalidDateError: the range ends before it begins.
    """

    date_field: DateField
    first: datetime | None = None
    last: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a range that can hold no moment."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise InvalidDateError(
                f"The date range ends ({self.last:%Y-%m-%d %H:%M}) before it begins "
                f"({self.first:%Y-%m-%d %H:%M}). Swap the two dates."
            )


@dataclass(frozen=True, slots=True)
class Flagged:
    """Papers of which a fact holds."""

    flag: PaperFlag


@dataclass(frozen=True, slots=True)
class Similar:
    """Papers that share telling words with one paper, which itself is left out.

    Services put `WeightedTerms` in its place, since only the database holds the paper's text.
    """

    arxiv_id: ArxivId


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """At least one of some index terms of title or abstract, each score times its weight.

    Made by programs from an engine's `choose_telling_terms`.

    Attributes:
        like: the paper whose terms they are, which itself is left out; it is written as
            `similar:`, other terms have no written form.
    """

    terms: tuple[tuple[str, float], ...]
    like: ArxivId | None = None


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

    Attributes:
        only_best: look for `optional`, a phrase, among the best matches alone: in the second stage
            of an order by relevance and nowhere else. Made by programs, at the root of a tree or
            right below; it has no written form.
    """

    required: "QueryNode"
    optional: "QueryNode"
    only_best: bool = False


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


Condition = InCategories | DateWithin | Flagged
"""Nodes that let papers through without scoring them."""

Leaf = (
    Everything
    | Term
    | Phrase
    | Near
    | Prefix
    | AuthorName
    | InCategories
    | DateWithin
    | Flagged
    | Similar
    | WeightedTerms
)
"""Nodes without children."""

QueryNode = Leaf | And | Or | Not | AtLeast | Preferred | Boosted

NOTHING = Or(())
"""The tree that matches no paper: a choice without alternatives."""
