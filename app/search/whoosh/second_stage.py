"""What orders the best matches anew: phrases, the forms of words, then what papers are about."""

import numpy as np

from app.domain.query import Filters
from app.domain.results import LATENT_FIELD, LATENT_TERM, TermContribution
from app.search.whoosh.codec.kernel_types import F64, I64
from app.search.whoosh.compiled_queries import CompiledQuery
from app.search.whoosh.fast_path.answers import SecondStage, find_best
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.form_ranking import FormRanker
from app.search.whoosh.fast_path.latent_ranking import make_second_stage
from app.search.whoosh.fast_path.phrase_ranking import PhraseRanker
from app.search.whoosh.latent import LatentModel
from app.search.whoosh.schema import TITLE_FORMS


def make_stages(
    executor: Executor, model: LatentModel | None, compiled: CompiledQuery
) -> SecondStage | None:
    """The stages of a query one after the other; None where there is nothing to go by."""
    stages: list[SecondStage] = []
    if compiled.phrases:
        stages.append(PhraseRanker(executor, compiled.phrases).rank)
    if compiled.forms:
        stages.append(FormRanker(executor, compiled.forms).rank)
    if compiled.plan is not None:
        latent = make_second_stage(executor, model, compiled.plan)
        stages += [] if latent is None else [latent]

    def run(numbers: I64, scores: F64) -> tuple[I64, F64]:
        for stage in stages:
            numbers, scores = stage(numbers, scores)
        return numbers, scores

    return run if stages else None


def list_bonuses(
    executor: Executor, model: LatentModel | None, compiled: CompiledQuery, filters: Filters
) -> dict[int, tuple[TermContribution, ...]]:
    """What each stage adds to the best documents that pass, by number, where it does."""
    plan = compiled.get_plan()
    latent_stage = make_second_stage(executor, model, plan)
    bonuses: dict[int, list[TermContribution]] = {}
    if not (compiled.forms or compiled.phrases) and latent_stage is None:
        return {}
    numbers, scores = find_best(executor, plan, filters)
    if compiled.phrases:
        phrase_ranker = PhraseRanker(executor, compiled.phrases)
        gained = phrase_ranker.compute_gains(numbers)
        for phrase, gains in zip(phrase_ranker.phrases, gained, strict=True):
            _note(bonuses, numbers, gains, phrase.field, f'"{" ".join(phrase.words)}"')
        numbers, scores = phrase_ranker.rank(numbers, scores)
    if compiled.forms:
        ranker = FormRanker(executor, compiled.forms)
        for form, gains in zip(ranker.forms, ranker.compute_gains(numbers), strict=True):
            _note(bonuses, numbers, gains, TITLE_FORMS, form.text)
        numbers, scores = ranker.rank(numbers, scores)
    if latent_stage is not None:
        before = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
        numbers, scores = latent_stage(numbers, scores)
        gains = scores - np.array([before[number] for number in numbers.tolist()])
        _note(bonuses, numbers, gains, LATENT_FIELD, LATENT_TERM)
    return {number: tuple(parts) for number, parts in bonuses.items()}


def _note(
    bonuses: dict[int, list[TermContribution]], numbers: I64, gains: F64, field: str, term: str
) -> None:
    for number, gain in zip(numbers.tolist(), gains.tolist(), strict=True):
        if gain > 0.0:
            bonuses.setdefault(number, []).append(TermContribution(field, term, gain))
