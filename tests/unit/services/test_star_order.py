"""Results by stars: the starred first, then the others by relevance, nothing lost or twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.db.session import Database
from app.db.stars import add_star
from app.domain.arxiv_id import ArxivId
from app.domain.query import Sort
from app.domain.results import SearchPage
from app.services.search import SearchQuestion
from app.services.search_help import HelpWanted
from app.services.use_cases import UseCases
from tests.support.library import Library, copy_library
from tests.support.services import LIMITS, open_use_cases

EVERYTHING = SearchQuestion(text="*", limit=40)
BY_STARS = replace(EVERYTHING, sort=Sort.STARS)


def list_ids(page: SearchPage) -> list[str]:
    return [hit.paper.arxiv_id.value for hit in page.hits]


def give_stars(library: Library, starred: Sequence[tuple[str, int]]) -> None:
    database = Database(library.database_url)
    with database.transaction() as tx:
        for written, stars in starred:
            for _star in range(stars):
                add_star(tx, ArxivId.parse(written))
    database.close()


@pytest.fixture
def starred(library: Library, tmp_path: Path) -> Iterator[tuple[UseCases, list[str], list[str]]]:
    """A library with two starred matches; they and all matches by relevance."""
    own = copy_library(library, tmp_path / "library")
    with open_use_cases(own) as use_cases:
        by_relevance = list_ids(use_cases.search.search(EVERYTHING))
        last, middle = by_relevance[-1], by_relevance[len(by_relevance) // 2]
        give_stars(own, [(last, 3), (middle, 1)])
        yield use_cases, [last, middle], by_relevance


def test_the_starred_come_first_and_the_rest_by_relevance(
    starred: tuple[UseCases, list[str], list[str]],
) -> None:
    use_cases, first, by_relevance = starred

    page = use_cases.search.search(BY_STARS)

    assert list_ids(page) == first + [each for each in by_relevance if each not in first]
    assert page.total == use_cases.search.search(EVERYTHING).total


def test_parts_add_up_to_each_score(starred: tuple[UseCases, list[str], list[str]]) -> None:
    use_cases, first, _by_relevance = starred

    page = use_cases.search.search(replace(BY_STARS, text="barometers weather"))

    explained = use_cases.search_help.help_with(page, HelpWanted(explanations=True)).explanations
    assert set(first) & set(list_ids(page))
    assert {hit.paper.arxiv_id: hit.score for hit in page.hits} == pytest.approx(
        {each: sum(part.weight for part in one.contributions) for each, one in explained.items()},
        abs=1e-6,
    )


@pytest.mark.parametrize("step", [1, 3])
def test_pages_follow_each_other_without_loss(
    starred: tuple[UseCases, list[str], list[str]], step: int
) -> None:
    use_cases, _first, _by_relevance = starred
    whole = list_ids(use_cases.search.search(BY_STARS))

    pages = [
        use_cases.search.search(replace(BY_STARS, offset=offset, limit=step))
        for offset in range(0, LIMITS.max_offset, step)
    ]

    found = [each for page in pages for each in list_ids(page)]
    assert found == whole[: len(found)]
    assert len(found) >= LIMITS.max_offset


def test_filters_hold_for_starred_papers_too(
    starred: tuple[UseCases, list[str], list[str]],
) -> None:
    use_cases, _first, _by_relevance = starred
    categories = {
        each for hit in use_cases.search.search(BY_STARS).hits[:1] for each in hit.paper.categories
    }
    category = "stat.AP" if "stat.AP" not in categories else "cs.LG"

    filtered = use_cases.search.search(replace(BY_STARS, categories=category))

    assert all(category in hit.paper.categories for hit in filtered.hits)
    assert filtered.hits


def test_related_papers_can_be_ordered_by_stars(library: Library, tmp_path: Path) -> None:
    own = copy_library(library, tmp_path / "library")
    seed = "2403.05001"
    with open_use_cases(own) as use_cases:
        found = use_cases.related.find_related(seed, SearchQuestion(limit=40))
        favourite = found.papers[-1].paper.arxiv_id.value
        give_stars(own, [(favourite, 2)])

        ordered = use_cases.related.find_related(seed, SearchQuestion(sort=Sort.STARS, limit=40))

    assert ordered.papers[0].paper.arxiv_id.value == favourite
    assert ordered.total == found.total
