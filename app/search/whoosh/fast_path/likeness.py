"""The terms by which papers like some others are looked for."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

from app.search.documents import IndexDocument
from app.search.whoosh.analyzer import ProseAnalyzer
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.schema import ABSTRACT, TITLE
from app.search.whoosh.scoring import TITLE_WEIGHT


def choose_terms(
    executor: Executor, documents: Sequence[IndexDocument], limit: int
) -> list[tuple[str, float]]:
    """The `limit` weightiest index terms of some papers, each with its weight, heaviest first.

    A term weighs 1 + ln(tf) times its share of the largest possible idf, ln(N / (n + 1)), so that
    words of every second paper weigh next to nothing; tf counts the title `TITLE_WEIGHT` times.
    """
    frequencies: Counter[str] = Counter()
    for document in documents:
        for text, weight in ((document.title, TITLE_WEIGHT), (document.abstract, 1.0)):
            for _position, term in _get_analyzer().list_terms(text):
                frequencies[term] += weight  # type: ignore[assignment]  # counts may be fractions
    resolved = executor.terms.resolve(
        (field, term) for term in frequencies for field in (TITLE, ABSTRACT)
    )
    total = max(executor.state.document_count, 2)
    weights = {}
    for term, frequency in frequencies.items():
        holding = max(resolved[field, term].document_frequency for field in (TITLE, ABSTRACT))
        rarity = log(total / (holding + 1)) / log(total)
        if holding > 0 and rarity > 0.0:
            weights[term] = (1.0 + log(frequency)) * rarity
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))
    return [(term, weights[term]) for term in heaviest[:limit]]


@lru_cache(maxsize=1)
def _get_analyzer() -> ProseAnalyzer:
    return ProseAnalyzer()
