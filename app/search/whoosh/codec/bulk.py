"""Many documents -> one segment, in two processes and bounded memory.

Documents are cut into runs in the order in which they come. Each run is analysed and inverted as a
whole by whichever process has less to do, written as a segment of its own into a folder for the
time being, and all of them are merged by column at the end. The result does not depend on who did
what: it is the segment that Whoosh's own writer gives.

Libraries and known words are some hundred thousand objects that stay until the end. The collector
of garbage does not look through them meanwhile (`gc.freeze`), which took the first process a tenth
of its time.
"""

import gc
import os
import resource
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.bulk_batch import Batch, make_batch
from app.search.whoosh.codec.bulk_kernels import NUMPY_KERNELS, load_bulk_kernels
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.bulk_worker import BulkWorker
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.merge import merge_segments
from app.search.whoosh.codec.segment_arrays import SegmentArrays, make_segment_id
from app.search.whoosh.codec.segment_file import SegmentFacts
from app.search.whoosh.codec.segment_files import write_segment
from app.search.whoosh.schema import make_schema

SMALL_BUILD_DOCUMENTS = 2_000
"""Up to here neither a second process nor compiled kernels are worth their start."""

RUN_DOCUMENTS = 16_000
"""Documents of the first runs."""

MAX_RUN_DOCUMENTS = 50_000
"""Documents of a run once there are many; about 200 MB while it is inverted."""

RUN_SHARE = 16
"""Runs grow with what was built before, of which each is this part: few runs, all well spread."""

LEAD_OF_WORKER = 1.25
"""Runs that wait for the second process before the first one, which also reads, takes one itself;
so the second is never idle. Waiting documents are at most as many as this and one run more."""

RUN_TEXT_BYTES = 64_000_000
"""A run ends before if its texts are longer than this together, bytes."""

MAX_PROCESSES = 2
"""The reading process and one more."""

RUNS_NAME = "runs"

SPARE_FILES = 1_024
"""Files and connections that a process may have open beside those of a build."""


def allow_open_files(count: int) -> None:
    """Let this process map so many files more, as far as the system's hard limit goes.

    Below Python 3.13 each mapped file stays open, and the usual limit is 1,024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, count + SPARE_FILES)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft not in (resource.RLIM_INFINITY, wanted):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class BulkBuilder:
    """Builds one segment; used as a context, which removes everything for the time being.

    Args:
        folder: where the segment is to be.
        processes: 1 or 2; as many as there are processors when not given.
    """

    def __init__(self, folder: Path, *, processes: int | None = None) -> None:
        self._folder = folder
        self._runs_folder = folder / RUNS_NAME
        self._processes = min(processes or os.cpu_count() or 1, MAX_PROCESSES)
        self._worker: BulkWorker | None = None
        self._first_batches: list[Batch] | None = []
        self._own_run: RunBuilder | None = None
        self._run_names: list[str] = []
        self._is_remote = False
        self._run_documents = 0
        self._run_bytes = 0
        self._run_limit = RUN_DOCUMENTS
        self.document_count = 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add some hundred or thousand documents, given as values by field name.

        Raises:
            OSError: a run cannot be written, or the second process ended.
        """
        batch = make_batch(rows, PAPER_NUMBERS)
        self.document_count += len(rows)
        if self._first_batches is None:
            self._take(batch)
            return
        self._first_batches.append(batch)
        if self.document_count > SMALL_BUILD_DOCUMENTS:
            self._begin()

    def finish(self, segment_id: str) -> SegmentFacts | None:
        """Write and sync the segment; None without documents.

        Raises:
            OSError: it cannot be written, or the second process ended.
        """
        if self._first_batches is not None:
            return self._finish_small(segment_id, self._first_batches)
        if self._run_documents:
            self._end_run()
        if self._worker is not None:
            self._help_worker(self._worker)
            self._worker.finish()
        allow_open_files(len(self._run_names) * len(layout.ITEM_TYPES))
        runs = [SegmentArrays.open(self._runs_folder, name) for name in self._run_names]
        nothing = np.zeros(0, np.uint32)
        facts = merge_segments(
            self._folder,
            segment_id,
            [(run, nothing) for run in runs],
            threads=self._processes,
        )
        self._remove_runs()
        return facts

    def close(self) -> None:
        """Give up or be done: no process and no run remains."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        self._remove_runs()
        if self._first_batches is None:
            gc.unfreeze()

    def _finish_small(self, segment_id: str, batches: Sequence[Batch]) -> SegmentFacts | None:
        if not batches:
            return None
        run = RunBuilder(make_schema(), NUMPY_KERNELS)
        for batch in batches:
            run.add(batch)
        return write_segment(self._folder, segment_id, run.build())

    def _begin(self) -> None:
        """Start the second process and go on with what was held back so far."""
        self._runs_folder.mkdir(exist_ok=True)
        gc.freeze()
        if self._processes > 1:
            self._worker = BulkWorker(self._runs_folder)
        batches, self._first_batches = self._first_batches or [], None
        for batch in batches:
            self._take(batch)

    def _take(self, batch: Batch) -> None:
        """Give a batch to the run under way, which ends when it is large enough."""
        if self._run_documents == 0:
            self._begin_run(batch)
        if self._is_remote and self._worker is not None:
            self._worker.send(batch)
        else:
            self._add_to_own_run(batch)
        self._run_documents += batch.document_count
        self._run_bytes += batch.text_bytes
        if self._run_documents >= self._run_limit or self._run_bytes >= RUN_TEXT_BYTES:
            self._end_run()

    def _begin_run(self, batch: Batch) -> None:
        """Choose who takes the next run: the other process unless it has enough to do."""
        share = self.document_count // RUN_SHARE
        self._run_limit = min(max(RUN_DOCUMENTS, share), MAX_RUN_DOCUMENTS)
        if self._worker is not None:
            waiting = self._worker.waiting_messages * batch.document_count
            self._is_remote = (
                waiting < LEAD_OF_WORKER * self._run_limit
                and self._worker.waiting_bytes < LEAD_OF_WORKER * RUN_TEXT_BYTES
            )

    def _add_to_own_run(self, batch: Batch) -> None:
        if self._own_run is None:
            self._own_run = RunBuilder(make_schema(), load_bulk_kernels())
        self._own_run.add(batch)

    def _end_run(self) -> None:
        name = make_segment_id()
        self._run_names.append(name)
        if self._is_remote and self._worker is not None:
            self._worker.end_run(name)
        else:
            self._write_own_run(name)
        self._is_remote = False
        self._run_documents = self._run_bytes = 0

    def _write_own_run(self, name: str) -> None:
        assert self._own_run is not None  # noqa: S101  # it holds documents
        write_segment(self._runs_folder, name, self._own_run.build(), is_durable=False)
        gc.freeze()

    def _help_worker(self, worker: BulkWorker) -> None:
        """At the end take over a share of what waits, as long as it is worth it."""
        while taken := worker.take_back():
            for batch in taken.batches:
                self._add_to_own_run(batch)
            own_name = make_segment_id()
            place = self._run_names.index(taken.run_name) + 1
            self._run_names.insert(place, own_name)
            if taken.is_whole:
                del self._run_names[place - 1]
            self._write_own_run(own_name)

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
