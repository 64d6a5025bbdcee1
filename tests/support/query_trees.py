"""Query trees of every kind that has a written form, for property tests."""

from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.query import (
    And,
    AtLeast,
    AuthorName,
    AuthorPlace,
    Boosted,
    DateField,
    DateWithin,
    Everything,
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
    Similar,
    Term,
)

WORDS = (
    *(
        "otters",
        "Teapots",
        "non-invasive",
        "GPT-4",
        "SU(2)",
        "(2+1)-dimensional",
        "f(x,y)",
        "α-Ray",
    ),
    *("$\\ell_1$", "10^5", "x+y", "naïve", "神经网络", "near", "C++", "p<0.05", "4.5"),
)
PROSE_FIELDS = (None, QueryField.TITLE, QueryField.ABSTRACT)
WORD_FIELDS = (
    *PROSE_FIELDS,
    *(QueryField.COMMENTS, QueryField.JOURNAL_REF, QueryField.REPORT_NO, QueryField.ALL),
)
NAMES = ("Lee", "van der Berg", "O'Neil", "Wang, W", "Smith, John A.", "J.-P. Serre", "Müller")
EXPRESSIONS = ("cs.LG", "cs", "cs.AI+cs.LG-cs.CY", "-math", "hep-th+q-bio.NC")
IDS = tuple(map(ArxivId, ("1706.03762", "hep-th/9901001", "0704.0001")))

_words = st.sampled_from(WORDS)
_days = st.dates(date(1991, 1, 1), date(2100, 12, 31))


def _make_dates(date_field: DateField, one: date, other: date, sides: int) -> DateWithin:
    first, last = min(one, other), max(one, other)
    return DateWithin(
        date_field,
        datetime.combine(first, time(0), tzinfo=UTC) if sides & 1 else None,
        datetime.combine(last, time(23, 59), tzinfo=UTC) if sides & 2 else None,
    )


def _make_years(first: int, count: int) -> DateWithin:
    return _make_dates(DateField.SUBMITTED, date(first, 1, 1), date(first + count, 12, 31), sides=3)


def _make_minutes(date_field: DateField, one: datetime, other: datetime) -> DateWithin:
    first, last = (each.replace(second=0, microsecond=0) for each in (one, other))
    return DateWithin(date_field, min(first, last), max(first, last))


_moments = st.datetimes(
    datetime.fromisoformat("1991-01-01"),
    datetime.fromisoformat("2100-01-01"),
    timezones=st.just(UTC),
)

conditions = st.one_of(
    st.sampled_from(EXPRESSIONS).map(parse_category_expression).map(InCategories),
    st.sampled_from(PaperFlag).map(Flagged),
    st.builds(_make_dates, st.sampled_from(DateField), _days, _days, st.integers(0, 3)),
    st.builds(_make_years, st.integers(1991, 2090), st.integers(0, 9)),
    st.builds(_make_minutes, st.sampled_from(DateField), _moments, _moments),
)
leaves = st.one_of(
    st.just(Everything()),
    st.builds(Term, _words, st.sampled_from(WORD_FIELDS)),
    st.builds(
        Phrase,
        st.lists(_words, min_size=1, max_size=3).map(" ".join),
        st.sampled_from(WORD_FIELDS),
        st.integers(0, 50),
    ),
    st.builds(Near, _words, _words, st.integers(0, 50), st.sampled_from(WORD_FIELDS)),
    st.builds(
        Prefix, st.sampled_from(["ne", "Neur", "10.5", "graph-b"]), st.sampled_from(WORD_FIELDS)
    ),
    st.builds(AuthorName, st.sampled_from(NAMES), st.sampled_from(AuthorPlace)),
    conditions,
    st.sampled_from(IDS).map(Similar),
    st.sampled_from(IDS).map(lambda each: Not(Term(each.value, QueryField.ID))),
)


def _join(children: st.SearchStrategy[QueryNode]) -> st.SearchStrategy[QueryNode]:
    """Nodes over others, in the form that reading gives: flat, and joints of two at least."""
    not_and = children.filter(lambda node: not isinstance(node, And))
    not_or = children.filter(lambda node: not isinstance(node, Or))
    return st.one_of(
        children.map(Not),
        st.lists(not_and, min_size=2, max_size=4).map(lambda nodes: And(tuple(nodes))),
        st.lists(not_or, min_size=2, max_size=4).map(lambda nodes: Or(tuple(nodes))),
        st.builds(
            AtLeast,
            st.lists(not_or, min_size=1, max_size=4).map(tuple),
            st.integers(1, 5),
        ),
        st.builds(Preferred, children, children),
        st.builds(Boosted, children, st.floats(1e-3, 1e3).filter(lambda weight: weight != 1.0)),
    )


# Deferred, since the description of the whole is longer than Hypothesis likes to print.
trees: st.SearchStrategy[QueryNode] = st.deferred(
    lambda: st.recursive(leaves, _join, max_leaves=10)
)
