"""Formulas of our own pages, from TeX to MathML on the server."""

from functools import cache

from latex2mathml.converter import convert
from markupsafe import Markup


@cache
def render_formula(tex: str) -> Markup:
    """The formula as a display, for browsers and screen readers.

    For text of the templates only: what comes from elsewhere may be no TeX.

    >>> "<mi>k</mi>" in render_formula("k")
    True
    """
    return _render(tex, "block")


@cache
def render_inline_formula(tex: str) -> Markup:
    """The formula inside a line of text."""
    return _render(tex, "inline")


def _render(tex: str, display: str) -> Markup:
    mathml = convert(" ".join(tex.split()), display=display)
    # Pages that are translated keep their formulas.
    return Markup(mathml.replace("<math ", '<math translate="no" ', 1))  # noqa: S704 - our own TeX
