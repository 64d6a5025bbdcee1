"""Word clouds of the papers somebody looked at, and preferences by default.

The server keeps neither: who asks brings the papers along.
"""

from collections.abc import Iterable, Sequence

from app.text.word_lists import ADVERBS_WITHOUT_LY, SCAFFOLDING

MAX_DEFAULT_PREFERENCES = 20
"""Words of the cloud that stand in for preferences nobody wrote, as in post 10311."""

NO_SUBJECTS = ADVERBS_WITHOUT_LY | SCAFFOLDING
"""Words that are rare enough for keywords of one paper, and say nothing about a reader."""


def make_word_cloud(keyword_lists: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    """Each word with the number of papers whose keywords have it, most first.

    Ties: the word of the paper looked at last, then alphabetical. `NO_SUBJECTS` are left out.

    Args:
        keyword_lists: the keywords of each paper once, in the order the papers were looked at.

    >>> make_word_cloud([["attention", "sparse"], ["attention", "kernels"]])
    [('attention', 2), ('kernels', 1), ('sparse', 1)]
    """
    counts: dict[str, int] = {}
    last_seen: dict[str, int] = {}
    for place, words in enumerate(keyword_lists):
        for word in dict.fromkeys(words):
            if word.casefold() in NO_SUBJECTS:
                continue
            counts[word] = counts.get(word, 0) + 1
            last_seen[word] = place
    ordered = sorted(counts, key=lambda word: (-counts[word], -last_seen[word], word))
    return [(word, counts[word]) for word in ordered]


def choose_default_preferences(
    cloud: Sequence[tuple[str, int]], limit: int = MAX_DEFAULT_PREFERENCES
) -> list[str]:
    """The first `limit` words of a cloud, in its order.

    >>> choose_default_preferences([("attention", 2), ("kernels", 1)], 1)
    ['attention']
    """
    return [word for word, _count in cloud[:limit]]
