"""Pages of hits, totals and facets of one state of the index."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain.arxiv_id import ArxivId
from app.domain.query import FacetField, Filters, SearchAfter, Sort
from app.domain.results import EngineHit, FacetCount
from app.search.whoosh.codec.kernel_types import F64, I64, U32, Order, Top
from app.search.whoosh.codec.kernels import make_facets
from app.search.whoosh.fast_path.execute import Executor, Pass
from app.search.whoosh.fast_path.facets import make_counters, read_counters
from app.search.whoosh.fast_path.listing import keep_behind, list_all, weigh_freshness
from app.search.whoosh.fast_path.plan import Plan
from app.search.whoosh.fast_path.range_layout import ListedMatches
from app.search.whoosh.schema import ARXIV_ID

EVERY_PAPER = Filters()

RERANKED_HITS = 300
"""The best matches, which a second stage orders anew."""

SecondStage = Callable[[I64, F64], tuple[I64, F64]]
"""Documents among all segments and their scores, best first, to the same in another order."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which of the matches are wanted, and what is to be counted over all of them."""

    filters: Filters = EVERY_PAPER
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 0
    facets: tuple[FacetField, ...] = ()
    after: SearchAfter | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of hits in final order, with counts over all matches."""

    hits: tuple[EngineHit, ...]
    total: int
    facets: dict[FacetField, tuple[FacetCount, ...]]


def answer(
    executor: Executor,
    matches: Plan | Sequence[ListedMatches],
    page: Page,
    second_stage: SecondStage | None = None,
) -> Answer:
    """What is wanted of a plan's matches, or of matches found otherwise, by segment.

    Args:
        second_stage: orders the best by score anew, see `second_ranking`.
    """
    state = executor.state
    # No more hits than documents, however deep a page is asked for.
    wanted = min(page.offset + page.limit, state.document_count) if page.limit > 0 else 0
    if second_stage is not None and wanted > 0:
        wanted = min(max(wanted, RERANKED_HITS), state.document_count)
    facets = [make_counters(segment, page.facets) for segment in state.segments]
    orders = state.make_orders(page.sort)
    everything = Pass(state.get_masks(page.filters), orders, Top.make(wanted), facets)
    if page.sort is Sort.FRESH or page.after is not None:
        total, top = _answer_from_lists(executor, matches, page, everything)
    else:
        run = executor.run if isinstance(matches, Plan) else executor.run_lists
        total, top = run(matches, everything), everything.top  # type: ignore[arg-type]
    numbers, scores = top.in_order()
    if second_stage is not None:
        numbers, scores = second_stage(numbers, scores)
    wanted_page = slice(page.offset, page.offset + page.limit)
    return Answer(
        _read_hits(executor, orders, numbers[wanted_page], scores[wanted_page]),
        total,
        read_counters(state.segments, facets, page.facets, executor.kernels),
    )


def find_best(
    executor: Executor, plan: Plan, filters: Filters, most: int = RERANKED_HITS
) -> tuple[I64, F64]:
    """The best documents among all segments by score alone, and their scores."""
    top = Top.make(min(most, executor.state.document_count))
    executor.run(plan, _make_pass(executor, filters, top))
    return top.in_order()


def _make_pass(executor: Executor, filters: Filters, top: Top) -> Pass:
    """The best by score alone, nothing counted."""
    state = executor.state
    no_facets = [make_facets()] * len(state.segments)
    return Pass(state.get_masks(filters), state.make_orders(Sort.RELEVANCE), top, no_facets)


def go_on(
    executor: Executor,
    matches: Plan | Sequence[ListedMatches],
    page: Page,
    second_stage: SecondStage,
) -> tuple[Page, SecondStage | None]:
    """A page behind a hit as one that the second stage can answer.

    Behind one of the hits that are ordered anew it is a page at an offset; behind any other the
    order is that of the first stage alone.
    """
    if page.after is None:
        return page, second_stage
    best = answer(executor, matches, Page(page.filters, limit=RERANKED_HITS), second_stage).hits
    for place, hit in enumerate(best, start=1):
        if hit.arxiv_id == page.after.arxiv_id:
            return replace(page, after=None, offset=page.offset + place), second_stage
    return page, None


def _answer_from_lists(
    executor: Executor,
    matches: Plan | Sequence[ListedMatches],
    page: Page,
    everything: Pass,
) -> tuple[int, Top]:
    """The total and the best matches of a page for which all matches have to be looked at."""
    lists = list_all(executor, matches)
    if page.sort is Sort.FRESH:
        lists = weigh_freshness(executor, lists)
    if page.after is None:
        return executor.run_lists(lists, everything), everything.top
    total = executor.run_lists(lists, replace(everything, top=Top.make(0)))
    if page.limit > 0:
        number = find_documents(executor, [page.after.arxiv_id]).get(page.after.arxiv_id)
        behind = keep_behind(executor, lists, page.sort, page.after, number)
        uncounted = [make_facets()] * len(executor.state.segments)
        executor.run_lists(behind, replace(everything, facets=uncounted))
    return total, everything.top


def _read_hits(
    executor: Executor, orders: Sequence[Order], numbers: I64, scores: F64
) -> tuple[EngineHit, ...]:
    state = executor.state
    keys = np.zeros(len(numbers), np.int64)
    for place, rows, local in state.split(numbers):
        keys[rows] = orders[place].keys[local]
    columns = zip(state.read_ids(numbers), scores.tolist(), keys.tolist(), strict=True)
    return tuple(EngineHit(ArxivId(text), score, key) for text, score, key in columns)


def count(executor: Executor, matches: Plan | Sequence[ListedMatches], filters: Filters) -> int:
    """The exact number of matches."""
    return answer(executor, matches, Page(filters)).total


def score_papers(
    executor: Executor, plan: Plan, arxiv_ids: Iterable[ArxivId], filters: Filters = EVERY_PAPER
) -> dict[ArxivId, float]:
    """The scores of those of the given papers that match; costs nothing for all others."""
    wanted = list(dict.fromkeys(arxiv_ids))
    numbers = find_documents(executor, wanted)
    state = executor.state
    given: list[list[int]] = [[] for _segment in state.segments]
    for number in numbers.values():
        place, local = state.find_segment(number)
        given[place].append(local)
    top = Top.make(len(numbers))
    among = [np.array(sorted(each), np.uint32) for each in given]
    executor.run(plan, replace(_make_pass(executor, filters, top), given=among))
    by_number = dict(zip(*(column.tolist() for column in top.in_order()), strict=True))
    return {
        arxiv_id: by_number[number] for arxiv_id, number in numbers.items() if number in by_number
    }


def find_documents(executor: Executor, arxiv_ids: Iterable[ArxivId]) -> dict[ArxivId, int]:
    """The numbers of living papers among all segments; unknown papers are left out."""
    state = executor.state
    wanted = list(arxiv_ids)
    resolved = executor.terms.resolve((ARXIV_ID, each.value) for each in wanted)
    masks = state.get_masks(EVERY_PAPER)
    # Arrays are looked up once, since thousands of papers may be wanted.
    docs_of = [segment.arrays.docs for segment in state.segments]
    found: dict[ArxivId, int] = {}
    for arxiv_id in wanted:
        for place, (start, end) in enumerate(resolved[ARXIV_ID, arxiv_id.value].ranges):
            if start == end:
                continue
            docs: U32 = docs_of[place][start:end]
            living = docs[masks[place][docs] != 0] if len(masks[place]) else docs
            if len(living):
                found[arxiv_id] = state.doc_bases[place] + int(living[0])
    return found
