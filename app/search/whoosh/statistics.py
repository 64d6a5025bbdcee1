"""How common index terms are in titles and abstracts.

Document frequency counts living papers that hold a term in the title, the abstract or both, each
once; collection frequency adds up its occurrences in both. Both are exact: deleted documents,
which Whoosh's own term information still counts until they are merged away, are left out.
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any

from whoosh.reading import TermNotFound

from app.domain.results import TermStatistics
from app.search.whoosh.schema import ABSTRACT, TITLE

_WHOLE_PAPER = (TITLE, ABSTRACT)


def compute_term_statistics(reader: Any, term: str) -> TermStatistics:
    """The statistics of one index term; zeros for an unknown one.

    Costs a pass over its postings, unless the term occurs in one field and nothing is deleted.
    """
    papers = occurrences = 0
    for leaf, _offset in reader.leaf_readers():
        if leaf.doc_count_all() == 0:
            continue
        counts = _count_in_segment(leaf, term)
        papers += counts[0]
        occurrences += counts[1]
    return TermStatistics(term, papers, occurrences)


def _count_in_segment(leaf: Any, term: str) -> tuple[int, int]:
    infos = {field: info for field in _WHOLE_PAPER if (info := _find_info(leaf, field, term))}
    if not leaf.has_deletions():
        occurrences = round(sum(info.weight() for info in infos.values()))
        if len(infos) <= 1:
            return sum(info.doc_frequency() for info in infos.values()), occurrences
        numbers: set[int] = set()
        for field in infos:
            numbers.update(leaf.postings(field, term).all_ids())
        return len(numbers), occurrences
    papers: set[int] = set()
    weight = 0.0
    for field in infos:
        matcher = leaf.postings(field, term)
        while matcher.is_active():
            papers.add(matcher.id())
            weight += matcher.weight()
            matcher.next()
    return len(papers), round(weight)


def _find_info(leaf: Any, field: str, term: str) -> Any | None:
    try:
        return leaf.term_info(field, term)
    except TermNotFound:
        return None


def list_prefix_terms(reader: Any, prefix: str) -> dict[str, int]:
    """Terms that begin with `prefix`, with an upper bound of their document frequency."""
    bounds: dict[str, int] = {}
    for leaf, _offset in reader.leaf_readers():
        if leaf.doc_count_all() == 0:
            continue
        for field in _WHOLE_PAPER:
            for term, frequency in _list_from(leaf, field, prefix):
                bounds[term] = bounds.get(term, 0) + frequency
    return bounds


def _list_from(leaf: Any, field: str, prefix: str) -> Iterator[tuple[str, int]]:
    encoded = prefix.encode("utf-8")
    terms = takewhile(
        lambda item: item[0][0] == field and item[0][1].startswith(encoded),
        leaf.iter_from(field, prefix),
    )
    for (_field, term), info in terms:
        yield bytes(term).decode("utf-8"), int(info.doc_frequency())


def choose_most_frequent(
    bounds: dict[str, int], limit: int, statistics: "Iterable[TermStatistics]"
) -> list[TermStatistics]:
    """The `limit` most frequent terms, ties alphabetically.

    Args:
        bounds: upper bound of each term's document frequency.
        limit: terms wanted.
        statistics: exact statistics of the terms of `bounds`, highest bound first; only as many
            are taken as can still be among the best.
    """
    best: list[TermStatistics] = []
    for exact in statistics:
        if len(best) >= limit and bounds[exact.term] < best[limit - 1].document_frequency:
            break
        best.append(exact)
        best.sort(key=lambda each: (-each.document_frequency, each.term))
    return [each for each in best[:limit] if each.document_frequency > 0]
