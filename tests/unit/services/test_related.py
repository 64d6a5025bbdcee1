"""Related papers: alike by words, never by date, each with reasons that add up to its score."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path

import pytest

from app.db import migrate
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.errors import (
    InvalidArxivIdError,
    InvalidCategoryError,
    LimitExceededError,
    PaperDeletedError,
    PaperNotFoundError,
)
from app.domain.harvest import PaperRecord
from app.domain.query import Sort
from app.domain.related import ReasonKind, RelatedMethod, RelatedPage, TimeRelation
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from tests.support.factories import ADA, BRUNO, CHIYO, NOON, OTTER_ID, make_record
from tests.support.library import GONE_ID, Library, fill_index
from tests.support.services import LIMITS, open_use_cases

EVERYTHING = SearchQuestion(limit=40)
METHODS = list(RelatedMethod)

TOY = [
    make_record(
        "2405.10001",
        title="Sparse attention for long context",
        abstract="We study sparse attention attention kernels",
        categories=("cs.CL", "cs.LG"),
        authors=(ADA, BRUNO),
        submitted_at=datetime(2024, 5, 1, tzinfo=UTC),
    ),
    make_record(
        "2405.10002",
        title="Learning rate scaling laws",
        abstract="batch size and learning rate",
        categories=("stat.ML",),
        authors=(CHIYO,),
        submitted_at=datetime(2023, 5, 1, tzinfo=UTC),
    ),
    make_record(
        "2405.10003",
        title="Long context evaluation",
        abstract="benchmark for long context models",
        categories=("cs.CL",),
        authors=(ADA,),
        submitted_at=datetime(2022, 5, 1, tzinfo=UTC),
    ),
]
A, B, C = (record.arxiv_id.value for record in TOY)


@contextmanager
def serve(folder: Path, records: list[PaperRecord]) -> Iterator[UseCases]:
    """The use cases over a library of these papers."""
    library = Library(folder)
    migrate.upgrade(library.database_url)
    database = Database(library.database_url)
    with database.transaction() as tx:
        upsert_records(tx, records, now=NOON)
    fill_index(database, library.index_dir)
    database.close()
    with open_use_cases(library) as opened:
        yield opened


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UseCases]:
    with serve(tmp_path_factory.mktemp("toy"), TOY) as opened:
        yield opened


def find(
    use_cases: UseCases,
    written: str,
    method: RelatedMethod = RelatedMethod.DEFAULT,
    question: SearchQuestion = EVERYTHING,
) -> RelatedPage:
    return use_cases.related.find_related(written, question, method)


def list_ids(page: RelatedPage) -> list[str]:
    return [each.paper.arxiv_id.value for each in page.papers]


@pytest.mark.parametrize("method", METHODS)
def test_the_toy_collection_is_related_as_in_the_post(toy: UseCases, method: RelatedMethod) -> None:
    page = find(toy, A, method)

    assert list_ids(page) == [C]
    words = {each.text.lower() for each in page.papers[0].reasons if each.kind is ReasonKind.TERM}
    assert words == {"long", "context"}
    assert find(toy, B, method).papers == ()
    assert find(toy, C, method).papers[0].paper.arxiv_id.value == A


def test_the_toy_list_is_ordered_by_preference_as_in_the_post(toy: UseCases) -> None:
    ranked = toy.preferences.rank([B, A, C], ["sparse", "attention", "long"])

    assert [each.written for each in ranked] == [A, C, B]
    assert ranked[0].score > ranked[1].score > ranked[2].score == 0.0


def test_the_literal_question_is_the_ten_keywords(toy: UseCases) -> None:
    asked = find(toy, A, RelatedMethod.LITERAL).asked_with

    assert [each.text for each in asked] == [
        "attention", "sparse", "study", "kernels", "long", "context",
    ]  # fmt: skip
    assert asked[0].weight == pytest.approx(3 * (1 + log(4 / 2)))


@pytest.mark.parametrize("method", METHODS)
def test_reasons_add_up_to_the_score(use_cases: UseCases, method: RelatedMethod) -> None:
    page = find(use_cases, "2403.05001", method)

    assert len(page.papers) > 5
    for each in page.papers:
        assert sum(reason.weight for reason in each.reasons) == pytest.approx(each.score)
        weights = [reason.weight for reason in each.reasons]
        assert weights == sorted(weights, reverse=True)
    scores = [each.score for each in page.papers]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_is_absent_and_every_paper_shares_a_word(
    use_cases: UseCases, method: RelatedMethod
) -> None:
    page = find(use_cases, "2403.05001", method)

    assert "2403.05001" not in list_ids(page)
    for each in page.papers:
        assert any(reason.kind is ReasonKind.TERM for reason in each.reasons)


@pytest.mark.parametrize("method", METHODS)
def test_dates_do_not_touch_the_order(tmp_path: Path, method: RelatedMethod) -> None:
    moved = [
        replace(record, submitted_at=NOON - timedelta(days=400 * place), updated_at=NOON)
        for place, record in enumerate(reversed(TOY))
    ]
    with serve(tmp_path / "as-is", TOY) as before, serve(tmp_path / "moved", moved) as after:
        assert list_ids(find(before, C, method)) == list_ids(find(after, C, method))


def test_time_authors_and_categories_are_told(toy: UseCases) -> None:
    page = find(toy, A)
    (related,) = page.papers

    assert related.relation is TimeRelation.EARLIER
    assert page.counts == {TimeRelation.EARLIER: 1}
    assert related.shared_authors == (ADA.name,)
    (category,) = [each for each in related.reasons if each.kind is ReasonKind.CATEGORY]
    assert category.text == "cs.CL"
    # The same word score, half the categories shared.
    words = sum(each.weight for each in related.reasons) - category.weight
    assert category.weight == pytest.approx(0.2 * 0.5 * words)
    assert find(toy, C).papers[0].relation is TimeRelation.LATER


def test_half_a_year_is_the_same_time(tmp_path: Path) -> None:
    base = replace(TOY[0], title="Attention")
    texts = ["otters", "kernels", "beavers", "badgers"]
    records = [
        replace(
            base,
            arxiv_id=type(base.arxiv_id).parse(f"2405.2000{place}"),
            abstract="attention " + " ".join(f"{texts[place]}{n}" for n in range(20)),
            submitted_at=NOON + timedelta(days=days),
        )
        for place, days in enumerate((0, 183, -183, -184))
    ]
    with serve(tmp_path, records) as use_cases:
        page = find(use_cases, "2405.20000")

    assert page.counts == {TimeRelation.SAME: 2, TimeRelation.EARLIER: 1}


def test_filters_order_and_pages_are_those_of_a_search(use_cases: UseCases) -> None:
    seed = "2403.05001"
    newest = find(use_cases, seed, question=replace(EVERYTHING, sort=Sort.NEWEST))
    dates = [each.paper.submitted_at for each in newest.papers]
    assert dates == sorted(dates, reverse=True)
    statistics = find(use_cases, seed, question=replace(EVERYTHING, categories="stat.AP"))
    assert statistics.papers
    assert all("stat.AP" in each.paper.categories for each in statistics.papers)
    april = find(use_cases, seed, question=replace(EVERYTHING, first="2024-04", last="2024-04-10"))
    assert {each.paper.submitted_at.month for each in april.papers} == {4}
    whole = find(use_cases, seed)
    parts = [
        find(use_cases, seed, question=SearchQuestion(limit=3, offset=offset))
        for offset in range(0, whole.total + 3, 3)
    ]
    assert [each for part in parts for each in list_ids(part)] == list_ids(whole)
    assert {part.total for part in parts} == {whole.total}


def test_near_duplicates_are_folded_into_the_best(tmp_path: Path) -> None:
    copy = replace(
        TOY[2],
        arxiv_id=type(TOY[2].arxiv_id).parse("2405.10009"),
        title="Long Context Evaluation",
    )
    with serve(tmp_path, [*TOY, copy]) as use_cases:
        (related,) = find(use_cases, A).papers

    both = {related.paper.arxiv_id.value, *(each.value for each in related.duplicates)}
    assert both == {C, "2405.10009"}
    assert len(related.duplicates) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("title", "abstract"), [("Otter", ""), ("Otter", "otter"), ("The of", ""), ("", "")]
)
def test_a_collection_of_one_and_papers_of_few_words_give_empty_answers(
    tmp_path: Path, title: str, abstract: str, method: RelatedMethod
) -> None:
    with serve(tmp_path, [make_record(title=title, abstract=abstract)]) as use_cases:
        page = find(use_cases, "2405.00418", method)

    assert (page.papers, page.total) == ((), 0)


def test_what_cannot_be_used_is_refused(use_cases: UseCases) -> None:
    for written, error in (
        ("2401.00001", PaperNotFoundError),
        (GONE_ID, PaperDeletedError),
        ("otters", InvalidArxivIdError),
    ):
        with pytest.raises(error):
            find(use_cases, written)
    with pytest.raises(InvalidCategoryError):
        find(use_cases, OTTER_ID, question=replace(EVERYTHING, categories="cs.QQ"))
    with pytest.raises(LimitExceededError, match="max_page_size"):
        find(use_cases, OTTER_ID, question=SearchQuestion(limit=LIMITS.max_page_size + 1))
