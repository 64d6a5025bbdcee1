"""Which segments a commit merges."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from app.search.whoosh.merging import MAX_MERGED_PAPERS, MERGE_FACTOR, choose_segments


@dataclass(eq=False)
class FakeSegment:
    living: int
    deleted: int = 0

    def doc_count(self) -> int:
        return self.living

    def doc_count_all(self) -> int:
        return self.living + self.deleted


def make_segments(*sizes: int) -> list[FakeSegment]:
    return [FakeSegment(size) for size in sizes]


def test_few_segments_are_left_alone() -> None:
    assert choose_segments(make_segments(*[2_000] * (MERGE_FACTOR - 1), 100_000)) == []


def test_a_full_tier_is_merged() -> None:
    segments = make_segments(*[10] * MERGE_FACTOR, 5_000)
    assert choose_segments(segments) == segments[:MERGE_FACTOR]


def test_a_segment_that_is_mostly_deleted_is_rewritten() -> None:
    wasteful = FakeSegment(10, deleted=11)
    assert choose_segments([FakeSegment(10, deleted=9), wasteful]) == [wasteful]


def test_what_one_commit_cannot_afford_waits() -> None:
    huge = make_segments(*[MAX_MERGED_PAPERS - 1] * (MERGE_FACTOR + 1))
    assert choose_segments(huge) == []
    assert choose_segments([FakeSegment(MAX_MERGED_PAPERS + 1, deleted=10**6)]) == []


@given(
    st.lists(st.builds(FakeSegment, st.integers(0, 30_000), st.integers(0, 30_000)), max_size=40)
)
def test_a_merge_stays_within_its_budget_and_gains_something(segments: list[FakeSegment]) -> None:
    chosen = choose_segments(segments)
    assert sum(segment.living for segment in chosen) <= MAX_MERGED_PAPERS
    assert len(set(chosen)) == len(chosen)
    assert all(segment.living > 0 for segment in chosen)
    rewritten = [segment for segment in chosen if segment.living > segment.deleted]
    assert len(rewritten) != 1 or len(chosen) > 1


@given(st.lists(st.integers(1, 400), min_size=1, max_size=150))
def test_segments_stay_few_under_many_commits(sizes: list[int]) -> None:
    segments: list[FakeSegment] = []
    for size in sizes:
        chosen = choose_segments(segments)
        segments = [segment for segment in segments if segment not in chosen]
        segments.append(FakeSegment(size + sum(segment.living for segment in chosen)))
    assert len(segments) <= 3 * MERGE_FACTOR
