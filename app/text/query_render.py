"""A query tree -> the text that is read back as the same tree."""

from app.domain.arxiv_id import ArxivId
from app.domain.query import (
    And,
    AtLeast,
    AuthorName,
    AuthorPlace,
    Boosted,
    DateWithin,
    Everything,
    Flagged,
    InCategories,
    Near,
    Not,
    Or,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    Similar,
    Term,
    WeightedTerms,
)
from app.text.query_dates import render_dates
from app.text.query_fields import SHORT_PREFIXES


def render_query(tree: QueryNode) -> str:
    """The text of a tree; `app.text.query_syntax.parse_query` reads it back as the same tree.

    Weights, wishes and minimums have a written form too: `(graph)^2.0`, `graph PREFERABLY tree`,
    `(graph OR tree OR leaf)~2`. `WeightedTerms` of no paper has none; it is shown by its words.

    >>> render_query(And((Term("deep", QueryField.TITLE), Not(Term("survey")))))
    'ti:deep -survey'
    """
    match tree:
        case Not(child):
            inner = _render_part(child)
            return f"-({inner})" if isinstance(child, Not) else f"-{inner}"
        case And(children):
            return " ".join(map(_render_part, children))
        case Or(children):
            return " OR ".join(
                f"({render_query(child)})" if isinstance(child, Or) else render_query(child)
                for child in children
            )
        case AtLeast() | Preferred() | Boosted():
            return _render_wish(tree)
    return _render_leaf(tree)


def _render_wish(tree: AtLeast | Preferred | Boosted) -> str:
    match tree:
        case AtLeast(children, minimum):
            return f"({render_query(Or(children))})~{minimum}"
        case Preferred(required, optional):
            return f"{_render_side(required)} PREFERABLY {_render_side(optional)}"
        case Boosted(child, weight):
            return f"({render_query(child)})^{weight!r}"


def _render_leaf(leaf: QueryNode) -> str:
    match leaf:
        case Everything():
            text = "*"
        case Term(text, query_field):
            text = _render_prefix(query_field) + text
        case Phrase(text, query_field, slop):
            text = f'{_render_prefix(query_field)}"{text}"' + (f"~{slop}" if slop else "")
        case Near(left, right, distance, query_field):
            prefix = _render_prefix(query_field)
            text = f"{prefix}{left} NEAR{distance} {prefix}{right}"
        case Prefix(text, query_field):
            text = f"{_render_prefix(query_field)}{text}*"
        case AuthorName():
            text = _render_author(leaf)
        case _:
            text = _render_condition(leaf)
    return text


def _render_condition(leaf: QueryNode) -> str:
    match leaf:
        case InCategories(expression):
            return f"cat:{expression}"
        case DateWithin():
            return render_dates(leaf)
        case Flagged(flag):
            return flag.value
        case Similar(arxiv_id):
            return f"similar:{arxiv_id}"
        case WeightedTerms(like=ArxivId() as like):
            return f"similar:{like}"
        case WeightedTerms(terms):
            heaviest = sorted(terms, key=lambda term: -term[1])[:5]
            return "words like " + ", ".join(term for term, _weight in heaviest)
    raise TypeError(f"{type(leaf).__name__} is no node of a query tree")


def _render_author(author: AuthorName) -> str:
    first = "^" if author.place is AuthorPlace.FIRST else ""
    last = "$" if author.place is AuthorPlace.LAST else ""
    name = f"{first}{author.name}{last}"
    is_one_word = all(map(str.isalnum, author.name.replace("-", "")))
    return f"au:{name}" if is_one_word else f'au:"{name}"'


def _render_part(node: QueryNode) -> str:
    """A node's text as part of a conjunction, or behind a minus."""
    rendered = render_query(node)
    needs_group = isinstance(node, Or | And | Preferred | Near)
    return f"({rendered})" if needs_group else rendered


def _render_side(node: QueryNode) -> str:
    """A node's text beside PREFERABLY."""
    rendered = render_query(node)
    return f"({rendered})" if isinstance(node, Or | Preferred) else rendered


def _render_prefix(query_field: QueryField | None) -> str:
    return f"{SHORT_PREFIXES[query_field]}:" if query_field is not None else ""
