"""Query trees made ready to run, remembered: the next page asks with the same tree."""

from functools import lru_cache
from typing import Any, NamedTuple

from app.domain.query import And, Preferred, QueryNode
from app.search.whoosh.compiler import compile_query
from app.search.whoosh.exact_forms import WantedForm, list_wanted_forms
from app.search.whoosh.fast_path.plan import PhraseLeaf, Plan
from app.search.whoosh.fast_path.planning import make_plan

MAX_CACHED_QUERIES = 1_024
"""Query trees that are remembered."""


class CompiledQuery(NamedTuple):
    """A query made ready.

    Attributes:
        query: Whoosh's.
        plan: what the fast path runs; None where Whoosh's matchers have to answer.
        forms: words that rank titles higher which hold them as they are written.
        phrases: phrases that rank papers higher which hold them, one in each field.
    """

    query: Any
    plan: Plan | None
    forms: tuple[WantedForm, ...] = ()
    phrases: tuple[PhraseLeaf, ...] = ()

    def get_plan(self) -> Plan:
        """The plan, which every query tree has.

        Raises:
            TypeError: there is none.
        """
        if self.plan is None:
            raise TypeError(f"the compiler makes no {type(self.query).__name__} without a plan")
        return self.plan


@lru_cache(maxsize=MAX_CACHED_QUERIES)
def compile_tree(node: QueryNode) -> CompiledQuery:
    """A tree made ready."""
    query = compile_query(node)
    return CompiledQuery(
        query, make_plan(query), list_wanted_forms(node), _list_preferred_phrases(node)
    )


def _list_preferred_phrases(node: QueryNode) -> tuple[PhraseLeaf, ...]:
    """The phrases that a tree prefers among the best matches."""
    parts = node.children if isinstance(node, And) else (node,)
    preferred = [part for part in parts if isinstance(part, Preferred) and part.only_best]
    plans = [make_plan(compile_query(part.optional)) for part in preferred]
    leaves = (leaf for plan in plans if plan for clause in plan.clauses for leaf in clause.members)
    return tuple(leaf for leaf in leaves if isinstance(leaf, PhraseLeaf))
