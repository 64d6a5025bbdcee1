"""What the published methods rank: words by part of speech, and phrases of nouns and adjectives.

The papers tag with a trained tagger; ours are the kinds of `app.text.phrase_lexicon`, for all of
them alike, so a peer never loses by a tagger that ours does not have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import Stemmer

from app.text.phrase_lexicon import WordKind, classify_word

_TOKEN = re.compile(r"[^\W_]+(?:[-‐‑–][^\W_]+)*|[^\w\s]")
_PORTER = Stemmer.Stemmer("porter")


@dataclass(frozen=True, slots=True)
class Tagged:
    """One word or sign: as written, its Porter stem, and whether it is a noun or an adjective."""

    text: str
    stem: str
    is_noun: bool
    is_adjective: bool


@dataclass(slots=True)
class Phrase:
    """A phrase with the places (words and signs before it) where it stands.

    Attributes:
        stems: of its words; what makes two spellings one phrase.
        text: as it is written first.
    """

    stems: tuple[str, ...]
    text: str
    places: list[int] = field(default_factory=list)


def tag_text(text: str) -> list[Tagged]:
    """The words and signs of a text, in order."""
    tokens = _TOKEN.findall(text)
    kinds = [classify_word(token) if token[0].isalnum() else WordKind.BREAK for token in tokens]
    stems = _PORTER.stemWords([token.lower() for token in tokens])
    adjectives = (WordKind.ADJECTIVE, WordKind.EVALUATIVE)
    return [
        Tagged(token, stem, kind is WordKind.NOUN, kind in adjectives)
        for token, stem, kind in zip(tokens, stems, kinds, strict=True)
    ]


def find_phrases(tokens: Sequence[Tagged], *, max_words: int = 100) -> list[Phrase]:
    """The longest runs "adjective* noun+" of a text, by first occurrence; longer ones left out."""
    found: dict[tuple[str, ...], Phrase] = {}
    for first, last in _iter_runs(tokens):
        words = tokens[first:last]
        if len(words) > max_words:
            continue
        stems = tuple(word.stem for word in words)
        phrase = found.setdefault(stems, Phrase(stems, " ".join(word.text for word in words)))
        phrase.places.append(first)
    return list(found.values())


def _iter_runs(tokens: Sequence[Tagged]) -> Iterator[tuple[int, int]]:
    """First word and word after the last of each run."""
    first, nouns_from = 0, None
    for place, token in enumerate((*tokens, Tagged("", "", is_noun=False, is_adjective=False))):
        if token.is_noun:
            nouns_from = place if nouns_from is None else nouns_from
            continue
        if nouns_from is not None:
            yield first, place
        nouns_from = None
        if not token.is_adjective or place == 0 or not tokens[place - 1].is_adjective:
            first = place if token.is_adjective else place + 1
