"""The evaluation itself: measures against hand-made figures, collections and peers."""

import gzip
import json
from math import log2
from pathlib import Path

import pytest

from tests.eval import ours
from tests.eval.collections import Collection, JudgedDocument, JudgedQuery, read_collection
from tests.eval.metrics import average, measure
from tests.eval.peers import Bm25sPeer, UntunedBm25

TOY = Collection(
    "toy",
    (
        JudgedDocument("a", "Teapots", "Porcelain teapots that orbit the Earth."),
        JudgedDocument(
            "b", "", "The Earth seen from a porcelain factory, by those who were there."
        ),
        JudgedDocument("c", "Otters", "Otters hold hands."),
    ),
    (JudgedQuery("1", "Do teapots orbit?", {"a": 2.0}),),
)


def test_measures_of_a_ranking_by_hand() -> None:
    quality = measure(["x", "b", "y", "a"], {"a": 2.0, "b": 1.0, "c": 1.0})
    gained = 1 / log2(3) + 2 / log2(5)
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert quality.ndcg == pytest.approx(gained / ideal)
    assert quality.average_precision == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert quality.recall == pytest.approx(2 / 3)
    assert quality.reciprocal_rank == pytest.approx(1 / 2)


def test_the_ideal_ranking_measures_one_and_an_empty_one_nothing() -> None:
    best = measure(["a", "b"], {"a": 3.0, "b": 1.0})
    worst = measure([], {"a": 3.0})
    assert (best.ndcg, best.average_precision, best.recall, best.reciprocal_rank) == (1, 1, 1, 1)
    assert (worst.ndcg, worst.average_precision, worst.recall, worst.reciprocal_rank) == (0,) * 4
    assert average([best, worst]).ndcg == 0.5


def test_depths_are_ten_and_a_hundred() -> None:
    late = [*(f"x{place}" for place in range(10)), "a", *(f"y{place}" for place in range(89)), "b"]
    quality = measure(late, {"a": 1.0, "b": 1.0})
    assert (quality.ndcg, quality.recall) == (0.0, 0.5)


def test_a_collection_is_read_without_unanswerable_queries(tmp_path: Path) -> None:
    documents = [{"id": "1", "title": "T", "text": "x"}, {"id": "2", "title": "", "text": "y"}]
    with gzip.open(tmp_path / "docs.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in documents)
    queries = [{"id": name, "text": f"query {name}"} for name in "abcd"]
    (tmp_path / "queries.jsonl").write_text("\n".join(json.dumps(row) for row in queries))
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\na\t1\t2\nb\t2\t0\nc\t9\t1\nd\t2\t1\n"
    )
    collection = read_collection(tmp_path)
    assert [query.name for query in collection.queries] == ["a", "d"]
    assert collection.queries[0].grades == {"1": 2.0}
    assert len(read_collection(tmp_path, max_queries=1).queries) == 1


# bm25s is in the extra `full`, which only `make test-all` installs.
@pytest.mark.parametrize("peer", [UntunedBm25, pytest.param(Bm25sPeer, marks=pytest.mark.slow)])
def test_peers_find_by_any_word(peer: type[UntunedBm25] | type[Bm25sPeer]) -> None:
    if peer is Bm25sPeer:
        pytest.importorskip("bm25s", reason="bm25s is in the extra `full`")
    found = peer(TOY).search("porcelain teapots of the Earth", 10)
    assert found[0] == "a"
    assert set(found) == {"a", "b"}
    assert peer(TOY).search("the of", 10) == []


def test_ours_is_asked_through_service_database_and_index() -> None:
    with ours.build(TOY) as library, library.open() as papersift:
        assert papersift.search("teapots", 10) == ["a"]


def test_made_up_identifiers_are_valid_and_differ() -> None:
    numbers = (0, 99_998, 99_999, 1_199_988)
    assert len({ours.make_arxiv_id(number) for number in numbers}) == len(numbers)
