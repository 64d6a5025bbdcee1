"""What somebody who types may be about to ask: phrases, titles, authors, categories.

The lexicon proposes phrases and authors by their beginning, the taxonomy categories, the engine
titles; every count shown is the engine's, of exactly the query that the suggestion leads to.
"""

from collections.abc import Iterable

from app.db.papers import find_papers, find_titles
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.categories import list_categories
from app.domain.query import (
    And,
    Everything,
    FacetField,
    Filters,
    Or,
    QueryField,
    QueryNode,
    SearchRequest,
    Term,
)
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.services.limits import check_limit
from app.services.suggest_candidates import (
    SPARE_CANDIDATES,
    AskedFor,
    ask_author,
    ask_phrase,
    iter_names,
    list_completions,
    matches_category,
)
from app.services.suggestions import Suggestion, SuggestionKind, Suggestions
from app.text.names import fold_name
from app.text.query_syntax import parse_query
from app.text.title_words import MAX_PHRASE_WORDS
from app.text.tokenize import fold_term

MAX_SUGGEST_CHARS = 200
"""Longest text for which anything is suggested; nobody types more before asking."""

DEFAULT_PER_GROUP = 5
MAX_PER_GROUP = 20

MIN_TITLE_PREFIX_CHARS = 3
"""A title is looked for from so many letters on; fewer begin too many words."""

TITLE_CANDIDATES = 40
"""Titles among which those that begin as typed are looked for."""

MAX_TITLE_WORDS = 12
"""Words of a text that a title must hold; the last ones count."""

MAX_COMPLETED_WORDS = 12
"""Words that the last, unfinished word of a title may stand for."""

MAX_CACHED_COUNTS = 20_000
"""Counts remembered for one state of the index: whoever types asks for the same again."""


class SuggestService:
    """Completes what is typed; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, lexicons: LexiconSource) -> None:
        self._database = database
        self._engine = engine
        self._lexicons = lexicons
        self._counts = _CountCache(engine)
        self._category_counts: tuple[int, dict[str, int]] = (-1, {})

    def suggest(self, text: str, *, per_group: int = DEFAULT_PER_GROUP) -> Suggestions:
        """Suggestions for a text that may end within a word.

        Behind `au:` only authors are suggested, behind `cat:` only categories.

        Raises:
            LimitExceededError: the text is too long, or too many are wanted.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        _check_limits(text, per_group)
        typed = " ".join(text.split())
        field, _, rest = typed.partition(":")
        if field.lower() in {"au", "author"}:
            return Suggestions(text, authors=self._suggest_authors(rest, per_group))
        if field.lower() in {"cat", "category"}:
            return Suggestions(text, categories=self._suggest_categories(rest, per_group))
        named = parse_query(typed).arxiv_ids if any(map(str.isdigit, typed)) else ()
        if named:
            return Suggestions(text, titles=self._show_titles(named[:per_group]))
        # A text in the query language is somebody's who knows what to write.
        if not typed or any(sign in typed for sign in '":()*'):
            return Suggestions(text)
        return Suggestions(
            text,
            phrases=self._suggest_phrases(typed, per_group),
            titles=self._suggest_titles(typed, per_group),
            authors=self._suggest_authors(typed, per_group),
            categories=self._suggest_categories(typed, per_group),
        )

    def _suggest_phrases(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """The longest ending of the text that begins phrases, completed; words alone as well."""
        lexicon = self._lexicons.get()
        words = typed.split()
        for length in range(min(len(words), MAX_PHRASE_WORDS), 0, -1):
            lead, tail = words[:-length], words[-length:]
            completions = list_completions(lexicon, " ".join(map(fold_term, tail)), limit)
            if completions:
                asked = [ask_phrase(lead, each) for each in completions]
                return self._count(SuggestionKind.PHRASE, asked, limit)
        return ()

    def _suggest_authors(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        key = fold_name(typed.strip('" ').replace(",", " "))
        if not key:
            return ()
        names = list(iter_names(self._lexicons.get(), key, SPARE_CANDIDATES * limit))
        return self._count(SuggestionKind.AUTHOR, map(ask_author, names), limit)

    def _suggest_categories(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        words = typed.lower().split()
        if not words:
            return ()
        counts = self._get_category_counts()
        matching = [each for each in list_categories() if matches_category(each, words)]
        matching.sort(
            key=lambda each: (not each.code.lower().startswith(words[0]), -counts.get(each.code, 0))
        )
        return tuple(
            Suggestion(
                SuggestionKind.CATEGORY,
                each.code,
                f"cat:{each.code}",
                counts.get(each.code, 0),
                description=each.name,
            )
            for each in matching[:limit]
        )

    def _suggest_titles(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """Papers whose titles hold all the words, the last of which may have just begun.

        Titles that begin just as it was typed come first: so far, that is what was typed.
        """
        *words, last = typed.split()[-MAX_TITLE_WORDS:]
        nodes: list[QueryNode] = [Term(word, QueryField.TITLE) for word in words]
        if len(last) >= MIN_TITLE_PREFIX_CHARS:
            nodes.append(self._begin_word(last))
        if not nodes:
            return ()
        tree = And(tuple(nodes)) if len(nodes) > 1 else nodes[0]
        result = self._engine.search(SearchRequest(tree, limit=max(limit, TITLE_CANDIDATES)))
        ids = [hit.arxiv_id for hit in result.hits]
        with self._database.read() as tx:
            titles = find_titles(tx, ids)
        begun = _fold_title(typed)
        ids.sort(key=lambda each: not _fold_title(titles.get(each, "")).startswith(begun))
        return self._show_titles(ids[:limit])

    def _begin_word(self, begun: str) -> QueryNode:
        """The word as it is, or one of the frequent words that begin so, in the title."""
        table = self._lexicons.get().words
        words = table.list_top(table.find_prefix(fold_term(begun)), MAX_COMPLETED_WORDS)
        texts = dict.fromkeys([begun, *(word for word, _count in words)])
        return Or(tuple(Term(text, QueryField.TITLE) for text in texts))

    def _show_titles(self, ids: Iterable[ArxivId]) -> tuple[Suggestion, ...]:
        wanted = list(ids)
        if not wanted:
            return ()
        with self._database.read() as tx:
            papers = find_papers(tx, wanted)
        return tuple(
            Suggestion(SuggestionKind.TITLE, papers[each].title, each.value, arxiv_id=each)
            for each in wanted
            if each in papers
        )

    def _count(
        self, kind: SuggestionKind, asked: Iterable[AskedFor], limit: int
    ) -> tuple[Suggestion, ...]:
        """The texts whose queries find anything, with the exact numbers."""
        suggestions: list[Suggestion] = []
        for each in asked:
            if count := self._counts.get(each.tree):
                suggestions.append(Suggestion(kind, each.text, each.query, count))
                if len(suggestions) == limit:
                    break
        return tuple(suggestions)

    def _get_category_counts(self) -> dict[str, int]:
        """Papers by category, counted once for each state of the index."""
        generation, counts = self._category_counts
        if generation != self._engine.get_state().generation:
            request = SearchRequest(Everything(), limit=0, facets=(FacetField.CATEGORY,))
            result = self._engine.search(request)
            found = result.facets.get(FacetField.CATEGORY, ())
            counts = {each.value: each.count for each in found}
            self._category_counts = (result.state.generation, counts)
        return counts


class _CountCache:
    """Exact counts of queries, remembered for one state of the index. Thread-safe.

    Threads may count the same at the same time; a dictionary of an older state is dropped whole.
    """

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._known: tuple[int, dict[QueryNode, int]] = (-1, {})

    def get(self, tree: QueryNode) -> int:
        """How many papers match."""
        generation = self._engine.get_state().generation
        known = self._known
        if known[0] != generation or len(known[1]) >= MAX_CACHED_COUNTS:
            known = self._known = (generation, {})
        count = known[1].get(tree)
        if count is None:
            count = known[1][tree] = self._engine.count(tree, Filters())
        return count


def _fold_title(text: str) -> str:
    return " ".join(text.casefold().split())


def _check_limits(text: str, per_group: int) -> None:
    check_limit(
        len(text),
        "max_suggest_chars",
        MAX_SUGGEST_CHARS,
        "characters",
        advice="Ask GET /api/v1/search for so long a text as it is.",
    )
    check_limit(per_group, "max_per_group", MAX_PER_GROUP, "suggestions", advice="Lower limit.")
