"""What engines keep of the newest state of an index: what runs plans, and statistics of terms."""

import threading
from collections.abc import Sequence

from app.domain.results import TermStatistics
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernels import load_kernels, warm_up
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.fast_path import statistics
from app.search.whoosh.fast_path.execute import Executor
from app.search.whoosh.fast_path.segments import SegmentView
from app.search.whoosh.fast_path.state_view import StateView
from app.search.whoosh.snapshots import Snapshot

MAX_CACHED_TERMS = 50_000
"""Terms whose statistics are remembered for one state of the index."""


class ExecutorSource:
    """What runs plans over a state; segments are kept from one state to the next. Thread-safe."""

    def __init__(self, kernels: Kernels | None) -> None:
        self._kernels = NumpyKernels() if kernels is None else kernels
        self._is_given = kernels is not None
        self._lock = threading.Lock()
        self._generation = -1
        self._executor: Executor | None = None
        self._views: dict[str, SegmentView] = {}

    def warm_up(self) -> float:
        """Make the fastest kernels ready, then let every search use them; returns the seconds."""
        kernels = self._kernels if self._is_given else load_kernels()
        seconds = warm_up(kernels)
        with self._lock:
            self._kernels, self._executor = kernels, None
        return seconds

    def get(self, snapshot: Snapshot) -> Executor:
        """The executor of a state; only the newest one is remembered."""
        generation = snapshot.state.generation
        with self._lock:
            if self._executor is not None and self._generation == generation:
                return self._executor
            views = {
                segment.segment_id(): self._views.get(segment.segment_id())
                or SegmentView(segment.get_arrays())
                for segment in snapshot.segments
            }
            deleted = [segment.list_deleted() for segment in snapshot.segments]
            vectors = [each.latent.vectors for each in snapshot.segments if each.latent is not None]
            if len(vectors) < len(views):
                vectors = []
            executor = Executor(StateView(list(views.values()), deleted, vectors), self._kernels)
            if generation >= self._generation:
                self._generation, self._executor, self._views = generation, executor, views
            return executor


class StatisticsCache:
    """Statistics of the terms asked for, for one state of the index. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = -1
        self._known: dict[str, TermStatistics] = {}

    def compute(
        self, snapshot: Snapshot, executor: Executor, terms: Sequence[str]
    ) -> list[TermStatistics]:
        """The statistics of terms, in the order asked."""
        known = self._get_known(snapshot.state.generation)
        found = {term: each for term in terms if (each := known.get(term)) is not None}
        missing = [term for term in dict.fromkeys(terms) if term not in found]
        if missing:
            new = zip(missing, statistics.compute_term_statistics(executor, missing), strict=True)
            found.update(new)
            if len(known) + len(missing) <= MAX_CACHED_TERMS:
                known.update((term, found[term]) for term in missing)
        return [found[term] for term in terms]

    def _get_known(self, generation: int) -> dict[str, TermStatistics]:
        """The terms of this state; a thread on another state gets a dictionary of its own."""
        with self._lock:
            if generation > self._generation:
                self._generation, self._known = generation, {}
            return self._known if generation == self._generation else {}
