"""Which sentences of an abstract are shown."""

import pytest

from app.domain.query import And, Phrase, Term
from app.text.highlight import Highlighter
from app.text.marks import Mark
from app.text.snippets import choose_snippet

ABSTRACT = (
    "We begin with a general remark about graphs. "
    "A second sentence tells of lanterns and of their light. "
    "The third one is about nothing at all. "
    "Here a heron stands beside a lantern, as in Fig. 3 of Smith et al. on birds. "
    "A last sentence follows."
)


def snip(query: str, *, weights: dict[str, float] | None = None, max_chars: int = 90) -> str:
    tree = And(tuple(map(Term, query.split())))
    return Highlighter(tree, weights).snip_abstract(ABSTRACT, max_chars=max_chars).html


def test_the_sentence_with_most_of_the_query_is_shown() -> None:
    assert snip("lantern heron") == (
        "… Here a <mark>heron</mark> stands beside a <mark>lantern</mark>, as in Fig. 3 of Smith "
        "et al. on birds. …"
    )


def test_abbreviations_end_no_sentence() -> None:
    assert "Fig. 3 of Smith et al. on birds." in snip("heron")


def test_a_rare_word_decides() -> None:
    rare_light = {"light": 9.0, "heron": 1.0}
    assert "<mark>light</mark>" in snip("heron light", weights=rare_light, max_chars=60)
    rare_heron = {"light": 1.0, "heron": 9.0}
    assert "<mark>heron</mark>" in snip("heron light", weights=rare_heron, max_chars=80)


def test_two_places_are_shown_with_dots_between() -> None:
    shown = snip("remark heron", max_chars=125)
    assert "<mark>remark</mark> about graphs. … Here a <mark>heron</mark>" in shown


def test_without_a_find_the_beginning_is_shown() -> None:
    assert snip("xylophone") == "We begin with a general remark about graphs. …"


def test_a_short_abstract_is_whole() -> None:
    snippet = Highlighter(Term("heron")).snip_abstract("A heron.")
    assert snippet.html == "A <mark>heron</mark>."
    assert snippet.is_whole
    assert Highlighter(Term("heron")).snip_abstract("").is_whole


def test_a_long_sentence_is_shown_in_part() -> None:
    text = "word " * 100 + "heron " + "word " * 100
    snippet = Highlighter(Term("heron")).snip_abstract(text, max_chars=60)
    assert "<mark>heron</mark>" in snippet.html
    assert len(snippet.html) < 100
    assert snippet.html.startswith("… ")
    assert snippet.html.endswith(" …")


def test_formulas_are_never_cut() -> None:
    formula = "$" + "x + " * 30 + "y$"
    text = f"Before it stands a heron {formula} and so on. " * 3
    shown = Highlighter(Term("heron")).snip_abstract(text, max_chars=60).html
    assert shown.count("$") % 2 == 0


@pytest.mark.parametrize("max_chars", [1, 2, 17, 10_000])
def test_spans_are_in_order_and_apart(max_chars: int) -> None:
    marks = [Mark(3, 8, frozenset({"begin"})), Mark(170, 175, frozenset({"heron"}))]
    spans = choose_snippet(ABSTRACT, marks, {}, max_chars=max_chars)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert len(set(flat)) == len(flat)


def test_phrases_weigh_by_their_words() -> None:
    shown = Highlighter(Phrase("general remark")).snip_abstract(ABSTRACT, max_chars=60).html
    assert "<mark>general remark</mark>" in shown
