"""Which words of a query rank titles higher that hold them just as they are written.

A query matches what it matches; titles that hold a bare word in its very form score a little more:
`images` puts "Images" before "An image" and "Imaging". `fast_path.form_ranking` does it.
"""

from typing import NamedTuple

from app.domain.query import And, Boosted, Or, Preferred, QueryField, QueryNode
from app.domain.query import Term as Word
from app.text.tokenize import list_forms, normalise


class WantedForm(NamedTuple):
    """A word that is wanted in titles as it is written.

    Attributes:
        text: the word, folded and not stemmed.
        term: its index term.
        weight: that of the word in the query.
    """

    text: str
    term: str
    weight: float


def list_wanted_forms(node: QueryNode) -> tuple[WantedForm, ...]:
    """The single words of a tree that may stand in titles, each with its highest weight."""
    weights = _weigh_forms(node, 1.0)
    return tuple(WantedForm(text, normalise(text), weight) for text, weight in weights.items())


def _weigh_forms(node: QueryNode, weight: float) -> dict[str, float]:
    match node:
        case Word(text, field) if field in (None, QueryField.TITLE):
            forms = list_forms(text)
            return {forms[0]: weight} if len(forms) == 1 else {}
        case Boosted(child, own_weight):
            return _weigh_forms(child, weight * own_weight)
        case And(children) | Or(children):
            return _join(children, weight)
        case Preferred(required, optional):
            return _join((required, optional), weight)
    return {}


def _join(nodes: tuple[QueryNode, ...], weight: float) -> dict[str, float]:
    joined: dict[str, float] = {}
    for node in nodes:
        for form, own in _weigh_forms(node, weight).items():
            joined[form] = max(own, joined.get(form, 0.0))
    return joined
