"""The published figures of the toy collection: by stock Whoosh, by the formula, and our order.

Our own score is another one (`app.search.whoosh.scoring`), so the digits are shown by what they
were published for: Whoosh's BM25F (k1 1.2, b 0.75, idf ln(N / (n + 1)) + 1) summed over title and
abstract, any word; and the order that ours gives is the same.
"""

from collections import Counter
from math import log
from pathlib import Path

import pytest
from whoosh.analysis import StandardAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import MultifieldParser, OrGroup
from whoosh.query import Or, Term

from app.domain.query import Or as AnyOf
from app.domain.query import SearchRequest
from app.domain.query import Term as Word
from app.search.factory import open_engine
from tests.integration.index.documents import build_index, make_document
from tests.support.toy_papers import TOY_PAPERS

QUERY = "sparse attention long"
RELATED = "attention sparse study kernels long context"
PUBLISHED = {
    QUERY: {"a": 6.8489, "c": 2.5315},
    RELATED: {"a": 10.4575, "c": 5.0630},
}
WORDS = StandardAnalyzer()


def read_words(text: str) -> list[str]:
    return [token.text for token in WORDS(text)]


def score_by_formula(query: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    for field in range(2):
        texts = {name: Counter(read_words(parts[field])) for name, parts in TOY_PAPERS.items()}
        average = sum(each.total() for each in texts.values()) / len(texts)
        for word in query.split():
            holding = sum(word in each for each in texts.values())
            idf = log(len(texts) / (holding + 1)) + 1
            for name, counts in texts.items():
                tf, length = counts[word], counts.total()
                if tf:
                    part = idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / average))
                    scores[name] = scores.get(name, 0.0) + part
    return scores


@pytest.mark.parametrize("query", PUBLISHED)
def test_the_formula_of_the_post_gives_its_figures(query: str) -> None:
    assert score_by_formula(query) == pytest.approx(PUBLISHED[query], abs=5e-5)


@pytest.mark.parametrize("query", PUBLISHED)
def test_stock_whoosh_gives_them_too(query: str) -> None:
    schema = Schema(name=ID(stored=True), title=TEXT(analyzer=WORDS), summary=TEXT(analyzer=WORDS))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for name, (title, summary) in TOY_PAPERS.items():
        writer.add_document(name=name, title=title, summary=summary)
    writer.commit()
    parsed = MultifieldParser(["title", "summary"], schema, group=OrGroup).parse(query)

    with index.searcher() as searcher:
        whole = {hit["name"]: hit.score for hit in searcher.search(parsed)}
        within = Or([Term("name", "b"), Term("name", "c")])
        some = {hit["name"]: hit.score for hit in searcher.search(parsed, filter=within)}

    assert whole == pytest.approx(PUBLISHED[query], abs=5e-5)
    assert some == pytest.approx({"c": PUBLISHED[query]["c"]}, abs=5e-5)


@pytest.mark.parametrize("query", PUBLISHED)
def test_our_score_orders_the_toy_collection_alike(tmp_path: Path, query: str) -> None:
    names = list(TOY_PAPERS)
    documents = [make_document(place, *TOY_PAPERS[name]) for place, name in enumerate(names)]
    build_index(tmp_path / "index", documents)
    engine = open_engine(tmp_path / "index")
    try:
        tree = AnyOf(tuple(Word(word) for word in query.split()))
        hits = engine.search(SearchRequest(tree)).hits
    finally:
        engine.close()

    by_id = {document.arxiv_id: name for document, name in zip(documents, names, strict=True)}
    assert [by_id[hit.arxiv_id] for hit in hits] == list(PUBLISHED[query])
