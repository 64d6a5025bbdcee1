"""Which segments are merged: few remain, and little is written for it."""

from dataclasses import dataclass

import pytest

from app.search.whoosh.merging import MAX_SEGMENTS, choose_segments


@dataclass(eq=False)
class FakeSegment:
    living: int
    deleted: int = 0

    def doc_count(self) -> int:
        return self.living

    def doc_count_all(self) -> int:
        return self.living + self.deleted


def commit(segments: list[FakeSegment], papers: int) -> int:
    """Add a segment and merge as a writer does; papers rewritten."""
    segments.append(FakeSegment(papers))
    written = 0
    while chosen := choose_segments(segments):
        for segment in chosen:
            segments.remove(segment)
        segments.append(FakeSegment(sum(segment.living for segment in chosen)))
        written += segments[-1].living
    return written


@pytest.mark.parametrize("first", [2_000, 3_000_000])
def test_a_thousand_commits_stay_within_the_write_budget(first: int) -> None:
    segments = [FakeSegment(first)]
    written = 0
    for _ in range(1_000):
        written += commit(segments, 2_000)
        assert len(segments) <= MAX_SEGMENTS
    assert sum(segment.living for segment in segments) == first + 2_000_000
    assert written < 4 * 2_000_000


def test_a_large_segment_is_not_rewritten_for_small_ones() -> None:
    large = FakeSegment(1_000_000)
    segments = [large, *(FakeSegment(100) for _ in range(MAX_SEGMENTS))]
    assert large not in choose_segments(segments)


def test_few_segments_stay_unless_one_is_mostly_deleted() -> None:
    wasteful = FakeSegment(10, deleted=11)
    assert choose_segments([FakeSegment(5), FakeSegment(10, deleted=10)]) == []
    assert choose_segments([FakeSegment(5), wasteful]) == [wasteful]
