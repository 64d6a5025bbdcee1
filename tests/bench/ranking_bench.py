"""Ranking: words analysed, the latent model trained, papers projected, hits ordered anew."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np

from app.domain.query import Or, RankMode, SearchRequest, Term
from app.search.documents import IndexDocument
from app.search.factory import open_engine
from app.search.whoosh.fast_path.answers import RERANKED_HITS
from app.search.whoosh.latent_projection import project_segment
from app.search.whoosh.latent_training import train_model
from app.search.whoosh.rebuild import open_index_writer as open_whoosh_writer
from app.search.whoosh.rebuild import rebuild_index
from app.text.tokenize import index_terms
from tests.bench.search_bench import iter_documents, make_queries
from tests.bench.table import Row

TOKENS_BAR = 60_000.0
"""Papers whose words one core has to analyse in a minute."""

TRAINING_BAR_SECONDS = 60.0
PROJECTION_BAR = 10_000.0
"""Papers a second."""

RERANKING_BAR_MS = 2.0
QUERIES = 100
ROUNDS = 5


def rows(limit: int = 20_000) -> Iterator[Row]:
    """The rows of the table, for an index of `limit` papers."""
    documents = list(iter_documents(limit))
    yield _analyse(documents)
    with tempfile.TemporaryDirectory() as name:
        index_dir = Path(name) / "index"
        with rebuild_index(index_dir) as build:
            build.writer.replace(documents)
            build.writer.commit(1)
            build.publish()
        yield from _train_and_project(index_dir)
        yield _order_anew(index_dir, documents)


def _analyse(documents: list[IndexDocument]) -> Row:
    begin = perf_counter()
    terms = sum(len(index_terms(f"{each.title}\n{each.abstract}")) for each in documents)
    seconds = perf_counter() - begin
    rate = 60.0 * len(documents) / seconds
    what = f"analyse, {terms:,} terms of {len(documents):,} papers"
    return Row(what, rate, "papers/min", "bar", TOKENS_BAR)


def _train_and_project(index_dir: Path) -> Iterator[Row]:
    with open_whoosh_writer(index_dir) as writer:
        segments = writer.segments
        begin = perf_counter()
        model = train_model(segments)
        seconds = perf_counter() - begin
        if model is None:
            return
        papers = sum(segment.doc_count() for segment in segments)
        what = f"train the latent model, {papers:,} papers"
        yield Row(what, seconds, "s", "bar", TRAINING_BAR_SECONDS)
        begin = perf_counter()
        for segment in segments:
            project_segment(model, segment.get_arrays())
        seconds = perf_counter() - begin
    yield Row("project papers", papers / seconds, "papers/s", "bar", PROJECTION_BAR)


def _order_anew(index_dir: Path, documents: list[IndexDocument]) -> Row:
    """The difference that the second stage makes to the same searches, asked in turns."""
    queries = make_queries([document.title for document in documents])[:QUERIES]
    differences = []
    with closing(open_engine(index_dir)) as engine:
        engine.warm_up()
        for words in queries:
            best = dict.fromkeys(RankMode, float("inf"))
            for _ in range(ROUNDS):
                for rank in RankMode:
                    request = SearchRequest(Or(tuple(map(Term, words))), limit=25, rank=rank)
                    begin = perf_counter()
                    engine.search(request)
                    best[rank] = min(best[rank], perf_counter() - begin)
            differences.append(best[RankMode.DEFAULT] - best[RankMode.BM25])
    what = f"order the first {RERANKED_HITS} anew, median"
    return Row(what, 1e3 * float(np.median(differences)), "ms", "bar", RERANKING_BAR_MS)
