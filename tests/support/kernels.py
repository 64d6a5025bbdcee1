"""Compiled kernels made ready once, before any test runs against its time limit."""

import fcntl
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

LOCK_NAME = "papersift-kernels.lock"


def compile_kernels_once() -> None:
    """Compile the kernels of searching and of building, or read them from the cache.

    Of several test processes the first one compiles, the others wait and read what it cached:
    compiling takes ten seconds of a quiet machine, a minute of a busy one.
    """
    if "app.search.whoosh" not in sys.modules:
        return
    from app.search.whoosh.codec.kernels import load_kernels, warm_up

    with (Path(tempfile.gettempdir()) / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        warm_up(load_kernels())
        _build_in_runs()


def _build_in_runs() -> None:
    """Only builds and merges of some size are made by compiled code."""
    from app.search.factory import rebuild_index
    from app.search.whoosh import bulk_writer
    from app.search.whoosh.codec import bulk, merge_postings, merge_terms, name_columns
    from tests.integration.index.documents import make_document

    with (
        patch.object(bulk, "SMALL_BUILD_DOCUMENTS", 1),
        patch.object(bulk, "MAX_PROCESSES", 1),
        patch.object(bulk, "RUN_DOCUMENTS", 1),
        patch.object(merge_postings, "COMPILED_POSTINGS", 0),
        patch.object(merge_terms, "COMPILED_TERMS", 0),
        patch.object(name_columns, "COMPILED_NAMES", 0),
        patch.object(bulk_writer, "BATCH_DOCUMENTS", 1),
        tempfile.TemporaryDirectory() as folder,
        rebuild_index(Path(folder) / "index") as building,
    ):
        building.writer.replace(make_document(n, "graph $x$", "trees, graphs") for n in range(3))
        building.writer.commit(1)
