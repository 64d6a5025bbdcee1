"""Compiled kernels made ready once, before any test runs against its time limit."""

import fcntl
import sys
import tempfile
from pathlib import Path

LOCK_NAME = "papersift-kernels.lock"


def compile_kernels_once() -> None:
    """Compile the kernels of searching and of building, or read them from the cache.

    Of several test processes the first one compiles, the others wait and read what it cached:
    compiling takes ten seconds of a quiet machine, a minute of a busy one.
    """
    if "app.search.whoosh" not in sys.modules:
        return
    from app.search.factory import rebuild_index
    from app.search.whoosh.codec.kernels import load_kernels, warm_up
    from tests.integration.index.documents import make_document

    with (Path(tempfile.gettempdir()) / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        warm_up(load_kernels())
        with (
            tempfile.TemporaryDirectory() as folder,
            rebuild_index(Path(folder) / "index") as building,
        ):
            building.writer.replace([make_document(1, "graph $x$", "trees of graphs")])
            building.writer.commit(1)
