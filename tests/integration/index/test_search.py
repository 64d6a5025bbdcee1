"""What is found, in which order, and how much of it: against a search by brute force."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.categories import parse_category_expression
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    DateField,
    DateRange,
    DateWithin,
    Everything,
    FacetField,
    Filters,
    Flagged,
    InCategories,
    Near,
    Not,
    Or,
    PaperFlag,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    SearchRequest,
    Sort,
    Term,
    is_condition,
)
from app.domain.results import EngineHit
from app.search.documents import IndexDocument
from app.search.engine import SearchEngine
from app.search.factory import open_engine, open_index_writer
from app.text.tokenize import index_terms
from tests.integration.index.documents import build_index, make_document

WORDS = ("alfa", "bravo", "delta", "golf", "hotel")
CATEGORIES = ("cs.LG", "cs.AI", "math.NA", "cs.NA", "hep-th")
FLAGS = tuple(PaperFlag)
EXPRESSIONS = ("cs", "cs.LG+hep-th", "cs-cs.AI", "math.NA", "-cs.LG", "hep-th")


AUTHORS = tuple(f"{initial}. Müller" for initial in "ABCDEFGHIJKLM")


def make_corpus() -> list[IndexDocument]:
    """60 papers; words, categories and dates follow from the number; many dates are shared."""
    corpus = []
    for number in range(60):
        title = " ".join(WORDS[i] for i in range(5) if number % (i + 2) == 0)
        abstract = " ".join(WORDS[(number * step) % 5] for step in range(1, 2 + number % 4))
        corpus.append(
            make_document(
                number,
                title,
                abstract,
                authors=tuple(AUTHORS[number % size] for size in (13, 5, 4)),
                categories=tuple(dict.fromkeys((CATEGORIES[number % 5], CATEGORIES[number % 3]))),
                submitted_at=datetime(2015 + number % 4, 1 + number % 3, 1, tzinfo=UTC),
                updated_at=datetime(2019, 1, 1 + number % 7, 23, 59, 59, tzinfo=UTC),
                announced_on=date(2019, 1, number % 9) if number % 9 else None,
                flags=frozenset(flag for place, flag in enumerate(FLAGS) if number >> place & 1),
            )
        )
    return corpus


CORPUS = make_corpus()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """The corpus in four segments, with replaced and deleted papers among them."""
    index_dir: Path = tmp_path_factory.mktemp("search") / "index"
    stale = [make_document(number, "alfa bravo", "hotel") for number in range(20, 40)]
    extra = [make_document(number, "golf", "delta") for number in range(60, 70)]
    build_index(index_dir, CORPUS[:20])
    for change, batch in enumerate((stale, CORPUS[40:] + extra, CORPUS[20:40]), start=2):
        with open_index_writer(index_dir) as writer:
            writer.replace(batch)
            if change == 4:
                writer.delete(document.arxiv_id for document in extra)
            writer.commit(change)
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def is_match(node: QueryNode, document: IndexDocument) -> bool:
    match node:
        case And(children=children):
            return all(is_match(child, document) for child in children)
        case Or(children=children):
            return any(is_match(child, document) for child in children)
        case AtLeast(children=children, minimum=minimum):
            return sum(is_match(child, document) for child in children) >= minimum
        case Not(child=child):
            return not is_match(child, document)
        case Preferred(required=child) | Boosted(child=child):
            return is_match(child, document)
    return meets(node, document) if is_condition(node) else is_leaf_match(node, document)


def meets(condition: QueryNode, document: IndexDocument) -> bool:
    match condition:
        case InCategories(expression=expression):
            return expression.matches(document.categories)
        case Flagged(flag=flag):
            return flag in document.flags
        case DateWithin(date_field=date_field, first=first, last=last):
            moment = find_moment(document, date_field)
            return (
                moment is not None
                and (first is None or first <= moment)
                and (last is None or moment < last + timedelta(minutes=1))
            )
    return isinstance(condition, Everything)


def find_moment(document: IndexDocument, date_field: DateField) -> datetime | None:
    """A date of a document; days as their noon, which every range of whole days holds or not."""
    day = document.announced_on
    noon = datetime.combine(day, time(12), tzinfo=UTC) if day is not None else None
    return {
        DateField.SUBMITTED: document.submitted_at,
        DateField.UPDATED: document.updated_at,
        DateField.ANNOUNCED: noon,
    }[date_field]


def is_leaf_match(leaf: QueryNode, document: IndexDocument) -> bool:
    match leaf:
        case Near(left=left, right=right, field=field):
            both = (f" {left} {right} ", f" {right} {left} ")
            texts = [f" {' '.join(words)} " for words in select_words(document, field)]
            return any(pair in text for text in texts for pair in both)
        case Prefix(text=text, field=field):
            words = [word for words in select_words(document, field) for word in words]
            return any(word.startswith(text) for word in words)
        case Term(text=text, field=field):
            return any(text in words for words in select_words(document, field))
        case Phrase(text=text, field=field):
            return any(f" {text} " in f" {' '.join(w)} " for w in select_words(document, field))
    raise TypeError(leaf)


def select_words(document: IndexDocument, field: QueryField | None) -> list[list[str]]:
    texts = {QueryField.TITLE: [document.title], QueryField.ABSTRACT: [document.abstract]}
    chosen = [document.title, document.abstract] if field is None else texts[field]
    return [text.split() for text in chosen]


def passes(filters: Filters, document: IndexDocument) -> bool:
    if filters.categories is not None and not filters.categories.matches(document.categories):
        return False
    moment = find_moment(document, filters.date_field)
    first, last = filters.dates.first, filters.dates.last
    return filters.dates.is_open or (
        moment is not None
        and (first is None or first <= moment.date())
        and (last is None or moment.date() <= last)
    )


fields = st.sampled_from([None, QueryField.TITLE, QueryField.ABSTRACT])
day_ranges = st.builds(
    lambda one, other, date_field: DateWithin(
        date_field,
        datetime.combine(min(one, other), time(0), tzinfo=UTC),
        datetime.combine(max(one, other), time(23, 59), tzinfo=UTC),
    ),
    st.dates(date(2014, 12, 1), date(2019, 2, 1)),
    st.dates(date(2014, 12, 1), date(2019, 2, 1)),
    st.sampled_from(DateField),
)
conditions = st.one_of(
    st.sampled_from(EXPRESSIONS).map(parse_category_expression).map(InCategories),
    st.sampled_from(PaperFlag).map(Flagged),
    day_ranges,
    st.builds(DateWithin, st.sampled_from(DateField)),
)
leaves = st.one_of(
    conditions,
    st.builds(Near, st.sampled_from(WORDS), st.sampled_from(WORDS), st.just(0), fields),
    st.builds(Prefix, st.sampled_from(["al", "bravo", "h", "go", "x"]), fields),
    st.builds(Term, st.sampled_from(WORDS), fields),
    st.builds(
        Phrase, st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" ".join), fields
    ),
    st.just(Everything()),
)
queries = st.recursive(
    leaves,
    lambda children: st.one_of(
        st.builds(Not, children),
        st.lists(children, min_size=1, max_size=4).map(lambda nodes: And(tuple(nodes))),
        st.lists(children, min_size=1, max_size=4).map(lambda nodes: Or(tuple(nodes))),
        st.builds(Preferred, children, children),
        st.builds(Boosted, children, st.sampled_from([0.5, 2.0])),
        # Of different words: children that say the same count once.
        st.lists(leaves, min_size=3, max_size=6, unique=True).map(
            lambda nodes: AtLeast(tuple(nodes), min(3, len(nodes) - 1))
        ),
    ),
    max_leaves=8,
)
days = st.dates(date(2014, 12, 1), date(2019, 2, 1))
date_ranges = st.one_of(
    st.builds(DateRange, days),
    st.builds(DateRange, st.none(), days),
    st.tuples(days, days).map(lambda pair: DateRange(min(pair), max(pair))),
    st.just(DateRange()),
)
filters_strategy = st.builds(
    Filters,
    st.none() | st.sampled_from(EXPRESSIONS).map(parse_category_expression),
    date_ranges,
    st.sampled_from(DateField),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=queries, filters=filters_strategy, sort=st.sampled_from(Sort))
def test_any_tree_under_any_filter_finds_what_brute_force_finds(
    engine: SearchEngine, query: QueryNode, filters: Filters, sort: Sort
) -> None:
    expected = {
        document.arxiv_id: document
        for document in CORPUS
        if is_match(query, document) and passes(filters, document)
    }
    request = SearchRequest(query, filters, sort, 0, 100, tuple(FacetField))
    result = engine.search(request)
    assert {hit.arxiv_id for hit in result.hits} == expected.keys()
    assert result.total == len(result.hits) == engine.count(query, filters)
    assert [hit.arxiv_id for hit in result.hits] == [
        document.arxiv_id for document in put_in_order(expected.values(), result.hits, sort)
    ]
    for field, values in (
        (FacetField.CATEGORY, [each.categories for each in expected.values()]),
        (FacetField.ARCHIVE, [list_archives(each) for each in expected.values()]),
        (FacetField.AUTHOR, [each.authors for each in expected.values()]),
        (FacetField.YEAR, [(str(each.submitted_at.year),) for each in expected.values()]),
    ):
        counted = {
            value: sum(value in each for each in values) for each in values for value in each
        }
        assert {facet.value: facet.count for facet in result.facets[field]} == counted


def list_archives(document: IndexDocument) -> set[str]:
    return {category.partition(".")[0] for category in document.categories}


def put_in_order(
    documents: Iterable[IndexDocument], hits: Iterable[EngineHit], sort: Sort
) -> list[IndexDocument]:
    """By the documented order; scores are taken from the engine, they are tested elsewhere."""
    scores = {hit.arxiv_id: hit.score for hit in hits}

    def key(document: IndexDocument) -> tuple[object, ...]:
        arxiv_id = document.arxiv_id
        if sort in (Sort.RELEVANCE, Sort.FRESH):
            return scores[arxiv_id], document.submitted_at, arxiv_id.sort_key
        moment = document.updated_at if sort is Sort.UPDATED else document.submitted_at
        return moment, arxiv_id.sort_key

    return sorted(documents, key=key, reverse=sort is not Sort.OLDEST)


def test_an_excluded_word_also_takes_the_first_match_away(engine: SearchEngine) -> None:
    """Whoosh's own `AndNot` lets it through when the excluded word occurs before it."""
    phrase = Phrase("alfa alfa")
    assert engine.count(phrase, Filters()) > 0
    assert engine.count(And((Not(Term("alfa")), phrase)), Filters()) == 0


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=queries, sort=st.sampled_from(Sort), size=st.integers(1, 13))
def test_pages_are_disjoint_and_complete(
    engine: SearchEngine, query: QueryNode, sort: Sort, size: int
) -> None:
    whole = engine.search(SearchRequest(query, sort=sort, limit=100)).hits
    pages = [
        engine.search(SearchRequest(query, sort=sort, offset=offset, limit=size)).hits
        for offset in range(0, len(whole) + size, size)
    ]
    assert tuple(hit for page in pages for hit in page) == whole


def test_a_limit_of_zero_asks_for_total_and_facets_only(engine: SearchEngine) -> None:
    result = engine.search(SearchRequest(Term("alfa"), limit=0, facets=(FacetField.YEAR,)))
    assert result.hits == ()
    assert result.total == sum(facet.count for facet in result.facets[FacetField.YEAR]) > 0


def test_facets_stand_most_frequent_first(engine: SearchEngine) -> None:
    facets = engine.search(SearchRequest(Everything(), facets=tuple(FacetField))).facets
    for counts in facets.values():
        ranks = [(-facet.count, facet.value) for facet in counts]
        assert ranks == sorted(ranks)


@pytest.mark.parametrize("text", ["the", "of and", "?!", "", "   "])
def test_a_query_without_index_terms_matches_nothing(engine: SearchEngine, text: str) -> None:
    for query in (Term(text), Phrase(text), Or((Term(text), Phrase(text))), Not(Term(text))):
        result = engine.search(SearchRequest(query, facets=tuple(FacetField)))
        assert (result.total, result.hits) == (0, ())
        assert all(counts == () for counts in result.facets.values())


def test_words_without_index_terms_change_nothing_beside_others(engine: SearchEngine) -> None:
    plain = engine.search(SearchRequest(Term("alfa")))
    for query in (And((Term("the"), Term("alfa"))), Or((Term("the"), Term("alfa")))):
        assert engine.search(SearchRequest(query)).hits == plain.hits
    without = And((Term("alfa"), Not(Term("the"))))
    assert engine.search(SearchRequest(without)).hits == plain.hits


def test_term_statistics_leave_deleted_papers_out(engine: SearchEngine) -> None:
    for word in WORDS:
        holding = [d for d in CORPUS if word in f"{d.title} {d.abstract}".split()]
        (term,) = index_terms(word)
        (found,) = engine.get_term_statistics([term])
        assert found.document_frequency == len(holding)
        assert found.collection_frequency == sum(
            f"{d.title} {d.abstract}".split().count(word) for d in holding
        )


def test_unknown_terms_have_frequency_zero_and_keep_their_place(engine: SearchEngine) -> None:
    found = engine.get_term_statistics(["zulu", "alfa", "zulu"])
    assert [(each.term, each.document_frequency > 0) for each in found] == [
        ("zulu", False),
        ("alfa", True),
        ("zulu", False),
    ]


def test_suggestions_begin_with_the_prefix_most_frequent_first(engine: SearchEngine) -> None:
    everything = [each for letter in "abdgh" for each in engine.suggest(letter, 10)]
    assert {each.term[0] for each in everything} == set("abdgh")
    assert engine.suggest("ALF", 10) == engine.get_term_statistics(["alfa"])
    assert engine.suggest("", 10) == engine.suggest("zz", 10) == engine.suggest("a", 0) == []
