"""Word clouds of the papers somebody looked at, and preferences by default.

The server keeps neither: who asks brings the papers along.
"""

from collections.abc import Iterable, Sequence

from app.text.phrase_lexicon import WordKind, classify_word

MAX_DEFAULT_PREFERENCES = 20
"""Words of the cloud that stand in for preferences nobody wrote, as in post 10311."""


_NO_SUBJECTS = frozenset({WordKind.BREAK, WordKind.EVALUATIVE})


def make_word_cloud(keyword_lists: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    """Each word with the number of papers whose keywords have it, most first.

    Ties: the word of the paper looked at last, then alphabetical. Verbs, adverbs, praise and
    scaffolding such as "paper" (`app.text.phrase_lexicon`) are left out: they may be rare enough
    for a keyword of one paper, and say nothing about a reader.

    Args:
        keyword_lists: the keywords of each paper once, in the order the papers were looked at.

    >>> make_word_cloud([["attention", "sparse"], ["attention", "kernels", "propose"]])
    [('attention', 2), ('kernels', 1), ('sparse', 1)]
    """
    counts: dict[str, int] = {}
    last_seen: dict[str, int] = {}
    for place, words in enumerate(keyword_lists):
        for word in dict.fromkeys(words):
            if classify_word(word) in _NO_SUBJECTS:
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
