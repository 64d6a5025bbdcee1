"""Vectors of papers: made at commits, carried through merges, exchanged with the model."""

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.query import RankMode, SearchRequest, Term
from app.search.documents import IndexDocument
from app.search.factory import open_engine
from app.search.whoosh import latent_projection
from app.search.whoosh.fast_path.answers import find_documents
from app.search.whoosh.generations import find_current_folder
from app.search.whoosh.latent import LatentModel, make_model
from app.search.whoosh.rebuild import open_index_writer, rebuild_index
from app.text.tokenize import normalise
from tests.integration.index.documents import make_document, make_id

WORDS = ("alfa", "bravo", "carbon", "delta", "echo")
RANK = 3


def make_small_model(seed: int = 1) -> LatentModel:
    terms = sorted(filter(None, map(normalise, WORDS[:4])))
    rows = np.random.default_rng(seed).normal(size=(len(terms), RANK)).astype(np.float32)
    return make_model(terms, rows)


def make_documents(first: int, count: int) -> list[IndexDocument]:
    chance = random.Random(first)
    return [
        make_document(
            number,
            " ".join(chance.choices(WORDS, k=3)),
            " ".join(chance.choices(WORDS, k=chance.randint(0, 12))),
        )
        for number in range(first, first + count)
    ]


def compute_vector(model: LatentModel, document: IndexDocument) -> np.ndarray[Any, Any]:
    """By hand: words counted in Python, no index in between."""
    total = np.zeros(RANK)
    for text in (document.title, document.abstract):
        words = [normalise(word) for word in text.split()]
        for word in set(words):
            row = model.term_numbers.get(str(word).encode())
            if row is not None:
                total += (1 + np.log(words.count(word))) * model.term_vectors[row]
    norm = np.linalg.norm(total)
    return np.rint(127 * total / norm) if norm else total


def read_vectors(index_dir: Path, ids: list[ArxivId]) -> np.ndarray[Any, Any] | None:
    engine: Any = open_engine(index_dir)
    try:
        with engine._borrow() as (_snapshot, _searcher, executor):
            numbers = find_documents(executor, ids)
            found: np.ndarray[Any, Any] | None = executor.state.read_vectors(
                [numbers[each] for each in ids]
            )
            return found
    finally:
        engine.close()


def check_vectors(index_dir: Path, model: LatentModel, documents: list[IndexDocument]) -> None:
    found = read_vectors(index_dir, [each.arxiv_id for each in documents])
    assert found is not None
    expected = np.array([compute_vector(model, each) for each in documents])
    assert np.abs(found - expected).max() <= 1  # 32-bit sums may round the other way


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_rebuild_trains_and_adopts_before_it_is_published(index_dir: Path) -> None:
    documents, model = make_documents(0, 50), make_small_model()
    with rebuild_index(index_dir) as building:
        building.writer.replace(documents)
        building.writer.commit(5)
        assert sum(each.doc_count() for each in building.writer.segments) == len(documents)
        assert building.writer.adopt_model(model).change_number == 5
        building.publish()
    check_vectors(index_dir, model, documents)


def test_later_commits_and_merges_keep_a_vector_of_every_paper(index_dir: Path) -> None:
    model = make_small_model()
    documents = {}
    with open_index_writer(index_dir) as writer:
        writer.adopt_model(model)
    for change in range(1, 31):
        with open_index_writer(index_dir) as writer:
            batch = make_documents(change * 5, 8)  # three of them replace earlier papers
            documents.update({each.arxiv_id: each for each in batch})
            writer.replace(batch)
            writer.commit(change)
            assert len(writer.segments) <= 10
    check_vectors(index_dir, model, list(documents.values()))


def test_merging_copies_vectors_instead_of_making_them_again(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projected: list[int] = []
    project = latent_projection.project_segment

    def count(model: LatentModel, arrays: Any) -> Any:
        projected.append(arrays.document_count)
        return project(model, arrays)

    monkeypatch.setattr(latent_projection, "project_segment", count)
    with open_index_writer(index_dir) as writer:
        writer.adopt_model(make_small_model())
        for change in range(1, 21):
            writer.replace(make_documents(change * 8, 8))
            writer.commit(change)
    assert projected == [8] * 20


def test_another_model_takes_the_place_of_the_former(index_dir: Path) -> None:
    documents, model = make_documents(0, 20), make_small_model(2)
    with open_index_writer(index_dir) as writer:
        writer.replace(documents)
        writer.commit(1)
        writer.adopt_model(make_small_model(1))
        writer.adopt_model(model)
    check_vectors(index_dir, model, documents)
    folder = find_current_folder(index_dir)
    assert folder is not None
    names = {path.name.split("latent-")[1][:16] for path in folder.glob("*latent-*")}
    assert names == {model.name}


def test_papers_that_are_not_committed_get_no_model(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace(make_documents(0, 1))
        with pytest.raises(ValueError, match="commit"):
            writer.adopt_model(make_small_model())


def test_an_index_without_a_model_has_no_vectors(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace(make_documents(0, 3))
        writer.commit(1)
    assert read_vectors(index_dir, [make_id(1)]) is None


@pytest.mark.parametrize("pattern", ["MAIN_*.latent-*", "latent-*.term_vectors.array"])
@pytest.mark.parametrize("is_missing", [True, False])
def test_without_readable_vectors_words_alone_order_and_a_note_says_so(
    index_dir: Path, pattern: str, is_missing: bool
) -> None:
    documents, request = make_documents(0, 9), SearchRequest(Term("alfa"))
    with open_index_writer(index_dir) as writer:
        writer.replace(documents)
        writer.commit(1)
    with closing(open_engine(index_dir)) as engine:
        expected = engine.search(request)
    with open_index_writer(index_dir) as writer:
        writer.adopt_model(make_small_model())
    with closing(open_engine(index_dir)) as engine:
        assert engine.search(request).notes == ()
    folder = find_current_folder(index_dir)
    assert folder is not None
    (path,) = folder.glob(pattern)
    if is_missing:
        path.unlink()
    else:
        path.write_bytes(bytes(path.stat().st_size))
    with closing(open_engine(index_dir)) as engine:
        found = engine.search(request)
        assert engine.search(replace(request, rank=RankMode.BM25)).notes == ()
    assert found.hits == expected.hits
    assert "papersift reindex" in found.notes[0]
    with open_index_writer(index_dir) as writer:
        writer.replace(make_documents(9, 2))
        writer.commit(2)
        assert writer.state.papers == 11
        writer.adopt_model(make_small_model(2))
    check_vectors(index_dir, make_small_model(2), [*documents, *make_documents(9, 2)])


def test_large_segments_are_projected_window_by_window(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_projection, "WINDOW_DOCUMENTS", 7)
    monkeypatch.setattr(latent_projection, "CHUNK_POSTINGS", 10)
    documents, model = make_documents(0, 40), make_small_model()
    with open_index_writer(index_dir) as writer:
        writer.replace(documents)
        writer.commit(1)
        writer.adopt_model(model)
    check_vectors(index_dir, model, documents)
