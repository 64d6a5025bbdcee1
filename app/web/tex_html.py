r"""Titles and abstracts as HTML: formulas as MathML, the few commands of running text as markup.

    "the $\alpha$ of \emph{x}"  ──>  the <math>…</math> of <em>x</em>

Works on escaped text in which words may be marked already; marks never cut through a formula.
"""

import re
from html import escape, unescape

from markupsafe import Markup

from app.web.mathml import MAX_FORMULA_CHARS, render_mathml

_EMPHASES = {"emph": "em", "textit": "em", "textsl": "em", "textbf": "strong", "texttt": "code"}

# On escaped text an entity is longer than its character.
_LONGEST = 5 * MAX_FORMULA_CHARS
_PART = re.compile(
    # What all of them begin with, asked first: most characters begin nothing.
    r"(?=[$\\{~-])(?:"
    rf"\$\$(?P<block>(?:\\[^<]|[^$\\<]){{1,{_LONGEST}}})\$\$"
    rf"|\$(?P<inline>(?:\\[^<]|[^$\\<]){{1,{_LONGEST}}})\$(?P<tail>-[A-Za-z]{{1,20}})?"
    rf"|\\\((?P<round>(?:[^\\<]|\\(?![()])){{1,{_LONGEST}}})\\\)"
    rf"|\\\[(?P<square>(?:[^\\<]|\\(?![\[\]])){{1,{_LONGEST}}})\\\]"
    r"|\\(?P<command>emph|textit|textsl|textbf|texttt|textsc|textrm|textsf|text)"
    r"\{(?P<argument>[^{}$\\]{0,500})\}"
    r"|\{\\(?P<switch>em|it|bf|sl|tt|rm|sc)\s(?P<switched>[^{}$\\]{0,500})\}"
    r"|\{\\(?P<symbol>[A-Za-z]{2,20})\}"
    r"|\\(?P<sign>[%_#$]|&amp;)"
    r"|(?<![-<!])(?P<dash>---?)(?![->])"
    # "Turing~Machine", "NGC~362", "150~nm"; a single letter before a number: "C~0.85" is about so.
    r"|(?P<tie>(?<=[A-Za-z\d])~(?=[A-Za-z])|(?<=[A-Za-z]{2})~(?=\d)))",
    re.DOTALL,
)
_BEGINNINGS = ("$", "\\", "--", "~")
_DASHES = {"--": "–", "---": "—"}
_SWITCHES = {"em": "em", "it": "em", "sl": "em", "bf": "strong", "tt": "code"}
_PROSE = re.compile(
    r"(?<![\\A-Za-z{])[A-Za-z]{2,}[ ,.]+[A-Za-z]{2,}[ ,.]+[A-Za-z]{2,}(?![A-Za-z]*\})"
)
"""Three words in a row: two dollars of a price, not of a formula."""


def render_tex(text: str) -> Markup:
    r"""The text as HTML.

    >>> render_tex(r"a < b, \emph{so}")
    Markup('a &lt; b, <em>so</em>')
    """
    return render_tex_html(escape(text))


def render_tex_html(html: str) -> Markup:
    """HTML of escaped text and marks, with its TeX rendered."""
    if not any(sign in html for sign in _BEGINNINGS):
        return Markup(html)  # noqa: S704 - escaped by those who call
    return Markup(_PART.sub(_render_part, html))  # noqa: S704 - escaped, and MathML of our own


def _render_part(match: re.Match[str]) -> str:
    if match["tie"]:
        return "\N{NO-BREAK SPACE}"
    if match["sign"] or match["dash"]:
        return match["sign"] or _DASHES[match["dash"]]
    if match["symbol"]:
        # A sign in running text, as in 5 {\mu}m.
        return render_mathml(f"\\{match['symbol']}") or match[0]
    if match["command"]:
        return _emphasise(_EMPHASES.get(match["command"]), match["argument"])
    if match["switch"]:
        return _emphasise(_SWITCHES.get(match["switch"]), match["switched"])
    return _render_formula(match)


def _render_formula(match: re.Match[str]) -> str:
    written = match["inline"] or match["round"]
    block = match["block"] or match["square"]
    tex = unescape(written or block or "").strip()
    if not tex or _PROSE.search(tex):
        return match[0]
    tail = match["tail"] or ""
    mathml = render_mathml(tex, is_block=not written)
    if mathml is None:
        source = match[0].removesuffix(tail)
        return f'<code class="tex" translate="no">{source}</code>{tail}'
    # Lines do not end within "p-adic".
    return f'<span class="joined">{mathml}{tail}</span>' if tail else mathml


def _emphasise(element: str | None, html: str) -> str:
    return f"<{element}>{html}</{element}>" if element else html
