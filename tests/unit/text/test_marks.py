"""Marks are the same whether all words of phrases are looked for at once or one of each first."""

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.marks import MarkFinder

WORDS = ["de", "coupled", "decoupled", "couples", "de-coupling", "image", "im", "age", "ages", "of"]
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
PHRASES = {
    "decoupl": WantedPhrase(("de", "coupl"), (1,)),
    "imag": WantedPhrase(("im", "age"), (1,)),
    "": WantedPhrase(("coupl", "de", "age"), (1, 1), slop=1),
}


STEMS = {
    "coupled": "coupl",
    "couples": "coupl",
    "coupling": "coupl",
    "decoupled": "decoupl",
    "image": "imag",
    "ages": "age",
}


def list_positions(text: str) -> list[tuple[int, int, str]]:
    """Where each word begins and ends, and its term; a compound's parts have two positions."""
    return [
        (found.start(), found.end(), STEMS.get(found[0], found[0]))
        for found in re.finditer("[a-z]+", text)
    ]


def follow(phrase: WantedPhrase, terms: Sequence[str], first: int) -> list[int]:
    """The positions of a phrase that begins at one; nothing if it does not."""
    if terms[first] != phrase.terms[0]:
        return []
    chain = [first]
    for following in phrase.terms[1:]:
        reach = terms[chain[-1] + 1 : chain[-1] + 2 + phrase.slop]
        if following not in reach:
            return []
        chain.append(chain[-1] + 1 + reach.index(following))
    return chain


def find_at_once(text: str, wanted: WantedTerms) -> set[tuple[int, int]]:
    """Spans of words and of the words of whole phrases, written as plainly as can be."""
    positions = list_positions(text)
    terms = [term for _, _, term in positions]
    marked = {offset for offset, term in enumerate(terms) if term in wanted.terms}
    for phrase in wanted.phrases:
        for first in range(len(terms)):
            marked.update(follow(phrase, terms, first))
    covered = {place for each in marked for place in range(*positions[each][:2])}
    if "decoupl" in wanted.terms:
        for compound in re.finditer("de-coupling", text):
            covered.update(range(*compound.span()))
    return {(place, place + 1) for place in covered}


@given(st.lists(SENTENCES, min_size=1, max_size=6), st.sets(st.sampled_from(list(PHRASES))))
def test_words_of_phrases_are_marked_in_every_text(texts: list[str], chosen: set[str]) -> None:
    wanted = WantedTerms(
        frozenset(chosen - {""}), phrases=tuple(PHRASES[each] for each in sorted(chosen))
    )
    finder = MarkFinder(wanted)
    for text in texts:
        marks = finder.find_marks(text)
        covered = {(place, place + 1) for mark in marks for place in range(mark.start, mark.end)}
        blanks = {(place, place + 1) for place, sign in enumerate(text) if sign in " -"}
        assert covered - blanks == find_at_once(text, wanted) - blanks
