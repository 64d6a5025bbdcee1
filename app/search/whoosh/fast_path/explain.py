"""Why one paper has its score: the score of every term and phrase that matches it."""

from collections.abc import Iterable, Iterator

from app.domain.arxiv_id import ArxivId
from app.domain.results import TermContribution
from app.search.whoosh.codec.kernel_types import ClauseKind
from app.search.whoosh.fast_path.answers import score_papers
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.plan import (
    Clause,
    PatternLeaf,
    PhraseLeaf,
    Plan,
    PlanLeaf,
    TermLeaf,
    WordLeaf,
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


def _list_members(
    scores: PaperScores, clause: Clause, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each member of a clause adds; the two fields of a word share what it scores."""
    for leaf in clause.members:
        if isinstance(leaf, PlanLeaf):
            yield from list_contributions(scores, leaf.plan, arxiv_id)
        elif isinstance(leaf, WordLeaf):
            yield from _share(scores, leaf, arxiv_id)
        elif (score := _score(scores, leaf, arxiv_id)) > 0.0:
            yield TermContribution(leaf.field, _describe(leaf), score)


def _score(scores: PaperScores, leaf: _Described, arxiv_id: ArxivId) -> float:
    """What a member scores alone; 0 where it does not match."""
    alone = Plan((Clause(ClauseKind.OPTIONAL, (leaf,)),))
    return scores.get(alone).get(arxiv_id, 0.0)


def _share(scores: PaperScores, word: WordLeaf, arxiv_id: ArxivId) -> Iterator[TermContribution]:
    """What each field adds to the score of a word that both may hold."""
    leaves = [TermLeaf(field, word.text, word.boost) for field in JOINED_FIELDS]
    alone = {leaf.field: _score(scores, leaf, arxiv_id) for leaf in leaves}
    held = {field: score for field, score in alone.items() if score > 0.0}
    key = JOINED_FIELDS[0], word.text
    scale = scores.executor.terms.resolve([key])[key].weight * word.boost
    for field, score in held.items():
        others = sum(held.values()) - score
        share = scale * share_jointly(score / scale, others / scale) if others else score
        yield TermContribution(field, word.text, share)


def _describe(leaf: _Described) -> str:
    match leaf:
        case TermLeaf():
            return leaf.text
        case PhraseLeaf():
            return '"' + " ".join(leaf.words) + '"'
        case PatternLeaf():
            return str(leaf.pattern)
