"""Why one paper has its score: the score of every term and phrase that matches it."""

from collections.abc import Iterable, Iterator

from app.domain.arxiv_id import ArxivId
from app.domain.query import Filters
from app.domain.results import TermContribution
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


class PaperScores:
    """The scores of some papers for parts of a plan, each part computed once for all of them."""

    def __init__(self, executor: Executor, arxiv_ids: Iterable[ArxivId]) -> None:
        self.executor = executor
        self._arxiv_ids = list(arxiv_ids)
        self._known: dict[Plan, dict[ArxivId, float]] = {}

    def get(self, plan: Plan) -> dict[ArxivId, float]:
        """The scores of those of the papers that match."""
        found = self._known.get(plan)
        if found is None:
            found = self._known[plan] = score_papers(self.executor, plan, self._arxiv_ids)
        return found


def list_contributions(
    scores: PaperScores, plan: Plan, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each part of a plan adds to the score of a paper; nothing when it does not match."""
    if arxiv_id not in scores.get(plan):
        return
    for clause in plan.clauses:
        if clause.kind == ClauseKind.EXCLUDED:
            continue
        yield from _list_members(scores, clause, arxiv_id)
    if plan.base_score > 0.0:
        yield TermContribution("*", "*", plan.base_score)


def find_bonuses(
    executor: Executor, plan: Plan, filters: Filters, second_stage: SecondStage | None
) -> dict[ArxivId, float]:
    """What the second stage adds to the scores of the best papers that pass, where it does."""
    if second_stage is None:
        return {}
    page = Page(filters, limit=RERANKED_HITS)
    before, after = (
        {hit.arxiv_id: hit.score for hit in answer(executor, plan, page, stage).hits}
        for stage in (None, second_stage)
    )
    bonuses = {arxiv_id: score - before.get(arxiv_id, 0.0) for arxiv_id, score in after.items()}
    return {arxiv_id: bonus for arxiv_id, bonus in bonuses.items() if bonus > 0.0}


def _list_members(
    scores: PaperScores, clause: Clause, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each member of a clause adds; the two fields of a joint word share what it scores."""
    joints = {leaf for leaf in clause.members if isinstance(leaf, JointLeaf)}
    for leaf in clause.members:
        if isinstance(leaf, PlanLeaf):
            yield from list_contributions(scores, leaf.plan, arxiv_id)
            continue
        if isinstance(leaf, JointLeaf):
            continue
        score = _score(scores, leaf, arxiv_id)
        if isinstance(leaf, TermLeaf) and JointLeaf(leaf.text, leaf.boost) in joints:
            score = _share(scores, leaf, score, arxiv_id)
        if score > 0.0:
            yield TermContribution(leaf.field, _describe(leaf), score)


def _score(scores: PaperScores, leaf: _Described, arxiv_id: ArxivId) -> float:
    """What a member scores alone; 0 where it does not match."""
    alone = Plan((Clause(ClauseKind.OPTIONAL, (leaf,)),))
    return scores.get(alone).get(arxiv_id, 0.0)


def _share(scores: PaperScores, leaf: TermLeaf, score: float, arxiv_id: ArxivId) -> float:
    """The share of a field in the score of a word that both fields may hold."""
    others = [
        _score(scores, TermLeaf(field, leaf.text, leaf.boost), arxiv_id)
        for field in JOINED_FIELDS
        if field != leaf.field
    ]
    if score == 0.0 or not any(others):
        return score
    idf = scores.executor.terms.resolve([(leaf.field, leaf.text)])[leaf.field, leaf.text].weight
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
