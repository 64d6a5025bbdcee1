"""Candidates hold of every word and pair what their texts hold, whichever way it is read off."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.query import Filters
from app.search.candidates import CandidateQuestion, Candidates
from app.search.documents import IndexDocument
from app.search.factory import open_index_writer
from app.search.whoosh.codec import kernels_numpy_neighbours
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernels import load_kernels
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.engine import WhooshEngine
from app.text.similarity import TITLE_WEIGHT, Feature, count_terms
from tests.integration.index.documents import make_document

WORDS = [
    "sparse", "attention", "kernel", "the", "otter", "maps", "non-linear", "in-house", "graph",
    "$\\alpha$", "GPT-4", "end-to-end", "of", "流体力学",
]  # fmt: skip
COMMITS = 3
DOCUMENTS = [
    make_document(
        number,
        " ".join(chance.choices(WORDS, k=chance.randint(1, 5))),
        " ".join(chance.choices(WORDS, k=chance.randint(0, 25))),
    )
    for number in range(60)
    for chance in [random.Random(number)]
] + [make_document(60, "attention " * 300, "sparse attention " * 300)]


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several segments, a deleted document in one of them."""
    folder = tmp_path_factory.mktemp("candidates") / "index"
    for place in range(COMMITS):
        with open_index_writer(folder) as writer:
            writer.replace(DOCUMENTS[place::COMMITS])
            if place == COMMITS - 1:
                writer.delete([DOCUMENTS[0].arxiv_id])
            writer.commit(place + 1)
    return folder


def find(
    index_dir: Path, document: IndexDocument, limit: int = 100, kernels: Kernels | None = None
) -> Candidates:
    counts = count_terms(document.title, document.abstract).counts
    question = CandidateQuestion(
        weighted_terms=[(feature[0], 1.0) for feature in counts if len(feature) == 1],
        features=list(counts),
        filters=Filters(),
        limit=limit,
        left_out=[document.arxiv_id],
    )
    engine = WhooshEngine(index_dir, kernels=kernels or load_kernels())
    try:
        return engine.find_candidates(question)
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("kernels", "gathered"), [(load_kernels(), 0), (NumpyKernels(), 0), (NumpyKernels(), 2_048)]
)
@pytest.mark.parametrize("seed", [DOCUMENTS[1], DOCUMENTS[5], DOCUMENTS[-1]])
def test_counts_are_those_of_the_texts(
    index_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: IndexDocument,
    kernels: Kernels,
    gathered: int,
) -> None:
    monkeypatch.setattr(kernels_numpy_neighbours, "GATHERED_POSTINGS", gathered)
    wanted = list(count_terms(seed.title, seed.abstract).counts)
    texts = {each.arxiv_id: each for each in DOCUMENTS}

    found = find(index_dir, seed, kernels=kernels)

    held: list[dict[Feature, float]] = [{} for _paper in found.papers]
    for row, feature, title, abstract in zip(
        found.rows.tolist(), found.features.tolist(), found.in_title, found.in_abstract, strict=True
    ):
        name = wanted[feature]
        held[row][name] = (TITLE_WEIGHT if len(name) == 1 else 1.0) * title + abstract
    assert len(found.papers) > 40
    for paper, counts in zip(found.papers, held, strict=True):
        text = texts[paper.arxiv_id]
        everything = count_terms(text.title, text.abstract).counts
        assert counts == {name: n for name, n in everything.items() if name in wanted}
    assert found.rows.tolist() == sorted(found.rows.tolist())


def test_candidates_are_living_papers_as_they_were_indexed(index_dir: Path) -> None:
    seed = DOCUMENTS[1]

    found = find(index_dir, seed)

    ids = {each.arxiv_id for each in found.papers}
    assert not {seed.arxiv_id, DOCUMENTS[0].arxiv_id} & ids
    assert len(find(index_dir, seed, limit=7).papers) == 7
    by_id = {each.arxiv_id: each for each in DOCUMENTS}
    for paper, titles, abstracts in zip(
        found.papers, found.title_lengths, found.abstract_lengths, strict=True
    ):
        document = by_id[paper.arxiv_id]
        assert paper.categories == document.categories
        assert (paper.submitted_at, paper.updated_at) == (
            document.submitted_at,
            document.updated_at,
        )
        exact = count_terms(document.title, document.abstract).length
        assert TITLE_WEIGHT * titles + abstracts == pytest.approx(exact, rel=0.1)


def test_without_vectors_nothing_points_anywhere(index_dir: Path) -> None:
    found = find(index_dir, DOCUMENTS[1])

    assert found.vectors.shape == (len(found.papers), 0)
    assert np.count_nonzero(found.likeness) == 0


def test_words_that_no_paper_holds_find_none(index_dir: Path) -> None:
    stranger = replace(DOCUMENTS[1], title="zymurgy", abstract="")

    found = find(index_dir, stranger)

    assert (found.papers, len(found.rows)) == ((), 0)


def test_common_words_choose_candidates_where_rarer_ones_find_too_few(index_dir: Path) -> None:
    # Hardly any of the papers holds the rare word, most hold the common one.
    seed = replace(DOCUMENTS[1], title="sparse otter zymurgy", abstract="")

    found = find(index_dir, seed)

    texts = {each.arxiv_id: each for each in DOCUMENTS[1:]}
    sharing = {
        arxiv_id
        for arxiv_id, each in texts.items()
        if {("spars",), ("otter",)} & set(count_terms(each.title, each.abstract).counts)
    }
    assert {each.arxiv_id for each in found.papers} == sharing - {seed.arxiv_id}
