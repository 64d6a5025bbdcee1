"""The search use case over a real database and a real index."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.errors import (
    IndexMissingError,
    InvalidCategoryError,
    InvalidDateError,
    InvalidQueryError,
    LimitExceededError,
)
from app.domain.query import DateField, FacetField, Sort
from app.domain.results import SearchPage
from app.services.search import SearchQuestion, find_next_offset
from app.services.use_cases import UseCases
from tests.support.factories import (
    COMPASS_ID,
    LIGHTHOUSE_ID,
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_deleted,
)
from tests.support.library import LEDGER_DAY, REVISED_ID, SERIES_SIZE, Library, remove_index
from tests.support.services import LIMITS, open_use_cases


def found(page: SearchPage) -> list[str]:
    return [hit.paper.arxiv_id.value for hit in page.hits]


def test_words_find_the_papers_that_hold_all_of_them(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion("otters attention"))

    assert found(page) == [OTTER_ID]
    assert page.total == 1
    assert not page.relaxed
    assert page.hits[0].score > 0
    assert page.understood_as == "otters attention"
    assert page.notes == ()


def test_without_a_paper_for_all_words_any_of_them_count_and_the_page_says_so(
    use_cases: UseCases,
) -> None:
    page = use_cases.search.search(SearchQuestion("otters compass"))

    assert set(found(page)) == {OTTER_ID, COMPASS_ID}
    assert page.relaxed
    assert page.understood_as == "otters OR compass"
    assert any("any of them" in note for note in page.notes)


@pytest.mark.parametrize("text", ['otters "missing pole"', "otters au:zand", "zyzzyva xylomancy"])
def test_what_was_asked_for_on_purpose_is_never_relaxed(use_cases: UseCases, text: str) -> None:
    page = use_cases.search.search(SearchQuestion(text))

    assert page.total == 0
    assert not page.relaxed


def test_a_named_paper_that_holds_all_the_words_is_match_enough(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion(f"otters attention {OTTER_ID}"))

    assert found(page) == [OTTER_ID]
    assert not page.relaxed


@pytest.mark.parametrize(
    "text",
    [
        OTTER_ID,
        f"arXiv:{OTTER_ID}v9",
        f"https://arxiv.org/pdf/{OTTER_ID}v2",
        f"10.48550/arXiv.{OTTER_ID}",
        "10.5555/otters.2024",
        "https://doi.org/10.5555/OTTERS.2024",
    ],
)
def test_a_named_paper_is_the_answer(use_cases: UseCases, text: str) -> None:
    page = use_cases.search.search(SearchQuestion(text))

    assert found(page) == [OTTER_ID]
    assert page.total == 1
    assert page.hits[0].score == 0


def test_several_named_papers_come_in_the_order_of_the_query(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion(f"{TEAPOT_ID} {COMPASS_ID} {OTTER_ID}"))

    assert found(page) == [TEAPOT_ID, COMPASS_ID, OTTER_ID]
    assert page.understood_as == f"id:{TEAPOT_ID} OR id:{COMPASS_ID} OR id:{OTTER_ID}"


def test_named_papers_follow_the_chosen_date_order(use_cases: UseCases) -> None:
    question = SearchQuestion(f"{TEAPOT_ID} {COMPASS_ID} {OTTER_ID}", sort=Sort.OLDEST)

    assert found(use_cases.search.search(question)) == [COMPASS_ID, TEAPOT_ID, OTTER_ID]


def test_an_unknown_identifier_finds_nothing_and_says_where_to_look(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion("2401.00001 10.5555/nothing"))

    assert page.total == 0
    assert "https://arxiv.org/abs/2401.00001" in page.notes[0]
    assert "10.5555/nothing" in page.notes[1]


def test_a_named_paper_is_counted_once_beside_the_words_it_also_holds(
    use_cases: UseCases,
) -> None:
    alone = use_cases.search.search(SearchQuestion("barometers"))
    named = use_cases.search.search(SearchQuestion("barometers 2404.05010"))
    foreign = use_cases.search.search(SearchQuestion(f"barometers {OTTER_ID}"))

    assert alone.total == named.total == SERIES_SIZE
    assert found(named)[0] == "2404.05010"
    assert foreign.total == SERIES_SIZE + 1
    assert found(foreign)[0] == OTTER_ID


def test_filters_hold_for_named_papers_too(use_cases: UseCases) -> None:
    question = SearchQuestion(f"{OTTER_ID} {TEAPOT_ID}", categories="cs")

    page = use_cases.search.search(question)

    assert found(page) == [OTTER_ID]
    assert any("left out" in note for note in page.notes)


@pytest.mark.parametrize("text", ["barometers", f"barometers {OTTER_ID} 2404.05003"])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_are_disjoint_and_complete(use_cases: UseCases, text: str, sort: Sort) -> None:
    pages = [
        use_cases.search.search(SearchQuestion(text, sort=sort, offset=offset, limit=7))
        for offset in range(0, 42, 7)
        if offset <= LIMITS.max_offset
    ]
    whole = use_cases.search.search(SearchQuestion(text, sort=sort, limit=LIMITS.max_page_size))

    joined = [each for page in pages for each in found(page)]
    assert joined == found(whole)[: len(joined)]
    assert len(joined) == len(set(joined)) == min(whole.total, 35)
    assert {page.total for page in pages} == {whole.total}


def test_date_orders_follow_the_dates(use_cases: UseCases) -> None:
    newest = use_cases.search.search(SearchQuestion("barometers", sort=Sort.NEWEST))
    updated = use_cases.search.search(SearchQuestion("", sort=Sort.UPDATED, limit=1))

    days = [hit.paper.submitted_at for hit in newest.hits]
    assert days == sorted(days, reverse=True)
    assert found(updated) == [REVISED_ID]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("1999", "1999", {COMPASS_ID}),
        ("", "2007-04", {COMPASS_ID, LIGHTHOUSE_ID}),
        ("2007-04-01", "2007-04-01", {LIGHTHOUSE_ID}),
        ("1999-01-02", "2007-03", set()),
        ("2999", "", set()),
        ("", "1900", set()),
    ],
)
def test_a_date_range_includes_both_of_its_ends(
    use_cases: UseCases, first: str, last: str, expected: set[str]
) -> None:
    page = use_cases.search.search(SearchQuestion("", first=first, last=last))

    assert set(found(page)) == expected


def test_a_date_range_may_look_at_the_last_version(use_cases: UseCases) -> None:
    question = SearchQuestion(first="2008", last="2008", date_field=DateField.UPDATED)

    assert found(use_cases.search.search(question)) == [LIGHTHOUSE_ID]


def test_categories_filter_by_expression(use_cases: UseCases) -> None:
    stat = use_cases.search.search(SearchQuestion(categories="stat"))
    without = use_cases.search.search(SearchQuestion(categories="stat-cs"))

    assert stat.total == SERIES_SIZE // 3 + 1
    assert without.total == SERIES_SIZE // 3
    assert str(without.request.filters.categories) == "stat-cs"


def test_facets_count_all_matches_with_the_named_papers(use_cases: UseCases) -> None:
    question = SearchQuestion(
        f"barometers {COMPASS_ID}",
        limit=0,
        facets=(FacetField.YEAR, FacetField.CATEGORY),
    )

    page = use_cases.search.search(question)

    assert page.hits == ()
    assert [(f.value, f.count) for f in page.facets[FacetField.YEAR]] == [
        ("2024", SERIES_SIZE),
        ("1999", 1),
    ]
    assert [(f.value, f.count) for f in page.facets[FacetField.CATEGORY]] == [
        ("physics.ao-ph", SERIES_SIZE),
        ("stat.AP", SERIES_SIZE // 3),
        ("hep-th", 1),
        ("math-ph", 1),
    ]


def test_facets_of_identifiers_alone_count_those_papers(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion(OTTER_ID, facets=tuple(FacetField)))

    assert [(f.value, f.count) for f in page.facets[FacetField.YEAR]] == [("2024", 1)]
    paper = page.hits[0].paper
    assert {(f.value, f.count) for f in page.facets[FacetField.ARCHIVE]} == {
        (category.partition(".")[0], 1) for category in paper.categories
    }
    assert {(f.value, f.count) for f in page.facets[FacetField.AUTHOR]} == {
        (author.name, 1) for author in paper.authors
    }


@pytest.mark.parametrize(
    ("question", "name", "limit"),
    [
        (SearchQuestion("x" * 501), "max_query_chars", 500),
        (SearchQuestion(limit=41), "max_page_size", 40),
        (SearchQuestion(offset=31), "max_offset", 30),
    ],
)
def test_a_passed_limit_is_named_with_its_value(
    use_cases: UseCases, question: SearchQuestion, name: str, limit: int
) -> None:
    with pytest.raises(LimitExceededError, match=name) as caught:
        use_cases.search.search(question)

    assert (caught.value.limit_name, caught.value.limit) == (name, limit)


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (SearchQuestion(categories="cs.XX"), InvalidCategoryError),
        (SearchQuestion(first="yesterday"), InvalidDateError),
        (SearchQuestion(first="2024", last="2023"), InvalidDateError),
        (SearchQuestion('"otters', is_strict=True), InvalidQueryError),
    ],
)
def test_what_cannot_be_read_is_refused(
    use_cases: UseCases, question: SearchQuestion, error: type[Exception]
) -> None:
    with pytest.raises(error):
        use_cases.search.search(question)


def test_the_next_page_ends_with_the_results_or_with_the_deepest_offset(
    use_cases: UseCases,
) -> None:
    def next_after(offset: int, limit: int) -> int | None:
        question = SearchQuestion("barometers", offset=offset, limit=limit)
        return find_next_offset(use_cases.search.search(question), LIMITS)

    assert next_after(0, 10) == 10
    assert next_after(20, 10) == 30
    assert next_after(30, 5) is None
    assert next_after(30, 10) is None
    assert next_after(0, 0) is None


def test_hits_that_the_database_lost_are_left_out_and_counted(own_library: Library) -> None:
    database = Database(own_library.database_url)
    with database.transaction() as tx:
        upsert_records(tx, [make_deleted(OTTER_ID, datestamp=date(2024, 6, 2))], now=NOON)
    database.close()

    with open_use_cases(own_library) as use_cases:
        page = use_cases.search.search(SearchQuestion("otters"))

    assert page.hits == ()
    assert (page.total, page.missing) == (1, 1)


def test_without_an_index_a_search_says_what_to_run(own_library: Library) -> None:
    remove_index(own_library)

    with (
        open_use_cases(own_library) as use_cases,
        pytest.raises(IndexMissingError, match="papersift"),
    ):
        use_cases.search.search(SearchQuestion("otters"))


@settings(max_examples=60)
@given(st.text(max_size=100))
def test_any_text_gets_an_answer(use_cases: UseCases, text: str) -> None:
    page = use_cases.search.search(SearchQuestion(text, limit=3))

    assert len(page.hits) <= 3
    assert page.total >= len(page.hits)
    assert page.missing == 0


def test_a_named_paper_passes_the_date_of_its_announcement(use_cases: UseCases) -> None:
    def find(paper: str, day: str) -> SearchPage:
        question = SearchQuestion(paper, first=day, last=day, date_field=DateField.ANNOUNCED)
        return use_cases.search.search(question)

    assert found(find(OTTER_ID, str(LEDGER_DAY))) == [OTTER_ID]
    assert found(find(OTTER_ID, "2024-05-04")) == []
    never_announced = find(COMPASS_ID, str(LEDGER_DAY))
    assert found(never_announced) == []
    assert any("left out" in note for note in never_announced.notes)
