r"""`literal` keywords: the ten words of post 10311, by plain TF-IDF.

Single words of title and abstract, lower-case, split at hyphens, never stemmed, and without stop
words, pure numbers, single letters, TeX commands and addresses. With N papers, df of which hold
the word's index term,

    weight = tf · idf,   tf = title_weight · count in title + count in abstract,
    idf = ln((1 + N) / (1 + df)) + 1.

Ties: the rarer word, then the earlier one, then alphabetical.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from app.domain.keywords import CorpusStatistics, Keyword
from app.text.tokenize import MAX_CACHED_CHARS, iter_tokens, normalise

MAX_LITERAL_KEYWORDS = 10
"""Words per paper in post 10311."""

MIN_WORD_CHARS = 2

_LEFT_OUT = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+"
    r"|\\[A-Za-z]+\*?|\\."
    # "doesn't" is made of stop words; of "it's" and "Bayes's" the last letters are no word.
    r"|\b\w+n['’]t\b|['’](?:s|ll|ve|re|d|m)\b",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


def iter_literal_words(text: str) -> Iterator[str]:
    r"""The words of `text` that may become keywords, in order and with repetitions.

    >>> list(iter_literal_words(r"ReasonFlux-PRMs for $\ell_2$ on MATH500 in 2025: it doesn't"))
    ['reasonflux', 'prms', 'math500']
    """
    runs = _WORD.findall(_LEFT_OUT.sub(" ", text).lower())
    # Long runs, of Chinese above all, hardly recur and would only fill the memory.
    is_short = max(map(len, runs), default=0) <= MAX_CACHED_CHARS
    return chain.from_iterable(map(_list_words if is_short else _list_words.__wrapped__, runs))


@lru_cache(1 << 15)
def _list_words(run: str) -> tuple[str, ...]:
    """The words of a run of letters and digits that may become keywords."""
    # Of Chinese, the overlapping pairs that the index knows.
    words = [run] if run.isascii() else [token.text for token in iter_tokens(run)]
    return tuple(
        word
        for word in words
        if len(word) >= MIN_WORD_CHARS and not word.isnumeric() and normalise(word)
    )


def extract_literal_keywords(
    title: str,
    abstract: str,
    statistics: CorpusStatistics,
    limit: int = MAX_LITERAL_KEYWORDS,
    *,
    title_weight: float = 1.0,
) -> list[Keyword]:
    """The `limit` words that weigh most, best first; fewer where the text has fewer.

    Args:
        title: of the paper; may be empty, like the abstract.
        abstract: of the paper.
        statistics: of the index that knows the paper; a word counts by its index term.
        limit: words wanted.
        title_weight: what an occurrence in the title counts.

    Source: post 10311 of kexue.fm, with the choices that it leaves open.
    """
    in_title, in_abstract = (
        Counter(iter_literal_words(title)),
        Counter(iter_literal_words(abstract)),
    )
    words = list(in_title | in_abstract)
    terms = [normalise(word) for word in words]
    weighed = []
    frequencies = statistics.get_document_frequencies(terms)
    for place, (word, df) in enumerate(zip(words, frequencies, strict=True)):
        tf = title_weight * in_title[word] + in_abstract[word]
        idf = smooth_idf(df, statistics.papers)
        weighed.append((-tf * idf, df, place, tf, idf))
    weighed.sort()
    return [
        Keyword(words[place], -weight, tf, df, idf, (terms[place],))
        for weight, df, place, tf, idf in weighed[:limit]
    ]


def smooth_idf(document_frequency: float, papers: int) -> float:
    """ln((1 + N) / (1 + df)) + 1; never below 1 while df <= N.

    >>> [round(smooth_idf(df, 4), 6) for df in (1, 2, 3, 4)]
    [1.916291, 1.510826, 1.223144, 1.0]
    """
    return math.log((1 + papers) / (1 + document_frequency)) + 1
