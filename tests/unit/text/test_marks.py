"""Marks are the same whether all words of phrases are looked for at once or one of each first."""

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


def find_at_once(text: str, wanted: WantedTerms) -> set[tuple[int, int]]:
    """Spans of words and of the words of whole phrases, written as plainly as can be."""
    places = []
    for word in text.split(" "):
        start = places[-1][1] + 1 if places else 0
        places.append((start, start + len(word), word))
    # A compound's parts stand at two positions.
    positions: list[tuple[int, int, str]] = []
    for start, end, word in places:
        first, hyphen, second = word.partition("-")
        positions.append((start, start + len(first), first))
        if hyphen:
            positions.append((start + len(first) + 1, end, second))
    stems = {"coupled": "coupl", "couples": "coupl", "coupling": "coupl", "decoupled": "decoupl"}
    stems |= {"image": "imag", "ages": "age"}
    terms = [stems.get(word, word) for _, _, word in positions]
    marked: set[int] = set()
    for offset, term in enumerate(terms):
        if term in wanted.terms:
            marked.add(offset)
    for phrase in wanted.phrases:
        for offset, term in enumerate(terms):
            if term != phrase.terms[0]:
                continue
            chain = [offset]
            for following in phrase.terms[1:]:
                reach = terms[chain[-1] + 1 : chain[-1] + 2 + phrase.slop]
                if following not in reach:
                    break
                chain.append(chain[-1] + 1 + reach.index(following))
            else:
                marked.update(chain)
    covered = {place for each in marked for place in range(*positions[each][:2])}
    if "decoupl" in wanted.terms:
        for start, end, word in places:
            if word == "de-coupling":
                covered.update(range(start, end))
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
