"""Query texts -> trees and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidQueryError
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Not,
    Or,
    Phrase,
    Preferred,
    QueryField,
    QueryNode,
    Term,
)
from app.text.query_syntax import MAX_PHRASE_SLOP, NOTHING, parse_query, render_query


def ids(*values: str) -> tuple[ArxivId, ...]:
    return tuple(map(ArxivId, values))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("  \t ", Everything()),
        ("*", Everything()),
        ("otters", Term("otters")),
        ("otters hold hands", And((Term("otters"), Term("hold"), Term("hands")))),
        ('"hold hands"', Phrase("hold hands")),
        ("“hold hands”", Phrase("hold hands")),
        ('"hold  hands"~3', Phrase("hold hands", slop=3)),
        ("otters -survey", And((Term("otters"), Not(Term("survey"))))),
        ("otters NOT survey", And((Term("otters"), Not(Term("survey"))))),
        ("otters ANDNOT survey", And((Term("otters"), Not(Term("survey"))))),
        ('otters -"sea level"', And((Term("otters"), Not(Phrase("sea level"))))),
        ("-survey", And((Everything(), Not(Term("survey"))))),
        ("otters AND teapots", And((Term("otters"), Term("teapots")))),
        ("otters OR teapots", Or((Term("otters"), Term("teapots")))),
        ("otters | teapots", Or((Term("otters"), Term("teapots")))),
        (
            "sea otters OR teapots -tea",
            Or((And((Term("sea"), Term("otters"))), And((Term("teapots"), Not(Term("tea")))))),
        ),
        ("ti:otters", Term("otters", QueryField.TITLE)),
        ("Title:otters", Term("otters", QueryField.TITLE)),
        ('abs:"hold hands"', Phrase("hold hands", QueryField.ABSTRACT)),
        ("au:quillfeather", Term("quillfeather", QueryField.AUTHOR)),
        ("author:van_der_zand", Phrase("van der zand", QueryField.AUTHOR)),
        ('au:"Quillfeather, Ada"', Phrase("Ada Quillfeather", QueryField.AUTHOR)),
        ("co:NeurIPS", Term("NeurIPS", QueryField.COMMENTS)),
        ('jr:"Phys. Rev."', Phrase("Phys. Rev.", QueryField.JOURNAL_REF)),
        ("rn:CERN-TH-99", Term("CERN-TH-99", QueryField.REPORT_NO)),
        ("-ti:survey otters", And((Not(Term("survey", QueryField.TITLE)), Term("otters")))),
        ("-id:1706.03762", And((Everything(), Not(Term("1706.03762", QueryField.ID))))),
        ("NOT 1706.03762v2", And((Everything(), Not(Term("1706.03762", QueryField.ID))))),
        ("au:The", Term("The", QueryField.AUTHOR)),
    ],
)
def test_a_query_is_read_as_its_tree(text: str, tree: QueryNode) -> None:
    parsed = parse_query(text)

    assert parsed.tree == tree
    assert parsed.notes == ()


@pytest.mark.parametrize(
    "text", ["non-invasive", "GPT-4", "$\\alpha$-divergence", "O(n)", "f(x,y)"]
)
def test_a_sign_inside_a_word_never_changes_its_meaning(text: str) -> None:
    assert parse_query(text).tree == Term(text)


@pytest.mark.parametrize("text", ["otters,", "otters?", "(otters)", ",otters;", "--otters"])
def test_punctuation_around_a_word_is_dropped(text: str) -> None:
    tree = parse_query(text).tree

    assert tree in (Term("otters"), Term("(otters)"))


@pytest.mark.parametrize(
    ("text", "named", "tree"),
    [
        ("1706.03762", ids("1706.03762"), NOTHING),
        ("arXiv:1706.03762v5", ids("1706.03762"), NOTHING),
        ("https://arxiv.org/pdf/2406.01234v2", ids("2406.01234"), NOTHING),
        ("arXiv:1706.03762v5 [cs.CL] 2 Aug 2023", ids("1706.03762"), NOTHING),
        ("1406.02661", ids("1406.2661"), NOTHING),
        ("math.CA/0611800v2", ids("math/0611800"), NOTHING),
        ("10.48550/arXiv.1706.03762", ids("1706.03762"), NOTHING),
        ("id:1706.03762", ids("1706.03762"), NOTHING),
        ('id:"1706.03762"', ids("1706.03762"), NOTHING),
        ("1706.03762 hep-th/9901001", ids("1706.03762", "hep-th/9901001"), NOTHING),
        ("1706.03762,1810.04805", ids("1706.03762", "1810.04805"), NOTHING),
        ("1706.03762 1706.03762v3", ids("1706.03762"), NOTHING),
        ("[1706.03762] otters", ids("1706.03762"), Term("otters")),
        ("1706.03762 OR otters", ids("1706.03762"), Term("otters")),
        ("otters OR 1706.03762", ids("1706.03762"), Term("otters")),
        (
            "see arXiv: 1706.03762 otters",
            ids("1706.03762"),
            And((Term("see"), Term("otters"))),
        ),
    ],
)
def test_identifiers_are_taken_out_of_the_words(
    text: str, named: tuple[ArxivId, ...], tree: QueryNode
) -> None:
    parsed = parse_query(text)

    assert parsed.arxiv_ids == named
    assert parsed.tree == tree


@pytest.mark.parametrize(
    "text",
    ["10.5555/otters.2024", "doi:10.5555/otters.2024", "https://doi.org/10.5555/otters.2024,"],
)
def test_publishers_dois_name_papers(text: str) -> None:
    parsed = parse_query(text)

    assert parsed.dois == ("10.5555/otters.2024",)
    assert parsed.tree == NOTHING


@pytest.mark.parametrize(
    ("text", "tree", "note"),
    [
        ('"hold hands', And((Term("hold"), Term("hands"))), "quotation mark"),
        ("foo:otters", Term("foo:otters"), '"foo:" is not a field'),
        ("ti: otters", Term("otters"), 'follows "ti:"'),
        ("(otters OR teapots", Or((Term("otters"), Term("teapots"))), "Parentheses"),
        ('(ti:"tea pots")', Phrase("tea pots", QueryField.TITLE), "Parentheses"),
        ("otters OR", Term("otters"), '"OR" has nothing to work on'),
        ("OR otters", Term("otters"), '"OR" has nothing to work on'),
        ("otters NOT", Term("otters"), '"NOT" has nothing to work on'),
        ("otters OR AND teapots", And((Term("otters"), Term("teapots"))), '"OR" has nothing'),
        ("id:otters", Term("otters", QueryField.ID), "not an arXiv identifier"),
        ("cat:cs.LG otters", Term("otters"), "Categories are not read among the words"),
        ("!!! ---", NOTHING, "nothing to search for"),
        ("the of", NOTHING, "nothing to search for"),
    ],
)
def test_what_cannot_be_understood_is_noted_or_refused(
    text: str, tree: QueryNode, note: str
) -> None:
    parsed = parse_query(text)

    assert parsed.tree == tree
    assert any(note in each for each in parsed.notes)
    with pytest.raises(InvalidQueryError, match=note):
        parse_query(text, strict=True)


def test_a_refusal_names_the_token_and_its_column() -> None:
    with pytest.raises(InvalidQueryError) as caught:
        parse_query("otters hold foo:hands", strict=True)

    assert caught.value.token == "foo:hands"
    assert caught.value.column == 13


def test_stop_words_do_not_upset_the_words_around_them() -> None:
    assert parse_query("a OR otters").tree == Term("otters")
    assert parse_query("the otters of the sea").tree == And((Term("otters"), Term("sea")))


def test_the_distance_inside_a_phrase_is_bounded() -> None:
    assert parse_query('"a sea"~999999').tree == Phrase("a sea", slop=MAX_PHRASE_SLOP)


def test_alternatives_inside_a_branch_are_rendered_in_parentheses() -> None:
    tree = And((Or((Term("otters"), Term("teapots"))), Phrase("low orbit")))

    assert render_query(tree) == '(otters OR teapots) "low orbit"'


PIECES = [
    *("otters", "the", "x)", "[y", "(", ")", ",", "*", "-", "--", "-x", '"', '"sea otters"~2'),
    *("OR", "AND", "NOT", "|", "ti:", "au:a_b", "foo:bar", "cat:cs.LG", "doi:", "id:", "arXiv:"),
    *("1706.03762", "-id:1706.03762", "10.5555/x"),
]


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)))
def test_any_text_is_read_and_reads_the_same_when_written_back(text: str) -> None:
    parsed = parse_query(text)
    written = render_query(parsed.tree)

    again = parse_query(written)

    if parsed.tree != NOTHING:
        assert again.tree == parsed.tree
        assert again.arxiv_ids == ()


@given(st.text(max_size=60))
def test_a_strict_reading_refuses_exactly_what_a_lenient_one_remarks_on(text: str) -> None:
    lenient = parse_query(text)

    if not lenient.notes:
        assert parse_query(text, strict=True) == lenient
        return
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(text, strict=True)
    assert str(caught.value).split()[:2] == lenient.notes[0].split()[:2]
    assert 1 <= caught.value.column <= len(text)


def test_what_only_programs_ask_for_can_be_read_by_people() -> None:
    wanted = AtLeast((Term("graph"), Term("tree"), Term("leaf")), 2)
    assert render_query(wanted) == "(graph OR tree OR leaf)~2"
    assert render_query(Preferred(Term("graph"), Or((Term("a"), Term("b"))))) == "+graph (a OR b)"
    assert render_query(Boosted(Term("graph", QueryField.TITLE), 2.5)) == "ti:graph^2.5"
