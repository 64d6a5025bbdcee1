"""What related papers are compared with: plain lexical rankings and embeddings."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from app.domain.harvest import PaperRecord
from app.text.tokenize import index_terms

Scores = NDArray[np.float64]


class PlainBm25:
    """The whole paper as a query for bm25s with its defaults (k1 1.5, b 0.75, Lucene's idf).

    Every word counts as often as the paper has it. It gets our index terms.
    """

    name = "BM25 of the whole paper (bm25s)"

    def __init__(self, records: Sequence[PaperRecord]) -> None:
        self._texts = [_read_terms(record) for record in records]
        import bm25s

        self._index = bm25s.BM25()
        self._index.index(self._texts, show_progress=False)

    def score(self, place: int) -> Scores:
        """The scores of all papers for one of them."""
        return np.asarray(self._index.get_scores(self._texts[place]), np.float64)


class TfIdfCosine:
    """Cosines of TF-IDF vectors with logarithmic frequencies and smooth idf."""

    name = "TF-IDF cosine"

    def __init__(self, records: Sequence[PaperRecord]) -> None:
        columns: dict[str, int] = {}
        rows, places, counts = [], [], []
        for row, record in enumerate(records):
            for term, count in Counter(_read_terms(record)).items():
                rows.append(row)
                places.append(columns.setdefault(term, len(columns)))
                counts.append(1.0 + np.log(count))
        matrix = scipy.sparse.csr_matrix((counts, (rows, places)), (len(records), len(columns)))
        holding = np.bincount(matrix.indices, minlength=len(columns))
        matrix = matrix @ scipy.sparse.diags(np.log((1 + len(records)) / (1 + holding)) + 1.0)
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        self._matrix = (scipy.sparse.diags(1.0 / np.maximum(lengths, 1e-12)) @ matrix).tocsr()

    def score(self, place: int) -> Scores:
        """The scores of all papers for one of them."""
        return np.asarray((self._matrix @ self._matrix[place].T).todense()).ravel()


class WordLlamaCosine:
    """Cosines of wordllama's 256 numbers for title and abstract, by the weights in its package."""

    name = "embedding (wordllama, 256 numbers)"

    def __init__(self, records: Sequence[PaperRecord]) -> None:
        import wordllama

        folder = Path(wordllama.__file__).parent
        model = wordllama.WordLlama.load(cache_dir=folder)
        texts = [f"{record.title}\n{record.abstract}" for record in records]
        self._vectors = np.asarray(model.embed(texts, norm=True), np.float64)

    def score(self, place: int) -> Scores:
        """The scores of all papers for one of them."""
        return np.asarray(self._vectors @ self._vectors[place])


PEERS = (PlainBm25, TfIdfCosine, WordLlamaCosine)


def _read_terms(record: PaperRecord) -> list[str]:
    return index_terms(f"{record.title}\n{record.abstract}")
