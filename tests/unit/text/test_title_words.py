"""Words, phrases and authors as entries of the lexicon."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Author
from app.text.title_words import (
    list_title_phrases,
    list_title_words,
    make_author_entry,
    split_entry,
)


def test_words_are_plain_and_folded() -> None:
    title = r"Schrödinger's $\alpha$-decay of 3 non-linear Teapots, x and LHC"
    assert list_title_words(title) == {
        "schrodinger", "alpha", "decay", "of", "non", "linear", "teapots", "and", "lhc",
    }  # fmt: skip


def test_phrases_cross_no_punctuation_and_have_no_stop_words_at_their_ends() -> None:
    entries = list_title_phrases("Deep state of the art: Bose-Einstein gas")
    assert {split_entry(entry) for entry in entries} == {
        ("state of the art", "state of the art"),
        ("deep state", "deep state"),
        ("bose-einstein gas", "Bose-Einstein gas"),
    }


def test_acronyms_keep_their_letters() -> None:
    assert list_title_phrases("Graph Neural nets for mRNA") == {
        "graph neural", "graph neural nets", "neural nets",
        "neural nets for mrna\tneural nets for mRNA",
        "nets for mrna\tnets for mRNA",
    }  # fmt: skip


def test_authors_are_sorted_by_family() -> None:
    assert make_author_entry(Author("van der Zand", "Bruno")) == (
        "van der zand bruno\tBruno van der Zand"
    )
    assert split_entry(make_author_entry(Author("CORAL Collaboration"))) == (
        "coral collaboration",
        "CORAL Collaboration",
    )


@given(st.text())
def test_any_title_gives_entries_that_can_be_split(title: str) -> None:
    for entry in list_title_phrases(title):
        key, display = split_entry(entry)
        assert key
        assert display
    assert all(word.isalpha() for word in list_title_words(title))
