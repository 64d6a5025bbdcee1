r"""TeX to plain words, so that `$\alpha$-divergence` is found as "alpha divergence".

One pass replaces commands by words (`\log` → log), drops fonts, spacing and relations, joins
number scripts to their letter (`$\ell_1$` → l1, `L^2` → L2) and keeps all other text. It works
alike inside and outside of formulas and on unbalanced input, in linear time. A map from every
offset of the words back to the source lets highlighting mark the source.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from app.text.tex import ACCENT_PATTERN, compose_accent

_DROPPED = frozenset(
    # Fonts and accents over symbols, spacing and sizes, relations and signs: nothing to search.
    re.findall(
        "[A-Za-z]+",
        """
    acute approx ast backslash bar begin bf big Big bigg Bigg biggl biggr bigl bigr Bigl Bigr
    bmod boldmath boldsymbol bm breve cal cdot cdots cfrac check choose circ cite colon cong
    cup cap dagger ddot ddots dfrac displaystyle dot dots downarrow em emph end ensuremath
    equiv exists forall frac frak ge geq geqslant gg grave gtrsim hat hbox hfill hookrightarrow
    href hspace hskip iff implies in it item kern label langle lbrace lceil ldots le left
    leftarrow leftrightarrow Leftrightarrow leq leqslant lesssim lfloor limits ll lVert lvert
    longmapsto longrightarrow Longrightarrow mapsto mathbb mathbf mathbin mathcal mathds mathfrak
    mathit mathop mathrel mathring mathrm mathscr mathsf mathtt mbox medskip mid middle mp mskip
    neg negthinspace neq ne newline ni nolimits nonumber noindent not notin operatorname over
    overbrace overline overrightarrow par parallel phantom pm pmod prime propto qquad quad rangle
    rbrace rceil ref rfloor right rightarrow Rightarrow rightharpoonup rm rVert rvert sc
    scriptscriptstyle scriptstyle setminus sf sim simeq sl small smallskip sqcup stackrel star
    subset subseteq subsetneq succ supset supseteq tag tbinom text textbf textit textrm textsc
    textsf textsl textstyle texttt textup tfrac thinspace tilde times to tt underbrace underline
    underset overset uparrow url vdots vec vee verb vert Vert vspace wedge widehat widetilde wp
    """,
    )
)

_WORDS = {
    "ell": "l",
    "eps": "epsilon",
    "vareps": "epsilon",
    "varepsilon": "epsilon",
    "varkappa": "kappa",
    "varphi": "phi",
    "varpi": "pi",
    "varrho": "rho",
    "varsigma": "sigma",
    "vartheta": "theta",
    "infin": "infty",
}
"""Commands whose word is not their own name."""

_TOKENS = re.compile(
    # What all of them begin with, asked first: most characters are no TeX, and a sixth of the time.
    r"(?=[\\_^~{}$])(?:"
    rf"(?P<accent>{ACCENT_PATTERN})"
    r"|\\(?P<command>[A-Za-z]++)\*?"
    r"|\\(?P<symbol>.)"
    # A number as script of one letter or symbol: part of a name like l1, L2, H2O.
    r"|(?P<script>[_^]\s?\{?(?P<digits>[0-9]{1,3})(?![0-9])\}?)"
    # The end of one argument and the beginning of the next separate words: \frac{a}{b}.
    r"|(?P<blank>[_^~]|\}\s?\{)"
    r"|(?P<nothing>[{}$]))",
    re.DOTALL,
)
_MARKS_OF_TEX = re.compile(r"[\\$_^{}~]")


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Plain text with its way back to the source.

    Attributes:
        text: the words.
        starts: offsets in `text` at which a piece begins, ascending; the first is 0.
        sources: for each piece its offsets (begin, end) in the source.
        copied: for each piece whether it is the source's own text.
    """

    text: str
    starts: tuple[int, ...]
    sources: tuple[tuple[int, int], ...]
    copied: tuple[bool, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of what became `text[start:end]`; `start < end`."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        begin, finish = self.sources[first][0], self.sources[last][1]
        if self.copied[first]:
            begin += start - self.starts[first]
        if self.copied[last]:
            finish = self.sources[last][0] + end - self.starts[last]
        return begin, finish


def has_tex(text: str) -> bool:
    """Whether `tex_to_words` could change `text`."""
    return _MARKS_OF_TEX.search(text) is not None


def tex_to_words(text: str) -> str:
    r"""`text` with TeX replaced by plain words; the same object where there is no TeX.

    >>> tex_to_words(r"$\ell_1$ and $\alpha$-divergence in $\mathbb{R}^n$, O(n\log n)")
    'l1 and alpha-divergence in R n, O(n log n)'
    """
    if not has_tex(text):
        return text
    # As `map_tex_to_words`, whose map costs more than the words.
    output: list[str] = []
    last = " "
    position = 0
    for match in _TOKENS.finditer(text):
        begin, end = match.span()
        if begin > position:
            output.append(text[position:begin])
            last = text[begin - 1]
        position = end
        word = _word_of(match, last)
        if not word:
            continue
        if match.lastgroup == "command":
            if last.isalnum():
                output.append(" ")
            output.append(word)
            last = word[-1]
            following = text[end : end + 1]
            if following.isalnum() or following == "{":
                output.append(" ")
                last = " "
        else:
            output.append(word)
            last = word[-1]
    output.append(text[position:])
    return "".join(output)


def map_tex_to_words(text: str) -> PlainWords:
    """`tex_to_words` together with the offsets in the source."""
    output: list[str] = []
    starts: list[int] = []
    sources: list[tuple[int, int]] = []
    copied: list[bool] = []
    length = 0
    last = " "

    def emit(piece: str, begin: int, end: int, *, is_copy: bool) -> None:
        nonlocal length, last
        if piece:
            output.append(piece)
            starts.append(length)
            sources.append((begin, end))
            copied.append(is_copy)
            length += len(piece)
            last = piece[-1]

    position = 0
    for match in _TOKENS.finditer(text):
        begin, end = match.span()
        emit(text[position:begin], position, begin, is_copy=True)
        word = _word_of(match, last)
        if match["command"] is not None and word:
            # A command is a word of its own, even where a letter touches it.
            if last.isalnum():
                emit(" ", begin, begin, is_copy=False)
            emit(word, begin, end, is_copy=False)
            if text[end : end + 1].isalnum() or text[end : end + 1] == "{":
                emit(" ", end, end, is_copy=False)
        else:
            emit(word, begin, end, is_copy=False)
        position = end
    emit(text[position:], position, len(text), is_copy=True)
    return PlainWords("".join(output), tuple(starts), tuple(sources), tuple(copied))


def _word_of(match: re.Match[str], last: str) -> str:
    """What replaces one piece of TeX; `last` is the character before it."""
    match match.lastgroup:
        case "nothing" | "blank" as kind:
            return " " if kind == "blank" else ""
        case "script":
            return match["digits"] if last.isalpha() else f" {match['digits']}"
        case "command":
            command = match["command"]
            if command in _DROPPED:
                return "" if not last.isalnum() else " "
            return _WORDS.get(command, command)
        case "symbol":
            return match["symbol"] if match["symbol"] in "&%$#" else " "
        case _:
            composed = compose_accent(match["accent"])
            return composed if not composed.startswith(("\\", "{")) else " "
