"""The words of papers read a short while ago, so that a text is analysed once, not per answer."""

from app.domain.paper import Paper
from app.services.recent_memory import RecentMemory
from app.text.similarity import LaidOutText

MAX_REMEMBERED_TEXTS = 16_384
"""Papers whose words are remembered; about 2 KB each, the strings being shared."""


class TextMemory:
    """Words by paper and change number, those used last. Thread-safe.

    Args:
        size: papers remembered at most.
    """

    def __init__(self, size: int = MAX_REMEMBERED_TEXTS) -> None:
        self._known: RecentMemory[tuple[str, int], LaidOutText] = RecentMemory(size)

    def read(self, paper: Paper) -> LaidOutText:
        """The words of a paper's title and abstract."""
        key = (paper.arxiv_id.value, paper.change_number)
        return self._known.get(key, lambda: LaidOutText.read(paper.title, paper.abstract))
