"""Why one paper has its score: the score of every term and phrase that matches it."""

from collections.abc import Iterator

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
)


def list_contributions(
    executor: Executor, plan: Plan, arxiv_id: ArxivId
) -> Iterator[TermContribution]:
    """What each part of a plan adds to the score of a paper; nothing when it does not match."""
    if arxiv_id not in score_papers(executor, plan, [arxiv_id]):
        return
    for clause in plan.clauses:
        if clause.kind == ClauseKind.EXCLUDED:
            continue
        for leaf in clause.members:
            if isinstance(leaf, PlanLeaf):
                yield from list_contributions(executor, leaf.plan, arxiv_id)
                continue
            alone = Plan((Clause(ClauseKind.OPTIONAL, (leaf,)),))
            for score in score_papers(executor, alone, [arxiv_id]).values():
                yield TermContribution(leaf.field, _describe(leaf), score)
    if plan.base_score > 0.0:
        yield TermContribution("*", "*", plan.base_score)


def _describe(leaf: TermLeaf | PhraseLeaf | PatternLeaf) -> str:
    match leaf:
        case TermLeaf():
            return leaf.text
        case PhraseLeaf():
            return '"' + " ".join(leaf.words) + '"'
        case PatternLeaf():
            return str(leaf.pattern)
