"""Many documents -> one segment, in two processes and bounded memory.

Documents are cut into runs in the order in which they come. Each run is analysed and inverted as a
whole by whichever process has less to do, written as a segment of its own into a folder for the
time being, and all of them are merged by column at the end. The result does not depend on who did
what: it is the segment that a `SegmentBuilder` gives.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from app.search.whoosh.codec.bulk_batch import make_batch
from app.search.whoosh.codec.bulk_kernels import NUMPY_KERNELS, load_bulk_kernels
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.bulk_worker import BulkWorker
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.merge import merge_segments
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.codec.segment_file import SegmentFacts
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.schema import make_schema

FIRST_RUN_DOCUMENTS = 2_000
"""Documents of the first run; only for more a second process and compiled kernels are worth it."""

RUN_DOCUMENTS = 25_000
"""Documents of every later run: about 200 MB while it is inverted."""

RUN_TEXT_BYTES = 64_000_000
"""A run ends before if its texts are longer than this together."""

_NUMERIC = frozenset(PAPER_NUMBERS)

MAX_PROCESSES = 2
"""The reading process and one more."""

RUNS_NAME = "runs"


class BulkBuilder:
    """Builds one segment; used as a context, which removes everything for the time being.

    Args:
        folder: where the segment is to be.
        processes: 1 or 2; as many as there are processors when not given.
    """

    def __init__(self, folder: Path, *, processes: int | None = None) -> None:
        self._folder = folder
        self._runs_folder = folder / RUNS_NAME
        self._may_start_worker = min(processes or os.cpu_count() or 1, MAX_PROCESSES) > 1
        self._worker: BulkWorker | None = None
        # Loading compiled kernels takes longer than a small index does without them.
        self._own_run = RunBuilder(make_schema(), NUMPY_KERNELS)
        self._run_names: list[str] = []
        self._is_remote = False
        self._run_documents = 0
        self._run_bytes = 0
        self.document_count = 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add some hundred or thousand documents, given as values by field name.

        Raises:
            OSError: a run cannot be written, or the second process ended.
        """
        if self._run_documents == 0:
            self._begin_run()
        batch = make_batch(rows, _NUMERIC)
        if self._is_remote and self._worker is not None:
            self._worker.send(batch)
        else:
            self._own_run.add(batch)
        self._run_documents += len(rows)
        self._run_bytes += batch.text_bytes
        self.document_count += len(rows)
        limit = RUN_DOCUMENTS if self._run_names else FIRST_RUN_DOCUMENTS
        if self._run_documents >= limit or self._run_bytes >= RUN_TEXT_BYTES:
            self._end_run()

    def finish(self, segment_id: str) -> SegmentFacts | None:
        """Write and sync the segment; None without documents.

        Raises:
            OSError: it cannot be written, or the second process ended.
        """
        if not self._run_names:
            return self._finish_small(segment_id)
        if self._run_documents:
            self._end_run()
        if self._worker is not None:
            self._worker.finish()
        runs = [SegmentArrays.open(self._runs_folder, name) for name in self._run_names]
        nothing = np.zeros(0, np.uint32)
        facts = merge_segments(self._folder, segment_id, [(run, nothing) for run in runs])
        self._remove_runs()
        return facts

    def close(self) -> None:
        """Give up or be done: no process and no run remains."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        self._remove_runs()

    def _finish_small(self, segment_id: str) -> SegmentFacts | None:
        if self._run_documents == 0:
            return None
        return write_segment(self._folder, segment_id, self._own_run.build())

    def _begin_run(self) -> None:
        """Choose who takes the next run: the other process unless it lies behind."""
        if not self._run_names or not self._may_start_worker:
            return
        if self._worker is None:
            self._worker = BulkWorker(self._runs_folder)
        self._is_remote = self._worker.waiting_messages <= 1

    def _end_run(self) -> None:
        self._runs_folder.mkdir(exist_ok=True)
        name = make_segment_id()
        self._run_names.append(name)
        if self._is_remote and self._worker is not None:
            self._worker.end_run(name)
        else:
            write_segment(self._runs_folder, name, self._own_run.build())
        if len(self._run_names) == 1:
            self._own_run = RunBuilder(make_schema(), load_bulk_kernels())
        self._is_remote = False
        self._run_documents = self._run_bytes = 0

    def _remove_runs(self) -> None:
        shutil.rmtree(self._runs_folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
