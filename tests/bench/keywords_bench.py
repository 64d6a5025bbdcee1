"""Keywords on demand: how long one paper takes, from the statistics of an index."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from app.domain.keywords import CorpusStatistics, Keyword
from app.search.documents import IndexDocument
from app.search.factory import open_engine, rebuild_index
from app.services.keywords import make_corpus_statistics
from app.text.keyphrases import extract_keyphrases
from app.text.keywords import extract_literal_keywords
from tests.bench.search_bench import iter_documents
from tests.bench.table import Row, percentile

PAPERS_ASKED = 1_000
BAR_MS = 2.0
"""What issue and design ask of the median at 100,000 papers."""

Extract = Callable[[str, str, CorpusStatistics], Sequence[Keyword]]


def rows(limit: int) -> Iterator[Row]:
    """Median and 95th percentile for both methods, over an index of `limit` papers."""
    documents = list(iter_documents(limit))
    asked = documents[:: max(1, len(documents) // PAPERS_ASKED)]
    methods: dict[str, Extract] = {
        "phrases": extract_keyphrases,
        "literal": extract_literal_keywords,
    }
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder) / "index", documents)
        engine = open_engine(Path(folder) / "index")
        engine.warm_up()
        statistics = make_corpus_statistics(engine)
        for name, extract in methods.items():
            for state in ("first time", "again"):
                times = [_time(extract, each, statistics) for each in asked]
                for share, label in ((0.5, "p50"), (0.95, "p95")):
                    what = f"keywords of a paper, {name}, {state}, {label}"
                    yield Row(what, 1e3 * percentile(times, share), "ms", "bar", BAR_MS)
        engine.close()


def _time(extract: Extract, document: IndexDocument, statistics: CorpusStatistics) -> float:
    begin = perf_counter()
    extract(document.title, document.abstract, statistics)
    return perf_counter() - begin


def _build(index_dir: Path, documents: list[IndexDocument]) -> None:
    with rebuild_index(index_dir) as building:
        building.writer.replace(documents)
        building.writer.commit(1)
        building.publish()
