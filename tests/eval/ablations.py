"""What the ranking is without one of its parts, each by changing a single setting."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import starmap
from typing import Any
from unittest.mock import patch

from app.domain.query import RankMode
from app.services.relaxation import _boost

_SCORING = "app.search.whoosh.scoring"
_TERMS = "app.search.whoosh.fast_path.terms"
_RELAXATION = "app.services.relaxation"
_FORM_WEIGHT = "app.search.whoosh.fast_path.form_ranking.FORM_WEIGHT"


@dataclass(frozen=True, slots=True)
class Ablation:
    """One part left out.

    Attributes:
        options: of the question.
        settings: constants by dotted name, with what they are instead.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def apply(self) -> Iterator[None]:
        """Inside, the constants have their other values; engines have to be opened inside."""
        with ExitStack() as stack:
            for name, value in self.settings.items():
                stack.enter_context(patch(name, value))
            # Plans of queries that were asked before hold the weights of then.
            import_module("app.search.whoosh.compiled_queries").compile_tree.cache_clear()
            yield


ABLATIONS: dict[str, Ablation] = {
    "rank=bm25 (no second stage)": Ablation({"rank": RankMode.BM25}),
    "bm25, title weight 1": Ablation({"rank": RankMode.BM25}, {f"{_TERMS}.FIELD_WEIGHTS": {}}),
    "bm25, k1 1.2 and b 0.75": Ablation(
        {"rank": RankMode.BM25},
        {
            f"{_TERMS}.BM25_K1": 1.2,
            f"{_SCORING}.BM25_K1": 1.2,
            f"{_TERMS}.BM25_B": 0.75,
            f"{_TERMS}.FIELD_B": {},
        },
    ),
    "bm25, fields summed": Ablation(
        {"rank": RankMode.BM25},
        {"app.search.whoosh.fast_path.planning._join_fields": lambda members: members},
    ),
    "all words as long as any paper holds them": Ablation(
        settings={f"{_RELAXATION}.ENOUGH_PAPERS": 1}
    ),
    "any word at once": Ablation(
        settings={f"{_RELAXATION}.ENOUGH_SHARE": 1e9, f"{_RELAXATION}.ENOUGH_PAPERS": 10**9}
    ),
    "phrases stay wanted in prose": Ablation(settings={f"{_RELAXATION}.PROSE_WORDS": 10**9}),
    "compounds as they are written": Ablation(
        settings={"app.services.compounds.CompoundFinder.find": lambda _self, _tree: {}}
    ),
    "acronyms as they are written": Ablation({"expands_acronyms": False}),
    "exact forms count nothing": Ablation(settings={_FORM_WEIGHT: 0.0}),
    "exact forms count twice": Ablation(settings={_FORM_WEIGHT: 0.2}),
    "repeated words count once": Ablation(settings={f"{_RELAXATION}.log": lambda _count: 0.0}),
    "compounds are all or nothing": Ablation(
        settings={f"{_RELAXATION}._take_apart": lambda words: list(starmap(_boost, words.items()))}
    ),
}
