"""Papers that may be like a profile: what an engine is asked, and what it reads off its index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.domain.arxiv_id import ArxivId
from app.domain.paper import PaperOutline
from app.domain.query import Filters
from app.domain.results import IndexState


@dataclass(frozen=True, slots=True)
class CandidateQuestion:
    """Which papers are wanted, and what is to be told of them.

    Attributes:
        weighted_terms: index terms any of which a paper holds, with weights above 0.
        features: terms, alone or with the one behind it, to be counted in each paper.
        filters: conditions that every paper meets.
        limit: papers wanted.
        left_out: papers that are no answer.
    """

    weighted_terms: Sequence[tuple[str, float]]
    features: Sequence[tuple[str, ...]]
    filters: Filters
    limit: int
    left_out: Collection[ArxivId] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Papers found by single words, and how often each of them holds what a profile looks for.

    Attributes:
        papers: n papers as the index knows them, best first by their words alone.
        rows: int64[m], of each find its paper, a place in `papers`; ascending.
        features: int64[m], of each find the word or pair, a place in those that were asked for.
        in_title: float64[m], occurrences in the title.
        in_abstract: float64[m], occurrences in the abstract; one of the two is above 0.
        title_lengths: float64[n], words of each title, as nearly as a byte tells.
        abstract_lengths: float64[n], the same of each abstract.
        likeness: float64[n], the cosine between a paper's and the profile's latent vectors, 0
            where there are none.
        vectors: float32[n, r], the papers' latent vectors of length 1; r is 0 where there are none.
    """

    papers: tuple[PaperOutline, ...]
    state: IndexState
    rows: NDArray[np.int64]
    features: NDArray[np.int64]
    in_title: NDArray[np.float64]
    in_abstract: NDArray[np.float64]
    title_lengths: NDArray[np.float64]
    abstract_lengths: NDArray[np.float64]
    likeness: NDArray[np.float64]
    vectors: NDArray[np.float32]

    @classmethod
    def make_empty(cls, state: IndexState) -> Self:
        """No papers."""
        none: NDArray[Any] = np.zeros(0)
        whole = none.astype(np.int64)
        vectors = np.zeros((0, 0), np.float32)
        return cls((), state, whole, whole, none, none, none, none, none, vectors)
