"""Papers that may be like a profile, with what each of them holds of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from app.domain.arxiv_id import ArxivId
from app.domain.paper import PaperOutline
from app.domain.results import IndexState
from app.search.candidates import CandidateQuestion, Candidates
from app.search.whoosh.codec.kernel_types import F64, I64, ClauseKind
from app.search.whoosh.codec.posting_columns import expand_ranges
from app.search.whoosh.codec.whoosh_internals import LENGTH_OF_BYTE
from app.search.whoosh.fast_path.answers import find_best
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.latent_ranking import make_query_vector, read_unit_vectors
from app.search.whoosh.fast_path.plan import Clause, Plan, WordLeaf
from app.search.whoosh.fast_path.word_counts import FIELDS, count_words
from app.search.whoosh.latent import LatentModel

COMMON_SHARE = 0.25
"""Words that a larger part of all papers holds choose no candidates while others find enough; they
still count in scores."""


def find_candidates(
    executor: Executor, model: LatentModel | None, state: IndexState, question: CandidateQuestion
) -> Candidates:
    """The papers that score best for any of the words, and what they hold of the features.

    Args:
        executor: of the state of the index.
        model: of its papers' vectors, if it has any.
        state: which index it is.
    """
    numbers = _find_best(executor, question)
    ids = [ArxivId.from_canonical(text) for text in executor.state.read_ids(numbers)]
    left_out = set(question.left_out)
    kept = [place for place, each in enumerate(ids) if each not in left_out][: question.limit]
    if not kept:
        return Candidates.make_empty(state)
    numbers = numbers[kept]
    counts = count_words(executor, numbers, question.features)
    titles, abstracts = (_read_lengths(executor, numbers, field) for field in FIELDS)
    vectors = read_unit_vectors(executor, numbers)
    sought = make_query_vector(model, dict(question.weighted_terms))
    likeness = np.zeros(len(kept))
    if sought is not None and vectors.shape[1]:
        likeness = (vectors @ sought).astype(np.float64)
    return Candidates(
        papers=tuple(_list_outlines(executor, [ids[place] for place in kept], numbers)),
        state=state,
        rows=counts.rows,
        features=counts.features,
        in_title=counts.in_title,
        in_abstract=counts.in_abstract,
        title_lengths=titles,
        abstract_lengths=abstracts,
        likeness=likeness,
        vectors=vectors,
    )


def _find_best(executor: Executor, question: CandidateQuestion) -> I64:
    """Documents among all segments, best first, those left out among them."""
    wanted = min(question.limit + len(question.left_out), executor.state.document_count)
    if wanted == 0 or not question.weighted_terms:
        return np.zeros(0, np.int64)
    telling = _leave_common_out(executor, question)
    numbers, _scores = find_best(executor, _plan_any(telling), question.filters, wanted)
    if len(numbers) < wanted and len(telling) < len(question.weighted_terms):
        # A small library, or few papers that pass the filters: common words are all they share.
        plan = _plan_any(question.weighted_terms)
        numbers, _scores = find_best(executor, plan, question.filters, wanted)
    return numbers


def _plan_any(weighted_terms: Sequence[tuple[str, float]]) -> Plan:
    """Papers that hold any of some words."""
    words = tuple([WordLeaf(*each) for each in weighted_terms])
    return Plan((Clause(ClauseKind.OPTIONAL, words),))


def _leave_common_out(executor: Executor, question: CandidateQuestion) -> list[tuple[str, float]]:
    """The words that tell papers apart, with their weights; all when every one is common."""
    terms = executor.terms.resolve(
        (field, term) for term, _weight in question.weighted_terms for field in FIELDS
    )
    most = COMMON_SHARE * executor.state.document_count
    telling = [
        (term, weight)
        for term, weight in question.weighted_terms
        if max(terms[field, term].document_frequency for field in FIELDS) <= most
    ]
    return telling or list(question.weighted_terms)


def _list_outlines(executor: Executor, ids: Sequence[ArxivId], numbers: I64) -> list[PaperOutline]:
    """Categories and dates of documents, as they were indexed."""
    state = executor.state
    outlines: dict[int, PaperOutline] = {}
    for place, rows, local in state.split(numbers):
        segment = state.segments[place]
        offsets, codes = segment.categories
        firsts = offsets[local].astype(np.int64)
        sizes = offsets[local + 1].astype(np.int64) - firsts
        names = segment.arrays.facts.category_names
        named = [names[code] for code in codes[expand_ranges(firsts, sizes)].tolist()]
        ends = np.cumsum(sizes)
        columns = zip(
            rows.tolist(),
            (ends - sizes).tolist(),
            ends.tolist(),
            segment.arrays.submitted_at[local].tolist(),
            segment.arrays.updated_at[local].tolist(),
            strict=True,
        )
        for row, first, last, submitted, updated in columns:
            outlines[row] = PaperOutline(
                ids[row],
                tuple(named[first:last]),
                datetime.fromtimestamp(submitted, UTC),
                datetime.fromtimestamp(updated, UTC),
            )
    return [outlines[row] for row in range(len(ids))]


def _read_lengths(executor: Executor, numbers: I64, field: str) -> F64:
    """How many words a field of each document has."""
    state = executor.state
    lengths = np.zeros(len(numbers))
    for place, rows, local in state.split(numbers):
        arrays = state.segments[place].arrays
        number = arrays.find_field(field)
        codes = arrays.get_lengths(number) if number >= 0 else None
        if codes is not None:
            lengths[rows] = LENGTH_OF_BYTE[codes[local]]
    return lengths
