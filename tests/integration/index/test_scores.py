"""Scores against BM25F computed by hand, and explanations against scores."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.errors import PaperNotFoundError
from app.domain.query import (
    And,
    Everything,
    Filters,
    Not,
    Or,
    Phrase,
    QueryField,
    QueryNode,
    RankMode,
    SearchRequest,
    Term,
)
from app.domain.results import Explanation
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from app.search.whoosh.codec.kernels import load_kernels
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.engine import WhooshEngine
from tests.integration.index.documents import (
    build_index,
    commit_documents,
    make_document,
    make_id,
)
from tests.support.bm25f import score_by_hand

TITLES = ("alfa bravo", "bravo delta golf", "golf")
ABSTRACTS = ("alfa alfa golf delta", "alfa", "delta golf golf golf bravo")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    index_dir: Path = tmp_path_factory.mktemp("scores") / "index"
    build_index(
        index_dir,
        (
            make_document(number, title, abstract)
            for number, (title, abstract) in enumerate(zip(TITLES, ABSTRACTS, strict=True))
        ),
    )
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def score(words: str, *, with_forms: bool = True) -> dict[ArxivId, float]:
    papers = {
        make_id(number): texts for number, texts in enumerate(zip(TITLES, ABSTRACTS, strict=True))
    }
    return score_by_hand(words.split(), papers, with_forms=with_forms)


@pytest.mark.parametrize("words", ["alfa", "golf", "alfa golf", "bravo delta golf alfa"])
def test_the_score_of_a_bag_of_words_is_bm25f_over_title_and_abstract(
    engine: SearchEngine, words: str
) -> None:
    query = Or(tuple(map(Term, words.split())))
    result = engine.search(SearchRequest(query))
    matching = score(words)
    assert {hit.arxiv_id for hit in result.hits} == matching.keys()
    for hit in result.hits:
        assert hit.score == pytest.approx(matching[hit.arxiv_id], abs=1e-9)
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)


def test_all_words_score_the_same_whether_required_or_not(engine: SearchEngine) -> None:
    words = (Term("alfa"), Term("golf"))
    either = engine.search(SearchRequest(Or(words)))
    both = engine.search(SearchRequest(And(words)))
    scores = {hit.arxiv_id: hit.score for hit in either.hits}
    assert both.total == 2
    assert all(hit.score == pytest.approx(scores[hit.arxiv_id]) for hit in both.hits)


def test_a_word_typed_twice_counts_once(engine: SearchEngine) -> None:
    once = engine.search(SearchRequest(Term("alfa")))
    twice = engine.search(SearchRequest(Or((Term("alfa"), Term("alfa")))))
    assert twice.hits == once.hits


@pytest.mark.parametrize(
    "query",
    [
        Term("golf"),
        Or((Term("alfa"), Term("bravo"), Term("zulu"))),
        And((Term("golf"), Term("delta"))),
        And((Term("golf"), Not(Term("alfa")))),
        And((Or((Term("alfa"), Term("bravo"))), Term("golf"))),
        Or((Phrase("delta golf"), Term("alfa", QueryField.TITLE))),
        Or((Not(Term("alfa")), Term("bravo"))),
        Everything(),
    ],
)
def test_contributions_add_up_to_the_score_of_the_search(
    engine: SearchEngine, query: QueryNode
) -> None:
    result = engine.search(SearchRequest(query))
    assert result.total > 0
    for hit in result.hits:
        explanation = engine.explain(query, hit.arxiv_id)
        assert explanation.score == pytest.approx(hit.score, abs=1e-9)
        assert sum(part.weight for part in explanation.contributions) == pytest.approx(
            hit.score, abs=1e-9
        )


def test_an_explanation_names_each_word_by_field(engine: SearchEngine) -> None:
    explanation = engine.explain(Or((Term("alfa"), Term("golf"))), make_id(0))
    assert [(part.field, part.term) for part in explanation.contributions] == [
        ("title", "alfa"),
        ("abstract", "alfa"),
        ("abstract", "golf"),
        ("title_forms", "alfa"),
    ]


def test_a_paper_that_does_not_match_scores_nothing(engine: SearchEngine) -> None:
    explanation = engine.explain(And((Term("alfa"), Term("zulu"))), make_id(0))
    assert explanation.score == 0.0
    assert explanation.contributions == ()


def test_a_paper_the_index_does_not_hold_cannot_be_explained(engine: SearchEngine) -> None:
    with pytest.raises(PaperNotFoundError, match=r"1706\.03762"):
        engine.explain(Term("alfa"), ArxivId("1706.03762"))


def test_several_papers_are_explained_as_each_alone(engine: SearchEngine) -> None:
    query = Or((Term("alfa"), Term("golf"), Phrase("alfa golf")))
    ids = [hit.arxiv_id for hit in engine.search(SearchRequest(query)).hits]
    explained = engine.explain_papers(query, [*ids, ArxivId("1706.03762")])
    assert explained == {each: engine.explain(query, each) for each in ids}


def test_weights_of_similar_words_multiply_scores(engine: SearchEngine) -> None:
    result = engine.find_similar([("alfa", 2.0), ("golf", 0.5), ("", 1.0)], Filters(), 10)
    for hit in result.hits:
        expected = 2.0 * score("alfa", with_forms=False).get(hit.arxiv_id, 0.0)
        expected += 0.5 * score("golf", with_forms=False).get(hit.arxiv_id, 0.0)
        assert hit.score == pytest.approx(expected, abs=1e-9)


def test_words_without_weight_find_nothing_similar(engine: SearchEngine) -> None:
    assert engine.find_similar([("alfa", 0.0)], Filters(), 10).total == 0
    assert engine.find_similar([], Filters(), 10).hits == ()


def test_hundreds_of_occurrences_in_a_paper_score_as_the_formula_says(tmp_path: Path) -> None:
    papers = {
        make_id(0): ("alfa bravo", " ".join(["alfa"] * 400)),
        make_id(1): (" ".join(["alfa"] * 300), "golf"),
        make_id(2): ("golf", "bravo"),
    }
    build_index(tmp_path, (make_document(n, *texts) for n, texts in enumerate(papers.values())))
    engine = open_engine(tmp_path)
    hits = engine.search(SearchRequest(Term("alfa"))).hits
    parts = engine.explain(Term("alfa"), make_id(0)).contributions
    engine.close()
    expected = score_by_hand(["alfa"], papers)
    # Lengths are kept to a byte, so long texts count as a little longer or shorter.
    assert {hit.arxiv_id: hit.score for hit in hits} == pytest.approx(expected, rel=0.02)
    assert sum(part.weight for part in parts) == pytest.approx(
        next(hit.score for hit in hits if hit.arxiv_id == make_id(0)), abs=1e-9
    )


@pytest.mark.parametrize(("word", "first"), [("images", 0), ("image", 1), ("imaging", 2)])
def test_titles_with_the_very_word_come_before_those_with_its_stem(
    tmp_path: Path, word: str, first: int
) -> None:
    titles = ("Images of bravo", "Image of bravo", "Imaging of bravo")
    build_index(tmp_path, (make_document(n, title, "") for n, title in enumerate(titles)))
    engine = open_engine(tmp_path)
    hits = engine.search(SearchRequest(Term(word))).hits
    everywhere = engine.search(SearchRequest(Term(word, QueryField.ABSTRACT)))
    engine.close()
    assert len(hits) == 3
    assert hits[0].arxiv_id == make_id(first)
    assert hits[0].score > hits[1].score == pytest.approx(hits[2].score)
    assert everywhere.total == 0


def test_a_title_with_a_word_and_its_plural_holds_both_as_they_are_written(tmp_path: Path) -> None:
    titles = ("Graph of graphs", "Graphs of graphs", "Graph of trees")
    build_index(tmp_path, (make_document(n, title, "") for n, title in enumerate(titles)))
    engine = open_engine(tmp_path)
    explained = {
        word: engine.explain_papers(Term(word), [make_id(number) for number in range(3)])
        for word in ("graph", "graphs")
    }
    engine.close()
    holding = {
        word: [make_id(n) for n in range(3) if _has_bonus(found[make_id(n)], word)]
        for word, found in explained.items()
    }
    assert holding == {"graph": [make_id(0), make_id(2)], "graphs": [make_id(0), make_id(1)]}


def _has_bonus(explanation: Explanation, word: str) -> bool:
    return ("title_forms", word) in [(c.field, c.term) for c in explanation.contributions]


def test_equal_papers_score_the_same_in_segments_that_hold_a_word_in_other_fields(
    tmp_path: Path,
) -> None:
    # The more lengths and frequencies, the surer some sum would be rounded otherwise.
    titles = [f"{'alfa ' * (1 + n % 4)}{'bravo ' * n}" for n in range(24)]
    build_index(tmp_path, [make_document(n, title, "golf") for n, title in enumerate(titles)], 1)
    again = [make_document(50 + n, title, "golf") for n, title in enumerate(titles)]
    commit_documents(tmp_path, [*again, make_document(99, "golf", "alfa alfa alfa")], 2)
    for kernels in (load_kernels(), NumpyKernels()):
        with closing(WhooshEngine(tmp_path, kernels=kernels)) as engine:
            for query in (Or((Term("alfa"), Term("bravo"))), And((Term("alfa"), Term("golf")))):
                hits = engine.search(SearchRequest(query, rank=RankMode.BM25, limit=100)).hits
                scores = {hit.arxiv_id: hit.score for hit in hits}
                for n in range(len(titles)):
                    assert scores[make_id(n)] == scores[make_id(50 + n)]  # to the last bit
