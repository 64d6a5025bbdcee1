"""Which segments a commit merges: few enough to search fast, few enough documents to stay quick.

Whoosh's merge works through every posting in Python (some thousand documents a second), so one
commit never merges more than `MAX_MERGED_PAPERS`. Segments of like size are merged eight at a
time, as in a log-structured store: a paper is rewritten once per tier, not once per commit.
"""

from collections import defaultdict
from typing import Any

from app.search.whoosh.readers import LivingReader

MERGE_FACTOR = 8
"""Segments of one tier that are merged into one of the next."""

SMALLEST_TIER_PAPERS = 256
"""Segments below this size are all of the first tier."""

MAX_MERGED_PAPERS = 20_000
"""Most papers one commit rewrites; larger segments wait for a rebuild."""


def merge_by_tiers(writer: Any, segments: list[Any]) -> list[Any]:
    """A Whoosh merge policy: reads chosen segments into `writer`, returns the ones that stay."""
    chosen = choose_segments(segments)
    for segment in chosen:
        reader = LivingReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return [segment for segment in segments if segment not in chosen and segment.doc_count() > 0]


def choose_segments(segments: list[Any]) -> list[Any]:
    """The segments to merge: a full tier, and those that are mostly deleted.

    Segments without a living paper are not merged but dropped by the caller.
    """
    tiers: dict[int, list[Any]] = defaultdict(list)
    wasteful = []
    for segment in segments:
        living = segment.doc_count()
        if 0 < living <= MAX_MERGED_PAPERS and living * 2 < segment.doc_count_all():
            wasteful.append(segment)
        elif living > 0:
            tiers[_tier(living)].append(segment)
    full_tiers = [tiers[tier] for tier in sorted(tiers) if len(tiers[tier]) >= MERGE_FACTOR]
    chosen: list[Any] = []
    budget = MAX_MERGED_PAPERS
    for group, least in [(wasteful, 1), *((tier, 2) for tier in full_tiers)]:
        affordable = _take_within(budget, group)
        # Rewriting a single sound segment would gain nothing.
        if len(affordable) >= least:
            chosen += affordable
            budget -= sum(segment.doc_count() for segment in affordable)
    return chosen


def _take_within(budget: int, segments: list[Any]) -> list[Any]:
    """The smallest segments that together hold at most `budget` living papers."""
    taken = []
    for segment in sorted(segments, key=lambda each: int(each.doc_count())):
        budget -= segment.doc_count()
        if budget < 0:
            break
        taken.append(segment)
    return taken


def _tier(living: int) -> int:
    """0 below `SMALLEST_TIER_PAPERS`, then one more per factor of `MERGE_FACTOR`."""
    tier, limit = 0, SMALLEST_TIER_PAPERS
    while living >= limit:
        tier += 1
        limit *= MERGE_FACTOR
    return tier
