"""What we are compared with in the same run: an untuned BM25 and bm25s."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from app.text.tokenize import index_terms
from tests.eval.collections import Collection

UNTUNED_K1 = 1.2
UNTUNED_B = 0.75
"""Whoosh's defaults."""


class UntunedBm25:
    """BM25F as Whoosh has it out of the box: any word, each field for itself, title weight 1.

    idf = ln(N / (n + 1)) + 1 within each field; a word asked for twice counts once. The analyzer
    is ours, so that figures tell rankings apart and not stemmers.
    """

    name = "untuned BM25"

    def __init__(self, collection: Collection) -> None:
        self._names = np.array([document.name for document in collection.documents])
        self._columns: dict[str, int] = {}
        fields = ([d.title for d in collection.documents], [d.text for d in collection.documents])
        counted = [self._count(texts) for texts in fields]
        self._weights = sum(self._weigh(*each) for each in counted).tocsc()

    def search(self, text: str, limit: int) -> list[str]:
        """Names of the best documents."""
        known = {self._columns[term] for term in index_terms(text) if term in self._columns}
        scores = np.asarray(self._weights[:, sorted(known)].sum(axis=1)).ravel()
        order = np.lexsort((np.arange(len(scores)), -scores))[:limit]
        return [str(self._names[at]) for at in order if scores[at] > 0.0]

    def _count(self, texts: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
        """Columns, row ends and counts of a matrix of term frequencies."""
        columns: list[int] = []
        counts: list[int] = []
        ends = [0]
        for text in texts:
            for term, count in Counter(index_terms(text)).items():
                columns.append(self._columns.setdefault(term, len(self._columns)))
                counts.append(count)
            ends.append(len(columns))
        return columns, ends, counts

    def _weigh(
        self, columns: list[int], ends: list[int], counts: list[int]
    ) -> "scipy.sparse.csr_matrix":
        rows = len(ends) - 1
        shape = (rows, len(self._columns))
        matrix = scipy.sparse.csr_matrix((np.array(counts, float), columns, ends), shape)
        lengths: NDArray[np.float64] = np.asarray(matrix.sum(axis=1)).ravel()
        norms = UNTUNED_K1 * (1 - UNTUNED_B + UNTUNED_B * lengths / (lengths.mean() or 1.0))
        holding = np.bincount(matrix.indices, minlength=shape[1])
        idf = np.log(rows / (holding + 1)) + 1
        tf = matrix.data
        matrix.data = tf * (UNTUNED_K1 + 1) / (tf + np.repeat(norms, np.diff(matrix.indptr)))
        return matrix @ scipy.sparse.diags(idf)


class Bm25sPeer:
    """bm25s over title and abstract as one text, with its defaults (k1 1.5, b 0.75, Lucene's idf).

    It gets our index terms, since it brings no stemmer.
    """

    name = "bm25s"

    def __init__(self, collection: Collection) -> None:
        self._names = [document.name for document in collection.documents]
        import bm25s

        self._index = bm25s.BM25()
        texts = [index_terms(f"{d.title}\n{d.text}") for d in collection.documents]
        self._index.index(texts, show_progress=False)

    def search(self, text: str, limit: int) -> list[str]:
        """Names of the best documents."""
        terms = index_terms(text)
        if not terms:
            return []
        found, scores = self._index.retrieve(
            [terms], k=min(limit, len(self._names)), show_progress=False
        )
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [self._names[at] for at, score in pairs if score > 0.0]
