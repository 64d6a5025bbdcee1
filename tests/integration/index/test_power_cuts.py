"""Simulated power cuts after every file operation: the old state or the new one, no mixture."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.query import Everything, SearchRequest, Term
from app.search.factory import open_engine, open_index_writer, rebuild_index
from app.search.whoosh import rebuild as whoosh_rebuild
from tests.integration.index.documents import build_index, commit_documents, make_document
from tests.integration.index.power_cuts import recording, restore
from tests.integration.index.test_latent import make_small_model, read_vectors

OLD = [make_document(number, "alfa") for number in range(3)]
NEW = [make_document(number, "bravo") for number in range(1, 5)]
BEFORE = (1, 3, 0)
AFTER = (2, 0, 4)

DRAWS = 5
"""Disks drawn by chance for every operation."""


def update(index_dir: Path) -> None:
    with open_index_writer(index_dir) as writer:
        writer.replace(NEW)
        writer.delete([OLD[0].arxiv_id])
        writer.commit(2)


def rebuild(index_dir: Path) -> None:
    with rebuild_index(index_dir) as building:
        building.writer.replace(NEW)
        building.writer.commit(2)
        building.publish()


def merge(index_dir: Path) -> None:
    """Many small commits, so that segments are merged and their files removed."""
    with open_index_writer(index_dir) as writer:
        for number in range(1, 12):
            writer.replace([make_document(100 + number, "golf")])
            writer.commit(1)
        writer.delete(ArxivId(make_document(100 + each).arxiv_id.value) for each in range(1, 12))
        writer.replace(NEW)
        writer.delete([OLD[0].arxiv_id])
        writer.commit(2)


def read_state(index_dir: Path) -> tuple[int, int, int]:
    """Change number, papers with `alfa`, papers with `bravo`."""
    engine = open_engine(index_dir)
    try:
        alfa = engine.search(SearchRequest(Term("alfa"))).total
        bravo = engine.search(SearchRequest(Term("bravo"))).total
        golf = engine.search(SearchRequest(Term("golf"))).total
        total = engine.search(SearchRequest(Everything())).total
        state = engine.get_state()
        assert state.papers == total == alfa + bravo + golf
        return state.change_number, alfa, bravo
    finally:
        engine.close()


@pytest.mark.timeout(600)  # as many power cuts as there are writes, each with an index opened anew
@pytest.mark.parametrize("work", [update, rebuild, merge])
@pytest.mark.parametrize("keep", ["nothing", "everything", "some"])
def test_a_power_cut_after_any_operation_leaves_the_old_or_the_new_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], None], keep: str
) -> None:
    index_dir = tmp_path / "index"
    build_index(index_dir, OLD, 1)
    with recording(index_dir, monkeypatch) as recorder:
        work(index_dir)
    assert read_state(index_dir) == AFTER
    chance = random.Random(f"{work.__name__} {keep}")
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    states = []
    step = 1 if work is not merge else 7  # Every operation of one commit; a sample of many.
    cuts = [disk for disk in recorder.states[::step] for _ in range(DRAWS if keep == "some" else 1)]
    for number, disk in enumerate(cuts):
        target = tmp_path / f"disk{number}"
        restore(disk, index_dir, target, chance, keep)
        states.append(read_state(target))
        if number % 11 == 0:
            # Whatever was left over does not disturb the next writer.
            commit_documents(target, NEW, 2)
            assert read_state(target)[0] == 2
        shutil.rmtree(target)
    assert set(states) == {BEFORE, AFTER}
    assert keep == "some" or states == sorted(states)
    assert states[-1] == AFTER


@pytest.mark.parametrize("keep", ["nothing", "everything", "some"])
def test_a_power_cut_while_a_model_is_adopted_leaves_all_vectors_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: str
) -> None:
    index_dir = tmp_path / "index"
    build_index(index_dir, OLD, 1)
    ids = [each.arxiv_id for each in OLD]
    with (
        recording(index_dir, monkeypatch) as recorder,
        whoosh_rebuild.open_index_writer(index_dir) as writer,
    ):
        writer.adopt_model(make_small_model())
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    chance = random.Random(keep)
    has_vectors = []
    for number, disk in enumerate(recorder.states):
        target = tmp_path / f"disk{number}"
        restore(disk, index_dir, target, chance, keep)
        vectors = read_vectors(target, ids)
        assert vectors is None or vectors.any(axis=1).all()
        has_vectors.append(vectors is not None)
        assert read_state(target) == BEFORE
        shutil.rmtree(target)
    assert set(has_vectors) == {False, True}
    assert keep == "some" or has_vectors == sorted(has_vectors)
    assert has_vectors[-1]
