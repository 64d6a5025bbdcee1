"""Postings of a few papers, and words side by side in them, are found by every kernel."""

from itertools import pairwise

import numpy as np
import pytest

from app.search.whoosh.codec import kernels_numpy_neighbours
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_types import I64, U32, Finds, Places, Postings, freeze
from app.search.whoosh.codec.kernels import load_kernels
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.codec.layout import BLOCK_POSTINGS, TF_LIMIT

TERMS, DOCUMENTS, LENGTH = 6, 400, 12
Texts = list[list[int]]
KERNELS = pytest.mark.parametrize("kernels", [load_kernels(), NumpyKernels()])


def write_texts(seed: int) -> Texts:
    """Terms as numbers; one text has a term more often than a posting's code can tell."""
    chance = np.random.default_rng(seed)
    texts: Texts = [
        chance.integers(0, TERMS, int(chance.integers(0, LENGTH))).tolist()
        for _ in range(DOCUMENTS)
    ]
    texts[7] = [0] * (TF_LIMIT + 40) + [1]
    return texts


def index(texts: Texts) -> tuple[Postings, Places, I64]:
    """The columns of the texts, and where the postings of each term begin and end."""
    docs, frequencies, positions, bounds = [], [], [], [0]
    for term in range(TERMS):
        for document, text in enumerate(texts):
            found = [place for place, each in enumerate(text) if each == term]
            if found:
                docs.append(document)
                frequencies.append(len(found))
                positions += found
        bounds.append(len(docs))
    counts = np.array(frequencies)
    wide = np.flatnonzero(counts >= TF_LIMIT)
    blocks = (np.cumsum(counts) - counts)[::BLOCK_POSTINGS]
    postings = Postings(
        freeze(np.array(docs, np.uint32)),
        freeze((np.minimum(counts, TF_LIMIT) << 8).astype(np.uint16)),
        freeze(np.zeros(0, np.uint32)),
        freeze(np.zeros(0)),
    )
    places = Places(
        freeze(np.array(positions, np.uint16)),
        freeze(blocks.astype(np.uint32)),
        freeze(wide.astype(np.uint64)),
        freeze(counts[wide].astype(np.uint32)),
        0,
    )
    return postings, places, np.array(bounds)


def choose_documents(seed: int) -> U32:
    chosen = np.random.default_rng(seed).choice(DOCUMENTS, 50, replace=False)
    return np.union1d(chosen, [7]).astype(np.uint32)


@KERNELS
@pytest.mark.parametrize("gathered", [0, 2_048])
@pytest.mark.parametrize("seed", range(4))
def test_papers_are_looked_up_in_every_range(
    monkeypatch: pytest.MonkeyPatch, kernels: Kernels, gathered: int, seed: int
) -> None:
    monkeypatch.setattr(kernels_numpy_neighbours, "GATHERED_POSTINGS", gathered)
    texts = write_texts(seed)
    postings, _places, bounds = index(texts)
    wanted = choose_documents(seed)

    found = kernels.look_up(postings.docs, bounds[:-1].copy(), bounds[1:].copy(), freeze(wanted))

    expected = [
        (term, document)
        for term in range(TERMS)
        for document in wanted.tolist()
        if term in texts[document]
    ]
    assert list(zip(found.ranges.tolist(), wanted[found.at].tolist(), strict=True)) == expected
    assert postings.docs[found.postings].tolist() == wanted[found.at].tolist()


@KERNELS
@pytest.mark.parametrize("seed", range(4))
def test_words_side_by_side_are_counted(kernels: Kernels, seed: int) -> None:
    texts = write_texts(seed)
    postings, places, bounds = index(texts)
    wanted = choose_documents(seed)
    finds = kernels.look_up(postings.docs, bounds[:-1].copy(), bounds[1:].copy(), freeze(wanted))
    pairs = [(left, right) for left in range(TERMS) for right in range(TERMS) if left != right]
    lefts, rights = np.array(pairs).T.copy()

    which, left, often = kernels.count_neighbours(
        postings=postings,
        places=places,
        shifts=np.zeros(TERMS, np.int64),
        finds=finds,
        lefts=lefts,
        rights=rights,
    )

    expected = [
        (pair, document, count)
        for pair in pairs
        for document in wanted.tolist()
        if (count := sum(each == pair for each in _list_pairs(texts[document])))
    ]
    documents = wanted[finds.at[left]].tolist()
    counted = [pairs[each] for each in which.tolist()]
    assert list(zip(counted, documents, often.tolist(), strict=True)) == expected


@KERNELS
def test_papers_without_any_of_the_words_hold_no_pair(kernels: Kernels) -> None:
    postings, places, bounds = index(write_texts(0))
    none = np.zeros(0, np.int64)
    finds = kernels.look_up(
        postings.docs, bounds[:2].copy(), bounds[1:3].copy(), freeze(np.zeros(0, np.uint32))
    )

    counted = kernels.count_neighbours(
        postings=postings,
        places=places,
        shifts=np.zeros(2, np.int64),
        finds=Finds(none, none, none),
        lefts=np.array([0]),
        rights=np.array([1]),
    )

    assert [len(column) for column in (*finds, *counted)] == [0] * 6


def _list_pairs(text: list[int]) -> list[tuple[int, int]]:
    return list(pairwise(text))
