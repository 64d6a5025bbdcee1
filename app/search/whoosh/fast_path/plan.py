"""What the kernels run: clauses of terms, phrases and sub-plans; `planning` makes them."""

from dataclasses import dataclass

from app.domain.query import QueryNode
from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.term_patterns import TermPattern


@dataclass(frozen=True, slots=True)
class TermLeaf:
    """One index term; its BM25 score times `boost`."""

    field: str
    text: str
    boost: float


@dataclass(frozen=True, slots=True)
class PatternLeaf:
    """Any index term of a field that a pattern means; scores `boost`."""

    field: str
    pattern: TermPattern
    boost: float


@dataclass(frozen=True, slots=True)
class PhraseLeaf:
    """Words at distances from `gaps` to `gaps` + `slop`; the sum of their scores times `boost`."""

    field: str
    words: tuple[str, ...]
    gaps: tuple[int, ...]
    slop: int
    boost: float


@dataclass(frozen=True, slots=True)
class WordLeaf:
    """A word in title and abstract taken as one text, see `app.search.whoosh.scoring`."""

    text: str
    boost: float


@dataclass(frozen=True, slots=True)
class PlanLeaf:
    """The matches and scores of another plan."""

    plan: "Plan"


Leaf = TermLeaf | WordLeaf | PatternLeaf | PhraseLeaf | PlanLeaf


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one of the members (none of them, if excluded); scores are added up."""

    kind: ClauseKind
    members: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a document has to meet and how it scores.

    Attributes:
        clauses: no required and no optional one, and `base_score` 0: nothing matches.
        base_score: what every document scores before any clause; above 0 and with nothing
            required, all documents match that no clause excludes.
        least_optional: optional clauses that have to be met.
        condition: what documents have to meet beside the clauses; see `fast_path.conditions`.
    """

    clauses: tuple[Clause, ...]
    base_score: float = 0.0
    least_optional: int = 0
    condition: QueryNode | None = None

    def list_clauses(self, kind: ClauseKind) -> tuple[Clause, ...]:
        """The clauses of one kind."""
        return tuple(clause for clause in self.clauses if clause.kind == kind)


NOTHING = Plan(())
"""Matches no document."""
