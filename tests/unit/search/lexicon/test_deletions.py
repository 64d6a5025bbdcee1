"""Near words: the index finds all that comparing with every word finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from app.search.lexicon.deletions import (
    MIN_CHARS_FOR_TWO_EDITS,
    DeletionIndex,
    make_deletion_index,
)


def make(words: list[str]) -> DeletionIndex:
    return make_deletion_index(words, np.arange(len(words), dtype=np.uint32))


WORDS = st.lists(st.text("abc", min_size=4, max_size=12), max_size=20, unique=True)


@given(WORDS, st.text("abc", min_size=5, max_size=8))
def test_one_edit_away_is_found(words: list[str], word: str) -> None:
    found = make(words).find(word, 1)
    near = {n for n, each in enumerate(words) if OSA.distance(word, each) <= 1}
    assert near <= found


@given(WORDS, st.text("abc", min_size=9, max_size=14))
def test_two_edits_away_is_found(words: list[str], word: str) -> None:
    found = make(words).find(word, 2)
    near = {
        n
        for n, each in enumerate(words)
        if OSA.distance(word, each) <= 2 and len(each) >= MIN_CHARS_FOR_TWO_EDITS
    }
    assert near <= found


def test_little_else_is_found() -> None:
    words = [a + b + c + "ing" for a in "bdfgk" for b in "aeiou" for c in "lmnrt"]
    assert len(make(words).find("balinq", 1)) < 20


def test_no_words() -> None:
    assert make([]).find("anything", 2) == set()
    assert make(["abc"]).find("abcde", 1) == set()
