"""TeX formulas of papers as MathML that is safe whatever they hold.

    TeX ── latex2mathml ──> element tree ── only what is known to be harmless ──> MathML

Nothing of the library's text is taken over as it is: elements and attributes outside the lists here
are dropped, texts are escaped anew. A formula with a command that nobody knows stays TeX.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from app.web.math_letters import write_in_alphabet
from app.web.math_macros import define_macros

MAX_FORMULA_CHARS = 600
"""Longer formulas stay TeX: real ones in abstracts end at some 300 characters."""

MAX_ELEMENTS = 2_000
MAX_DEPTH = 60

REMEMBERED_FORMULAS = 16_384
"""Formulas kept with their MathML, some 16 MB: one takes 0.2 ms, and pages repeat them."""

_ELEMENTS = frozenset({
    "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none",
    "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom",
})  # fmt: skip
_ATTRIBUTES = frozenset({
    "accent", "accentunder", "stretchy", "fence", "form", "separator", "largeop",
    "movablelimits", "minsize", "maxsize", "lspace", "rspace", "width", "height", "depth",
    "voffset", "displaystyle", "scriptlevel", "linethickness",
})  # fmt: skip
# Lengths of more than one digit would reach out of the line.
_HARMLESS_VALUE = re.compile(r"[A-Za-z]{1,20}|[-+]?[0-9]?(?:\.[0-9]{1,4})?(?:em|ex|pt|px|mu)?")
_DEFINING = re.compile(
    r"\\(?:[gex]?def|let|(?:re)?newcommand|newenvironment|DeclareMathOperator)\b"
)
"""Definitions can grow without bound; a formula that makes some is left alone."""

_UNKNOWN = re.compile(r"\\([A-Za-z]+)")
_LEAVES = frozenset({"mi", "mn", "mo", "mtext"})
_ROWS = frozenset({"mrow", "mstyle", "mtd", "msqrt"})
_SCRIPTED = frozenset({"msub", "msup", "msubsup"})
_THIN_SPACE = '<mspace width="0.167em"></mspace>'
_COMMENT = re.compile(r"(?<!\\)%")


@lru_cache(maxsize=REMEMBERED_FORMULAS)
def render_mathml(tex: str, *, is_block: bool = False) -> str | None:
    """The formula as MathML with its TeX as annotation; None where it cannot be rendered.

    Args:
        tex: without delimiters.
        is_block: whether it stands on a line of its own.
    """
    if len(tex) > MAX_FORMULA_CHARS or _DEFINING.search(tex) or _COMMENT.search(tex):
        return None
    tree = _convert(tex)
    unknown = _list_unknown(tree) if tree is not None else set()
    if unknown:
        tree = _convert(define_macros(tex, unknown))
        if tree is not None and _list_unknown(tree):
            return None
    if tree is None:
        return None
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS or _measure_depth(tree) > MAX_DEPTH:
        return None
    display = ' display="block"' if is_block else ""
    return (
        f'<math translate="no" dir="ltr"{display}><semantics>{_write_children(tree)}'
        f'<annotation encoding="application/x-tex">{escape(tex)}</annotation></semantics></math>'
    )


def _convert(tex: str) -> Element | None:
    try:
        return convert_to_element(" ".join(tex.split()))
    except Exception:
        # Whatever the library stumbles over, the formula stays TeX.
        return None


def _list_unknown(tree: Element) -> set[str]:
    """Names of commands that the library left as they were; a lone backslash counts as one."""
    found = set()
    for element in tree.iter():
        if element.text and "\\" in element.text:
            found.update(_UNKNOWN.findall(element.text) or [""])
    return found


def _measure_depth(tree: Element) -> int:
    """Levels below the root, without recursion: the tree may be deeper than Python's stack."""
    level, depth = [tree], 0
    while level := [child for element in level for child in element]:
        depth += 1
    return depth


def _write_children(parent: Element) -> str:
    parts: list[str] = []
    upright = ""
    before: Element | None = None
    for child in parent:
        # Letters of one upright word make one identifier: "TeV" is no product.
        if _is_upright_letter(child) and parent.tag in _ROWS:
            upright += unescape(child.text or "")
        else:
            parts += _write_upright(upright)
            upright = ""
            if parent.tag in _ROWS and _needs_space(before, child):
                parts.append(_THIN_SPACE)
            parts.append(_write(child))
        before = child
    return "".join([*parts, *_write_upright(upright)])


def _write_upright(word: str) -> list[str]:
    """An upright identifier; browsers set those of one letter in italics unless told."""
    if not word:
        return []
    return [_write_leaf("mi", ' mathvariant="normal"' if len(word) == 1 else "", word)]


def _needs_space(before: Element | None, after: Element) -> bool:
    """Whether a function and what it stands beside would run together: n log n."""
    if before is None or "mo" in (before.tag, after.tag):
        return False
    return _is_function(before) or _is_function(after)


def _is_function(element: Element) -> bool:
    base = element[0] if element.tag in _SCRIPTED and len(element) else element
    return base.tag == "mi" and len(unescape(base.text or "")) > 1


def _is_upright_letter(element: Element) -> bool:
    return element.tag == "mi" and element.get("mathvariant") == "normal" and not len(element)


def _write(element: Element) -> str:
    name = element.tag
    if name not in _ELEMENTS:
        # The content of what is not known here, without its frame.
        return f"<mrow>{_write_children(element)}</mrow>"
    attributes = "".join(
        f' {key}="{value}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and _HARMLESS_VALUE.fullmatch(value)
    )
    if name not in _LEAVES:
        return f"<{name}{attributes}>{_write_children(element)}</{name}>"
    text = unescape(element.text or "")
    variant = element.get("mathvariant", "")
    if variant == "normal":
        attributes += ' mathvariant="normal"' if name == "mi" else ""
    elif variant:
        text = write_in_alphabet(text, variant)
    return _write_leaf(name, attributes, text)


def _write_leaf(name: str, attributes: str, text: str) -> str:
    printable = "".join(letter for letter in text if letter.isprintable() or letter == "\xa0")
    return f"<{name}{attributes}>{escape(printable)}</{name}>"
