"""Why one paper has its score: the score of every term and phrase that matches it."""

from collections.abc import Iterator

from app.domain.arxiv_id import ArxivId
from app.domain.query import Filters
from app.domain.results import LATENT_FIELD, LATENT_TERM, TermContribution
from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.fast_path.answers import (
    RERANKED_HITS,
    Page,
    SecondStage,
    answer,
    score_papers,
)
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import (
    Clause,
    JointLeaf,
    PatternLeaf,
    PhraseLeaf,
    Plan,
    PlanLeaf,
    TermLeaf,
)
from app.search.whoosh.scoring import JOINED_FIELDS, share_jointly

_Described = TermLeaf | PhraseLeaf | PatternLeaf


def list_contributions(
    executor: Executor, plan: Plan, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each part of a plan adds to the score of a paper; nothing when it does not match."""
    if arxiv_id not in score_papers(executor, plan, [arxiv_id]):
        return
    for clause in plan.clauses:
        if clause.kind == ClauseKind.EXCLUDED:
            continue
        yield from _list_members(executor, clause, arxiv_id)
    if plan.base_score > 0.0:
        yield TermContribution("*", "*", plan.base_score)


def list_bonuses(
    executor: Executor,
    plan: Plan,
    arxiv_id: ArxivId,
    filters: Filters,
    second_stage: SecondStage | None,
) -> tuple[TermContribution, ...]:
    """What the second stage adds to the score of a paper, if it is among the best that pass."""
    if second_stage is None:
        return ()
    page = Page(filters, limit=RERANKED_HITS)
    before, after = (
        {hit.arxiv_id: hit.score for hit in answer(executor, plan, page, stage).hits}
        for stage in (None, second_stage)
    )
    bonus = after.get(arxiv_id, 0.0) - before.get(arxiv_id, 0.0)
    return (TermContribution(LATENT_FIELD, LATENT_TERM, bonus),) if bonus > 0.0 else ()


def _list_members(
    executor: Executor, clause: Clause, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each member of a clause adds; the two fields of a joint word share what it scores."""
    joints = {leaf for leaf in clause.members if isinstance(leaf, JointLeaf)}
    for leaf in clause.members:
        if isinstance(leaf, PlanLeaf):
            yield from list_contributions(executor, leaf.plan, arxiv_id)
            continue
        if isinstance(leaf, JointLeaf):
            continue
        score = _score(executor, leaf, arxiv_id)
        if isinstance(leaf, TermLeaf) and JointLeaf(leaf.text, leaf.boost) in joints:
            score = _share(executor, leaf, score, arxiv_id)
        if score > 0.0:
            yield TermContribution(leaf.field, _describe(leaf), score)


def _score(executor: Executor, leaf: _Described, arxiv_id: ArxivId) -> float:
    """What a member scores alone; 0 where it does not match."""
    alone = Plan((Clause(ClauseKind.OPTIONAL, (leaf,)),))
    return score_papers(executor, alone, [arxiv_id]).get(arxiv_id, 0.0)


def _share(executor: Executor, leaf: TermLeaf, score: float, arxiv_id: ArxivId) -> float:
    """The share of a field in the score of a word that both fields may hold."""
    others = [
        _score(executor, TermLeaf(field, leaf.text, leaf.boost), arxiv_id)
        for field in JOINED_FIELDS
        if field != leaf.field
    ]
    if score == 0.0 or not any(others):
        return score
    idf = executor.terms.resolve([(leaf.field, leaf.text)])[leaf.field, leaf.text].weight
    return (
        idf * leaf.boost * share_jointly(score / (idf * leaf.boost), others[0] / (idf * leaf.boost))
    )


def _describe(leaf: _Described) -> str:
    match leaf:
        case TermLeaf():
            return leaf.text
        case PhraseLeaf():
            return '"' + " ".join(leaf.words) + '"'
        case PatternLeaf():
            return str(leaf.pattern)
