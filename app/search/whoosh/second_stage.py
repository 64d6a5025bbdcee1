"""What orders the best matches anew: phrases, the forms of words, then what papers are about."""

from app.domain.query import Filters
from app.domain.results import TermContribution
from app.search.whoosh.codec.kernel_types import F64, I64
from app.search.whoosh.compiled_queries import CompiledQuery
from app.search.whoosh.fast_path.answers import SecondStage, find_best
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.form_ranking import FormRanker
from app.search.whoosh.fast_path.latent_ranking import make_latent_ranker
from app.search.whoosh.fast_path.phrase_ranking import PhraseRanker
from app.search.whoosh.fast_path.second_ranking import SecondRanker, add_gains, rank_by_gains
from app.search.whoosh.latent import LatentModel


def make_stages(
    executor: Executor, model: LatentModel | None, compiled: CompiledQuery
) -> SecondStage | None:
    """The stages of a query one after the other; None where there is nothing to go by."""
    rankers = _list_rankers(executor, model, compiled)

    def run(numbers: I64, scores: F64) -> tuple[I64, F64]:
        for ranker in rankers:
            numbers, scores = rank_by_gains(ranker, numbers, scores)
        return numbers, scores

    return run if rankers else None


def list_bonuses(
    executor: Executor, model: LatentModel | None, compiled: CompiledQuery, filters: Filters
) -> dict[int, tuple[TermContribution, ...]]:
    """What each stage adds to the best documents that pass, by number, where it does."""
    plan = compiled.get_plan()
    rankers = _list_rankers(executor, model, compiled)
    if not rankers:
        return {}
    bonuses: dict[int, list[TermContribution]] = {}
    numbers, scores = find_best(executor, plan, filters)
    for ranker in rankers:
        gains = ranker.compute_gains(numbers, scores)
        for reason, row in zip(ranker.reasons, gains, strict=True):
            for number, gain in zip(numbers.tolist(), row.tolist(), strict=True):
                if gain > 0.0:
                    bonuses.setdefault(number, []).append(TermContribution(*reason, gain))
        numbers, scores = add_gains(numbers, scores, gains)
    return {number: tuple(parts) for number, parts in bonuses.items()}


def _list_rankers(
    executor: Executor, model: LatentModel | None, compiled: CompiledQuery
) -> list[SecondRanker]:
    """What orders the matches of a query, in this order."""
    rankers: list[SecondRanker] = []
    if compiled.phrases:
        rankers.append(PhraseRanker(executor, compiled.phrases))
    if compiled.forms:
        rankers.append(FormRanker(executor, compiled.forms))
    if compiled.plan is not None:
        latent = make_latent_ranker(executor, model, compiled.plan)
        rankers += [] if latent is None else [latent]
    return rankers
