"""The doctor: exact counts of what killed a search, and ways out."""

from collections.abc import Iterator
from datetime import date

import pytest

from app.domain.categories import parse_category_expression
from app.domain.query import DateRange, Filters, QueryNode, SearchRequest, Term
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from app.services.doctor import (
    FEW_RESULTS,
    MAX_PARTS,
    MAX_RELAXATIONS,
    Diagnosis,
    Doctor,
    RelaxationKind,
)
from app.text.query_syntax import parse_query
from tests.support.library import SERIES_SIZE, Library


@pytest.fixture(scope="module")
def engine(library: Library) -> Iterator[SearchEngine]:
    opened = open_engine(library.index_dir)
    yield opened
    opened.close()


def examine(engine: SearchEngine, query: str, filters: Filters | None = None) -> Diagnosis | None:
    request = SearchRequest(parse_query(query).tree, filters or Filters())
    return Doctor(engine).examine(request, engine.count(request.query, request.filters))


def get(engine: SearchEngine, query: str, filters: Filters | None = None) -> Diagnosis:
    diagnosis = examine(engine, query, filters)
    assert diagnosis is not None
    return diagnosis


def test_codes_of_categories_are_read_as_such(engine: SearchEngine) -> None:
    best = get(engine, "otters cs.CL").relaxations[0]
    assert best.kind is RelaxationKind.IN_CATEGORY
    assert (best.text, best.query, best.total) == ("cs.CL", "otters cat:cs.CL", 1)


def test_the_word_that_killed_the_set_is_named_with_the_count_without_it(
    engine: SearchEngine,
) -> None:
    diagnosis = get(engine, "barometer weather equivariant")
    assert diagnosis.total == 0
    assert [(p.text, p.alone, p.without) for p in diagnosis.parts] == [
        ("barometer", SERIES_SIZE, 0),
        ("weather", SERIES_SIZE, 0),
        ("equivariant", 0, SERIES_SIZE),
    ]
    assert diagnosis.unknown == ("equivariant",)
    best = diagnosis.relaxations[0]
    assert best.kind is RelaxationKind.WITHOUT_PART
    assert (best.text, best.query, best.total) == (
        "equivariant",
        "barometer weather",
        SERIES_SIZE,
    )


def test_every_offer_finds_what_it_says(engine: SearchEngine) -> None:
    year = DateRange(date(1999, 1, 1), date(1999, 12, 31))
    category = parse_category_expression("stat.AP")
    for query, filters in (
        ("barometer otters", Filters()),
        ("barometer -weather", Filters(category)),
        ('"weather barometers"', Filters(category)),
        ("au:otters", Filters()),
        ("ti:hands", Filters()),
        ("otters compass teapots", Filters()),
        ("barometer", Filters(category, year)),
        ("barometer", Filters(dates=year)),
    ):
        diagnosis = examine(engine, query, filters)
        assert diagnosis is not None, query
        assert diagnosis.relaxations, query
        assert len(diagnosis.relaxations) <= MAX_RELAXATIONS
        for offer in diagnosis.relaxations:
            asked = Filters(
                filters.categories if offer.keeps_categories else None,
                filters.dates if offer.keeps_dates else DateRange(),
            )
            tree = parse_query(offer.query).tree
            assert engine.count(tree, asked) == offer.total > diagnosis.total, (query, offer)


def test_an_exclusion_can_be_what_killed_the_set(engine: SearchEngine) -> None:
    diagnosis = get(engine, "barometer -weather")
    assert [(p.text, p.is_excluded) for p in diagnosis.parts] == [
        ("barometer", False),
        ("weather", True),
    ]
    assert diagnosis.relaxations[0].kind is RelaxationKind.WITHOUT_EXCLUSION
    assert diagnosis.relaxations[0].total == SERIES_SIZE


def test_where_no_single_word_helps_several_are_dropped(engine: SearchEngine) -> None:
    diagnosis = get(engine, "barometer xylophone zyzzyva")
    (offer,) = diagnosis.relaxations
    assert offer.kind is RelaxationKind.WITHOUT_PARTS
    assert offer.text == "xylophone, zyzzyva"
    assert (offer.query, offer.total) == ("barometer", SERIES_SIZE)


def test_phrases_are_loosened(engine: SearchEngine) -> None:
    diagnosis = get(engine, '"weather barometers"')
    assert diagnosis.relaxations[0].kind is RelaxationKind.WORDS_OF_PHRASE
    assert diagnosis.relaxations[0].query == "weather barometers"


def test_fields_are_left(engine: SearchEngine) -> None:
    kinds = {offer.kind for offer in get(engine, "au:otters").relaxations}
    assert kinds == {RelaxationKind.ANY_FIELD}


def test_filters_are_left(engine: SearchEngine) -> None:
    filters = Filters(
        categories=parse_category_expression("hep-th"), dates=DateRange(last=date(2000, 1, 1))
    )
    diagnosis = get(engine, "barometer", filters)
    assert [(offer.kind, offer.total) for offer in diagnosis.relaxations] == [
        (RelaxationKind.WITHOUT_FILTERS, SERIES_SIZE)
    ]
    assert not diagnosis.relaxations[0].keeps_categories
    assert not diagnosis.relaxations[0].keeps_dates


def test_an_honest_zero(engine: SearchEngine) -> None:
    diagnosis = get(engine, "zyzzyva")
    assert diagnosis.relaxations == ()
    assert diagnosis.unknown == ("zyzzyva",)
    assert diagnosis.parts[0].without is None


def test_enough_results_need_no_doctor(engine: SearchEngine) -> None:
    assert examine(engine, "barometer") is None
    assert examine(engine, "") is None
    assert examine(engine, "2405.01234") is None
    assert SERIES_SIZE > FEW_RESULTS


def test_a_long_query_is_examined_in_part(engine: SearchEngine) -> None:
    words = [f"w{number}" for number in range(MAX_PARTS + 5)]
    diagnosis = get(engine, " ".join(words))
    assert diagnosis.is_cut
    assert len(diagnosis.parts) == MAX_PARTS


def test_what_is_searched_as_well_is_counted(engine: SearchEngine) -> None:
    request = SearchRequest(parse_query("barometer zyzzyva equivariant").tree)
    alternatives: dict[tuple[Term, ...], list[QueryNode]] = {(Term("zyzzyva"),): [Term("weather")]}
    diagnosis = Doctor(engine).examine(request, 0, alternatives)
    assert diagnosis is not None
    assert [(p.text, p.alone, p.without) for p in diagnosis.parts] == [
        ("barometer", SERIES_SIZE, 0),
        ("zyzzyva", SERIES_SIZE, 0),
        ("equivariant", 0, SERIES_SIZE),
    ]
    assert diagnosis.relaxations[0].query == "barometer zyzzyva"
