"""Search: words, filters and order in; one page of papers out.

The index finds and counts, the database holds what is shown; they meet in `SearchService`.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.categories import parse_category_expression
from app.domain.errors import LimitExceededError
from app.domain.paper import Paper
from app.domain.query import (
    And,
    DateField,
    DateRange,
    FacetField,
    Filters,
    Not,
    QueryField,
    QueryNode,
    SearchRequest,
    Sort,
    Term,
)
from app.domain.results import EngineResult, FacetCount, Hit, IndexState, SearchPage
from app.search.engine import SearchEngine
from app.services.named_papers import find_named_papers
from app.services.relaxation import describe_relaxation, find_relaxation, is_enough
from app.text.date_syntax import parse_period
from app.text.query_syntax import NOTHING, ParsedQuery, parse_query, render_query


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """What one question may ask for; the names are those of the settings.

    Attributes:
        max_query_chars: longest query, characters.
        default_page_size: results on a page when nobody says otherwise.
        max_page_size: most results in one answer.
        max_offset: deepest first result of a page.
    """

    max_query_chars: int = 2_000
    default_page_size: int = 25
    max_page_size: int = 200
    max_offset: int = 10_000


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """What somebody asks, in their own spelling.

    Attributes:
        text: the query (`app.text.query_syntax`).
        categories: a category expression; empty for all.
        first: year, month or day from which on; empty for no bound.
        last: year, month or day up to the end of which; empty for no bound.
        limit: papers wanted; None for the default page size.
        is_strict: refuse a query that has to be guessed at.
    """

    text: str = ""
    categories: str = ""
    first: str = ""
    last: str = ""
    date_field: DateField = DateField.SUBMITTED
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int | None = None
    facets: tuple[FacetField, ...] = ()
    is_strict: bool = False


class SearchService:
    """Answers searches; safe to share between threads.

    Args:
        clock: seconds, for `took_ms`.
        now: the moment an answer is given, UTC.
    """

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        limits: SearchLimits,
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits
        self._clock = clock
        self._now = now

    @property
    def limits(self) -> SearchLimits:
        """What one question may ask for."""
        return self._limits

    def get_state(self) -> IndexState:
        """Which index answers now.

        Raises:
            SearchIndexError: there is none that can be used.
        """
        return self._engine.get_state()

    def search(self, question: SearchQuestion) -> SearchPage:
        """One page of papers, the exact total, and how the question was understood.

        Papers named by identifier come first, in the order of the query (or of the chosen date)
        and with score 0; they pass the same filters. When few papers hold all the bare words
        (`app.services.relaxation`), papers with any of them are shown and `relaxed` says so.

        Raises:
            InvalidInputError: a date, category, limit or (when strict) query cannot be read.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        started = self._clock()
        parsed, request = self.understand(question)
        named = find_named_papers(self._database, self._engine, parsed, request)
        result, tree, note = self._find_matches(request, named.papers)
        hits, missing = self._load(request, named.papers, result)
        return SearchPage(
            request=request,
            hits=hits,
            total=len(named.papers) + result.total,
            state=result.state,
            facets=_count_facets(request, result, named.papers),
            understood_as=_render_understood(parsed, tree),
            relaxed=tree != request.query,
            took_ms=(self._clock() - started) * 1_000,
            missing=missing,
            answered_at=self._now(),
            notes=(*parsed.notes, *named.notes, *([note] if note else [])),
        )

    def understand(self, question: SearchQuestion) -> tuple[ParsedQuery, SearchRequest]:
        """The question in the engine's terms, checked against the limits.

        Raises:
            InvalidInputError: as for `search`.
        """
        limits = self._limits
        limit = limits.default_page_size if question.limit is None else question.limit
        _check_limit(len(question.text), "max_query_chars", limits.max_query_chars, "characters")
        _check_limit(limit, "max_page_size", limits.max_page_size, "results")
        _check_limit(question.offset, "max_offset", limits.max_offset, "results")
        parsed = parse_query(question.text, strict=question.is_strict)
        request = SearchRequest(
            query=parsed.tree,
            filters=make_filters(question),
            sort=question.sort,
            offset=question.offset,
            limit=limit,
            facets=question.facets,
        )
        return parsed, request

    def _find_matches(
        self, request: SearchRequest, named: Sequence[Paper]
    ) -> tuple[EngineResult, QueryNode, str]:
        """The engine's answer beyond the named papers, what it answers, and a note on that."""
        if request.query == NOTHING:
            return EngineResult((), 0, self._engine.get_state(), {}), request.query, ""
        on_page = len(named[request.offset : request.offset + request.limit])
        asked = replace(
            request,
            query=_leave_out(request.query, named),
            offset=max(0, request.offset - len(named)),
            limit=request.limit - on_page,
        )
        result = self._engine.search(asked)
        # A named paper, left out above, may be among those that hold all the words.
        total = self._engine.count(request.query, request.filters) if named else result.total
        relaxation = find_relaxation(request.query)
        if relaxation is None or is_enough(total, result.state.papers, request.sort):
            return result, request.query, ""
        second = self._engine.search(replace(asked, query=_leave_out(relaxation.query, named)))
        if second.total <= result.total:
            return result, request.query, ""
        return second, relaxation.shown, describe_relaxation(total)

    def _load(
        self, request: SearchRequest, named: Sequence[Paper], result: EngineResult
    ) -> tuple[tuple[Hit, ...], int]:
        """The hits of the page with their papers, and how many the database does not hold."""
        hits = [Hit(paper, 0.0) for paper in named[request.offset : request.offset + request.limit]]
        if not result.hits:
            return tuple(hits), 0
        with self._database.read() as tx:
            papers = find_papers(tx, [hit.arxiv_id for hit in result.hits])
        hits += [
            Hit(papers[hit.arxiv_id], hit.score) for hit in result.hits if hit.arxiv_id in papers
        ]
        return tuple(hits), sum(hit.arxiv_id not in papers for hit in result.hits)


def make_filters(question: SearchQuestion) -> Filters:
    """The category and date filters of a question.

    Raises:
        InvalidCategoryError: `categories` is not an expression.
        InvalidDateError: a date cannot be read, or the range ends before it begins.
    """
    return Filters(
        categories=(
            parse_category_expression(question.categories) if question.categories.strip() else None
        ),
        dates=DateRange(
            first=parse_period(question.first)[0] if question.first.strip() else None,
            last=parse_period(question.last)[1] if question.last.strip() else None,
        ),
        date_field=question.date_field,
    )


def find_next_offset(page: SearchPage, limits: SearchLimits) -> int | None:
    """Where the page after this one begins; None when there is none, or none that may be asked."""
    following = page.request.offset + page.request.limit
    is_there = page.request.limit > 0 and following < page.total
    return following if is_there and following <= limits.max_offset else None


def _check_limit(value: int, name: str, limit: int, unit: str) -> None:
    if value > limit:
        raise LimitExceededError(
            f"{value:,} {unit} are asked for or given, at most {limit:,} are allowed ({name}). "
            + _LIMIT_ADVICE[name],
            limit_name=name,
            limit=limit,
            unit=unit,
        )


_LIMIT_ADVICE = {
    "max_query_chars": "Shorten the query.",
    "max_page_size": "Ask for fewer at once and page with offset.",
    "max_offset": "Narrow the search by date or category to reach deeper results.",
}


def _leave_out(tree: QueryNode, papers: Sequence[Paper]) -> QueryNode:
    """The tree without papers that are shown anyway, so that totals and pages stay exact."""
    if not papers:
        return tree
    ids = tuple(Not(Term(paper.arxiv_id.value, QueryField.ID)) for paper in papers)
    return And((tree, *ids))


def _count_facets(
    request: SearchRequest, result: EngineResult, named: Sequence[Paper]
) -> dict[FacetField, tuple[FacetCount, ...]]:
    """The engine's facets with the named papers counted in, highest first."""
    counted = {}
    for facet in request.facets:
        counts = Counter({each.value: each.count for each in result.facets.get(facet, ())})
        for paper in named:
            counts.update(_facet_values(paper, facet))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        counted[facet] = tuple(FacetCount(value, count) for value, count in ordered)
    return counted


def _facet_values(paper: Paper, facet: FacetField) -> tuple[str, ...]:
    if facet is FacetField.CATEGORY:
        return paper.categories
    return (str(paper.submitted_at.year),)


def _render_understood(parsed: ParsedQuery, tree: QueryNode) -> str:
    """The query in words, the named papers before the rest."""
    names = [f"id:{each}" for each in parsed.arxiv_ids] + [f"doi:{each}" for each in parsed.dois]
    rest = [] if tree == NOTHING else [render_query(tree)]
    return " OR ".join(names + rest)
