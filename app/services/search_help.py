"""What helps to read a page of results: marked words, reasons, keywords, the doctor.

Apart from the search itself, so that nobody waits for what was not asked for.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log

from app.db.papers import find_titles
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.query import (
    AuthorName,
    FacetField,
    QueryField,
    QueryNode,
    SearchRequest,
    narrow,
    replace_runs,
)
from app.domain.results import Explanation, FacetCount, Hit, SearchPage
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.services.doctor import FEW_RESULTS, Diagnosis, Doctor
from app.services.explain import explain_hits
from app.services.keyword_facet import READ_HITS, count_keywords
from app.services.matching import leave_out
from app.text.highlight import Highlighter, Snippet
from app.text.marked_terms import collect_wanted_terms
from app.text.query_syntax import NOTHING

COUNTED_AUTHORS = 8
"""Names that are counted as a search finds them; each is a search of its own."""


@dataclass(frozen=True, slots=True)
class Highlights:
    """One hit with the words of the query marked.

    Attributes:
        title: the whole title, HTML with `<mark>`.
        snippet: the telling part of the abstract.
    """

    title: str
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """What a page of results is to come with."""

    highlights: bool = False
    explanations: bool = False
    keywords: bool = False
    authors: bool = False
    diagnosis: bool = True


@dataclass(frozen=True, slots=True)
class SearchHelp:
    """What a page of results comes with; empty where it was not asked for.

    Attributes:
        highlights: by paper.
        explanations: by paper; papers that the query names have none.
        keywords: telling phrases with exact counts over the whole result; None: not asked for.
        authors: the facet of authors with what the first names find in the result, in whichever
            spelling; None: not asked for, or papers are named in the query.
        diagnosis: where few or no papers match, why.
        took_ms: time spent, milliseconds.
    """

    highlights: Mapping[ArxivId, Highlights] = field(default_factory=dict)
    explanations: Mapping[ArxivId, Explanation] = field(default_factory=dict)
    keywords: tuple[FacetCount, ...] | None = None
    authors: tuple[FacetCount, ...] | None = None
    diagnosis: Diagnosis | None = None
    took_ms: float = 0.0


class SearchHelpService:
    """Helps to read pages of results; safe to share between threads.

    Args:
        clock: seconds, for `took_ms`.
    """

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        lexicons: LexiconSource,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._database = database
        self._engine = engine
        self._lexicons = lexicons
        self._clock = clock

    def help_with(self, page: SearchPage, wanted: HelpWanted) -> SearchHelp:
        """What is wanted for a page of results.

        Raises:
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        started = self._clock()
        return SearchHelp(
            highlights=self._highlight(page) if wanted.highlights else {},
            explanations=self._explain(page) if wanted.explanations else {},
            keywords=self._count_keywords(page) if wanted.keywords else None,
            authors=self._count_authors(page) if wanted.authors and not page.named else None,
            diagnosis=self._examine(page) if wanted.diagnosis else None,
            took_ms=(self._clock() - started) * 1_000,
        )

    def explain(self, tree: QueryNode, arxiv_id: ArxivId) -> Explanation:
        """Why a paper has its score for a query; the score is 0 where it does not match.

        Raises:
            PaperNotFoundError: the index does not hold the paper.
            SearchIndexError: there is no usable index.
        """
        return self._engine.explain(tree, arxiv_id)

    def _highlight(self, page: SearchPage) -> dict[ArxivId, Highlights]:
        if not page.hits:
            return {}
        highlighter = Highlighter(page.tree, self._weigh_terms(page))
        return {hit.paper.arxiv_id: _mark(highlighter, hit) for hit in page.hits}

    def _weigh_terms(self, page: SearchPage) -> dict[str, float]:
        """The idf of the terms that an abstract may hold: what a sentence with one says."""
        terms = sorted(collect_wanted_terms(page.tree, QueryField.ABSTRACT).all_terms)
        papers = page.state.papers
        frequencies = self._engine.get_document_frequencies(terms)
        return {
            term: log(1.0 + papers / (frequency + 1))
            for term, frequency in zip(terms, frequencies, strict=True)
        }

    def _explain(self, page: SearchPage) -> dict[ArxivId, Explanation]:
        ids = [hit.paper.arxiv_id for hit in page.hits if hit.paper.arxiv_id not in page.named]
        tree = leave_out(page.tree, sorted(page.named, key=str))
        return explain_hits(self._engine, tree, ids, page.request)

    def _count_keywords(self, page: SearchPage) -> tuple[FacetCount, ...]:
        request = page.request
        tree = page.tree
        if tree == NOTHING or not page.total:
            return ()
        found = self._engine.search(SearchRequest(tree, request.filters, limit=READ_HITS))
        with self._database.read() as tx:
            known = find_titles(tx, [hit.arxiv_id for hit in found.hits])
        titles = [known[hit.arxiv_id] for hit in found.hits if hit.arxiv_id in known]
        return count_keywords(self._engine, self._lexicons.get(), tree, request.filters, titles)

    def _count_authors(self, page: SearchPage) -> tuple[FacetCount, ...]:
        """The names of the facet, the most frequent ones with what a search for them finds.

        A facet counts names as they are written; au: also finds other spellings of a name, and
        namesakes written alike in part.
        """
        counted = []
        names = page.facets.get(FacetField.AUTHOR, ())
        for each in names[:COUNTED_AUTHORS]:
            author = AuthorName(each.value.replace('"', " "))
            count = self._engine.count(narrow(page.tree, author), page.request.filters)
            counted.append(FacetCount(each.value, count))
        counted.sort(key=lambda each: (-each.count, each.value))
        return (*counted, *names[COUNTED_AUTHORS:])

    def _examine(self, page: SearchPage) -> Diagnosis | None:
        request = page.request
        if page.relaxed:
            asked = replace_runs(request.query, page.alternatives)
            total = self._engine.count(asked, request.filters)
        else:
            total = page.total
        if total > FEW_RESULTS or page.named:
            return None
        return Doctor(self._engine).examine(request, total, page.alternatives)


def _mark(highlighter: Highlighter, hit: Hit) -> Highlights:
    return Highlights(
        title=highlighter.mark_title(hit.paper.title),
        snippet=highlighter.snip_abstract(hit.paper.abstract),
    )
