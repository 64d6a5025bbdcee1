r"""Where formulas and TeX groups stand in a text, so that nothing cuts through one.

A formula is `$…$`, `$$…$$`, `\(…\)`, `\[…\]` or an environment; a group is `{…}` with the command
before it. Unbalanced signs make no span.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

Span = tuple[int, int]
"""First character and the one after the last."""

MAX_FORMULA_CHARS = 2_000
"""Longer pieces between two dollars are prose with a lost or a real dollar in it."""

_FORMULA = re.compile(
    # What all of them begin with, asked first: most characters begin nothing.
    r"(?=[$\\])(?:"
    rf"(?<!\\)\$\$(?:\\.|[^$\\]){{1,{MAX_FORMULA_CHARS}}}\$\$"
    rf"|(?<!\\)\$(?:\\.|[^$\\]){{1,{MAX_FORMULA_CHARS}}}\$"
    rf"|\\\((?:[^\\]|\\(?![()])){{1,{MAX_FORMULA_CHARS}}}\\\)"
    rf"|\\\[(?:[^\\]|\\(?![\[\]])){{1,{MAX_FORMULA_CHARS}}}\\\]"
    rf"|\\begin\{{(?P<name>[A-Za-z]+\*?)\}}.{{0,{MAX_FORMULA_CHARS}}}?\\end\{{(?P=name)\}})",
    re.DOTALL,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_COMMAND_BEFORE = re.compile(r"\\[A-Za-z]+\*?\s?$")
MAX_COMMAND_CHARS = 40


def find_formulas(text: str) -> list[Span]:
    r"""The formulas of a text in order.

    >>> find_formulas(r"of $\alpha$ and \(x\)")
    [(3, 11), (16, 21)]
    """
    if "$" not in text and "\\" not in text:
        return []
    return [match.span() for match in _FORMULA.finditer(text)]


def find_groups(text: str) -> list[Span]:
    r"""The balanced groups of a text, each with the command before it, inner ones first.

    >>> find_groups(r"an \emph{odd {x}}")
    [(13, 16), (3, 17)]
    """
    if "{" not in text:
        return []
    groups: list[Span] = []
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            start = opened.pop()
            command = _COMMAND_BEFORE.search(text, max(0, start - MAX_COMMAND_CHARS), start)
            groups.append((command.start() if command else start, match.end()))
    return groups


class TexSpans:
    """The formulas and groups of one text, for widening spans that would cut through them."""

    def __init__(self, text: str) -> None:
        self._formulas = find_formulas(text)
        groups = find_groups(text)
        self._groups_by_start = sorted(groups)
        self._groups_by_end = sorted(groups, key=_end)

    def widen(self, span: Span) -> Span:
        """The span with every formula it touches and every group it would cut through."""
        while True:
            start, end = self._take_in_formulas(span)
            opened = _between(self._groups_by_start, start, end, key=_start)
            closed = _between(self._groups_by_end, start, end, key=_end)
            end = max([end, *map(_end, opened)])
            start = min([start, *map(_start, closed)])
            if (start, end) == span:
                return span
            span = (start, end)

    def _take_in_formulas(self, span: Span) -> Span:
        formulas = self._formulas
        if not formulas:
            return span
        start, end = span
        first = bisect_right(formulas, start, key=_end)
        last = bisect_left(formulas, end, key=_start) - 1
        if first > last:
            return span
        return min(start, formulas[first][0]), max(end, formulas[last][1])


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _between(spans: list[Span], start: int, end: int, key: Callable[[Span], int]) -> list[Span]:
    """The spans, sorted by `key`, whose key lies inside."""
    return spans[bisect_right(spans, start, key=key) : bisect_left(spans, end, key=key)]
