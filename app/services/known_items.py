"""Known items: a query that is a paper's title, or nearly, finds that paper first.

A title and a query are compared word by word, as the index sees them: letter case, accents,
punctuation, TeX, hyphens and stop words make no difference. They are nearly the same when one word
of four or more is missing or too much, or one is misspelt, and all others stand in the same order.

Candidates come from the index: papers whose title holds all words of the query but one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.db.papers import find_papers, find_titles
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Or,
    Phrase,
    QueryField,
    QueryNode,
    SearchRequest,
    Sort,
    Term,
)
from app.domain.results import EngineResult
from app.search.engine import SearchEngine
from app.text.tex_words import tex_to_words
from app.text.tokenize import index_terms, iter_parts, normalise

MAX_TITLE_WORDS = 60
"""Longer queries are no titles."""

MAX_CANDIDATES = 10
"""Papers whose titles are compared with the query."""

MIN_WORDS_TO_MISS_ONE = 3
"""Words a query has at least when the title may have one more."""

MAX_NEAR_TITLES = 3
"""When more titles are nearly the query, it is a subject rather than a title."""

MAX_SIMILAR_WORDS = 10
"""Words that a misspelt one may stand for."""

LONG_WORD = 8
"""Letters from which on two of them may be wrong instead of one."""


def find_known_items(
    database: Database, engine: SearchEngine, text: str, request: SearchRequest
) -> tuple[Paper, ...]:
    """Papers whose title the query is, nearest first; those with exactly the title before others.

    Args:
        text: the query as it was typed.

    Raises:
        SearchIndexError: there is no usable index.
        StorageError: there is no usable database.
    """
    if request.sort is not Sort.RELEVANCE or not _is_plain(request.query):
        return ()
    words = list_title_words(text)
    if not 0 < len(words) <= MAX_TITLE_WORDS:
        return ()
    candidates = _find_candidates(engine, text, request)
    if not candidates.hits:
        return ()
    ids = [hit.arxiv_id for hit in candidates.hits]
    with database.read() as tx:
        held = find_titles(tx, ids)
        titles = {each: list_title_words(held[each]) for each in ids if each in held}
        found = _choose(words, titles)
        papers = find_papers(tx, found) if found else {}
    return tuple(papers[each] for each in found if each in papers)


def _choose(words: Sequence[str], titles: Mapping[ArxivId, Sequence[str]]) -> list[ArxivId]:
    """The papers whose titles the words are; without any those whose titles they nearly are."""
    whole = "".join(words)
    if exact := [each for each, title in titles.items() if "".join(title) == whole]:
        return exact
    near = [each for each, title in titles.items() if is_nearly(words, title)]
    return near if len(near) <= MAX_NEAR_TITLES else []


def list_title_words(text: str) -> list[str]:
    r"""The index terms of a text in order, compounds in their parts.

    >>> list_title_words("Attention is all you need")
    ['attent', 'need']
    >>> list_title_words(r"A non-invasive $\ell_1$ test")
    ['non', 'invas', 'l1', 'test']
    """
    return [word for token in iter_parts(text) if (word := normalise(token.text))]


def is_nearly(query: Sequence[str], title: Sequence[str]) -> bool:
    """Whether a query is a title but for one word that is missing, too much or misspelt."""
    lacking = list((Counter(title) - Counter(query)).elements())
    surplus = list((Counter(query) - Counter(title)).elements())
    if len(lacking) > 1 or len(surplus) > 1 or not (lacking or surplus):
        return False
    if _leave_out(query, surplus) != _leave_out(title, lacking):
        return False
    if lacking and surplus:
        return len(title) > 1 and is_misspelling(surplus[0], lacking[0])
    return min(len(query), len(title)) >= MIN_WORDS_TO_MISS_ONE


def is_misspelling(word: str, meant: str) -> bool:
    """Whether a word is another with a letter wrong, missing, too much or in the wrong place.

    Words of `LONG_WORD` letters may have two such faults, words of up to three letters none.

    >>> is_misspelling("atention", "attention"), is_misspelling("cat", "car")
    (True, False)
    """
    allowed = 0 if len(meant) <= 3 else 1 if len(meant) < LONG_WORD else 2
    return _count_faults(word, meant) <= allowed


def _is_plain(tree: QueryNode) -> bool:
    """Whether a tree is made of words and phrases alone: nothing is asked for but they."""
    match tree:
        case Term(field=field) | Phrase(field=field):
            return field is None
        case And(children) | Or(children):
            return all(map(_is_plain, children))
        case Boosted(child):
            return _is_plain(child)
    return False


def _find_candidates(engine: SearchEngine, text: str, request: SearchRequest) -> EngineResult:
    """Papers whose titles hold all words of the query but one, best first."""
    written = dict.fromkeys(word for word in tex_to_words(text).split() if index_terms(word))
    children: list[QueryNode] = [Term(word, QueryField.TITLE) for word in written]
    least = len(children) - 1
    if len(children) < MIN_WORDS_TO_MISS_ONE:
        children = [_spell_alike(engine, word) for word in written]
        least = len(children)
    query = AtLeast(tuple(children), least) if len(children) > 1 else children[0]
    return engine.search(replace(request, query=query, offset=0, limit=MAX_CANDIDATES, facets=()))


def _spell_alike(engine: SearchEngine, word: str) -> QueryNode:
    """A word in titles; one that the index does not know stands for those spelt like it."""
    terms = index_terms(word)
    if len(terms) > 1 or engine.get_term_statistics(terms)[0].document_frequency:
        return Term(word, QueryField.TITLE)
    edits = 2 if len(word) >= LONG_WORD else 1
    similar = engine.list_similar_terms(terms[0], MAX_SIMILAR_WORDS, max_edits=edits)
    return Or(tuple(Term(each, QueryField.TITLE) for each in (word, *(s.term for s in similar))))


def _leave_out(words: Sequence[str], left_out: Sequence[str]) -> list[str]:
    kept = list(words)
    for word in left_out:
        kept.remove(word)
    return kept


def _count_faults(first: str, second: str) -> int:
    """Restricted Damerau-Levenshtein distance."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        row = [i]
        for j, other in enumerate(second, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
