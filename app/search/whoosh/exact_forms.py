"""Words of titles that are written as in the query rank above those that only share its stem.

A query matches what it matches; titles that hold a bare word in its very form score a little more:
`images` puts "Images" before "An image" and "Imaging".
"""

from typing import Any

from whoosh.query import AndMaybe, NullQuery, Term

from app.domain.query import And, Boosted, Or, Preferred, QueryField, QueryNode
from app.domain.query import Term as Word
from app.search.whoosh.query_types import AnyOf
from app.search.whoosh.schema import TITLE_FORMS
from app.search.whoosh.scoring import FORM_WEIGHT
from app.text.tokenize import list_forms


def prefer_exact_forms(query: Any, node: QueryNode) -> Any:
    """A query with a bonus for titles that hold words of its tree in their very form.

    Args:
        query: what the compiler made of `node`.
    """
    forms = _list_forms(node, 1.0)
    if not forms or query is NullQuery:
        return query
    bonuses = [
        Term(TITLE_FORMS, form, boost=FORM_WEIGHT * weight) for form, weight in forms.items()
    ]
    return AndMaybe(query, AnyOf(bonuses) if len(bonuses) > 1 else bonuses[0])


def _list_forms(node: QueryNode, weight: float) -> dict[str, float]:
    """The forms of single words that are wanted in titles, with the highest weight of each."""
    match node:
        case Word(text, field) if field in (None, QueryField.TITLE):
            forms = list_forms(text)
            return {forms[0]: weight} if len(forms) == 1 else {}
        case Boosted(child, own_weight):
            return _list_forms(child, weight * own_weight)
        case And(children) | Or(children):
            return _join(children, weight)
        case Preferred(required, optional):
            return _join((required, optional), weight)
    return {}


def _join(nodes: tuple[QueryNode, ...], weight: float) -> dict[str, float]:
    joined: dict[str, float] = {}
    for node in nodes:
        for form, own in _list_forms(node, weight).items():
            joined[form] = max(own, joined.get(form, 0.0))
    return joined
