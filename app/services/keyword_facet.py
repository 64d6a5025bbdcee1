"""Which phrases tell the results of a search apart from everything else.

The titles of the best hits give candidates; those that are much commoner among the hits than in
the lexicon of all titles are counted exactly over the whole result, in titles and abstracts.
"""

from collections import Counter
from collections.abc import Iterable
from math import log

from app.domain.query import And, Filters, Phrase, QueryNode, narrow
from app.domain.results import FacetCount
from app.search.engine import SearchEngine
from app.search.lexicon.lexicon import Lexicon
from app.text.title_words import list_title_phrases, split_entry
from app.text.tokenize import index_terms

READ_HITS = 200
"""Best hits whose titles are read."""

MAX_KEYWORDS = 10
"""Phrases counted over the whole result and shown."""

SPARE_CANDIDATES = 2
"""How many times as many are tried: some only repeat another or the query."""

MIN_TITLES = 2
"""A phrase of one title only is that paper's, not the result's."""


def count_keywords(
    engine: SearchEngine,
    lexicon: Lexicon,
    tree: QueryNode,
    filters: Filters,
    titles: Iterable[str],
) -> tuple[FacetCount, ...]:
    """Telling phrases with the exact number of results that hold them, most first.

    Args:
        tree: the tree that gave the results.
        titles: of the best hits.

    Raises:
        SearchIndexError: there is no usable index.
    """
    counted = []
    for phrase in _choose(titles, lexicon, engine.get_state().papers, tree):
        if count := engine.count(narrow(tree, Phrase(phrase)), filters):
            counted.append(FacetCount(phrase, count))
        if len(counted) == MAX_KEYWORDS:
            break
    return tuple(sorted(counted, key=lambda each: (-each.count, each.value)))


def _choose(titles: Iterable[str], lexicon: Lexicon, papers: int, tree: QueryNode) -> list[str]:
    """The most telling phrases; of those with the same words only one."""
    counts: Counter[str] = Counter()
    read = 0
    for title in titles:
        counts.update(list_title_phrases(title))
        read += 1
    asked = _list_asked_terms(tree)
    weighted = []
    for entry, count in counts.items():
        if count >= MIN_TITLES:
            background = max(lexicon.phrases.count(entry), count) / max(papers, read, 1)
            # Pointwise share of the log-likelihood: frequent here, and rarer elsewhere.
            weighted.append((count / read * log(count / read / background + 1.0), entry))
    weighted.sort(key=lambda each: (-each[0], each[1]))
    chosen: list[str] = []
    seen: list[frozenset[str]] = []
    for _weight, entry in weighted:
        terms = frozenset(index_terms(split_entry(entry)[0]))
        if terms - asked and not any(terms <= other or other <= terms for other in seen):
            chosen.append(split_entry(entry)[1])
            seen.append(terms)
        if len(chosen) == SPARE_CANDIDATES * MAX_KEYWORDS:
            break
    return chosen


def _list_asked_terms(tree: QueryNode) -> frozenset[str]:
    """The index terms that every result holds anyway."""
    children = tree.children if isinstance(tree, And) else (tree,)
    texts = [child.text for child in children if hasattr(child, "text")]
    return frozenset(term for text in texts for term in index_terms(text))
