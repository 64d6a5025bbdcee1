"""Cursors: written and read back, refused when foreign, and walked to the end of the results."""

import base64
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidCursorError
from app.domain.query import RankMode, SearchAfter, Sort
from app.search.factory import open_index_writer
from app.services.cursors import Cursor, make_digest, read_cursor, write_cursor
from app.services.search import SearchQuestion, has_next_page
from app.services.use_cases import UseCases
from tests.support.factories import OTTER_ID
from tests.support.library import SERIES_SIZE, Library
from tests.support.services import LIMITS, open_use_cases

cursors = st.builds(
    Cursor,
    st.just("digest"),
    st.integers(0, 2**40),
    st.integers(0, 2**40),
    st.none()
    | st.builds(
        SearchAfter,
        st.sampled_from([ArxivId("1706.03762"), ArxivId("hep-th/9901001")]),
        st.floats(allow_nan=False, allow_infinity=False),
        st.integers(0, 2**62),
    ),
)


@given(cursors)
def test_a_cursor_is_read_as_it_was_written(cursor: Cursor) -> None:
    text = write_cursor(cursor)

    assert read_cursor(text, "digest") == cursor
    assert text.isascii()
    assert not set(text) & set("+/=&# ")


@given(st.text(max_size=60) | st.text("ABCabc019-_", max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    if text == "*":
        return
    with pytest.raises(InvalidCursorError, match=r"cursor=\*"):
        read_cursor(text, "digest")


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {},
        [2, "digest", 1, 1],
        [1, "digest", 1],
        [1, "digest", -1, 1],
        [1, "digest", True, 1],
        [1, "digest", 1, 1, "x", "0x1p0", 1],
        [1, "digest", 1, 1, "1706.03762", "nan", 1],
        [1, "digest", 1, 1, "1706.03762", "high", 1],
        [1, "digest", 1, 1, "1706.03762", "0x1p0", "1"],
        [1, "digest", 1, 10**40],
    ],
)
def test_what_only_looks_like_a_cursor_is_refused(fields: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()

    with pytest.raises(InvalidCursorError, match="none that this service gave"):
        read_cursor(text, "digest")


def test_a_cursor_of_another_question_is_refused_and_the_refusal_says_so() -> None:
    text = write_cursor(Cursor(make_digest("otters"), 1, 10))

    with pytest.raises(InvalidCursorError, match="belongs to another query"):
        read_cursor(text, make_digest("teapots"))


def walk(use_cases: UseCases, question: SearchQuestion) -> list[str]:
    """The papers of all pages, from cursor to cursor."""
    seen: list[str] = []
    cursor = "*"
    while True:
        page = use_cases.search.search(replace(question, cursor=cursor))
        seen += [hit.paper.arxiv_id.value for hit in page.hits]
        if not has_next_page(page):
            return seen
        cursor = page.cursor


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("rank", RankMode)
@pytest.mark.parametrize("limit", [2, 5, 40])
def test_cursors_reach_every_result_once_beyond_the_deepest_offset(
    library: Library, sort: Sort, limit: int, rank: RankMode
) -> None:
    question = SearchQuestion("barometers", categories="physics", sort=sort, limit=limit, rank=rank)
    with open_use_cases(library, replace(LIMITS, max_offset=7)) as use_cases:
        at_once = use_cases.search.search(replace(question, limit=SERIES_SIZE))
        seen = walk(use_cases, question)

    assert seen == [hit.paper.arxiv_id.value for hit in at_once.hits]
    assert len(set(seen)) == SERIES_SIZE


def test_papers_named_in_the_query_come_once_and_first(library: Library) -> None:
    with open_use_cases(library, replace(LIMITS, max_offset=3)) as use_cases:
        seen = walk(use_cases, SearchQuestion(f"{OTTER_ID} barometers", limit=2))

    assert seen[0] == OTTER_ID
    assert len(seen) == len(set(seen)) == SERIES_SIZE + 1


def test_a_cursor_goes_on_when_the_index_changed_and_says_so(own_library: Library) -> None:
    question = SearchQuestion("barometers", sort=Sort.NEWEST, limit=10)
    with open_use_cases(own_library, replace(LIMITS, max_offset=5)) as use_cases:
        first = use_cases.search.search(replace(question, cursor="*"))
        last = first.hits[-1].paper
        with open_index_writer(own_library.index_dir) as writer:
            writer.delete([first.hits[0].paper.arxiv_id, last.arxiv_id])
            writer.commit(writer.state.change_number)
        time.sleep(0.05)
        second = use_cases.search.search(replace(question, cursor=first.cursor))

    assert second.hits[0].paper.submitted_at < last.submitted_at
    assert (last.submitted_at - second.hits[0].paper.submitted_at).days == 1
    assert any("index changed" in note for note in second.notes)
    assert first.notes == ()


def test_a_cursor_beside_an_offset_or_for_another_order_is_refused(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion("barometers", limit=5))

    for question, words in (
        (SearchQuestion("barometers", cursor=page.cursor, offset=5), "offset"),
        (SearchQuestion("barometers", cursor=page.cursor, sort=Sort.NEWEST), "another query"),
        (SearchQuestion("teapots", cursor=page.cursor), "another query"),
        (SearchQuestion("barometers", cursor="zzz"), "none that this service gave"),
    ):
        with pytest.raises(InvalidCursorError, match=words):
            use_cases.search.search(question)
