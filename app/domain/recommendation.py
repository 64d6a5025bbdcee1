"""Papers for somebody who likes and dislikes some papers."""

from dataclasses import dataclass

from app.domain.arxiv_id import ArxivId
from app.domain.related import Reason, RelatedPaper
from app.domain.results import IndexState


@dataclass(frozen=True, slots=True)
class ProfileTerm:
    """One line of a profile: a word or phrase and what it is worth, negative for a dislike."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Seed:
    """A paper that something in the request was understood as.

    Attributes:
        written: an identifier, or the key of a BibTeX entry.
        arxiv_id: None where no paper here is meant.
    """

    written: str
    arxiv_id: ArxivId | None
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Recommended papers and what they were found by.

    Attributes:
        total: papers of the whole list, duplicates folded.
        profile: heaviest lines first, dislikes among them.
    """

    papers: tuple[RelatedPaper, ...]
    total: int
    offset: int
    limit: int
    profile: tuple[Reason, ...]
    seeds: tuple[Seed, ...]
    state: IndexState
