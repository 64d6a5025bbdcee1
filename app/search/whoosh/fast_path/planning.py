"""Whoosh queries -> plans, which the kernels can run.

A plan says the same as its query, segment by segment and to the last hit; `make_plan` returns None
for every query it does not know, which Whoosh's matchers then answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from whoosh.query import And, AndMaybe, AndNot, Every, NullQuery, Or, Term

from app.domain.query import QueryNode, join_all
from app.search.whoosh.codec.kernel_types import MAX_REQUIRED, ClauseKind
from app.search.whoosh.fast_path.plan import (
    NOTHING,
    Clause,
    Leaf,
    PatternLeaf,
    PhraseLeaf,
    Plan,
    PlanLeaf,
    TermLeaf,
    WordLeaf,
)
from app.search.whoosh.narrowing import Narrowed
from app.search.whoosh.query_types import AtLeastOf, GappedPhrase, TermsLike
from app.search.whoosh.scoring import JOINED_FIELDS

_WEIGHED = Every | Term | GappedPhrase | TermsLike
"""Queries whose boost is known here; the compiler carries all weights down to them."""


class _UnknownQueryError(Exception):
    """Part of a query is not known here."""


def make_plan(query: Any) -> Plan | None:
    """The plan of a Whoosh query; None when some part of it is not known."""
    try:
        return _plan(query)
    except _UnknownQueryError:
        return None


def _plan(query: Any) -> Plan:
    if getattr(query, "boost", 1.0) != 1.0 and not isinstance(query, _WEIGHED):
        raise _UnknownQueryError
    if query is NullQuery or (isinstance(query, Every) and query.fieldname is None):
        return NOTHING if query is NullQuery else Plan((), base_score=float(query.boost))
    if isinstance(query, AndNot | AndMaybe | Narrowed):
        return _plan_changed(query)
    # Subclasses may mean something else, so types are compared and not asked for kinship.
    match query:
        case Or() if query.scale is None:
            return _plan_or(query.subqueries)
        case And() if type(query) is And:
            return _plan_and(query.subqueries)
        case AtLeastOf():
            return _plan_at_least(query.subqueries, query.minimum)
    return Plan((Clause(ClauseKind.OPTIONAL, (_make_leaf(query),)),))


def _plan_changed(query: Any) -> Plan:
    """The plan of one query with something taken away, required or added on top."""
    if isinstance(query, Narrowed):
        return _narrow(_plan(query.query), query.condition)
    combine = _exclude if isinstance(query, AndNot) else _plan_maybe
    return combine(_plan(query.a), query.b)


def _narrow(plan: Plan, condition: QueryNode) -> Plan:
    """A plan whose documents also meet a condition."""
    if plan == NOTHING:
        return NOTHING
    given = [condition] if plan.condition is None else [plan.condition, condition]
    return replace(plan, condition=join_all(given))


def _make_leaf(query: Any) -> Leaf:
    """One word or phrase."""
    if type(query) is Term:
        if not isinstance(query.text, str) or query.boost <= 0.0:
            raise _UnknownQueryError
        return TermLeaf(query.fieldname, query.text, query.boost)
    if type(query) is TermsLike and query.boost > 0.0:
        return PatternLeaf(query.fieldname, query.pattern, query.boost)
    if type(query) is GappedPhrase and query.boost > 0.0:
        return _make_phrase(query)
    raise _UnknownQueryError


def _make_phrase(query: GappedPhrase) -> Leaf:
    """A phrase; of one word, that word."""
    if len(query.words) == 1:
        return TermLeaf(query.fieldname, query.words[0], query.boost)
    if not query.words or min(query.gaps) < 1:
        raise _UnknownQueryError
    words = tuple(query.words)
    return PhraseLeaf(query.fieldname, words, query.gaps, query.slop, query.boost)


def _plan_or(queries: Iterable[Any]) -> Plan:
    members: list[Leaf] = []
    base_score = 0.0
    for query in queries:
        if type(query) is Term:  # what a plan of its own would come to
            members.append(_make_leaf(query))
            continue
        plan = _plan(query)
        if plan == NOTHING:
            continue
        simple = _get_members(plan)
        if simple is not None:
            members += simple
        elif not plan.clauses and plan.condition is None:
            base_score += plan.base_score
        else:
            members.append(PlanLeaf(plan))
    members = _join_fields(members)
    clauses = (Clause(ClauseKind.OPTIONAL, tuple(members)),) if members else ()
    return Plan(clauses, base_score)


def _join_fields(members: Sequence[Leaf]) -> list[Leaf]:
    """The members with a term looked for in title and abstract alike as a word of one text.

    A term that stands there several times is joined once.
    """
    title, abstract = JOINED_FIELDS
    by_field: dict[str, dict[tuple[str, float], int]] = {title: {}, abstract: {}}
    for place, leaf in enumerate(members):
        if isinstance(leaf, TermLeaf) and leaf.field in JOINED_FIELDS:
            by_field[leaf.field].setdefault((leaf.text, leaf.boost), place)
    joined: dict[int, Leaf] = dict(enumerate(members))
    for word, place in by_field[title].items():
        other = by_field[abstract].get(word)
        if other is not None:
            joined[place] = WordLeaf(*word)
            del joined[other]
    return list(joined.values())


def _get_members(plan: Plan) -> tuple[Leaf, ...] | None:
    """The members of a plan that is nothing but a union of them."""
    if len(plan.clauses) != 1 or plan.base_score or plan.least_optional > 1 or plan.condition:
        return None
    clause = plan.clauses[0]
    return None if clause.kind == ClauseKind.EXCLUDED else clause.members


def _plan_at_least(queries: Iterable[Any], minimum: int) -> Plan:
    """One optional clause for each query; what matches everywhere is met everywhere."""
    clauses: list[Clause] = []
    base_score = 0.0
    for query in queries:
        plan = _plan(query)
        if plan == NOTHING:
            continue
        if not plan.clauses and plan.condition is None:
            base_score += plan.base_score
            minimum -= 1
        else:
            clauses.append(Clause(ClauseKind.OPTIONAL, _get_members(plan) or (PlanLeaf(plan),)))
    if minimum > len(clauses):
        return NOTHING
    return Plan(tuple(clauses), base_score, max(minimum, 0))


def _plan_and(queries: Iterable[Any]) -> Plan:
    required: list[Clause] = []
    optional: list[Clause] = []
    excluded: list[Clause] = []
    base_score = 0.0
    least_optional = 0
    conditions: list[QueryNode] = []
    for query in queries:
        plan = _plan(query)
        if plan == NOTHING:
            return NOTHING
        if plan.condition is not None:
            # Whoever meets all clauses meets all conditions, wherever they stand.
            conditions.append(plan.condition)
            plan = replace(plan, condition=None)
        simple = _get_members(plan)
        choices = plan.list_clauses(ClauseKind.OPTIONAL)
        if simple is not None:
            required.append(Clause(ClauseKind.REQUIRED, simple))
        elif choices and optional:
            required.append(Clause(ClauseKind.REQUIRED, (PlanLeaf(plan),)))
        else:
            # What the plan asks for holds here as there; one pass counts one set of choices.
            required += plan.list_clauses(ClauseKind.REQUIRED)
            excluded += plan.list_clauses(ClauseKind.EXCLUDED)
            base_score += plan.base_score
            if choices:
                optional += choices
                least_optional = _count_wanted(plan)
    clauses = (*_nest(required), *optional, *excluded)
    condition = join_all(conditions) if conditions else None
    return Plan(clauses, base_score, least_optional, condition)


def _count_wanted(plan: Plan) -> int:
    """Optional clauses that have to be met, also where the plan need not say so."""
    if plan.base_score > 0.0 or plan.list_clauses(ClauseKind.REQUIRED):
        return plan.least_optional
    return max(1, plan.least_optional)


def _exclude(plan: Plan, query: Any) -> Plan:
    """A plan without the documents that a query matches."""
    excluded = _plan(query)
    if NOTHING in (plan, excluded):
        return plan
    members = _get_members(excluded) or (PlanLeaf(excluded),)
    clause = Clause(ClauseKind.EXCLUDED, members)
    return replace(plan, clauses=(*plan.clauses, clause))


def _plan_maybe(plan: Plan, query: Any) -> Plan:
    """A plan with the scores of a query added where it matches, too."""
    extra = _plan(query)
    if NOTHING in (plan, extra):
        return plan
    condition, plan = plan.condition, replace(plan, condition=None)
    members = _get_members(plan)
    if members is not None:
        plan = Plan((Clause(ClauseKind.REQUIRED, members),))
    elif plan.list_clauses(ClauseKind.OPTIONAL):
        plan = Plan((Clause(ClauseKind.REQUIRED, (PlanLeaf(plan),)),))
    if not extra.clauses and extra.condition is None:
        base_score = plan.base_score + extra.base_score
        return Plan(plan.clauses, base_score, condition=condition)
    members = _get_members(extra) or (PlanLeaf(extra),)
    clause = Clause(ClauseKind.OPTIONAL, members)
    required = plan.list_clauses(ClauseKind.REQUIRED)
    excluded = plan.list_clauses(ClauseKind.EXCLUDED)
    return Plan((*required, clause, *excluded), plan.base_score, condition=condition)


def _nest(required: list[Clause]) -> list[Clause]:
    """The same requirements, those beyond what one pass can count as a plan of their own."""
    while len(required) > MAX_REQUIRED:
        inner = PlanLeaf(Plan(tuple(required[:MAX_REQUIRED])))
        required = [Clause(ClauseKind.REQUIRED, (inner,)), *required[MAX_REQUIRED:]]
    return required
