r"""Noun-phrase-like pieces of a title and abstract: what may become a keyphrase.

Words between breaks (`app.text.phrase_lexicon`) and punctuation make a chunk. Every run of one to
four of its words that begins and ends as a noun phrase may is a candidate; runs with the same
index terms are one, so singular and plural, British hyphens and capitals count together.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from app.text.cjk_phrases import has_cjk, list_cjk_phrases, remove_cjk
from app.text.phrase_lexicon import (
    WordKind,
    classify_word,
    find_herald,
    is_participle,
    is_verb,
)
from app.text.tex_words import has_tex, tex_to_words
from app.text.tokenize import index_terms, normalise

MAX_PHRASE_WORDS = 4
"""Words of the longest keyphrase; a hyphenated compound is one word."""

MAX_PHRASE_CHARS = 80

_PART = r"[^\W_]+"
_TOKEN = re.compile(rf"{_PART}(?:(?:[-‐‑–./+]|['’](?!s\b)){_PART})*|[^\w\s]|_")
_PARTS = re.compile(_PART)
_ENDS_SENTENCE = frozenset(".!?")
_LOOSE_JOINT = re.compile(r"[–./+'’]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a chunk.

    Attributes:
        text: as it stands in the text.
        place: how many words of the text come before it.
        is_initial: it begins a sentence or stands in the title, so its capital says nothing.
    """

    text: str
    kind: WordKind
    terms: tuple[str, ...]
    place: int
    is_initial: bool


@dataclass(slots=True)
class Candidate:
    """A phrase that may stand for the text, with all places where it occurs.

    Attributes:
        terms: index terms of its words, in order; what makes two spellings one phrase.
        words: index terms word by word: a hyphenated compound has several.
        count: occurrences.
        alone: occurrences in which no noun or adjective stands beside it.
        place: words before its first occurrence.
        spellings: how often it is written in which way.
    """

    terms: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    place: int
    count: int = 0
    alone: int = 0
    spellings: Counter[str] = field(default_factory=Counter)

    def choose_spelling(self) -> str:
        """The commonest way it is written; of equally common ones the first."""
        return self.spellings.most_common(1)[0][0]


def find_candidates(title: str, abstract: str) -> dict[tuple[str, ...], Candidate]:
    """The candidates of a text by their index terms, in order of first occurrence."""
    candidates: dict[tuple[str, ...], Candidate] = {}
    if has_cjk(title) or has_cjk(abstract):
        _add_cjk_candidates(candidates, f"{title}\n{abstract}")
        title, abstract = remove_cjk(title), remove_cjk(abstract)
    chunks = [*iter_chunks(title, is_title=True)]
    chunks += iter_chunks(abstract, first_place=len(_TOKEN.findall(title)))
    proper = _list_proper_words(chunks)
    for chunk in chunks:
        for first, last in _iter_runs(chunk):
            words = chunk[first:last]
            terms = tuple(chain.from_iterable(word.terms for word in words))
            candidate = candidates.get(terms)
            if candidate is None:
                split = tuple(word.terms for word in words)
                candidate = candidates[terms] = Candidate(terms, split, words[0].place)
            candidate.count += 1
            candidate.alone += first == 0 and last == len(chunk)
            candidate.spellings[_spell(words, proper)] += 1
    return candidates


def _add_cjk_candidates(candidates: dict[tuple[str, ...], Candidate], text: str) -> None:
    for phrase, (count, place) in list_cjk_phrases(text).items():
        terms = tuple(index_terms(phrase))
        # Every other overlapping pair: pairs that cover the phrase once.
        words = tuple((term,) for term in terms[::2])
        found = Candidate(terms, words, place, count, alone=count, spellings=Counter([phrase]))
        candidates.setdefault(terms, found)


def iter_chunks(text: str, *, first_place: int = 0, is_title: bool = False) -> Iterator[list[Word]]:
    r"""Maximal runs of words without a break; those at their ends that no phrase has are cut off.

    >>> chunks = iter_chunks(r"We propose a novel sparse $\ell_1$ kernel for Gauss's maps.")
    >>> [[word.text for word in chunk] for chunk in chunks]
    [['sparse', 'l1', 'kernel'], ['Gauss'], ['maps']]
    >>> [[word.text for word in chunk] for chunk in iter_chunks("We then study graph kernels.")]
    [['graph', 'kernels']]
    """
    chunk: list[Word] = []
    is_initial = True
    herald = ""
    plain = tex_to_words(text) if has_tex(text) else text
    for place, match in enumerate(_TOKEN.finditer(plain), start=first_place):
        token = match[0]
        word = _make_word(token, place, is_initial or is_title)
        if word is not None and herald and word.kind is WordKind.NOUN and is_verb(token, herald):
            word = None
        herald = find_herald(token, herald)
        is_initial = token in _ENDS_SENTENCE
        is_break = word is None
        # "agents deployed", "results obtained": what a participle follows is complete.
        if is_break or (chunk and chunk[-1].kind is WordKind.NOUN and is_participle(token)):
            yield from _trim(chunk)
            chunk = []
        if word is not None:
            chunk.append(word)
    yield from _trim(chunk)


def _make_word(token: str, place: int, is_initial: bool) -> Word | None:
    """The word of a token; None for a break."""
    kind = classify_word(token) if token[0].isalnum() else WordKind.BREAK
    if kind is WordKind.BREAK:
        return None
    terms = list_word_terms(token)
    return Word(token, kind, terms, place, is_initial) if terms else None


@lru_cache(1 << 15)
def list_word_terms(word: str) -> tuple[str, ...]:
    """The index terms of the parts of one word, stop words left out.

    Empty where a dash or a slash joins a word with a stop word: that is a break.

    >>> list_word_terms("out-of-plane"), list_word_terms("method–this"), list_word_terms("Kernels")
    (('plane',), (), ('kernel',))
    """
    terms = tuple(map(normalise, _PARTS.findall(word)))
    if not all(terms) and _LOOSE_JOINT.search(word):
        return ()
    return tuple(filter(None, terms))


def _trim(chunk: list[Word]) -> Iterator[list[Word]]:
    first, last = 0, len(chunk)
    while last > 0 and chunk[last - 1].kind is not WordKind.NOUN:
        last -= 1
    while first < last and not _may_begin(chunk[first]):
        first += 1
    if first < last:
        yield chunk[first:last]


def _may_begin(word: Word) -> bool:
    return word.kind in {WordKind.NOUN, WordKind.ADJECTIVE}


def _iter_runs(chunk: list[Word]) -> Iterator[tuple[int, int]]:
    """First word and word after the last of every candidate within a chunk."""
    for first, word in enumerate(chunk):
        if not _may_begin(word):
            continue
        for last in range(first + 1, min(first + MAX_PHRASE_WORDS, len(chunk)) + 1):
            if chunk[last - 1].kind is WordKind.NOUN:
                yield first, last


def _list_proper_words(chunks: list[list[Word]]) -> set[str]:
    """Words that have their capital in the middle of a sentence too."""
    return {word.text for chunk in chunks for word in chunk if not word.is_initial}


def _spell(words: list[Word], proper: set[str]) -> str:
    """The phrase for people: capitals of the beginning of sentences and of titles taken away."""
    return " ".join(
        word.text.lower()
        if word.is_initial and word.text[1:].islower() and word.text not in proper
        else word.text
        for word in words
    )
