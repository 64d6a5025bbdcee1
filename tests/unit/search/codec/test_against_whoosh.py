"""Whoosh's own codec as oracle: the same documents and queries, the same answers."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.analysis import SimpleAnalyzer
from whoosh.fields import BOOLEAN, DATETIME, ID, KEYWORD, NGRAM, NUMERIC, STORED, TEXT, Schema
from whoosh.query import spans

from tests.unit.search.codec.whoosh_indexes import IndexPair

WORDS = ("alfa", "alfalfa", "bravo", "brave", "delta", "dell", "golf", "gulf", "hotel", "é", "Ω2")
BASE = datetime(2020, 1, 1)  # noqa: DTZ001  # Whoosh's DATETIME knows no zones


def make_schema() -> Schema:
    return Schema(
        key=ID(unique=True, stored=True, sortable=True),
        title=TEXT(analyzer=SimpleAnalyzer(), stored=True, sortable=True),
        body=TEXT(analyzer=SimpleAnalyzer()),
        loud=TEXT(analyzer=SimpleAnalyzer(), field_boost=1.5),
        plain=TEXT(analyzer=SimpleAnalyzer(), phrase=False),
        tags=KEYWORD(scorable=True, sortable=True, lowercase=True),
        grams=NGRAM(minsize=2, maxsize=3),
        size=NUMERIC(int, sortable=True, signed=True),
        ratio=NUMERIC(float),
        born=DATETIME(sortable=True),
        flag=BOOLEAN(stored=True),
        note=STORED(),
    )


texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """One document; any field may be missing."""
    number = draw(st.integers(0, 30))
    optional = {
        "title": texts,
        "body": texts,
        "loud": texts,
        "plain": texts,
        "tags": texts,
        "grams": texts,
        "size": st.integers(-1000, 1000),
        "ratio": st.sampled_from([-1.5, 0.0, 2.25]),
        "born": st.integers(0, 3000).map(lambda days: BASE + timedelta(days=days)),
        "flag": st.booleans(),
        "note": st.sampled_from(["x", 7, [1, 2]]),
    }
    chosen = {
        name: draw(values) for name, values in optional.items() if draw(st.integers(0, 3)) > 0
    }
    if draw(st.integers(0, 5)) == 0:
        chosen["_body_boost"] = draw(st.sampled_from([0.5, 2.0, 3.25]))
    return {"key": f"k{number}", **chosen}


Commit = tuple[str, list[dict[str, Any]], list[int], bool]
"""How documents are written, the documents, keys deleted then, whether all segments are merged."""

histories = st.lists(
    st.tuples(
        st.sampled_from(["add", "update"]),
        st.lists(documents(), min_size=1, max_size=12),
        st.lists(st.integers(0, 30), max_size=4),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


TEXT_FIELDS = ("title", "body", "loud", "plain", "tags")
PHRASE_FIELDS = ("title", "body", "loud")
words = st.sampled_from([word.lower() for word in WORDS])
boosts = st.sampled_from([1.0, 2.0, 0.5])

leaves = st.one_of(
    st.builds(query.Term, st.sampled_from(TEXT_FIELDS), words, boost=boosts),
    st.builds(query.Prefix, st.sampled_from(TEXT_FIELDS), st.sampled_from(["a", "al", "b", "z"])),
    st.builds(query.Wildcard, st.sampled_from(TEXT_FIELDS), st.sampled_from(["*l*", "?olf", "d*"])),
    st.builds(query.Regex, st.sampled_from(TEXT_FIELDS), st.sampled_from(["[ab].*", "g.lf"])),
    st.builds(
        query.FuzzyTerm, st.sampled_from(TEXT_FIELDS), words, maxdist=st.integers(1, 2)
    ),
    st.builds(
        query.TermRange, st.sampled_from(TEXT_FIELDS), st.just("alf"), st.just("dez"),
        startexcl=st.booleans(), endexcl=st.booleans(),
    ),
    st.builds(
        query.Phrase, st.sampled_from(PHRASE_FIELDS), st.lists(words, min_size=2, max_size=3),
        slop=st.integers(1, 3), boost=boosts,
    ),
    st.builds(query.NumericRange, st.just("size"), st.integers(-900, 0), st.integers(1, 900)),
    st.builds(query.Every, st.sampled_from([None, "title", "size"])),
    st.builds(
        spans.SpanNear,
        st.builds(query.Term, st.just("body"), words),
        st.builds(query.Term, st.just("body"), words),
        slop=st.integers(1, 3), ordered=st.booleans(),
    ),
    st.builds(spans.SpanFirst, st.builds(query.Term, st.just("title"), words)),
    st.builds(query.Term, st.just("flag"), st.booleans()),
)  # fmt: skip


def combine(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=2, max_size=4)
    return st.one_of(
        st.builds(query.And, several, boost=boosts),
        st.builds(query.Or, several, boost=boosts),
        st.builds(query.Or, several, minmatch=st.integers(0, 2)),
        st.builds(query.DisjunctionMax, several),
        st.builds(query.AndNot, children, children),
        st.builds(query.AndMaybe, children, children),
        st.builds(query.Require, children, children),
        st.builds(query.Otherwise, children, children),
        st.builds(query.Not, children),
        st.builds(query.ConstantScoreQuery, children, st.just(1.5)),
    )


trees = st.recursive(leaves, combine, max_leaves=6)


@contextmanager
def make_pair() -> Iterator[IndexPair]:
    with tempfile.TemporaryDirectory() as folder:
        yield IndexPair(Path(folder) / "pair", make_schema)


def replay(pair: IndexPair, history: list[Commit]) -> None:
    for kind, batch, deleted, merges in history:

        def change(
            writer: Any, kind: str = kind, batch: Any = batch, deleted: Any = deleted
        ) -> None:
            for document in {each["key"]: each for each in batch}.values():
                getattr(writer, f"{kind}_document")(**document)
            for number in deleted:
                writer.delete_by_term("key", f"k{number}")

        pair.commit(change, optimize=merges)


def answer(index: Any, asked: Any, **options: Any) -> Any:
    with index.searcher() as searcher:
        try:
            results = searcher.search(asked, limit=None, **options)
        except Exception as error:
            # What stock Whoosh cannot do, ours need not either; but it must fail alike.
            return type(error).__name__
        found = [(hit.docnum, hit.score) for hit in results]
        return found, len(results)


def assert_same(pair: IndexPair, asked: Any, **options: Any) -> None:
    expected, found = answer(pair.stock, asked, **options), answer(pair.ours, asked, **options)
    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected, asked
        return
    assert found[1] == expected[1], asked
    assert [number for number, _ in found[0]] == [number for number, _ in expected[0]], asked
    assert [score for _, score in found[0]] == pytest.approx(
        [score for _, score in expected[0]], abs=1e-9
    ), asked


@pytest.fixture(autouse=True, scope="module")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Hundreds of small indexes; that files are synced is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@settings(max_examples=60, deadline=None)
@given(history=histories, asked=st.lists(trees, min_size=10, max_size=40), data=st.data())
def test_every_tree_of_queries_is_answered_as_by_stock_whoosh(
    history: list[Commit], asked: list[Any], data: st.DataObject
) -> None:
    with make_pair() as pair:
        replay(pair, history)
        for tree in asked:
            assert_same(pair, tree)
            assert_same(pair, tree, filter=data.draw(leaves))
            assert_same(pair, tree, mask=data.draw(leaves))
