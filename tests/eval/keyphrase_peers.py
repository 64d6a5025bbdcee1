"""What our keyphrases are compared with: by statistics, by vectors and by graphs of words.

YAKE is its authors' package. Of the others no maintained package works without downloading a
tagger's model, so they are written after their papers: KP-Miner (El-Beltagy and Rafea,
Information Systems 34, 2009), EmbedRank (Bennani-Smires et al., CoNLL 2018) with wordllama's
vectors in place of sent2vec, and `tests.eval.keyphrase_graphs`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from app.domain.keywords import CorpusStatistics
from app.text.keywords import smooth_idf
from app.text.tokenize import index_terms
from tests.eval.keyphrase_candidates import find_phrases, tag_text
from tests.eval.keyphrase_graphs import GRAPH_METHODS

Extract = Callable[[str, str], Sequence[str]]

MAX_PHRASES = 30
"""More than are looked at, since phrases with the same stems count once."""

KP_MINER_WORDS = 5
KP_MINER_ALPHA = 2.3
KP_MINER_SIGMA = 3.0

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_SIGNS = re.compile(r"[.,;:!?()]")


def make_tfidf(statistics: CorpusStatistics) -> Extract:
    """The baseline: runs of one to three words without stop words, by tf · idf of their words."""

    def extract(title: str, abstract: str) -> list[str]:
        weights: defaultdict[str, float] = defaultdict(float)
        for words in _list_runs(f"{title}. {abstract}", 3):
            df = statistics.get_document_frequencies([index_terms(word)[0] for word in words])
            weights[" ".join(words)] += fmean(smooth_idf(each, statistics.papers) for each in df)
        return sorted(weights, key=lambda phrase: -weights[phrase])[:MAX_PHRASES]

    return extract


def make_phrase_tfidf(statistics: CorpusStatistics) -> Extract:
    """The same weight, summed, for the longest runs "adjective* noun+" that the graphs rank."""

    def extract(title: str, abstract: str) -> list[str]:
        weights = {}
        for phrase in find_phrases(tag_text(f"{title}. {abstract}")):
            terms = index_terms(phrase.text)
            df = statistics.get_document_frequencies(terms)
            idf = sum(smooth_idf(each, statistics.papers) for each in df)
            weights[phrase.text] = len(phrase.places) * idf
        return sorted(weights, key=lambda phrase: -weights[phrase])[:MAX_PHRASES]

    return extract


def make_kp_miner(statistics: CorpusStatistics) -> Extract:
    """KP-Miner: tf · idf · boost of long phrases; a phrase of several words counts as in one paper.

    Its rules for long documents (three occurrences, the first 400 words) have no place in an
    abstract: each phrase may occur once.
    """

    def extract(title: str, abstract: str) -> list[str]:
        counts: Counter[tuple[str, ...]] = Counter(
            map(tuple, _list_runs(f"{title}. {abstract}", KP_MINER_WORDS))
        )
        long = sum(count for words, count in counts.items() if len(words) > 1)
        boost = min(KP_MINER_SIGMA, sum(counts.values()) / (max(long, 1) * KP_MINER_ALPHA))
        weights = {}
        for words, count in counts.items():
            df = 1
            if len(words) == 1:
                df = statistics.get_document_frequencies(index_terms(words[0]))[0]
            idf = log2(statistics.papers / max(df, 1))
            weights[" ".join(words)] = count * idf * (boost if len(words) > 1 else 1.0)
        return sorted(weights, key=lambda phrase: -weights[phrase])[:MAX_PHRASES]

    return extract


def _list_runs(text: str, max_words: int) -> list[list[str]]:
    """All runs of words without stop words and signs between them."""
    runs = []
    for sentence in _SENTENCE_SIGNS.split(text):
        words = _WORD.findall(sentence.lower())
        is_kept = [bool(index_terms(word)) for word in words]
        for first in range(len(words)):
            for last in range(first + 1, min(first + max_words, len(words)) + 1):
                if not is_kept[last - 1]:
                    break
                runs.append(words[first:last])
    return runs


def make_yake() -> Extract:
    """YAKE with its defaults: phrases of one to three words."""
    import yake

    extractor = yake.KeywordExtractor(lan="en", n=3, top=MAX_PHRASES)
    return lambda title, abstract: [
        phrase for phrase, _ in extractor.extract_keywords(f"{title}. {abstract}")
    ]


def make_embed_rank() -> Extract:
    """EmbedRank: the phrases whose vectors are nearest that of the whole text."""
    import wordllama

    model: Any = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent)

    def extract(title: str, abstract: str) -> list[str]:
        text = f"{title}. {abstract}"
        phrases = [each.text for each in find_phrases(tag_text(text))]
        vectors = np.asarray(model.embed([text, *phrases], norm=True), np.float64)
        order = np.argsort(-(vectors[1:] @ vectors[0]), kind="stable")
        return [phrases[place] for place in order[:MAX_PHRASES]]

    return extract


def first_phrases(title: str, abstract: str) -> list[str]:
    """The phrases that come first."""
    return [each.text for each in find_phrases(tag_text(f"{title}. {abstract}"))]


def list_peers(statistics: CorpusStatistics) -> dict[str, Extract]:
    """All of them by name.

    Args:
        statistics: of the words, for those that look beyond the text.
    """

    def read_whole(rank: Callable[[str], list[str]]) -> Extract:
        return lambda title, abstract: rank(f"{title}. {abstract}")

    return {
        "TF-IDF of 1-3 words": make_tfidf(statistics),
        "TF-IDF of noun phrases": make_phrase_tfidf(statistics),
        "FirstPhrases": first_phrases,
        "YAKE": make_yake(),
        "KP-Miner": make_kp_miner(statistics),
        "EmbedRank (wordllama)": make_embed_rank(),
        **{name: read_whole(rank) for name, rank in GRAPH_METHODS.items()},
    }
