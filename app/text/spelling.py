"""Which words may be misspelt, and what they were probably meant to be.

The customary limits: words up to four letters are taken as they are, up to eight letters one
edit is allowed, from nine letters on two. Identifiers, numbers and acronyms are never touched. An
edit is a letter more, less or other, or two neighbours that changed places (optimal string
alignment).

Candidates are ranked like a noisy channel: what people write often (log of its frequency) minus
what the slip costs. The costs were set once by hand, not fitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from rapidfuzz.distance import OSA

from app.text.tokenize import fold_term

MIN_CHARS_FOR_ONE_EDIT = 5
MIN_CHARS_FOR_TWO_EDITS = 9

EDIT_COST = 5.0
"""What each edit costs, in natural logarithms of frequency: 150 times as frequent pays for one."""

EASY_SLIP_GAIN = 2.0
"""What changed places and doubled letters cost less: the commonest slips of fingers."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that a misspelt one may have been meant to be.

    Attributes:
        edits: letters between the two.
        frequency: titles that hold it.
        score: higher is more probable; comparable for one misspelt word only.
    """

    word: str
    edits: int
    frequency: int
    score: float


def get_allowed_edits(word: str) -> int:
    """How many edits a word may be away from what was meant: 0, 1 or 2.

    >>> [get_allowed_edits(word) for word in ("spin", "graph", "convolution")]
    [0, 1, 2]
    """
    if len(word) < MIN_CHARS_FOR_ONE_EDIT:
        return 0
    return 1 if len(word) < MIN_CHARS_FOR_TWO_EDITS else 2


def fold_for_spelling(written: str) -> str:
    """The word as it is looked up; empty where it must not be corrected.

    Not corrected: short words, whatever holds anything but letters of the Latin alphabet, and
    acronyms (a capital behind the first letter).

    >>> [fold_for_spelling(word) for word in ("Nueral", "LSTMs", "gpt4", "k-means", "spin")]
    ['nueral', '', '', '', '']
    """
    if not written.isalpha() or any(letter.isupper() for letter in written[1:]):
        return ""
    folded = fold_term(written)
    if not folded.isascii() or not folded.isalpha() or not get_allowed_edits(folded):
        return ""
    return folded


def rank_corrections(word: str, candidates: Iterable[tuple[str, int]]) -> list[Correction]:
    """The candidates within the allowed edits, the most probable first.

    Args:
        word: from `fold_for_spelling`.
        candidates: words with their frequencies.

    >>> [each.word for each in rank_corrections("nueral", [("neural", 90), ("mural", 9)])]
    ['neural']
    """
    allowed = get_allowed_edits(word)
    found = []
    for candidate, frequency in candidates:
        edits = OSA.distance(word, candidate, score_cutoff=allowed)
        if 0 < edits <= allowed:
            score = log(frequency + 1) - _compute_cost(word, candidate, edits)
            found.append(Correction(candidate, edits, frequency, score))
    return sorted(found, key=lambda each: (-each.score, each.word))


def _compute_cost(word: str, candidate: str, edits: int) -> float:
    cost = EDIT_COST * edits
    is_doubling = _without_doubles(word) == _without_doubles(candidate)
    if is_doubling or (edits == 1 and sorted(word) == sorted(candidate)):
        cost -= EASY_SLIP_GAIN
    return cost


def _without_doubles(word: str) -> str:
    return "".join(b for a, b in zip(" " + word, word, strict=False) if a != b)
