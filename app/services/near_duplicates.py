"""Near-duplicates among candidates: suspected from the index, told from the texts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.arxiv_id import ArxivId
from app.search.candidates import Candidates
from app.services.candidate_scores import measure_lengths
from app.text.similarity import TermCounts, group_near_duplicates

SUSPECT_LIKENESS = 0.7
"""Texts less alike than this in length, or in which features of the profile they hold, are not
compared as wholes; well below `DUPLICATE_OVERLAP`, so that none is lost."""

SUSPECT_COSINE = 0.9
"""The same for their latent vectors, where there are any. Among 100,000 real papers the 31 pairs
of near-duplicates have at least 0.96, and lengths within 0.85 of each other."""

SPARE_FEATURES = 2
"""Features by which two texts may differ however few they hold."""

COMPARED_FEATURES = 256
"""Features of the profile that are compared, the first ones: the time grows with them."""

ReadTexts = Callable[[Sequence[ArxivId]], Sequence[TermCounts | None]]


def fold_duplicates(
    candidates: Candidates, ranked: Sequence[int], read_texts: ReadTexts
) -> list[tuple[int, tuple[ArxivId, ...]]]:
    """The best of each group of near-duplicates with the identifiers of the others.

    Args:
        candidates: the papers.
        ranked: places of those that count, best first.
        read_texts: the words of some papers, None for one that cannot be read.
    """
    suspects = _list_suspects(candidates, ranked)
    texts = read_texts([candidates.papers[place].arxiv_id for place in suspects])
    known = [(place, text) for place, text in zip(suspects, texts, strict=True) if text is not None]
    leaders = group_near_duplicates([text for _place, text in known])
    followers: dict[int, list[ArxivId]] = {}
    folded = set()
    for (place, _text), leader in zip(known, leaders, strict=True):
        if known[leader][0] != place:
            folded.add(place)
            followers.setdefault(known[leader][0], []).append(candidates.papers[place].arxiv_id)
    return [(place, tuple(followers.get(place, ()))) for place in ranked if place not in folded]


def _list_suspects(candidates: Candidates, ranked: Sequence[int]) -> list[int]:
    """Papers that may nearly repeat another: about as long, with about the same of the profile.

    What nearly repeats all of a text holds nearly the same of any words, so that few texts need
    be read and compared as wholes.
    """
    order = np.array(ranked, np.int64)
    lengths = measure_lengths(candidates)[order]
    alike = lengths[:, None] >= SUSPECT_LIKENESS * lengths[None, :]
    alike &= alike.T
    if candidates.vectors.shape[1]:
        vectors = candidates.vectors[order]
        alike &= vectors @ vectors.T >= SUSPECT_COSINE
    lefts, rights = np.nonzero(np.triu(alike, 1))
    if not len(lefts):
        return []
    held = _mark_held(candidates)[order]
    common = (held[lefts] & held[rights]).sum(axis=1)
    every = (held[lefts] | held[rights]).sum(axis=1)
    is_suspect = common >= SUSPECT_LIKENESS * every - SPARE_FEATURES
    # In order of rank, so that the best of a group leads it.
    suspects = np.unique(np.concatenate([lefts[is_suspect], rights[is_suspect]]))
    places: list[int] = order[suspects].tolist()
    return places


def _mark_held(candidates: Candidates) -> NDArray[np.bool_]:
    """Which of the first features of the profile each paper holds, bool[n, COMPARED_FEATURES]."""
    is_compared = candidates.features < COMPARED_FEATURES
    held = np.zeros((len(candidates.papers), COMPARED_FEATURES), np.bool_)
    held[candidates.rows[is_compared], candidates.features[is_compared]] = True
    return held
