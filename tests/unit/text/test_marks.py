"""Marks are the same whether all words of phrases are looked for at once or one of each first."""

from hypothesis import given
from hypothesis import strategies as st

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.marks import MarkFinder

TERMS = {
    "de": "de", "coupled": "coupl", "couples": "coupl", "decoupled": "decoupl", "image": "imag",
    "im": "im", "age": "age", "ages": "age", "of": "",
}  # fmt: skip
TEXTS = st.lists(st.sampled_from(list(TERMS)), max_size=12).map(" ".join)
PHRASES = {
    "decoupl": WantedPhrase(("de", "coupl"), (1,)),
    "imag": WantedPhrase(("im", "age"), (1,)),
    "": WantedPhrase(("coupl", "de", "age"), (1, 1), slop=1),
}


def follow(terms: list[str], first: int, phrase: WantedPhrase) -> list[int]:
    """Positions of the phrase that begins at one; none where it does not."""
    chain = [first] if terms[first] == phrase.terms[0] else []
    for term in phrase.terms[1:]:
        reach = terms[chain[-1] + 1 : chain[-1] + 2 + phrase.slop] if chain else []
        chain = [*chain, chain[-1] + 1 + reach.index(term)] if term in reach else []
    return chain


def list_marked_words(text: str, wanted: WantedTerms) -> list[int]:
    """Positions of words that stand alone or in a whole phrase, found as plainly as can be."""
    terms = [TERMS[word] for word in text.split()]
    alone = {place for place, term in enumerate(terms) if term in wanted.terms}
    joined = (
        follow(terms, first, phrase) for phrase in wanted.phrases for first in range(len(terms))
    )
    return sorted(alone.union(*joined))


@given(st.lists(TEXTS, min_size=1, max_size=6), st.sets(st.sampled_from(list(PHRASES))))
def test_words_of_phrases_are_marked_in_every_text(texts: list[str], chosen: set[str]) -> None:
    wanted = WantedTerms(
        frozenset(chosen - {""}), phrases=tuple(PHRASES[each] for each in sorted(chosen))
    )
    finder = MarkFinder(wanted)
    for text in texts:
        marked = [
            text[: mark.start].count(" ") + offset
            for mark in finder.find_marks(text)
            for offset in range(len(text[mark.start : mark.end].split()))
        ]
        assert marked == list_marked_words(text, wanted)
