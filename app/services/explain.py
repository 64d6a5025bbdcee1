"""Why hits have their scores: what each term of a query adds in each field."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.arxiv_id import ArxivId
from app.domain.query import QueryNode, RankMode, SearchRequest, Sort
from app.domain.results import Explanation
from app.search.engine import SearchEngine

MAX_EXPLAINED_HITS = 200
"""Hits of a page that are explained; later ones have no explanation."""

TWO_STAGES = (Sort.RELEVANCE, Sort.STARS)
"""Orders in which the best papers by their words are ranked again; others have no second stage."""


@dataclass(frozen=True, slots=True)
class ContributionShare:
    """The part of a score that one term in one field gives.

    Attributes:
        share: of the whole score, between 0 and 1; negative where a stage takes away.
    """

    field: str
    term: str
    weight: float
    share: float


def list_shares(explanation: Explanation) -> list[ContributionShare]:
    """The contributions to a score, the largest first."""
    total = sum(abs(each.weight) for each in explanation.contributions)
    ordered = sorted(
        explanation.contributions, key=lambda each: (-abs(each.weight), each.field, each.term)
    )
    return [
        ContributionShare(each.field, each.term, each.weight, each.weight / total if total else 0.0)
        for each in ordered
    ]


def explain_hits(
    engine: SearchEngine, tree: QueryNode, arxiv_ids: Iterable[ArxivId], request: SearchRequest
) -> dict[ArxivId, Explanation]:
    """The explanation of each paper that the index holds.

    Args:
        tree: the tree that gave the hits.
        request: how they were filtered and ranked.

    Raises:
        SearchIndexError: there is no usable index.
    """
    rank = request.rank if request.sort in TWO_STAGES else RankMode.BM25
    wanted = list(arxiv_ids)[:MAX_EXPLAINED_HITS]
    return engine.explain_papers(tree, wanted, filters=request.filters, rank=rank)
