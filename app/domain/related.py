"""Papers like other papers, each with the reasons it is there."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.results import IndexState


class RelatedMethod(StrEnum):
    """How related papers are found."""

    DEFAULT = "default"
    """With the whole paper: all its words and pairs of neighbours, each by its weight."""

    LITERAL = "literal"
    """With the paper's ten keywords, any of them, as the original site does."""


class TimeRelation(StrEnum):
    """When a related paper was submitted, beside the paper it is related to."""

    EARLIER = "earlier"
    SAME = "same"
    LATER = "later"


class ReasonKind(StrEnum):
    """What two papers have in common."""

    TERM = "term"
    PHRASE = "phrase"
    CATEGORY = "category"

    SUBJECT = "subject"
    """Not one word but all of them: vectors of both papers point the same way."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score; all parts of a paper add up to it.

    Attributes:
        text: as people read it: words of the seed, categories, or "the subject as a whole".
        weight: negative for what is disliked.
    """

    kind: ReasonKind
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    """One related paper.

    Attributes:
        score: comparable within one answer only.
        reasons: largest first; they add up to the score.
        shared_authors: names that stand on both papers; no part of the score.
        relation: None where there is no single paper to compare with.
        duplicates: papers that say nearly the same, folded into this one.
    """

    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    shared_authors: tuple[str, ...] = ()
    relation: TimeRelation | None = None
    duplicates: tuple[ArxivId, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """One page of related papers.

    Attributes:
        total: papers of the whole list, duplicates folded.
        counts: how many of them are earlier, of the same time, later.
        asked_with: the words the papers were found by, heaviest first, with their weights.
    """

    papers: tuple[RelatedPaper, ...]
    total: int
    offset: int
    limit: int
    counts: dict[TimeRelation, int]
    asked_with: tuple[Reason, ...]
    state: IndexState
