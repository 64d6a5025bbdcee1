"""The doctor: why a search found little or nothing, and what would find more.

Every part of a query is counted alone and left out, every filter is left out, phrases are read as
words: exact counts by the engine, bounded by `MAX_COUNTS`, with the other spellings and acronyms
that a search looks for. It only offers; nothing is changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.categories import CategoryExpression, find_category
from app.domain.query import (
    And,
    AuthorName,
    DateRange,
    Everything,
    Filters,
    InCategories,
    Near,
    Not,
    Phrase,
    Prefix,
    QueryNode,
    SearchRequest,
    Term,
    replace_runs,
)
from app.search.engine import SearchEngine
from app.services.author_readings import list_author_readings
from app.text.query_syntax import NOTHING, render_query

FEW_RESULTS = 3
"""The doctor looks at searches with at most so many results."""

MAX_PARTS = 8
"""Parts of a query that are examined; longer queries are examined up to here."""

MAX_COUNTS = 2 * MAX_PARTS + 11
"""Most counts of one examination."""

MAX_RELAXATIONS = 5
"""Ways out that are offered, those with most results first, names and categories before all."""

MAX_NAMES = 2
"""Authors' names among the words that are offered."""


Alternatives = Mapping[tuple[Term, ...], Sequence[QueryNode]]
NO_ALTERNATIVES: Alternatives = {}


class RelaxationKind(StrEnum):
    """What a relaxation changes."""

    BY_AUTHOR = "by_author"
    IN_CATEGORY = "in_category"
    WITHOUT_PART = "without_part"
    WITHOUT_PARTS = "without_parts"
    WITHOUT_EXCLUSION = "without_exclusion"
    WORDS_OF_PHRASE = "words_of_phrase"
    ANY_FIELD = "any_field"
    WITHOUT_CATEGORIES = "without_categories"
    WITHOUT_DATES = "without_dates"
    WITHOUT_FILTERS = "without_filters"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change of a search that finds more.

    Attributes:
        text: what is dropped or changed, in the spelling of the query language.
        query: the query to ask instead, in words; empty for all papers.
        keeps_categories: whether the category filter stays.
        keeps_dates: whether the date filter stays.
        total: exact number of papers it finds.
    """

    kind: RelaxationKind
    text: str
    query: str
    total: int
    keeps_categories: bool = True
    keeps_dates: bool = True


@dataclass(frozen=True, slots=True)
class PartCount:
    """One part of a query.

    Attributes:
        text: as the query language writes it.
        alone: papers that match it alone, whatever the filters.
        without: papers that match all other parts, filters applied; None where it is the only one.
        is_excluded: whether the query wants papers that do not match it.
    """

    text: str
    alone: int
    without: int | None
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a search found so little.

    Attributes:
        total: what the search found, exactly as asked.
        parts: every part with its counts, in the order of the query.
        relaxations: what finds more, most first; categories and authors named so before all.
        is_cut: whether the query has more parts than were examined.
    """

    total: int
    parts: tuple[PartCount, ...]
    relaxations: tuple[Relaxation, ...]
    is_cut: bool = False

    @property
    def unknown(self) -> tuple[str, ...]:
        """The wanted parts that no paper matches at all."""
        return tuple(part.text for part in self.parts if not part.alone and not part.is_excluded)


class Doctor:
    """Examines searches; safe to share between threads."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def examine(
        self, request: SearchRequest, total: int, alternatives: Alternatives = NO_ALTERNATIVES
    ) -> Diagnosis | None:
        """Why a search found `total` papers; None when that is enough or nothing was asked.

        Args:
            alternatives: what is searched in the place of words as well.

        Raises:
            SearchIndexError: there is no usable index.
        """
        if total > FEW_RESULTS or request.query in {NOTHING, Everything()}:
            return None
        examination = _Examination(self._engine, request.filters, alternatives)
        parts = _list_parts(request.query)
        examined = parts[:MAX_PARTS]
        counts = tuple(examination.count_parts(parts, len(examined)))
        offers = [
            *examination.drop_parts(parts, counts),
            *examination.loosen_parts(parts, len(examined)),
            *examination.drop_filters(request.query),
        ]
        better = [offer for offer in offers if offer.total > total]
        better.sort(key=lambda offer: -offer.total)
        read = [*examination.read_categories(parts), *examination.read_names(request.query)]
        better = [*read, *better]
        return Diagnosis(
            total, counts, tuple(better[:MAX_RELAXATIONS]), is_cut=len(parts) > MAX_PARTS
        )


class _Examination:
    """The counts of one examination."""

    def __init__(self, engine: SearchEngine, filters: Filters, alternatives: Alternatives) -> None:
        self._engine = engine
        self._filters = filters
        self._alternatives = alternatives
        self._left = MAX_COUNTS

    def count_parts(self, parts: Sequence[QueryNode], examined: int) -> Iterator[PartCount]:
        for number, part in enumerate(parts[:examined]):
            is_excluded = isinstance(part, Not)
            alone = self._count(part.child if isinstance(part, Not) else part, Filters())
            rest = _join([*parts[:number], *parts[number + 1 :]])
            without = None if len(parts) == 1 else self._count(rest, self._filters)
            text = render_query(part.child if isinstance(part, Not) else part)
            yield PartCount(text, alone, without, is_excluded)

    def drop_parts(
        self, parts: Sequence[QueryNode], counts: Sequence[PartCount]
    ) -> Iterator[Relaxation]:
        """Each part left out; where no single one helps, the rarest ones together."""
        has_helped = False
        for number, counted in enumerate(counts):
            if counted.without:
                has_helped = True
                kind = (
                    RelaxationKind.WITHOUT_EXCLUSION
                    if counted.is_excluded
                    else RelaxationKind.WITHOUT_PART
                )
                rest = _join([*parts[:number], *parts[number + 1 :]])
                yield Relaxation(kind, counted.text, _render(rest), counted.without)
        if has_helped or len(parts) <= 2:
            return
        by_rarity = sorted(range(len(counts)), key=lambda number: counts[number].alone)
        for dropped in range(2, len(counts)):
            gone = set(by_rarity[:dropped])
            kept = _join([part for number, part in enumerate(parts) if number not in gone])
            if total := self._count(kept, self._filters):
                texts = ", ".join(counts[number].text for number in sorted(gone))
                yield Relaxation(RelaxationKind.WITHOUT_PARTS, texts, _render(kept), total)
                return

    def loosen_parts(self, parts: Sequence[QueryNode], examined: int) -> Iterator[Relaxation]:
        """Phrases as words that may stand apart; words of one field in title or abstract."""
        for number, part in enumerate(parts[:examined]):
            for kind, looser in _iter_looser(part):
                changed = _join([*parts[:number], looser, *parts[number + 1 :]])
                if total := self._count(changed, self._filters):
                    yield Relaxation(kind, render_query(part), _render(changed), total)

    def read_categories(self, parts: Sequence[QueryNode]) -> Iterator[Relaxation]:
        """Bare words that are codes of categories (cs.LG), read so."""
        read = [_read_category(part) for part in parts]
        codes = [str(each.expression) for each in read if isinstance(each, InCategories)]
        if codes and (total := self._count(_join(read), self._filters)):
            text = ", ".join(codes)
            yield Relaxation(RelaxationKind.IN_CATEGORY, text, _render(_join(read)), total)

    def read_names(self, query: QueryNode) -> Iterator[Relaxation]:
        """Words that are authors' names rather than words, read so."""
        for reading in list_author_readings(self._engine, query)[:MAX_NAMES]:
            if total := self._count(reading.query, self._filters):
                text = _render(reading.query)
                yield Relaxation(RelaxationKind.BY_AUTHOR, text, text, total)

    def drop_filters(self, query: QueryNode) -> Iterator[Relaxation]:
        """The query without its category filter, without its dates, and without both."""
        filters = self._filters
        has_categories, has_dates = filters.categories is not None, not filters.dates.is_open
        text = _render(query)
        if has_categories:
            without = replace(filters, categories=None)
            kind = RelaxationKind.WITHOUT_CATEGORIES
            total = self._count(query, without)
            yield Relaxation(kind, "categories", text, total, keeps_categories=False)
        if has_dates:
            without = replace(filters, dates=DateRange())
            kind = RelaxationKind.WITHOUT_DATES
            total = self._count(query, without)
            yield Relaxation(kind, "dates", text, total, keeps_dates=False)
        if has_categories and has_dates:
            total = self._count(query, Filters())
            yield Relaxation(
                RelaxationKind.WITHOUT_FILTERS,
                "categories and dates",
                text,
                total,
                keeps_categories=False,
                keeps_dates=False,
            )

    def _count(self, query: QueryNode, filters: Filters) -> int:
        """The exact count; 0, which offers nothing, once all counts are used up."""
        if self._left <= 0:
            return 0
        self._left -= 1
        return self._engine.count(replace_runs(query, self._alternatives), filters)


def _read_category(part: QueryNode) -> QueryNode:
    """A code of a category as a condition; anything else as it is."""
    if not isinstance(part, Term) or part.field is not None or "." not in part.text:
        return part
    found = find_category(part.text)
    return part if found is None else InCategories(CategoryExpression((found.code,)))


def _list_parts(tree: QueryNode) -> list[QueryNode]:
    """What a query wants at once; alternatives are one part."""
    parts = list(tree.children) if isinstance(tree, And) else [tree]
    return [part for part in parts if not isinstance(part, Everything)]


def _join(parts: Sequence[QueryNode]) -> QueryNode:
    if not parts:
        return Everything()
    if all(isinstance(part, Not) for part in parts):
        return And((Everything(), *parts))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _render(tree: QueryNode) -> str:
    return "" if tree == Everything() else render_query(tree)


def _iter_looser(part: QueryNode) -> Iterator[tuple[RelaxationKind, QueryNode]]:
    if isinstance(part, Phrase) and part.field is None and len(part.text.split()) > 1:
        words = tuple(Term(word, part.field) for word in part.text.split())
        yield RelaxationKind.WORDS_OF_PHRASE, And(words)
    if isinstance(part, Term | Phrase | Prefix | Near) and part.field is not None:
        yield RelaxationKind.ANY_FIELD, replace(part, field=None)
    if isinstance(part, AuthorName):
        yield RelaxationKind.ANY_FIELD, Phrase(part.name)
