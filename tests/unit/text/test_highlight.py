r"""Marking what a query looks for: words, phrases, prefixes; TeX whole, HTML safe."""

import gzip
import json
import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Near,
    Not,
    Or,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    Term,
    WeightedTerms,
)
from app.text.highlight import Highlighter, render_marked
from app.text.marked_terms import collect_wanted_terms
from app.text.marks import MarkFinder
from app.text.query_syntax import parse_query
from app.text.tex_spans import find_formulas, find_groups
from tests.unit.growth import assert_linear
from tests.unit.real_data import data_file


def mark(query: str | QueryNode, text: str) -> str:
    tree = parse_query(query).tree if isinstance(query, str) else query
    return Highlighter(tree).mark_title(text)


def strip(html: str) -> str:
    return unescape(re.sub("</?mark>", "", html))


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("image", "Images of IMAGING", "<mark>Images</mark> of <mark>IMAGING</mark>"),
        ("schrodinger", "Schrödinger's cat", "<mark>Schrödinger's</mark> cat"),
        ("noninvasive", "A non-invasive way", "A <mark>non-invasive</mark> way"),
        ("non-invasive", "noninvasive", "<mark>noninvasive</mark>"),
        ("non-invasive", "invasive plants", "invasive plants"),
        ("GPT-4", "GPT-4 beats GPT-3", "<mark>GPT-4</mark> beats GPT-3"),
        ('"deep learning"', "deep learning, deep", "<mark>deep learning</mark>, deep"),
        (
            '"state of the art"',
            "State of the art of state",
            "<mark>State</mark> of the <mark>art</mark> of state",
        ),
        (
            '"quantum correction"~1',
            "quantum error correction",
            "<mark>quantum</mark> error <mark>correction</mark>",
        ),
        ('"quantum correction"', "quantum error correction", "quantum error correction"),
        ("alpha", r"The $\alpha$-particle", r"The <mark>$\alpha$</mark>-particle"),
        ("alphaparticle", r"$\alpha$-particles", r"<mark>$\alpha$-particles</mark>"),
        ("l1", r"$\|x\|_{\ell_1} \le 1$ holds", r"<mark>$\|x\|_{\ell_1} \le 1$</mark> holds"),
        ("b", r"\frac{a}{b}", r"\frac{a}{<mark>b</mark>}"),
        ('"x y"', "x y < z & y", "<mark>x y</mark> &lt; z &amp; y"),
        ("学习", "深度学习", "深度<mark>学习</mark>"),
        ("深度学习", "关于深度学习的", "关于<mark>深度学习</mark>的"),
        ("cat", "<b>cat</b>", "&lt;b&gt;<mark>cat</mark>&lt;/b&gt;"),
        ("ti:cat", "cat", "<mark>cat</mark>"),
        ("abs:cat", "cat", "cat"),
        ("au:cat", "cat", "cat"),
        ("dog -cat", "cat dog", "cat <mark>dog</mark>"),
        ("cat OR dog", "cat dog", "<mark>cat</mark> <mark>dog</mark>"),
        ("the", "the cat", "the cat"),
        ("", "cat", "cat"),
        ("kmeans", r"{\bf k}-means", r"<mark>{\bf k}-means</mark>"),
    ],
)
def test_what_is_marked(query: str, text: str, marked: str) -> None:
    assert mark(query, text) == marked


def test_prefixes_mark_whole_words() -> None:
    assert mark(Prefix("equiv"), "Equivariance, equals") == "<mark>Equivariance</mark>, equals"
    assert mark(Prefix("noninv"), "non-invasive") == "<mark>non-invasive</mark>"
    assert mark(Prefix(""), "cat") == "cat"


def test_near_words_are_marked_in_either_order() -> None:
    near = Near("quantum", "correction", 1)
    assert mark(near, "correction of quantum") == (
        "<mark>correction</mark> of <mark>quantum</mark>"
    )
    assert mark(near, "quantum x y correction") == "quantum x y correction"


def test_what_programs_build_is_marked_too() -> None:
    tree = Preferred(AtLeast((Term("cat"), Boosted(Term("dog"), 2.0)), 1), Phrase("x y"))
    assert mark(tree, "cat dog x y x") == ("<mark>cat</mark> <mark>dog</mark> <mark>x y</mark> x")
    assert mark(WeightedTerms((("imag", 1.5),)), "Images") == "<mark>Images</mark>"


def test_every_paper_marks_nothing() -> None:
    assert mark(Everything(), "cat") == "cat"


def test_excluded_words_are_not_wanted() -> None:
    wanted = collect_wanted_terms(And((Term("a1"), Not(Term("b1")))), QueryField.TITLE)
    assert wanted.terms == {"a1"}


def test_abstract_and_title_have_their_own_terms() -> None:
    highlighter = Highlighter(Or((Term("cat", QueryField.TITLE), Term("dog", QueryField.ABSTRACT))))
    assert highlighter.mark_title("cat dog") == "<mark>cat</mark> dog"
    assert highlighter.snip_abstract("cat dog").html == "cat <mark>dog</mark>"


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$a$ and $$b$$", ["$a$", "$$b$$"]),
        (r"costs \$5 or \$6", []),
        (r"\(x\) \[y\]", [r"\(x\)", r"\[y\]"]),
        (r"\begin{align}x\end{align}", [r"\begin{align}x\end{align}"]),
        (r"$a\$b$", [r"$a\$b$"]),
        ("one $ only", []),
    ],
)
def test_formulas(text: str, formulas: list[str]) -> None:
    assert [text[start:end] for start, end in find_formulas(text)] == formulas


_PIECES = st.sampled_from(
    ["cat", "Dog ", "cats", " ", "$", r"\alpha", r"\'e", "{", "}", "_", "^2", "<", "&", "深度学习",
     "-", "ß", "İ", "ﬁ", "e\u0301", r"\emph{", r"\(", r"\)", "$$", ". ", "'", "’s", "4", ".5", "\n",
     "α"]
)  # fmt: skip
_TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(max_size=80))
_TREES = st.sampled_from(
    [
        Or((Term("cat"), Term("dog"), Term("alpha"), Term("深度"))),
        Or((Phrase("cat dog"), Phrase("dog cat", None, 3), Prefix("a"), Prefix("c"))),
        Or((Term("e2"), Term("cat-dog"), Term("4.5"), Phrase("深度学习"))),
    ]
)


@given(_TEXTS, _TREES)
def test_without_the_marks_it_is_the_text(text: str, tree: QueryNode) -> None:
    html = Highlighter(tree).mark_title(text)
    assert strip(html) == text
    assert "<" not in re.sub("</?mark>", "", html)


@given(_TEXTS, _TREES)
def test_marks_cut_no_tex(text: str, tree: QueryNode) -> None:
    marks = MarkFinder(collect_wanted_terms(tree, QueryField.TITLE)).find_marks(text)
    for each in marks:
        assert each.start < each.end
        for start, end in find_formulas(text):
            assert (
                each.end <= start or end <= each.start or (each.start <= start and end <= each.end)
            )
        for start, end in find_groups(text):
            crosses = each.start < start < each.end < end or start < each.start < end < each.end
            assert not crosses
    for before, after in pairwise(marks):
        assert before.end < after.start


@given(_TEXTS, _TREES, st.integers(1, 60))
def test_snippets_are_parts_of_the_text(text: str, tree: QueryNode, max_chars: int) -> None:
    snippet = Highlighter(tree).snip_abstract(text, max_chars=max_chars)
    shown = strip(snippet.html)
    if snippet.is_whole:
        assert shown == text
        return
    place = 0
    for part in shown.removeprefix("… ").removesuffix(" …").split(" … "):
        place = text.index(part, place) + len(part)


def test_marks_are_rendered_in_a_span() -> None:
    marks = MarkFinder(collect_wanted_terms(Term("a1"), QueryField.TITLE)).find_marks("a1 b1 a1")
    assert render_marked("a1 b1 a1", marks, (3, 8)) == "b1 <mark>a1</mark>"


@pytest.mark.parametrize(
    "unit", ["cat ", "$", "{", r"\emph{", r"\(", ". A", "深", "$a$ ", "{cat} "]
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    highlighter = Highlighter(Or((Term("cat"), Phrase("cat cat"), Term("深度"))))

    def work(size: int) -> None:
        highlighter.snip_abstract(unit * (size // len(unit)))

    assert_linear(work, length=20_000)


@pytest.mark.data
def test_real_abstracts_come_back_whole() -> None:
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz"), "rt", encoding="utf-8") as file:
        papers = [json.loads(line) for line, _ in zip(file, range(500), strict=False)]
    tree = Or(tuple(map(Term, ["model", "quantum", "alpha", "the", "field", "1"])))
    highlighter = Highlighter(tree)
    marked = 0
    for paper in papers:
        html = highlighter.mark_title(paper["abstract"])
        marked += "<mark>" in html
        assert strip(html) == paper["abstract"]
    assert marked > 250
