"""Questions beside searching: terms, scores of given papers, papers like others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.categories import parse_category_expression
from app.domain.query import (
    And,
    Everything,
    Filters,
    Not,
    Or,
    Phrase,
    QueryField,
    RankMode,
    SearchRequest,
    Term,
)
from app.domain.results import TermStatistics
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer
from tests.integration.index.documents import build_index, make_document, make_id

TITLES = ("neutrino mass", "neutron star", "neutrino oscillation", "graph coloring", "graph mass")
LONG = 400
"""More occurrences than a posting code can hold."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """Five papers, a sixth deleted, and a seventh that says one word very often."""
    index_dir: Path = tmp_path_factory.mktemp("terms") / "index"
    documents = [
        make_document(
            number, title, f"about {title}", categories=("hep-ph", "cs.DM")[: 1 + number % 2]
        )
        for number, title in enumerate(TITLES)
    ]
    build_index(index_dir, [*documents, make_document(5, "neutrino neutrino", "graph")])
    with open_index_writer(index_dir) as writer:
        writer.delete([make_id(5)])
        writer.replace([make_document(6, "spam", "quark " * LONG + "gluon")])
        writer.commit(2)
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def list_terms(found: list[TermStatistics]) -> list[str]:
    return [each.term for each in found]


def test_statistics_leave_deleted_papers_out(engine: SearchEngine) -> None:
    neutrino, quark, unknown = engine.get_term_statistics(["neutrino", "quark", "zulu"])
    assert neutrino == TermStatistics("neutrino", 2, 4)
    assert quark == TermStatistics("quark", 1, LONG)
    assert unknown == TermStatistics("zulu", 0, 0)


def test_statistics_of_one_field_count_that_field(engine: SearchEngine) -> None:
    asked = ["neutrino", "zulu", "graph", "neutrino", "about"]
    found = engine.get_term_statistics(asked, field=QueryField.TITLE)
    # The sixth paper is deleted but not merged away yet.
    assert found == [
        TermStatistics("neutrino", 3, 4),
        TermStatistics("zulu", 0, 0),
        TermStatistics("graph", 2, 2),
        TermStatistics("neutrino", 3, 4),
        TermStatistics("about", 0, 0),
    ]
    (lovelace,) = engine.get_term_statistics(["lovelace"], field=QueryField.AUTHOR)
    assert lovelace.document_frequency == 7
    assert engine.get_term_statistics([], field=QueryField.TITLE) == []


def test_document_frequencies_are_those_of_scores(engine: SearchEngine) -> None:
    asked = ["neutrino", "zulu", "graph", "quark", "neutrino"]
    # The sixth paper, deleted but not merged away yet, says `graph` in its abstract.
    assert engine.get_document_frequencies(asked) == [3, 0, 3, 1, 3]
    assert engine.get_document_frequencies(asked, field=QueryField.TITLE) == [3, 0, 2, 0, 3]
    assert engine.get_document_frequencies([]) == []


def test_terms_of_a_field_stream_in_order_from_all_segments(engine: SearchEngine) -> None:
    terms = list(engine.stream_terms(QueryField.TITLE))
    assert terms == sorted(terms)
    assert dict(terms) == {
        "color": 1, "graph": 2, "mass": 2, "neutrino": 3, "neutron": 1, "oscil": 1, "spam": 1,
        "star": 1,
    }  # fmt: skip
    stream = engine.stream_terms(QueryField.AUTHOR)
    assert isinstance(stream, Iterator)
    assert next(stream) == ("ada", 7)
    assert list(stream) == [("lovelace", 7)]


def test_terms_can_be_looked_for_in_one_field(engine: SearchEngine) -> None:
    assert engine.suggest("neu", 1, field=QueryField.TITLE) == [TermStatistics("neutrino", 3, 4)]
    assert engine.list_matching_terms("*ar?", 5, field=QueryField.TITLE) == []
    assert list_terms(engine.list_matching_terms("*ar?", 5, field=QueryField.ABSTRACT)) == ["quark"]
    similar = engine.list_similar_terms("lovelase", 5, field=QueryField.AUTHOR)
    assert list_terms(similar) == ["lovelace"]


def test_patterns_find_terms_most_frequent_first(engine: SearchEngine) -> None:
    assert list_terms(engine.list_matching_terms("neutr*", 10)) == ["neutrino", "neutron"]
    assert list_terms(engine.list_matching_terms("n*o", 10)) == ["neutrino"]
    assert list_terms(engine.list_matching_terms("?tar", 10)) == ["star"]
    assert list_terms(engine.list_matching_terms("*", 1)) == ["graph"]
    assert engine.list_matching_terms("[a-z]*", 10) == []
    assert engine.list_matching_terms("  ", 10) == []


def test_similar_terms_are_a_few_letters_away(engine: SearchEngine) -> None:
    assert list_terms(engine.list_similar_terms("nuetrino", 5)) == ["neutrino"]
    assert list_terms(engine.list_similar_terms("neutrion", 5, max_edits=2)) == [
        "neutrino",
        "neutron",
    ]
    assert engine.list_similar_terms("xeutrino", 5) == []
    assert engine.list_similar_terms("", 5) == []


@pytest.mark.parametrize(
    "query",
    [
        Term("graph"),
        Or((Term("neutrino"), Term("mass"))),
        And((Term("neutrino"), Not(Term("mass")))),
        Or((Not(Term("mass")), Term("graph"))),
        Phrase("graph mass"),
        Everything(),
    ],
)
def test_given_papers_score_as_in_a_search(engine: SearchEngine, query: Or) -> None:
    request = SearchRequest(query, rank=RankMode.BM25)
    scores = {hit.arxiv_id: hit.score for hit in engine.search(request).hits}
    given = [make_id(number) for number in (0, 2, 4, 5, 99)]
    assert engine.score_papers(query, given) == {
        arxiv_id: pytest.approx(scores[arxiv_id], abs=1e-9)
        for arxiv_id in given
        if arxiv_id in scores
    }
    assert engine.score_papers(query, []) == {}


def test_given_papers_that_a_filter_leaves_out_have_no_score(engine: SearchEngine) -> None:
    given = [make_id(number) for number in range(6)]
    filters = Filters(parse_category_expression("cs.DM"))
    passing = {hit.arxiv_id for hit in engine.search(SearchRequest(Everything(), filters)).hits}

    scored = engine.score_papers(Everything(), given, filters)

    assert set(scored) == passing & set(given)
    assert 0 < len(scored) < len(engine.score_papers(Everything(), given))


def test_a_word_said_very_often_has_its_exact_score(engine: SearchEngine) -> None:
    (hit,) = engine.search(SearchRequest(Term("quark"))).hits
    (part,) = engine.explain(Term("quark"), make_id(6)).contributions
    # idf, and a frequency so large that the factor is all but k1 + 1.
    assert part.weight == pytest.approx(hit.score, abs=1e-12)
    (in_phrase,) = engine.search(SearchRequest(Phrase("quark gluon"))).hits
    gluon = engine.search(SearchRequest(Term("gluon"))).hits[0].score
    assert in_phrase.score == pytest.approx(hit.score + gluon, abs=1e-9)


def test_papers_like_others_share_their_rare_words_and_are_not_themselves(
    engine: SearchEngine,
) -> None:
    like = [make_document(0, TITLES[0], f"about {TITLES[0]}")]
    found = engine.find_more_like(like, Filters(), 10)
    # Equally alike, so the newer comes first.
    assert [hit.arxiv_id for hit in found.hits] == [make_id(4), make_id(2)]
    only = Filters(categories=parse_category_expression("cs.DM"))
    assert engine.find_more_like(like, only, 10).hits == ()
    assert engine.find_more_like([], Filters(), 10).hits == ()


def test_an_engine_warms_up_before_there_is_an_index(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "nothing")
    assert engine.warm_up() >= 0.0
    engine.close()
