r"""Commands that authors define for themselves and leave in their abstracts.

The frequent ones among 100,000 real papers: `\R` for the reals, `\cH` for a script H, `\Aut` for a
group. What is not known here makes a formula stay TeX.
"""

import re
from collections.abc import Collection

_DOUBLE_STRUCK = "CEFKNPQRTZ"
_OPERATORS = (
    "Ad", "Alb", "Alt", "Ann", "Ass", "Aut", "Bl", "Bun", "Ch", "Cl", "Coh", "Conf", "Cov",
    "Der", "Diff", "Div", "End", "Ext", "Fix", "Frac", "GL", "Gal", "Gin", "Gr", "Hilb",
    "Hom", "Id", "Imm", "Ind", "Inn", "Int", "Irr", "Isom", "Jac", "Ker", "Lie", "Lip", "Map",
    "Mat", "Mod", "Mor", "NS", "Ob", "Out", "PGL", "PSL", "PSU", "Pic", "Proj", "Rep", "Res",
    "SL", "SO", "SU", "Sh", "Sp", "Spec", "Spin", "Stab", "Supp", "Sym", "Tor", "Tr", "Var",
    "Vol", "ad", "arcsec", "area", "argmax", "argmin", "card", "ch", "codim", "coker", "conv",
    "depth", "diag", "diam", "dist", "dom", "ess", "grad", "grade", "id", "im", "ind", "lcm",
    "length", "mult", "ord", "pd", "pdim", "poly", "polylog", "rank", "reg", "rk", "sgn",
    "sign", "span", "spec", "supp", "tr", "trace", "vol",
)  # fmt: skip
_UNITS = ("eV", "keV", "MeV", "GeV", "TeV", "Hz", "kHz", "MHz", "GHz", "THz", "kpc", "Mpc", "Gpc")

_MACROS = {
    "AA": r"\mathring{\mathrm{A}}",
    "Msun": r"M_{\odot}",
    "arcmin": r"^{\prime}",
    "bbone": r"\mathbf{1}",
    "complexes": r"\mathbb{C}",
    "cc": r"\mathbb{C}",
    "dag": r"\dagger",
    "degr": r"^{\circ}",
    "eps": r"\varepsilon",
    "ep": r"\epsilon",
    "fb": r"\mathrm{fb}",
    "ga": r"\gtrsim",
    "gev": r"\mathrm{GeV}",
    "gw": r"\mathrm{GW}",
    "half": r"\tfrac{1}{2}",
    "integers": r"\mathbb{Z}",
    "ka": r"\kappa",
    "kms": r"\mathrm{km\,s^{-1}}",
    "la": r"\lesssim",
    "lam": r"\lambda",
    "lsim": r"\lesssim",
    "gsim": r"\gtrsim",
    "mev": r"\mathrm{MeV}",
    "micron": r"\mathrm{\mu m}",
    "msun": r"M_{\odot}",
    "nle": r"\nleq",
    "nge": r"\ngeq",
    "nolimits": "",
    "om": r"\omega",
    "one": r"\mathbf{1}",
    "ov": r"\overline",
    "pb": r"\mathrm{pb}",
    "ra": r"\rightarrow",
    "reals": r"\mathbb{R}",
    "real": r"\mathbb{R}",
    "rmn": r"\mathrm",
    "sbar": r"\bar{s}",
    "simgt": r"\gtrsim",
    "simlt": r"\lesssim",
    "slash": "/",
    "sun": r"\odot",
    "tev": r"\mathrm{TeV}",
    "textgreater": ">",
    "textless": "<",
    "um": r"\mathrm{\mu m}",
    "wt": r"\widetilde",
    "wh": r"\widehat",
    "xspace": "",
    "ensuremath": "",
    "IR": r"\mathbb{R}",
    "IN": r"\mathbb{N}",
    "IC": r"\mathbb{C}",
    "IZ": r"\mathbb{Z}",
    **{letter: rf"\mathbb{{{letter}}}" for letter in _DOUBLE_STRUCK},
    **{2 * letter: rf"\mathbb{{{letter}}}" for letter in _DOUBLE_STRUCK},
    **{name: rf"\operatorname{{{name}}}" for name in _OPERATORS},
    **{name: rf"\,\mathrm{{{name}}}" for name in _UNITS},
}
_STYLED_LETTERS = {
    "cal": "mathcal",
    "bb": "mathbb",
    "bf": "mathbf",
    "scr": "mathscr",
    "frak": "mathfrak",
    "c": "mathcal",
    "b": "mathbf",
    "m": "mathbf",
    "s": "mathscr",
}
_STYLED = re.compile(r"(cal|bb|bf|scr|frak|[cbms])([A-Z])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


def define_macros(tex: str, unknown: Collection[str]) -> str:
    r"""The formula with private commands written out as far as they are known here.

    Args:
        unknown: names of commands to write out, without the backslash.

    >>> define_macros(r"\R^n \to \cH", {"R", "cH"})
    '\\mathbb{R}^n \\to \\mathcal{H}'
    """

    def write_out(match: re.Match[str]) -> str:
        name = match[1]
        if name not in unknown:
            return match[0]
        if name in _MACROS:
            written = _MACROS[name]
            # A command at the end would take in the letter that follows.
            return f"{written} " if written[-1:].isalpha() else written
        styled = _STYLED.fullmatch(name)
        if styled is not None:
            return rf"\{_STYLED_LETTERS[styled[1]]}{{{styled[2]}}}"
        return match[0]

    return _COMMAND.sub(write_out, tex)
