"""Which words may be corrected, and which correction comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.spelling import fold_for_spelling, get_allowed_edits, rank_corrections


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("nueral", "nueral"),
        ("Nueral", "nueral"),
        ("Schrödinegr", "schrodinegr"),
        ("spin", ""),
        ("LSTMS", ""),
        ("mRNAs", ""),
        ("GaAlAs", ""),
        ("gpt4o", ""),
        ("1706.03762", ""),
        ("non-invasive", ""),
        ("neura*", ""),
        ("нейрон", ""),
        ("深度学习网络", ""),
        ("", ""),
    ],
)
def test_what_may_be_corrected(written: str, folded: str) -> None:
    assert fold_for_spelling(written) == folded


@pytest.mark.parametrize(("letters", "edits"), [(1, 0), (4, 0), (5, 1), (8, 1), (9, 2), (30, 2)])
def test_longer_words_may_be_further_away(letters: int, edits: int) -> None:
    assert get_allowed_edits("a" * letters) == edits


def best(word: str, candidates: dict[str, int]) -> str:
    ranked = rank_corrections(word, candidates.items())
    return ranked[0].word if ranked else ""


def test_frequent_words_come_first() -> None:
    assert best("grpah", {"graph": 900, "grape": 2}) == "graph"
    assert best("modol", {"model": 900, "modal": 20}) == "model"


def test_one_edit_comes_before_two() -> None:
    assert best("equivarient", {"equivariant": 9, "equivalent": 300}) == "equivariant"


def test_swapped_and_doubled_letters_come_first() -> None:
    assert best("fomral", {"formal": 10, "foral": 20}) == "formal"
    assert best("comutting", {"commuting": 10, "computing": 60}) == "commuting"


def test_a_word_is_no_correction_of_itself() -> None:
    assert rank_corrections("graph", [("graph", 9)]) == []


def test_what_is_further_away_is_no_correction() -> None:
    assert rank_corrections("graph", [("grapple", 9), ("graphene", 9)]) == []


@given(st.text("abc", min_size=5, max_size=12), st.lists(st.text("abc", max_size=12)))
def test_corrections_stay_within_the_limit(word: str, candidates: list[str]) -> None:
    ranked = rank_corrections(word, [(each, 1) for each in candidates])
    assert all(0 < each.edits <= get_allowed_edits(word) for each in ranked)
    assert [each.score for each in ranked] == sorted((e.score for e in ranked), reverse=True)
