"""TeX of papers as HTML: rendered where it can be, readable where not, harmless whatever it is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from app.web.math_letters import write_in_alphabet
from app.web.mathml import MAX_FORMULA_CHARS, render_mathml
from app.web.tex_html import render_tex, render_tex_html

MATHML = {
    "math", "semantics", "annotation", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac",
    "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover",
    "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd", "mstyle", "mpadded",
    "mphantom",
}  # fmt: skip
TEXT = {"em", "strong", "code", "mark", "span"}
ATTRIBUTES = {
    "translate", "dir", "display", "encoding", "class", "accent", "accentunder", "stretchy",
    "fence", "form", "separator", "largeop", "movablelimits", "minsize", "maxsize", "lspace",
    "rspace", "width", "height", "depth", "voffset", "displaystyle", "scriptlevel",
    "linethickness", "mathvariant",
}  # fmt: skip


def text_of(mathml: str | None) -> str:
    """What is seen of a formula."""
    assert mathml is not None
    tree = etree.fromstring(mathml)
    for annotation in tree.iter("annotation"):
        annotation.text = ""
    return "".join(str(part) for part in tree.itertext())


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\alpha \le 2", "α≤2"),
        (r"\mathbb{R}^n", "ℝn"),
        (r"\R \cup \Z", "ℝ∪ℤ"),
        (r"\cH \otimes \calK", "ℋ⊗𝒦"),
        (r"\Aut(G)", "Aut(G)"),
        (r"13~\mathrm{TeV}", "13\xa0TeV"),
        (r"\mathfrak{g}, \mathbf{x}_1", "𝔤,𝐱1"),
        (r"\lesssim 5\,\msun", "≲5M⊙"),
        (r"a<b", "a<b"),
        (r"10\%", "10%"),
        (r"\text{if } x > 0", "if\xa0x>0"),
    ],
)
def test_formulas_are_seen_as_meant(tex: str, seen: str) -> None:
    assert text_of(render_mathml(tex)) == seen


def test_the_tex_stays_for_those_who_copy_and_translators_keep_off() -> None:
    (math,) = html.fragment_fromstring(str(render_tex(r"of $\cH$")), create_parent="p").iter("math")

    assert math.get("translate") == "no"
    assert math.findtext("semantics/annotation") == r"\cH"


def test_functions_keep_their_distance() -> None:
    assert (render_mathml(r"n \log n") or "").count("<mspace") == 2
    assert "<mspace" not in (render_mathml("xyz") or "")


@pytest.mark.parametrize(
    "written",
    [
        r"$\unknowncommand{x}$",
        r"$\left( a$",
        r"$\def\a{\b\b}\a$",
        r"$\newcommand{\a}{\a\a}\a$",
        "$" + "x" * (MAX_FORMULA_CHARS + 1) + "$",
        "$" + "{" * 300 + "x" + "}" * 300 + "$",
    ],
)
def test_what_cannot_be_rendered_stays_readable_tex(written: str) -> None:
    (code,) = html.fragment_fromstring(str(render_tex(written)), create_parent="p").iter("code")

    assert code.text == written
    assert code.get("translate") == "no"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"\emph{in vivo} and {\it in vitro}", "<em>in vivo</em> and <em>in vitro</em>"),
        (r"R\&D, 5\% of \$7", "R&amp;D, 5% of $7"),
        (r"\textbf{A & B} <b>", "<strong>A &amp; B</strong> &lt;b&gt;"),
        ("Calabi--Yau --- a----b", "Calabi–Yau — a----b"),
        ("Turing~Machines of NGC~362 at 150~nm", "Turing\xa0Machines of NGC\xa0362 at 150\xa0nm"),
        ("C~0.85, 2~3, ~62 Myr, a ~ b, x.org/~ann", "C~0.85, 2~3, ~62 Myr, a ~ b, x.org/~ann"),
        ("costs $5 million and more than $7", "costs $5 million and more than $7"),
        ("a lone $ and a \\ stay", "a lone $ and a \\ stay"),
    ],
)
def test_the_commands_of_running_text_are_understood(written: str, shown: str) -> None:
    assert render_tex(written) == shown


def test_a_sign_in_braces_is_the_sign() -> None:
    assert "<mi>μ</mi>" in render_tex(r"5 {\mu}m and {\nosuchsign}")
    assert r"{\nosuchsign}" in render_tex(r"5 {\mu}m and {\nosuchsign}")


def test_marks_and_formulas_stand_together() -> None:
    shown = render_tex_html(r"the <mark>$\alpha$ limit</mark> of \emph{<mark>odd</mark>} $a&lt;b$")

    assert "<mark><math" in shown
    assert "<mark>odd</mark>" in shown
    assert r"<annotation encoding=" in shown
    assert "a&lt;b</annotation>" in shown


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r'\class{a" onload="alert(1)}{x}',
        r"\unicode{x3c}script\unicode{x3e}",
        r"\text{<script>alert(1)</script>}",
        r"\color{red;background:url(//a.org)}{x}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\hspace{1e9em}x\rule{9999cm}{9999cm}",
    ],
)
def test_hostile_formulas_are_harmless(tex: str) -> None:
    check_harmless(str(render_tex(f"a ${tex}$ b")))


COMMANDS = [
    "\\frac", "\\sqrt", "\\left", "\\right", "\\begin{matrix}", "\\end{matrix}", "\\href",
    "\\style", "\\class", "\\text", "\\mathbb", "\\over", "\\R", "\\cH", "\\unicode", "\\def",
    "\\color", "\\limits", "\\not", "\\emph", "\\textbf", "{\\it ", "\\sideset", "\\genfrac",
    "\\hspace", "\\\\", "\\(", "\\)", "\\[", "\\]", "$$",
]  # fmt: skip
NASTY = st.lists(
    st.one_of(
        st.sampled_from(COMMANDS),
        st.sampled_from("<>\"'&{}^_$% \u202e\x00ab1|"),
        st.text(max_size=2),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_any_text_gives_known_elements_only(text: str) -> None:
    for written in (text, f"${text}$", f"\\({text}\\)"):
        shown = str(render_tex(written))
        check_harmless(shown)
        assert len(shown) < 2_000 + 200 * len(written)


def check_harmless(shown: str) -> None:
    body = html.document_fromstring(f"<html><body><div>{shown}</div></body></html>").find(
        "body/div"
    )
    assert body is not None
    for element in body.iterdescendants():
        assert element.tag in MATHML | TEXT, element.tag
        assert set(element.keys()) <= ATTRIBUTES, element.keys()
        assert not any(re.search(r"[:;(]", value) for value in element.values()), element.values()


def test_a_formula_stays_with_the_rest_of_its_word() -> None:
    assert "</math>-adic</span> numbers" in render_tex("$p$-adic numbers")
    assert "</code>-adic numbers" in render_tex(r"$\nosuch$-adic numbers")


def test_a_mark_behind_a_backslash_stays_a_mark() -> None:
    assert render_tex_html(r"$a\<mark>b$ c</mark>") == r"$a\<mark>b$ c</mark>"


def test_alphabets_of_mathematics_are_written_in_unicode() -> None:
    assert write_in_alphabet("RZ1", "double-struck") == "ℝℤ𝟙"
    assert write_in_alphabet("αx", "bold") == "𝛂𝐱"
    assert write_in_alphabet("é", "bold") == "é"
