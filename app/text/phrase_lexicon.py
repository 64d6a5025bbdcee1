"""Kinds of English words by closed lists and suffixes: enough grammar to find noun phrases.

Not a tagger. A word is a break when no noun phrase of a title or abstract runs across it:
function words, verbs of scholarly prose and scaffolding such as "paper" or "addition". What is
neither break, adjective nor number counts as a noun.
"""

import re
from enum import StrEnum
from functools import lru_cache

from app.text.stop_words import STOP_WORDS
from app.text.word_lists import (
    ADJECTIVES,
    ADVERBS_BEFORE_VERBS,
    ADVERBS_WITHOUT_LY,
    EVALUATIVE_ADJECTIVES,
    IRREGULAR_VERB_FORMS,
    LY_NOUNS,
    NOUNS_LIKE_ADJECTIVES,
    NOUNS_LIKE_VERBS,
    SCAFFOLDING,
    UNSURE_HERALDS,
    VERB_HERALDS,
    VERBS,
    VERBS_BY_USE,
    VERBS_LIKE_NOUNS,
)


class WordKind(StrEnum):
    """What a word may do in a noun phrase."""

    NOUN = "noun"
    """May end a phrase."""

    ADJECTIVE = "adjective"
    """May begin a phrase or stand within, never end it."""

    EVALUATIVE = "evaluative"
    """Within a phrase only: "novel" or "efficient" says nothing about the subject."""

    NUMBER = "number"
    """Within a phrase only."""

    BREAK = "break"
    """Never in a phrase."""


_ADJECTIVE_SUFFIXES = (
    "al",
    "ic",
    "ive",
    "ous",
    "able",
    "ible",
    "ful",
    "less",
    "ary",
    "ish",
    "ient",
)
_COMPOUND_ADJECTIVE_ENDS = re.compile(
    "-(?:art|based|dependent|driven|free|independent|level|like|order|quality|scale|time|wise)$"
)
MIN_PARTICIPLE_CHARS = 5
"""Shorter words in -ed (bed, seed, need) are no participles."""


@lru_cache(1 << 16)
def classify_word(word: str) -> WordKind:
    """The kind of one word as it stands in the text.

    >>> [str(classify_word(word)) for word in ("novel", "kernel", "sparse", "the", "propose", "3")]
    ['evaluative', 'noun', 'adjective', 'break', 'break', 'number']
    """
    lower = word.lower()
    if lower in _BREAKS or len(lower) < 2:
        return WordKind.NUMBER if lower.isnumeric() else WordKind.BREAK
    if lower[0].isnumeric() and not any(map(str.isalpha, lower)):
        return WordKind.NUMBER
    if lower in EVALUATIVE_ADJECTIVES:
        return WordKind.EVALUATIVE
    if lower.endswith("ly") and lower not in LY_NOUNS:
        return WordKind.BREAK
    return WordKind.ADJECTIVE if _is_adjective(lower) else WordKind.NOUN


def _is_adjective(word: str) -> bool:
    if word in ADJECTIVES:
        return True
    if word in NOUNS_LIKE_ADJECTIVES:
        return False
    if _COMPOUND_ADJECTIVE_ENDS.search(word):
        return True
    return word.endswith(_ADJECTIVE_SUFFIXES) or is_participle(word)


@lru_cache(1 << 12)
def is_participle(word: str) -> bool:
    """Whether a word looks like a past participle: "distributed", but not "feed"."""
    lower = word.lower()
    return lower.endswith("ed") and len(lower) >= MIN_PARTICIPLE_CHARS and lower[-3] != "e"


def find_herald(word: str, before: str) -> str:
    """What stands before the next word and tells that it is a verb; empty where nothing does.

    Args:
        word: the word before the next one.
        before: what this function found for `word` itself; an adverb hands it on.
    """
    lower = word.lower()
    if lower in VERB_HERALDS:
        return lower
    return before if lower in ADVERBS_BEFORE_VERBS or lower.endswith("ly") else ""


def is_verb(word: str, herald: str) -> bool:
    """Whether a word that may be a noun is a verb behind `herald`.

    >>> is_verb("study", "we"), is_verb("study", "to"), is_verb("graphs", "to")
    (True, True, False)
    """
    return herald not in UNSURE_HERALDS or word.lower() in VERBS_LIKE_NOUNS


def inflect_verb(verb: str) -> set[str]:
    """The regular forms of a verb.

    >>> sorted(inflect_verb("plan")), sorted(inflect_verb("apply"))
    (['planed', 'planing', 'planned', 'planning', 'plans'], ['applied', 'applies', 'applying'])
    """
    if verb.endswith("e"):
        return {f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"}
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return {f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"}
    if verb.endswith(("s", "sh", "ch", "x")):
        return {f"{verb}es", f"{verb}ed", f"{verb}ing"}
    # Whether the last letter doubles depends on the stress: both ways, one of them is no word.
    return {f"{verb}{end}" for end in ("s", "ed", "ing", f"{verb[-1]}ed", f"{verb[-1]}ing")}


def list_verb_forms() -> set[str]:
    """All forms of verbs that break a phrase."""
    forms: set[str] = set(IRREGULAR_VERB_FORMS)
    for verb in VERBS:
        forms |= inflect_verb(verb) | {verb}
    for verb in VERBS_LIKE_NOUNS:
        forms |= {form for form in inflect_verb(verb) if form.endswith(("ed", "ing"))}
        forms -= {verb, f"{verb}s"}
    return (forms | VERBS_BY_USE) - NOUNS_LIKE_VERBS


_BREAKS = STOP_WORDS | SCAFFOLDING | ADVERBS_WITHOUT_LY | list_verb_forms()
