"""The newest lexicon, for a process that answers while the indexer writes."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.search.lexicon.lexicon import Lexicon, find_lexicon, find_lexicon_name, make_lexicon

_NOTHING = make_lexicon(0)


class LexiconSource:
    """Opens the lexicon on first use and a newer one when there is one. Thread-safe.

    Args:
        index_dir: the folder of the index; need not exist.
        poll_seconds: how often, at most, a newer one is looked for.
    """

    def __init__(
        self,
        index_dir: Path,
        *,
        poll_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index_dir = index_dir
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._name = ""
        self._lexicon = _NOTHING
        self._looked_at = float("-inf")

    def get(self) -> Lexicon:
        """The newest lexicon; an empty one when there is none."""
        with self._lock:
            now = self._clock()
            if now - self._looked_at >= self._poll_seconds:
                self._looked_at = now
                name = find_lexicon_name(self._index_dir)
                if name != self._name:
                    self._lexicon = find_lexicon(self._index_dir) or _NOTHING
                    self._name = name
            return self._lexicon
