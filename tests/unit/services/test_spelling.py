"""Did you mean: certain corrections are applied, doubtful ones asked, everything said."""

from collections import Counter
from collections.abc import Iterator

import pytest

from app.domain.categories import parse_category_expression
from app.domain.query import And, Filters, Not, Phrase, QueryField, QueryNode, Term
from app.domain.results import Respelling
from app.search.factory import open_engine
from app.search.lexicon.lexicon import make_lexicon, save_lexicon
from app.search.lexicon.source import LexiconSource
from app.services.spelling import MAX_SUSPECTS, SpellingService
from app.text.query_syntax import parse_query
from app.text.title_words import list_title_words
from tests.integration.index.documents import build_index, make_document
from tests.support.library import Library


@pytest.fixture(scope="module")
def spelling(library: Library) -> Iterator[SpellingService]:
    engine = open_engine(library.index_dir)
    yield SpellingService(engine, LexiconSource(library.index_dir))
    engine.close()


def respell(
    spelling: SpellingService, query: str | QueryNode, filters: Filters | None = None
) -> Respelling | None:
    tree = parse_query(query).tree if isinstance(query, str) else query
    return spelling.respell(tree, filters or Filters())


def test_a_word_that_nobody_wrote_is_corrected(spelling: SpellingService) -> None:
    found = respell(spelling, "barometrs wether")
    assert found is not None
    assert found.corrected == "barometers weather"
    assert found.original == "barometrs wether"
    assert (found.original_total, found.corrected_total) == (0, 36)
    assert found.is_applied
    assert [(each.written, each.correction) for each in found.replacements] == [
        ("barometrs", "barometers"),
        ("wether", "weather"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "barometers weather",
        '"barometrs wether"',
        "ti:barometrs",
        "au:barometrs",
        "barometrs9",
        "BAROMETRS",
        "wetherr",
        "qqqqqqqqq",
        "part",
        "*",
        "2405.01234",
    ],
)
def test_what_is_meant_as_written_is_left_alone(spelling: SpellingService, query: str) -> None:
    assert respell(spelling, query) is None


def test_what_is_excluded_stays(spelling: SpellingService) -> None:
    tree = And((Term("barometrs"), Not(Term("wether"))))
    found = respell(spelling, tree)
    assert found is not None
    assert found.tree == And((Term("barometers"), Not(Term("wether"))))


def test_other_parts_of_the_query_stay(spelling: SpellingService) -> None:
    tree = And((Term("barometrs"), Phrase("and weather"), Term("vane", QueryField.AUTHOR)))
    found = respell(spelling, tree)
    assert found is not None
    assert found.tree == And((Term("barometers"), *tree.children[1:]))


def test_a_name_of_an_author_is_only_asked_about(spelling: SpellingService) -> None:
    """`tanabe` is in no title; as the name of an author it may be meant as written."""
    assert respell(spelling, "tanabe") is None


def test_filters_count(spelling: SpellingService) -> None:
    nowhere = Filters(categories=parse_category_expression("hep-th"))
    assert respell(spelling, "barometrs", nowhere) is None


def test_many_strange_words_are_no_slips(spelling: SpellingService) -> None:
    assert respell(spelling, "barometrs wether") is not None
    words = ["barometrs", "wether", "barometesr", "weathr", "baromters"][: MAX_SUSPECTS + 1]
    assert respell(spelling, " ".join(words)) is None


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpellingService]:
    """Thirty papers about neural graphs, and one whose abstract holds slips."""
    index_dir = tmp_path_factory.mktemp("slips") / "index"
    titles = ["Neural graphs and their spectra"] * 30
    papers = [make_document(number, title) for number, title in enumerate(titles)]
    build_index(index_dir, [*papers, make_document(99, "Tides", "Nueral currents and graps")])
    words = Counter(word for title in titles for word in list_title_words(title))
    save_lexicon(index_dir, make_lexicon(1, words=sorted(words.items())))
    engine = open_engine(index_dir)
    yield SpellingService(engine, LexiconSource(index_dir))
    engine.close()


@pytest.mark.parametrize("query", ["thier neural graphs", "neural graphs thier"])
def test_a_misspelt_stop_word_becomes_one(slips: SpellingService, query: str) -> None:
    found = respell(slips, query)
    assert found is not None
    assert found.corrected == query.replace("thier", "their")
    assert (found.original_total, found.corrected_total) == (0, 30)
    assert found.is_applied


def test_a_slip_in_some_paper_is_corrected_where_the_query_finds_nothing(
    slips: SpellingService,
) -> None:
    found = respell(slips, "nueral spectra")
    assert found is not None
    assert (found.corrected, found.corrected_total) == ("neural spectra", 30)
    assert found.is_applied


def test_a_slip_that_finds_its_paper_is_only_asked_about(slips: SpellingService) -> None:
    found = respell(slips, "nueral")
    assert found is not None
    assert (found.corrected, found.original_total) == ("neural", 1)
    assert not found.is_applied
    assert respell(slips, "nueral tides") is None
