"""Patterns of terms, by whole arrays and one by one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.fields import KEYWORD, Schema

from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.dictionary import find_documents_of, find_terms_like, read_terms
from app.search.whoosh.fast_path.edits import count_edits, count_edits_of_all
from app.search.whoosh.term_patterns import BeginsWith, SimilarTo, TermPattern, Wildcard
from tests.support.segment_builder import write_documents

words = st.text("abé", min_size=1, max_size=6)
patterns: st.SearchStrategy[TermPattern] = st.one_of(
    st.builds(BeginsWith, st.text("abé", max_size=3)),
    st.builds(Wildcard, st.text("abé*?", max_size=6)),
    st.builds(SimilarTo, words, st.integers(0, 2), st.integers(0, 2)),
)


def make_arrays(folder: Path, texts: list[list[str]]) -> SegmentArrays:
    """A segment of documents with these words in the second of its three fields."""
    schema = Schema(first=KEYWORD(), second=KEYWORD(), third=KEYWORD())
    rows = [{"first": "a b", "second": " ".join(text), "third": "a b"} for text in texts]
    return write_documents(folder, schema, rows)


def count_edits_slowly(a: str, b: str) -> int:
    """The textbook recursion."""
    if not a or not b:
        return len(a) + len(b)
    costs = [
        count_edits_slowly(a[1:], b) + 1,
        count_edits_slowly(a, b[1:]) + 1,
        count_edits_slowly(a[1:], b[1:]) + (a[0] != b[0]),
    ]
    if len(a) > 1 and len(b) > 1 and (a[0], a[1]) == (b[1], b[0]):
        costs.append(count_edits_slowly(a[2:], b[2:]) + 1)
    return min(costs)


@given(a=st.text("abc", max_size=4), b=st.text("abc", max_size=4))
def test_edits_are_those_of_the_textbook(a: str, b: str) -> None:
    expected = count_edits_slowly(a, b)
    assert count_edits(a, b, 9) == expected
    assert (count_edits(a, b, 1) <= 1) == (expected <= 1)
    word = np.array(list(a.encode()), np.int64)
    others = np.array([list(b.encode())] * 2, np.uint8).reshape(2, len(b))
    assert count_edits_of_all(word, others).tolist() == [expected] * 2


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.lists(words, max_size=5), min_size=1, max_size=6),
    asked=st.lists(patterns, min_size=1, max_size=12),
)
def test_a_dictionary_is_searched_as_term_by_term(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[list[str]],
    asked: list[TermPattern],
) -> None:
    arrays = make_arrays(tmp_path_factory.mktemp("dictionary"), texts)
    terms = sorted({word for text in texts for word in text}, key=str.encode)
    for pattern in asked:
        found = find_terms_like(arrays, "second", pattern)
        meant = [term for term in terms if pattern.matches(term)]
        assert read_terms(arrays, found) == meant
        assert find_documents_of(arrays, found).tolist() == [
            number for number, text in enumerate(texts) if set(text) & set(meant)
        ]
        assert len(find_terms_like(arrays, "nowhere", pattern)) == 0


def test_patterns_read_as_they_are_written() -> None:
    assert str(BeginsWith("neutr")) == "neutr*"
    assert str(Wildcard("n?utr*")) == "n?utr*"
    assert str(SimilarTo("neutrino", 2)) == "neutrino~2"
