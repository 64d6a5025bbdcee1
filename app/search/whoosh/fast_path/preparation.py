"""A plan made ready to run: which terms it needs, and in which order its clauses are taken."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.fast_path.plan import (
    Clause,
    Leaf,
    PhraseLeaf,
    Plan,
    PlanLeaf,
    TermLeaf,
    WordLeaf,
)
from app.search.whoosh.fast_path.terms import ResolvedTerm, TermKey
from app.search.whoosh.scoring import JOINED_FIELDS

Resolved = Mapping[TermKey, ResolvedTerm]
"""What each term of a plan is worth."""


def _list_leaves(plan: Plan) -> Iterator[Leaf]:
    return (leaf for clause in plan.clauses for leaf in clause.members)


def list_terms(plan: Plan) -> Iterator[TermKey]:
    """The index terms that a plan looks for, some more than once."""
    for leaf in _list_leaves(plan):
        if isinstance(leaf, TermLeaf):
            yield leaf.field, leaf.text
        elif isinstance(leaf, WordLeaf):
            yield from ((field, leaf.text) for field in JOINED_FIELDS)
        elif isinstance(leaf, PhraseLeaf):
            yield from ((leaf.field, word) for word in leaf.words)
        elif isinstance(leaf, PlanLeaf):
            yield from list_terms(leaf.plan)


def put_rarest_first(plan: Plan, resolved: Resolved, document_count: int) -> Plan:
    """Required clauses by how many documents of all segments can meet them, others behind.

    The order is the same in every segment, and with it the order in which scores are added up:
    papers of equal texts have equal scores, to the last bit.
    """

    def estimate(leaf: Leaf) -> int:
        match leaf:
            case TermLeaf():
                return resolved[leaf.field, leaf.text].document_frequency
            case PhraseLeaf():
                words = (resolved[leaf.field, word] for word in leaf.words)
                return min(word.document_frequency for word in words)
            case WordLeaf():
                fields = (resolved[field, leaf.text] for field in JOINED_FIELDS)
                return sum(word.document_frequency for word in fields)
        return document_count

    clauses = [
        _put_inner_first(clause, resolved, document_count)
        if any(isinstance(leaf, PlanLeaf) for leaf in clause.members)
        else clause
        for clause in plan.clauses
    ]
    required = [clause for clause in clauses if clause.kind == ClauseKind.REQUIRED]
    others = [clause for clause in clauses if clause.kind != ClauseKind.REQUIRED]
    if len(required) > 1:
        required.sort(key=lambda clause: sum(map(estimate, clause.members)))
    return replace(plan, clauses=(*required, *others))


def _put_inner_first(clause: Clause, resolved: Resolved, document_count: int) -> Clause:
    """A clause with the plans among its members put in order."""
    members = tuple(
        PlanLeaf(put_rarest_first(leaf.plan, resolved, document_count))
        if isinstance(leaf, PlanLeaf)
        else leaf
        for leaf in clause.members
    )
    return Clause(clause.kind, members)
