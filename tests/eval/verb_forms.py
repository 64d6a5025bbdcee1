"""`make eval ARGS=verb-forms`: words that abstracts use as verbs, and the lexicon knows as nouns.

A word counts as a verb where at least half of its uses are verbal (behind "to", "we", "which" or
a modal, or before a determiner) and at most a tenth nominal (behind a determiner or a preposition,
and before something else; or behind a noun or adjective, and at the end of a phrase).
`app.text.word_lists.VERBS_BY_USE` holds those that no other list and no ending tells; this prints
what it lacks, and what it holds against the records.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.text.phrase_lexicon import WordKind, classify_word, list_verb_forms
from app.text.word_lists import VERBS_BY_USE

MIN_USES = 50
MIN_VERBAL = 0.5
MAX_NOMINAL = 0.1

RECORDS = "arxiv/papers-100k.jsonl.gz"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE_VERBS = _words(
    """
    to we i they it which who that let not can cannot could may might will would should must
    """
)
_DETERMINERS = _words(
    """
    the a an this that these those our its their his her us it them how whether each any all both
    """
)
_BEFORE_NOUNS = _words(
    """
    the a an this these those our its their each any no some such of in for with on by from between
    under via into at through
    """
)
_BEHIND_PHRASES = _words(". , ; : ! ? ( ) and or is are was were has have can")
_TOKEN = re.compile(r"[a-z][a-z-]*|[.,;:!?()]")


@dataclass(slots=True)
class Uses:
    """How often a word is used, and in which surroundings.

    Attributes:
        verbal: signs of a verb; a use may have two of them.
        nominal: uses as a noun.
    """

    total: int = 0
    verbal: int = 0
    nominal: int = 0

    def is_verb(self) -> bool:
        """Whether the rule of this module takes the word for a verb."""
        return (
            self.total >= MIN_USES
            and self.verbal >= MIN_VERBAL * self.total
            and self.nominal <= MAX_NOMINAL * self.total
        )


def count_uses(texts: Iterable[str]) -> dict[str, Uses]:
    """The uses of every word of some texts, in lower case.

    >>> count_uses(["We prune the trees of a prune."])["prune"]
    Uses(total=2, verbal=2, nominal=1)
    """
    uses: dict[str, Uses] = {}
    for text in texts:
        tokens = [".", *_TOKEN.findall(text.lower()), "."]
        for before, word, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if not word[0].isalpha():
                continue
            counted = uses.setdefault(word, Uses())
            counted.total += 1
            counted.verbal += (before in _BEFORE_VERBS) + (after in _DETERMINERS)
            counted.nominal += _is_nominal(before, after)
    return uses


def _is_nominal(before: str, after: str) -> bool:
    if before in _BEFORE_NOUNS:
        return after not in _DETERMINERS
    return (
        after in _BEHIND_PHRASES
        and before[0].isalpha()
        and classify_word(before) in {WordKind.NOUN, WordKind.ADJECTIVE}
    )


def list_missing_verbs(uses: dict[str, Uses]) -> list[str]:
    """Verbs by use that the lexicon takes for nouns."""
    return sorted(
        word
        for word, counted in uses.items()
        if counted.is_verb() and classify_word(word) is WordKind.NOUN
    )


def list_doubtful_verbs(uses: dict[str, Uses]) -> list[str]:
    """Words of `VERBS_BY_USE` that are no verbs by these uses."""
    return sorted(word for word in VERBS_BY_USE if not uses.get(word, Uses()).is_verb())


def evaluate(folder: Path) -> None:
    """Print both lists, and the verbs of other lists that are nouns as often.

    Args:
        folder: of the real records.
    """
    with gzip.open(folder / RECORDS, "rt", encoding="utf-8") as lines:
        uses = count_uses(json.loads(line)["abstract"] for line in lines)
    kinds = Counter(
        "verb by use" if counted.is_verb() else "noun by use"
        for word, counted in uses.items()
        if word in list_verb_forms() and counted.total >= MIN_USES
    )
    console = Console(width=100)
    console.print(f"Verb forms of the lexicon with {MIN_USES} uses: {dict(kinds)}")
    console.print("Missing in VERBS_BY_USE:", *list_missing_verbs(uses))
    console.print("In VERBS_BY_USE, but not by these records:", *list_doubtful_verbs(uses))
