r"""Words, phrases and authors as people write them: what suggestions and spelling are made from.

The index holds stems ("imag"), which nobody wants to read. Titles are where authors choose their
words with most care, so their words and word sequences are the vocabulary.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from app.domain.paper import Author
from app.text.names import fold_name
from app.text.stop_words import STOP_WORDS
from app.text.tex_words import tex_to_words
from app.text.tokenize import fold_term

MIN_WORD_CHARS, MAX_WORD_CHARS = 2, 32
MIN_PHRASE_WORDS, MAX_PHRASE_WORDS = 2, 4
MAX_PHRASE_CHARS = 80

DISPLAY_MARK = "\t"
"""Between a key, by which entries are sorted, and how it is written, where that differs."""

_PLAIN_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile("[a-z]+")
_SEGMENT_END = re.compile(r"[.:;,()\[\]?!\"“”/|]|\s[-–—]+\s|—")
_PHRASE_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_CACHED_WORDS = 1 << 16


def list_title_words(title: str) -> set[str]:
    """The words of a title in small letters without accents, numbers and formulas left out.

    >>> sorted(list_title_words("Schrödinger's 2 cats, non-invasive"))
    ['cats', 'invasive', 'non', 'schrodinger']
    """
    words = map(_fold_word, _PLAIN_WORD.findall(tex_to_words(title)))
    return {word for word in words if _LETTERS.fullmatch(word) and len(word) >= MIN_WORD_CHARS}


def list_title_phrases(title: str) -> set[str]:
    r"""The sequences of two to four words in a title, as entries of a lexicon.

    They cross no punctuation, and neither begin nor end with a stop word.

    >>> sorted(list_title_phrases("Attention is all: the LHC beams"))
    ['lhc beams\\tLHC beams']
    """
    phrases: set[str] = set()
    for segment in _SEGMENT_END.split(tex_to_words(title)):
        written = _PHRASE_WORD.findall(segment)
        words = [_fold_phrase_word(word) for word in written]
        for first, after in _iter_bounds(words):
            key = " ".join(words[first:after])
            if len(key) <= MAX_PHRASE_CHARS:
                phrases.add(make_entry(key, " ".join(map(_show_word, written[first:after]))))
    return phrases


def make_author_entry(author: Author) -> str:
    r"""An author as an entry of a lexicon, by family name.

    >>> make_author_entry(Author("Müller", "Jörg"))
    'muller jorg\tJörg Müller'
    """
    return make_entry(fold_name(f"{author.family} {author.given}"), author.name)


def make_entry(key: str, display: str) -> str:
    """A key with the way it is written."""
    return key if display == key else f"{key}{DISPLAY_MARK}{display}"


def split_entry(entry: str) -> tuple[str, str]:
    r"""Key and way of writing of an entry.

    >>> split_entry("lhc beams\tLHC beams"), split_entry("beams")
    (('lhc beams', 'LHC beams'), ('beams', 'beams'))
    """
    key, _, display = entry.partition(DISPLAY_MARK)
    return key, display or key


def _iter_bounds(words: list[str]) -> Iterator[tuple[int, int]]:
    is_end = [word not in STOP_WORDS and len(word) > 1 and not word.isdigit() for word in words]
    for first, may_begin in enumerate(is_end):
        if may_begin:
            for after in range(first + MIN_PHRASE_WORDS, first + MAX_PHRASE_WORDS + 1):
                if after <= len(words) and is_end[after - 1]:
                    yield first, after


@lru_cache(_CACHED_WORDS)
def _fold_word(word: str) -> str:
    return fold_term(word) if len(word) <= MAX_WORD_CHARS else ""


@lru_cache(_CACHED_WORDS)
def _fold_phrase_word(word: str) -> str:
    return fold_term(word)


@lru_cache(_CACHED_WORDS)
def _show_word(word: str) -> str:
    """Small letters, but acronyms and formulas as they are: LHC, mRNA, GaAs."""
    return word if any(letter.isupper() for letter in word[1:]) else word.lower()
