"""What acronyms mean in the papers held here, and which one is written for a long form.

Counts are of abstracts that explain an acronym; those of one meaning are added up over its
spellings (index terms of the long form). An acronym has a meaning only where one is meant far more
often than all others together.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.search.lexicon.lexicon import Lexicon
from app.text.acronym_entries import SEPARATOR, make_long_key, make_singular
from app.text.tokenize import fold_term

MIN_PAPERS = 3
"""Fewer abstracts that explain an acronym so do not make a meaning."""

MIN_SHARE = 0.6
"""Share of all abstracts that explain an acronym at all, for the meaning that is taken."""

MAX_READ = 400
"""Spellings of long forms that are read of one acronym, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class AcronymMeaning:
    """An acronym and what it stands for, each as it is written most often.

    Attributes:
        papers: abstracts that explain one by the other.
        key: index terms of the long form.
    """

    short: str
    long: str
    papers: int
    key: str


def find_meaning(lexicon: Lexicon, word: str) -> AcronymMeaning | None:
    """What a word means as an acronym, in either number; None where that is nothing certain."""
    for short in dict.fromkeys((word, make_singular(word))):
        if meanings := _list_meanings(lexicon, fold_term(short)):
            first = meanings[0]
            total = sum(each.papers for each in meanings)
            is_certain = first.papers >= MIN_PAPERS and first.papers >= MIN_SHARE * total
            return first if is_certain else None
    return None


def find_short_form(lexicon: Lexicon, long_key: str) -> AcronymMeaning | None:
    """The acronym that papers write for a long form, where it means nothing else.

    Args:
        long_key: from `make_long_key`.
    """
    numbers = lexicon.short_forms.find_prefix(long_key + SEPARATOR)
    for entry, _count in lexicon.short_forms.list_top(numbers, 1):
        meaning = find_meaning(lexicon, entry.split(SEPARATOR)[1])
        return meaning if meaning is not None and meaning.key == long_key else None
    return None


def has_long_form(lexicon: Lexicon, beginning: str) -> bool:
    """Whether the key of any long form begins so."""
    return bool(lexicon.short_forms.find_prefix(beginning))


def _list_meanings(lexicon: Lexicon, short_key: str) -> list[AcronymMeaning]:
    """All meanings of an acronym, the most frequent first."""
    spellings: dict[str, Counter[tuple[str, str]]] = {}
    for short, long, count in _iter_spellings(lexicon, short_key):
        spellings.setdefault(make_long_key(long), Counter())[short, long] += count
    meanings = [
        AcronymMeaning(*written.most_common(1)[0][0], written.total(), key)
        for key, written in spellings.items()
    ]
    return sorted(meanings, key=lambda each: (-each.papers, each.key))


def _iter_spellings(lexicon: Lexicon, short_key: str) -> Iterator[tuple[str, str, int]]:
    if not short_key:
        return
    numbers = lexicon.meanings.find_prefix(short_key + SEPARATOR)
    for entry, count in lexicon.meanings.list_top(numbers, MAX_READ):
        _key, short, long = entry.split(SEPARATOR)
        yield short, long, count
