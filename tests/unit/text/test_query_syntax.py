"""Query texts -> trees and back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.errors import InvalidQueryError
from app.domain.query import (
    And,
    AtLeast,
    AuthorName,
    AuthorPlace,
    Boosted,
    DateField,
    DateWithin,
    Everything,
    Flagged,
    InCategories,
    Near,
    Not,
    Or,
    PaperFlag,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    Similar,
    Term,
)
from app.text.query_syntax import MAX_PHRASE_SLOP, NOTHING, parse_query, render_query

_LEE_OR_WU = Or((AuthorName("lee"), AuthorName("wu")))


def days(date_field: DateField, first: str, last: str | None) -> DateWithin:
    end = datetime.fromisoformat(f"{last}T23:59+00:00") if last is not None else None
    return DateWithin(date_field, datetime.fromisoformat(f"{first}T00:00+00:00"), end)


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
        ("-survey", Not(Term("survey"))),
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
        ("au:quillfeather", AuthorName("quillfeather")),
        ("author:van_der_zand", AuthorName("van der zand")),
        ('au:"Quillfeather, Ada"', AuthorName("Quillfeather, Ada")),
        ("^quillfeather", AuthorName("quillfeather", AuthorPlace.FIRST)),
        ('au:"^Quillfeather, A"', AuthorName("Quillfeather, A", AuthorPlace.FIRST)),
        ('^"Quillfeather, A"', AuthorName("Quillfeather, A", AuthorPlace.FIRST)),
        ("au:quillfeather$", AuthorName("quillfeather", AuthorPlace.LAST)),
        ("au:(ada OR zand)", Or((AuthorName("ada"), AuthorName("zand")))),
        ("au:quill*", Prefix("quill", QueryField.AUTHOR)),
        ("otter*", Prefix("otter")),
        ("ti:ott* sea", And((Prefix("ott", QueryField.TITLE), Term("sea")))),
        ("all:otters", Term("otters", QueryField.ALL)),
        ("(otters OR teapots) sea", And((Or((Term("otters"), Term("teapots"))), Term("sea")))),
        ("-(otters teapots)", Not(And((Term("otters"), Term("teapots"))))),
        (
            "ti:(otters OR -teapots)",
            Or((Term("otters", QueryField.TITLE), Not(Term("teapots", QueryField.TITLE)))),
        ),
        ("SU(2) (2+1)-dimensional", And((Term("SU(2)"), Term("(2+1)-dimensional")))),
        ("(SU(2))", Term("SU(2)")),
        ("O(n log n)-time sort", And((Term("O(n·log·n)-time"), Term("sort")))),
        (r"$O(n\log n)$", Term(r"$O(n\log·n)$")),
        ("(ti:f(x, y) OR g(x))", Or((Term("f(x,y)", QueryField.TITLE), Term("g(x)")))),
        ("otters NEAR3 tea", Near("otters", "tea", 3)),
        ("otters NEAR/2 tea", Near("otters", "tea", 2)),
        ("ti:otters NEAR ti:tea", Near("otters", "tea", 5, QueryField.TITLE)),
        ("cat:cs.LG", InCategories(parse_category_expression("cs.LG"))),
        ("cat:cs.*", InCategories(parse_category_expression("cs"))),
        ("cat:cs.AI+cs.LG-cs.CY", InCategories(parse_category_expression("cs.AI+cs.LG-cs.CY"))),
        ("has:code", Flagged(PaperFlag.HAS_CODE)),
        ("-is:withdrawn", Not(Flagged(PaperFlag.IS_WITHDRAWN))),
        ("year:2020-2024", days(DateField.SUBMITTED, "2020-01-01", "2024-12-31")),
        ("year:2020", days(DateField.SUBMITTED, "2020-01-01", "2020-12-31")),
        ("submitted:2024-01..2024-06", days(DateField.SUBMITTED, "2024-01-01", "2024-06-30")),
        ("updated:2024-02", days(DateField.UPDATED, "2024-02-01", "2024-02-29")),
        ("announced:2024-05-31", days(DateField.ANNOUNCED, "2024-05-31", "2024-05-31")),
        ("since:7d", days(DateField.SUBMITTED, "2024-03-01", None)),
        ("since:1m", days(DateField.SUBMITTED, "2024-02-08", None)),
        (
            "submittedDate:[202401021504 TO 202401031605]",
            DateWithin(
                DateField.SUBMITTED,
                datetime(2024, 1, 2, 15, 4, tzinfo=UTC),
                datetime(2024, 1, 3, 16, 5, tzinfo=UTC),
            ),
        ),
        ("similar:1706.03762v5", Similar(ArxivId("1706.03762"))),
        ("(otters OR tea OR sea)~2", AtLeast((Term("otters"), Term("tea"), Term("sea")), 2)),
        ("otters PREFERABLY tea", Preferred(Term("otters"), Term("tea"))),
        ("(otters)^2.5", Boosted(Term("otters"), 2.5)),
        ("co:NeurIPS", Term("NeurIPS", QueryField.COMMENTS)),
        ('jr:"Phys. Rev."', Phrase("Phys. Rev.", QueryField.JOURNAL_REF)),
        ("rn:CERN-TH-99", Term("CERN-TH-99", QueryField.REPORT_NO)),
        ("-ti:survey otters", And((Not(Term("survey", QueryField.TITLE)), Term("otters")))),
        ("-id:1706.03762", Not(Term("1706.03762", QueryField.ID))),
        ("NOT 1706.03762v2", Not(Term("1706.03762", QueryField.ID))),
        ("au:The", AuthorName("The")),
        ("NOT NOT otters", Term("otters")),
        ("otters NOT the tea", And((Term("otters"), Not(Term("tea"))))),
        # NEAR binds before NOT, NOT before AND, AND before PREFERABLY, that before OR.
        (
            "sea OR -otters NEAR2 tea cup PREFERABLY pot",
            Or(
                (
                    Term("sea"),
                    Preferred(And((Not(Near("otters", "tea", 2)), Term("cup"))), Term("pot")),
                )
            ),
        ),
    ],
)
def test_a_query_is_read_as_its_tree(text: str, tree: QueryNode) -> None:
    parsed = parse_query(text, today=date(2024, 3, 8))

    assert parsed.tree == tree
    assert parsed.notes == ()
    assert parse_query(text, strict=True, today=date(2024, 3, 8)) == parsed
    assert parse_query(render_query(tree)).tree == tree


@pytest.mark.parametrize(
    "text", ["non-invasive", "GPT-4", "$\\alpha$-divergence", "O(n)", "f(x,y)"]
)
def test_a_sign_inside_a_word_never_changes_its_meaning(text: str) -> None:
    assert parse_query(text).tree == Term(text)


@pytest.mark.parametrize("text", ["otters,", "otters?", "(otters)", ",otters;", "--otters"])
def test_punctuation_around_a_word_is_dropped(text: str) -> None:
    tree = parse_query(text).tree

    assert tree == Term("otters")


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
        ("(1706.03762), otters", ids("1706.03762"), Term("otters")),
        ("https://www.alphaxiv.org/abs/1706.03762", ids("1706.03762"), NOTHING),
        ("huggingface.co/papers/1706.03762", ids("1706.03762"), NOTHING),
        ("https://papers.cool/arxiv/1706.03762", ids("1706.03762"), NOTHING),
        ("https://ar5iv.org/html/1706.03762", ids("1706.03762"), NOTHING),
        (
            "arxiv.org/html/1706.03762v7, arxiv.org/ps/hep-th/9901001",
            ids("1706.03762", "hep-th/9901001"),
            NOTHING,
        ),
        ("<https://arxiv.org/src/1706.03762>", ids("1706.03762"), NOTHING),
        (
            "(1706.03762 OR otters) tea",
            (),
            And((Or((Term("1706.03762", QueryField.ID), Term("otters"))), Term("tea"))),
        ),
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
        ('sea "hold hands', And((Term("sea"), Phrase("hold hands"))), "mark at column 5 has no"),
        ("foo:otters", Term("foo:otters"), '"foo:" is not a field'),
        ("ti: otters", Term("otters", QueryField.TITLE), 'A blank follows "ti:" at column 1'),
        ("sea au: (lee OR wu)", And((Term("sea"), _LEE_OR_WU)), 'blank follows "au:" at column 5'),
        ("ti: OR otters", Term("otters"), 'follows "ti:"'),
        ("all: otters", Term("otters"), 'follows "all:"'),
        ("(otters OR teapots", Or((Term("otters"), Term("teapots"))), "column 1 is never closed"),
        ("otters OR teapots)", Or((Term("otters"), Term("teapots"))), "column 18 closes nothing"),
        ("otters ()", Term("otters"), "Nothing stands between"),
        ("otters OR", Term("otters"), '"OR" at column 8 has nothing to work on'),
        ("OR otters", Term("otters"), '"OR" at column 1 has nothing to work on'),
        ("otters NOT", Term("otters"), '"NOT" at column 8 has nothing to work on'),
        ("otters OR AND tea", Or((Term("otters"), Term("tea"))), '"AND" at column 11 has nothing'),
        ('"sea otter" NEAR tea', And((Phrase("sea otter"), Term("tea"))), "other things than two"),
        ("col*r", Prefix("col"), "star stands inside"),
        ("*pus otters", And((Term("pus"), Term("otters"))), "No letter stands before the star"),
        ("x* otters", And((Term("x"), Term("otters"))), "too many words"),
        ("has:wings otters", Term("otters"), "is not known; known are has:code"),
        ("year:20x4 otters", Term("otters"), "is not a year"),
        ("submitted:2024..2023 otters", Term("otters"), "ends"),
        ("cat:cs.ZZ otters", Term("otters"), "no arXiv category"),
        ("similar:otters tea", Term("tea"), "is not an arXiv identifier"),
        ("(otters)^0", Term("otters"), "weight 0"),
        ("(" * 30 + "otters" + ")" * 30, Term("otters"), "more than 24 deep"),
        ("id:otters", Term("otters", QueryField.ID), "not an arXiv identifier"),
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
    wish = Preferred(Term("graph"), Or((Term("a"), Term("b"))))
    assert render_query(wish) == "graph PREFERABLY (a OR b)"
    assert render_query(Boosted(Term("graph", QueryField.TITLE), 2.5)) == "(ti:graph)^2.5"
