"""Keyphrases by random walks over a graph of one text: five published methods, without a corpus.

TextRank (Mihalcea and Tarau, EMNLP 2004), SingleRank (Wan and Xiao, AAAI 2008), TopicRank
(Bougouin, Boudin and Daille, IJCNLP 2013), PositionRank (Florescu and Caragea, ACL 2017) and
MultipartiteRank (Boudin, NAACL 2018), after the papers, over `tests.eval.keyphrase_candidates`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from tests.eval.keyphrase_candidates import Phrase, Tagged, find_phrases, tag_text

Weights = NDArray[np.float64]

DAMPING = 0.85
ROUNDS = 100
TOLERANCE = 1e-6

SINGLE_RANK_WINDOW = 10
"""Words; of PositionRank as well."""

POSITION_RANK_WORDS = 3
"""Words of its longest phrase."""

TOPIC_DISTANCE = 0.74
"""Phrases that share at least about a quarter of their stems are one topic."""

MULTIPARTITE_ALPHA = 1.1
"""How strongly the first phrase of a topic is raised."""


def walk(edges: Weights, bias: Weights | None = None) -> Weights:
    """PageRank: where a walk along the weighted edges (row to column) is found in the long run.

    Args:
        edges: a square matrix of weights, none negative; rows of zeros jump anywhere.
        bias: where jumps go, in any scale; everywhere alike when None.
    """
    count = len(edges)
    jump: Weights = np.full(count, 1 / count) if bias is None else bias / bias.sum()
    out = edges.sum(axis=1)
    steps = edges / np.where(out > 0, out, 1)[:, None]
    scores = jump
    for _ in range(ROUNDS):
        moved: Weights = (
            DAMPING * (scores @ steps + scores[out == 0].sum() * jump) + (1 - DAMPING) * jump
        )
        if np.abs(moved - scores).sum() < TOLERANCE:
            return moved
        scores = moved
    return scores


def rank_by_words(
    text: str,
    *,
    window: int,
    is_weighted: bool = True,
    is_biased: bool = False,
    max_words: int = 100,
) -> list[str]:
    """Phrases by the sum of the scores of their words: TextRank, SingleRank, PositionRank.

    Args:
        text: title and abstract.
        window: words that stand beside each other, both included.
        is_weighted: a pair counts as often as it stands together.
        is_biased: jumps go to a word by the sum of 1 / place of its occurrences.
        max_words: of a phrase.
    """
    tokens = tag_text(text)
    nodes: dict[str, int] = {}
    for token in tokens:
        if token.is_noun or token.is_adjective:
            nodes.setdefault(token.stem, len(nodes))
    if not nodes:
        return []
    edges = _join_neighbours(tokens, nodes, window)
    bias = np.zeros(len(nodes))
    for place, token in enumerate(tokens, start=1):
        if token.stem in nodes:
            bias[nodes[token.stem]] += 1 / place
    scores = walk(edges if is_weighted else np.minimum(edges, 1), bias if is_biased else None)
    return _sort(
        find_phrases(tokens, max_words=max_words),
        lambda each: sum(scores[nodes[stem]] for stem in each.stems),
    )


def _join_neighbours(tokens: Sequence[Tagged], nodes: dict[str, int], window: int) -> Weights:
    edges = np.zeros((len(nodes), len(nodes)))
    places = [nodes.get(t.stem) if t.is_noun or t.is_adjective else None for t in tokens]
    for first, left in enumerate(places):
        for right in places[first + 1 : first + window]:
            if left is not None and right is not None and left != right:
                edges[left, right] += 1
                edges[right, left] += 1
    return edges


def topic_rank(text: str) -> list[str]:
    """TopicRank: the first phrase of each topic, by a walk over the topics."""
    phrases = find_phrases(tag_text(text))
    if not phrases:
        return []
    topics = _group(phrases)
    near = _join_phrases(phrases)
    members = [np.flatnonzero(topics == topic) for topic in np.unique(topics)]
    edges = np.array([[near[np.ix_(a, b)].sum() for b in members] for a in members])
    np.fill_diagonal(edges, 0)
    scores = walk(edges)
    return [phrases[members[topic][0]].text for topic in np.argsort(-scores, kind="stable")]


def multipartite_rank(text: str) -> list[str]:
    """MultipartiteRank: phrases by a walk between topics, led towards those that come first."""
    phrases = find_phrases(tag_text(text))
    if not phrases:
        return []
    topics = _group(phrases)
    edges = _join_phrases(phrases)
    edges[topics[:, None] == topics] = 0
    raised = edges.copy()
    for topic in np.unique(topics):
        first, *others = np.flatnonzero(topics == topic)
        # What points at the other phrases of the topic is added to what points at its first.
        early = MULTIPARTITE_ALPHA * np.exp(1 / (1 + phrases[first].places[0]))
        raised[:, first] += early * edges[:, others].sum(axis=1)
    scores = walk(raised)
    order = {id(phrase): score for phrase, score in zip(phrases, scores, strict=True)}
    return _sort(phrases, lambda each: order[id(each)])


def _group(phrases: Sequence[Phrase]) -> NDArray[Any]:
    """The number of each phrase's topic: average linkage over shared stems (Jaccard)."""
    if len(phrases) == 1:
        return np.array([1])
    stems = {stem: place for place, stem in enumerate({s for p in phrases for s in p.stems})}
    holds = np.zeros((len(phrases), len(stems)), bool)
    for row, phrase in enumerate(phrases):
        holds[row, [stems[stem] for stem in phrase.stems]] = True
    tree = linkage(pdist(holds, "jaccard"), "average")
    return np.asarray(fcluster(tree, TOPIC_DISTANCE, "distance"))


def _join_phrases(phrases: Sequence[Phrase]) -> Weights:
    """Sum of 1 / words between the occurrences of two phrases; 0 for a phrase and itself."""
    edges = np.zeros((len(phrases), len(phrases)))
    places = [np.array(phrase.places) for phrase in phrases]
    for row, here in enumerate(places):
        for column in range(row):
            gaps = np.abs(here[:, None] - places[column])
            edges[row, column] = edges[column, row] = (1 / np.maximum(gaps, 1)).sum()
    return edges


def _sort(phrases: Sequence[Phrase], score: Callable[[Phrase], float]) -> list[str]:
    return [each.text for each in sorted(phrases, key=lambda each: -score(each))]


GRAPH_METHODS: dict[str, Callable[[str], list[str]]] = {
    "TextRank": partial(rank_by_words, window=2, is_weighted=False),
    "SingleRank": partial(rank_by_words, window=SINGLE_RANK_WINDOW),
    "PositionRank": partial(
        rank_by_words,
        window=SINGLE_RANK_WINDOW,
        is_biased=True,
        max_words=POSITION_RANK_WORDS,
    ),
    "TopicRank": topic_rank,
    "MultipartiteRank": multipartite_rank,
}
"""From a text to its phrases, best first."""
