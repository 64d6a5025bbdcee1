"""Whoosh's tokens are the project's terms, with their places."""

from hypothesis import given
from hypothesis import strategies as st

from app.search.whoosh.analyzer import (
    FieldAnalyzer,
    NameAnalyzer,
    ProseAnalyzer,
    ReferenceAnalyzer,
)
from app.text.author_search import AUTHOR_GAP
from app.text.tokenize import index_terms

texts = st.text(max_size=60) | st.sampled_from(
    ["State of the art", "non-invasive $\\alpha$-particles", "GPT-4.5 and 神经网络", "a-b-c 'x'"]
)


def read_tokens(analyzer: FieldAnalyzer, text: str) -> list[tuple[int, str]]:
    return [(token.pos, token.text) for token in analyzer(text, mode="index", positions=True)]


@given(texts)
def test_prose_gives_the_index_terms_in_ascending_places(text: str) -> None:
    tokens = read_tokens(ProseAnalyzer(), text)
    assert sorted(term for _place, term in tokens) == sorted(index_terms(text))
    assert [place for place, _term in tokens] == sorted(place for place, _term in tokens)


@given(texts)
def test_parts_of_a_query_stand_where_the_paper_has_them(text: str) -> None:
    terms = ProseAnalyzer().split_query(text)
    assert set(terms.parts) <= set(ProseAnalyzer().list_terms(text))
    places = [place for place, _term in terms.parts]
    assert places == sorted(set(places))


def test_names_are_folded_and_kept_apart() -> None:
    assert read_tokens(NameAnalyzer(), "José Müller\nAnna van der Berg") == [
        (0, "jose"),
        (1, "muller"),
        (1, ",muller,j"),
        (2 + AUTHOR_GAP, "anna"),
        (3 + AUTHOR_GAP, "van"),
        (4 + AUTHOR_GAP, "der"),
        (5 + AUTHOR_GAP, "berg"),
        (5 + AUTHOR_GAP, "vanderberg"),
        (5 + AUTHOR_GAP, ",berg,a"),
        (5 + AUTHOR_GAP, ",vanderberg,a"),
    ]


def test_references_are_not_stemmed() -> None:
    assert [term for _place, term in ReferenceAnalyzer().list_terms("Annals of Physics 12")] == [
        "annals",
        "of",
        "physics",
        "12",
    ]
