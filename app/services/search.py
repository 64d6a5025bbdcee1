"""Search: words, filters and order in; one page of papers out.

The index finds and counts, the database holds what is shown; they meet in `SearchService`. What a
search does, step by step, is in files of its own:

    understand   app.services.question      a question in the engine's terms
    correct      app.services.spelling      words that are misspelt
    widen        app.services.variants      spellings of compounds, acronyms
    find         app.services.named_papers  papers that the query names
                 app.services.similar       the words of papers that others shall be like
                 app.services.matching      papers that match it
    load         app.services.loading       papers and counts of the page
                 app.services.cursors       where the next page goes on
"""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Self

from app.db.session import Database
from app.domain.notes import say
from app.domain.paper import Paper
from app.domain.query import QueryNode, SearchAfter, SearchRequest
from app.domain.results import EngineResult, IndexState, Respelling, SearchPage
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.services.author_readings import describe_author
from app.services.cursors import START, Cursor, read_cursor, write_cursor
from app.services.known_items import find_known_items
from app.services.loading import count_facets, load_hits
from app.services.matching import Matches, find_matches
from app.services.named_papers import find_named_papers
from app.services.question import (
    SearchLimits,
    SearchQuestion,
    digest_question,
    make_filters,
    read_author,
    understand,
)
from app.services.relaxation import describe_relaxation
from app.services.similar import resolve_similar, search_most_similar
from app.services.spelling import SpellingService
from app.services.star_order import StarOrder
from app.services.variants import VariantFinder, Variants
from app.text.query_syntax import NOTHING, ParsedQuery, render_query

__all__ = [
    "SearchLimits",
    "SearchQuestion",
    "SearchService",
    "find_next_offset",
    "has_next_page",
    "make_filters",
]


class SearchService:
    """Answers searches; safe to share between threads.

    Args:
        clock: seconds, for `took_ms`.
        now: the moment an answer is given, UTC.
        spelling: corrects misspelt words; None leaves them.
        lexicons: what acronyms stand for; None: nothing.
    """

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        limits: SearchLimits,
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        spelling: SpellingService | None = None,
        lexicons: LexiconSource | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._star_order = StarOrder(database, engine)
        self._limits = limits
        self._clock = clock
        self._now = now
        self._spelling = spelling
        self._variants = VariantFinder(engine, lexicons)

    @property
    def limits(self) -> SearchLimits:
        """What one question may ask for."""
        return self._limits

    def allow_pages_of(self, most: int) -> Self:
        """The same service, which gives up to so many results at once."""
        wide = copy(self)
        wide._limits = replace(self._limits, max_page_size=most)
        return wide

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
        papers with any of them are shown and `relaxed` says so.

        Raises:
            InvalidInputError: a date, category, limit or (when strict) query cannot be read.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        started = self._clock()
        parsed, request = self.understand(question)
        resolved = resolve_similar(self._database, self._engine, request.query)
        request = replace(request, query=resolved.tree)
        respelling = self._respell(question, request)
        if respelling is not None and respelling.is_applied:
            request = replace(request, query=respelling.tree)
        author = read_author(question)
        named = find_named_papers(self._database, self._engine, parsed, request, author)
        named = named.extend(self._find_titled(question.text, request, respelling))
        variants = self._find_variants(question, request)
        matches = find_matches(
            self._engine,
            request,
            named.papers,
            variants,
            partial(search_most_similar, self._star_order.search),
            typed="" if question.is_strict else question.text,
        )
        hits, missing = load_hits(self._database, request, named.papers, matches.result)
        return SearchPage(
            request=request,
            hits=hits,
            total=len(named.papers) + matches.result.total,
            state=matches.result.state,
            facets=count_facets(request, matches.result, named.papers),
            understood_as=_render_understood(parsed, matches.tree),
            relaxed=matches.is_relaxed,
            holding_all=matches.holding_all,
            author=matches.author,
            took_ms=(self._clock() - started) * 1_000,
            missing=missing,
            answered_at=self._now(),
            notes=(
                *parsed.notes,
                *named.notes,
                *resolved.notes,
                *matches.result.notes,
                *_list_notes_on_matches(matches),
                *_list_notes_on_change(question, matches.result.state),
            ),
            tree=matches.searched,
            named=frozenset(paper.arxiv_id for paper in named.papers),
            respelling=respelling,
            expansions=() if matches.author else variants.expansions,
            alternatives=variants.alternatives,
            cursor=_make_cursor(question, request, matches.result),
        )

    def understand(self, question: SearchQuestion) -> tuple[ParsedQuery, SearchRequest]:
        """The question in the engine's terms, checked against the limits.

        Raises:
            InvalidInputError: as for `search`.
        """
        return understand(question, self._limits, self._now().date())

    def _find_titled(
        self, text: str, request: SearchRequest, respelling: Respelling | None
    ) -> tuple[Paper, ...]:
        """Papers whose title was typed, as it stands or as it was corrected."""
        titled = find_known_items(self._database, self._engine, text, request)
        if titled or respelling is None or not respelling.is_applied:
            return titled
        corrected = respelling.correct(text)
        return find_known_items(self._database, self._engine, corrected, request)

    def _find_variants(self, question: SearchQuestion, request: SearchRequest) -> Variants:
        if question.is_strict or request.query == NOTHING:
            return Variants(request.query)
        return self._variants.find(
            request.query,
            expands_acronyms=question.expands_acronyms,
            as_written=question.as_written,
        )

    def _respell(self, question: SearchQuestion, request: SearchRequest) -> Respelling | None:
        if self._spelling is None or question.is_strict or not question.corrects_spelling:
            return None
        return self._spelling.respell(request.query, request.filters)


def has_next_page(page: SearchPage) -> bool:
    """Whether any result comes behind a page."""
    return page.request.limit > 0 and page.request.offset + page.request.limit < page.total


def find_next_offset(page: SearchPage, limits: SearchLimits) -> int | None:
    """Where the page after this one begins; None when there is none, or none that may be asked."""
    following = page.request.offset + page.request.limit
    is_there = page.request.limit > 0 and following < page.total
    return following if is_there and following <= limits.max_offset else None


def _make_cursor(question: SearchQuestion, request: SearchRequest, result: EngineResult) -> str:
    """The cursor behind the page; the caller knows whether anything comes there."""
    hits = result.hits
    after = SearchAfter(hits[-1].arxiv_id, hits[-1].score, hits[-1].key) if hits else None
    position = request.offset + request.limit
    digest = digest_question(question)
    return write_cursor(Cursor(digest, result.state.generation, position, after))


def _list_notes_on_matches(matches: Matches) -> tuple[str, ...]:
    if matches.author is not None:
        return (describe_author(matches.author),)
    return (describe_relaxation(matches.holding_all),) if matches.is_relaxed else ()


def _list_notes_on_change(question: SearchQuestion, state: IndexState) -> tuple[str, ...]:
    if question.cursor in ("", START):
        return ()
    before = read_cursor(question.cursor, digest_question(question)).generation
    if before == state.generation:
        return ()
    return (_INDEX_CHANGED,)


_INDEX_CHANGED = say(
    "The index changed since the page before: papers that came or changed meanwhile may be "
    "missing here or stand on two pages."
)


def _render_understood(parsed: ParsedQuery, tree: QueryNode) -> str:
    """The query in words, the named papers before the rest."""
    names = [f"id:{each}" for each in parsed.arxiv_ids] + [f"doi:{each}" for each in parsed.dois]
    rest = [] if tree == NOTHING else [render_query(tree)]
    return " OR ".join(names + rest)
