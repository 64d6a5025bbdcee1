"""The words of papers read a short while ago, so that a text is analysed once, not per answer."""

import threading
from collections import OrderedDict

from app.domain.paper import Paper
from app.text.similarity import LaidOutText

MAX_REMEMBERED_TEXTS = 16_384
"""Papers whose words are remembered; about 2 KB each, the strings being shared."""


class TextMemory:
    """Words by paper and change number, those used last. Thread-safe.

    Args:
        size: papers remembered at most.
    """

    def __init__(self, size: int = MAX_REMEMBERED_TEXTS) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], LaidOutText] = OrderedDict()

    def read(self, paper: Paper) -> LaidOutText:
        """The words of a paper's title and abstract."""
        key = (paper.arxiv_id.value, paper.change_number)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        text = LaidOutText.read(paper.title, paper.abstract)
        with self._lock:
            self._known[key] = text
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return text
