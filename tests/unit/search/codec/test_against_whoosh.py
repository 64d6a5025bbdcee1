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


Trees = list[Any]


@settings(max_examples=8, deadline=None)
@given(history=histories, asked=st.lists(trees, min_size=10, max_size=20), data=st.data())
def test_every_tree_of_queries_is_answered_as_by_stock_whoosh(
    history: list[Commit], asked: Trees, data: st.DataObject
) -> None:
    check_trees(history, asked, data)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@settings(max_examples=300, deadline=None)
@given(history=histories, asked=st.lists(trees, min_size=10, max_size=30), data=st.data())
def test_thousands_of_trees_are_answered_as_by_stock_whoosh(
    history: list[Commit], asked: Trees, data: st.DataObject
) -> None:
    check_trees(history, asked, data)


def check_trees(history: list[Commit], asked: Trees, data: st.DataObject) -> None:
    with make_pair() as pair:
        replay(pair, history)
        for tree in asked:
            assert_same(pair, tree)
            assert_same(pair, tree, filter=data.draw(leaves))
            assert_same(pair, tree, mask=data.draw(leaves))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> IndexPair:
    """Three segments with updates and deletions; stored fields, columns and long texts."""
    pair = IndexPair(tmp_path_factory.mktemp("whoosh") / "pair", make_schema)
    history: list[Commit] = [
        ("add", [make_plain(number) for number in range(40)], [3, 5], False),
        ("update", [make_plain(number) for number in range(30, 60)], [31, 7], False),
        ("add", [make_plain(number) for number in range(60, 80)], [], False),
    ]
    replay(pair, history)
    return pair


def make_plain(number: int) -> dict[str, Any]:
    text = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12))
    return {
        "key": f"k{number}",
        "title": text[:20],
        "body": " ".join([text] * (1 + number % 40)),
        "size": (number * 37) % 23,
        "born": BASE + timedelta(days=number % 9),
        "flag": number % 3 == 0,
        **({"tags": WORDS[number % 5]} if number % 4 else {}),
    }


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("field", ["key", "title", "size", "born", "tags"])
def test_sorting_is_that_of_stock_whoosh(pair: IndexPair, field: str, reverse: bool) -> None:
    for options in ({"sortedby": field, "reverse": reverse}, {"sortedby": [field, "key"]}):
        expected = answer(pair.stock, query.Every(), **options)
        found = answer(pair.ours, query.Every(), **options)
        assert [number for number, _ in found[0]] == [number for number, _ in expected[0]]


@pytest.mark.parametrize("field", ["tags", "size", "flag", "born"])
def test_groups_are_those_of_stock_whoosh(pair: IndexPair, field: str) -> None:
    found = []
    for index in (pair.stock, pair.ours):
        with index.searcher() as searcher:
            results = searcher.search(query.Term("body", "alfa"), groupedby=field, limit=None)
            found.append({key: sorted(group) for key, group in results.groups().items()})
    assert found[0] == found[1]
    assert len(found[0]) > 1


def test_collapsing_highlights_and_paging_are_those_of_stock_whoosh(pair: IndexPair) -> None:
    found = []
    for index in (pair.stock, pair.ours):
        with index.searcher() as searcher:
            asked = query.Or([query.Term("title", "alfa"), query.Term("body", "golf")])
            collapsed = searcher.search(asked, collapse="size", limit=None)
            page = searcher.search_page(asked, 2, pagelen=7)
            marked = [hit.highlights("title") for hit in searcher.search(asked, limit=20)]
            found.append(([hit.docnum for hit in collapsed], [hit["key"] for hit in page], marked))
    assert found[0] == found[1]


def test_suggestions_and_similar_documents_are_those_of_stock_whoosh(pair: IndexPair) -> None:
    found = []
    for index in (pair.stock, pair.ours):
        with index.searcher() as searcher:
            reader = searcher.reader()
            similar = searcher.search(query.Term("key", "k10"))[0].more_like_this("title")
            found.append(
                (
                    searcher.suggest("body", "alfs", maxdist=2),
                    sorted(reader.terms_within("body", "golf", 2)),
                    list(reader.expand_prefix("title", "al")),
                    [(text, info.doc_frequency()) for text, info in reader.iter_field("body")],
                    reader.most_frequent_terms("body", 3),
                    [hit.docnum for hit in similar],
                    sorted(reader.all_terms()),
                )
            )
    assert found[0] == found[1]


def test_statistics_and_lengths_are_those_of_stock_whoosh(pair: IndexPair) -> None:
    with pair.stock.reader() as expected, pair.ours.reader() as found:
        assert found.doc_count() == expected.doc_count()
        assert found.doc_count_all() == expected.doc_count_all()
        for name in ("title", "body", "tags"):
            assert found.field_length(name) == expected.field_length(name)
            assert found.max_field_length(name) == expected.max_field_length(name)
            for number in expected.all_doc_ids():
                wanted = expected.doc_field_length(number, name, 0) or 0
                assert found.doc_field_length(number, name, 0) == wanted
        for (name, text), info in expected:
            actual = found.term_info(name, text)
            assert actual.weight() == pytest.approx(info.weight())
            assert actual.max_weight() == pytest.approx(info.max_weight())
            for statistic in ("doc_frequency", "min_length", "max_length", "min_id", "max_id"):
                assert getattr(actual, statistic)() == getattr(info, statistic)()
        stored = [found.stored_fields(number) for number in found.all_doc_ids()]
        assert stored == [expected.stored_fields(number) for number in expected.all_doc_ids()]


def test_whooshs_own_merge_gives_the_same_answers(tmp_path: Path) -> None:
    """Of short texts: merging long ones, stock Whoosh adds up lengths it has rounded before."""
    pair = IndexPair(tmp_path / "pair", make_schema)
    short = [{**make_plain(number), "body": make_plain(number)["title"]} for number in range(40)]
    replay(pair, [("add", short[:30], [2, 4], False), ("update", short[20:], [25], True)])
    assert len(pair.ours.segments) == 1
    for word in WORDS:
        assert_same(pair, query.Term("body", word.lower()))
        assert_same(pair, query.Phrase("body", ["alfa", word.lower()], slop=2))
