"""The tokens of a query, and what is said about those that cannot be read as they stand."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidQueryError
from app.domain.notes import Note, say
from app.domain.query import QueryNode


class Kind(StrEnum):
    """What a token is; the values are the terminals of the grammar."""

    LEAF = "LEAF"
    OPEN = "OPEN"
    CLOSE = "CLOSE"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    PREFERABLY = "PREFERABLY"


BINARY = frozenset({Kind.AND, Kind.OR, Kind.NEAR, Kind.PREFERABLY})
"""Operators between two operands."""


@dataclass(frozen=True, slots=True)
class QueryToken:
    """One piece of a query.

    Attributes:
        text: as it was written.
        column: where it begins, from 1.
        node: of a leaf; None where nothing of it can be searched (stop words, punctuation) and
            for papers that are named instead.
        distance: of NEAR, words between.
        minimum: of CLOSE, how many alternatives of the group have to match; 0 says nothing.
        weight: of CLOSE, by which the group's scores are multiplied.
    """

    kind: Kind
    text: str
    column: int
    node: QueryNode | None = None
    distance: int = 0
    minimum: int = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Written:
    """Where a value stands.

    Attributes:
        text: the whole piece it belongs to.
        is_negated: whether it is to be excluded.
        is_grouped: whether it stands between parentheses.
    """

    text: str
    column: int
    is_negated: bool = False
    is_grouped: bool = False


@dataclass(slots=True)
class Findings:
    """What reading a query brings up beside its tokens.

    Attributes:
        strict: raise `InvalidQueryError` where a note would be taken.
        arxiv_ids: papers named by identifier, in order, each once.
        dois: the same by publishers' DOIs.
        notes: sentences about what was read otherwise than it was written.
    """

    strict: bool
    arxiv_ids: dict[ArxivId, None] = field(default_factory=dict)
    dois: dict[str, None] = field(default_factory=dict)
    notes: dict[Note, None] = field(default_factory=dict)

    def complain(self, problem: Note, taken: Note, advice: str, *, token: str, column: int) -> None:
        """Refuse a token with advice, or note how it was taken instead."""
        if self.strict:
            raise InvalidQueryError(f"{problem} {advice}", token=token, column=column)
        self.notes[Note.combine(problem, taken)] = None

    def complain_of_operator(self, token: QueryToken) -> None:
        """Say that an operator stands where it cannot work."""
        self.complain(
            say(
                '"{text}" at column {column} has nothing to work on.',
                text=token.text,
                column=token.column,
            ),
            say("It was ignored."),
            "Put words around it, or leave it out.",
            token=token.text,
            column=token.column,
        )
