"""BM25F over title and abstract computed by hand, from its formula alone."""

from collections.abc import Iterable, Mapping
from math import log
from typing import TypeVar

K1 = 1.5
FIELDS = ((2.0, 0.5), (1.0, 0.6))
"""Weight and b of title and abstract."""

FORM_WEIGHT = 0.1

Key = TypeVar("Key")
Texts = tuple[str, str]
"""Title and abstract, words with blanks between them."""

STOP_WORDS = frozenset({"the"})


def score_by_hand(
    words: Iterable[str], papers: Mapping[Key, Texts], *, with_forms: bool = True
) -> dict[Key, float]:
    """The scores of papers that hold any of the words, which are distinct.

    Args:
        with_forms: add what words of the title score besides when they are written so.
    """
    scores: dict[Key, float] = {}
    for word in words:
        idf = _compute_idf(word, papers.values())
        for key, texts in papers.items():
            x = sum(
                _weigh(field, word, [paper[field] for paper in papers.values()], texts[field])
                for field in range(2)
            )
            if x > 0:
                scores[key] = scores.get(key, 0.0) + idf * x * (K1 + 1) / (x + K1)
    if not with_forms:
        return scores
    return {key: score + _score_forms(words, papers, papers[key]) for key, score in scores.items()}


def _score_forms(words: Iterable[str], papers: Mapping[Key, Texts], paper: Texts) -> float:
    """What words of the title score besides, written as in the query: a share of their score."""
    titles = [title for title, _abstract in papers.values()]
    total = 0.0
    for word in words:
        x = _weigh(0, word, titles, paper[0])
        total += FORM_WEIGHT * _compute_idf(word, papers.values()) * x * (K1 + 1) / (x + K1)
    return total


def _compute_idf(word: str, papers: Iterable[Texts]) -> float:
    columns = [[word in _split(text) for text in column] for column in zip(*papers, strict=True)]
    holding = max(sum(column) for column in columns)
    total = len(columns[0])
    return log(1 + (total - holding + 0.5) / (holding + 0.5))


def _weigh(field: int, word: str, column: list[str], text: str) -> float:
    weight, b = FIELDS[field]
    average = sum(len(_split(each)) for each in column) / len(column) or 1.0
    words = _split(text)
    return weight * words.count(word) / (1 - b + b * len(words) / average)


def _split(text: str) -> list[str]:
    return [word for word in text.split() if word not in STOP_WORDS]
