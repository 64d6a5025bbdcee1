"""`app.search.whoosh.scoring` for Whoosh's own matchers, which the fast path is held against."""

from typing import Any

import numpy as np
from whoosh.matching import IntersectionMatcher, NullMatcher
from whoosh.query import Query, Term
from whoosh.scoring import BM25F, BM25FScorer

from app.search.whoosh.scoring import (
    BM25_B,
    BM25_K1,
    FIELD_B,
    FIELD_WEIGHTS,
    JOINED_FIELDS,
    compute_idf,
    list_idf_fields,
    saturate_jointly,
)


class PaperWeighting(BM25F):  # type: ignore[misc]  # Whoosh has no types
    """The parameters and the idf of this project in place of Whoosh's."""

    def __init__(self) -> None:
        super().__init__(B=BM25_B, K1=BM25_K1, **{f"{name}_B": b for name, b in FIELD_B.items()})

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        """How much it says that a paper holds a word."""
        whole = searcher.get_parent()
        fields = list_idf_fields(fieldname)
        holding = max(whole.doc_frequency(name, text) for name in fields)
        return compute_idf(whole.doc_count_all(), holding)

    def scorer(self, searcher: Any, fieldname: str, text: str, qf: int = 1) -> Any:
        """A scorer in which an occurrence counts what it counts in its field."""
        if not searcher.schema[fieldname].scorable:
            return super().scorer(searcher, fieldname, text, qf)
        b = self._field_B.get(fieldname, self.B)
        return _FieldScorer(searcher, fieldname, text, b, self.K1)


class _FieldScorer(BM25FScorer):  # type: ignore[misc]  # Whoosh has no types
    def __init__(self, searcher: Any, fieldname: str, text: str, b: float, k1: float) -> None:
        self._occurrence_weight = FIELD_WEIGHTS.get(fieldname, 1.0)
        super().__init__(searcher, fieldname, text, b, k1)

    def _score(self, weight: float, length: int) -> float:
        return float(super()._score(self._occurrence_weight * weight, length))


class JointChange(Query):  # type: ignore[misc]  # Whoosh has no types
    """What a word scores less in papers that hold it in both fields; see `scoring`."""

    def __init__(self, text: str, boost: float) -> None:
        self.text = text
        self.boost = boost

    def estimate_size(self, reader: Any) -> int:
        """No more than documents that hold the word in either field."""
        return min(int(reader.doc_frequency(name, self.text)) for name in JOINED_FIELDS)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents that hold the word twice; none where scores are not asked for."""
        reader = searcher.reader()
        is_scored = context is None or context.weighting is not None
        if not is_scored or any((name, self.text) not in reader for name in JOINED_FIELDS):
            return NullMatcher()
        words = [Term(name, self.text).matcher(searcher, context) for name in JOINED_FIELDS]
        idf = searcher.weighting.idf(searcher, JOINED_FIELDS[0], self.text)
        return _JointMatcher(*words, idf=idf, boost=self.boost)


class _JointMatcher(IntersectionMatcher):  # type: ignore[misc]  # Whoosh has no types
    def __init__(self, a: Any, b: Any, *, idf: float, boost: float) -> None:
        super().__init__(a, b)
        self._idf = idf
        self._boost = boost

    def score(self) -> float:
        first, second = np.array([self.a.score()]), np.array([self.b.score()])
        joint = self._idf * saturate_jointly(first / self._idf, second / self._idf)
        return self._boost * float((joint - first - second)[0])
