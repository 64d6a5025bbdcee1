"""How values look on pages: bounded texts, folded author lists, addresses; and the templates.

Everything that comes from arXiv or from a reader is escaped by the templates; the functions here
make it bounded as well, so that no single record can make a page unusable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.domain.categories import find_category, list_categories
from app.domain.paper import Author, DatePrecision
from app.services.exports import FEED_PAPERS
from app.text.coins import render_coins
from app.text.names import split_name
from app.text.percent import quote_form_value
from app.web.assets import Assets
from app.web.formulas import render_formula, render_inline_formula
from app.web.languages import Language
from app.web.locale_formats import (
    format_day,
    format_moment,
    format_month,
    format_number,
    format_submission,
    format_weekday,
)
from app.web.tex_html import render_tex, render_tex_html
from app.web.twins.formats import list_twin_links

AUTHORS_BEFORE_FOLD = 40
"""Authors shown at once; more are behind a fold."""

MAX_AUTHORS_ON_PAGE = 6_000
"""Most authors written on a paper's page; the longest real lists have some 5,200."""

REMEMBERED_AUTHORS = 8_192
"""Links to authors kept, some 2 MB: names return from page to page."""

REMEMBERED_PIECES = 1_024
"""Pieces of HTML kept of each kind that templates remember; arXiv has some 170 categories."""

MAX_NAME_CHARS = 150
MAX_TITLE_CHARS = 1_000
MAX_ABSTRACT_CHARS = 3_000
"""Longest abstract shown, characters; arXiv itself stops at 1,920."""

CLAMPED_ABSTRACT_CHARS = 560
"""Longer abstracts show their first lines in lists, the rest on demand; characters."""

LONGEST_WORD_CHARS = 30
"""Longest begun word that is left out where a text is cut, characters."""

MAX_LINE_CHARS = 2_000
"""Longest comments, journal reference or note shown, characters."""

MAX_DOIS = 5

_SAFE_SCHEMES = frozenset({"http", "https"})
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class FoldedAuthors:
    """An author list for a page.

    Attributes:
        shown: names in sight.
        folded: names behind the fold.
        unlisted: how many more there are.
    """

    shown: tuple[str, ...]
    folded: tuple[str, ...]
    unlisted: int


def fold_authors(authors: Sequence[Author], *, listed: int = MAX_AUTHORS_ON_PAGE) -> FoldedAuthors:
    """The authors with all beyond the first forty folded, at most `listed` in all.

    >>> fold_authors([Author(f"A{n}") for n in range(42)]).folded
    ('A40', 'A41')
    """
    names = tuple(clamp(author.name, MAX_NAME_CHARS) for author in authors[:listed])
    return FoldedAuthors(
        shown=names[:AUTHORS_BEFORE_FOLD],
        folded=names[AUTHORS_BEFORE_FOLD:],
        unlisted=len(authors) - len(names),
    )


def clamp(text: str, limit: int = MAX_LINE_CHARS) -> str:
    """The text, cut with an ellipsis where it is longer than `limit` characters.

    Words stay whole, unless they are longer than any word of a language.

    >>> clamp("abcdef", 4), clamp("one three five", 13)
    ('abc…', 'one three…')
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if not text[limit - 1].isspace():
        whole, blank, begun = cut.rpartition(" ")
        if blank and len(begun) <= LONGEST_WORD_CHARS:
            cut = whole
    return cut.rstrip() + "…"


def format_citation_date(moment: datetime, precision: DatePrecision = DatePrecision.TIME) -> str:
    """A date as reference managers read it: `2024/05/31`, or `2024/05` when that is all."""
    return moment.strftime("%Y/%m" if precision is DatePrecision.MONTH else "%Y/%m/%d")


def format_figure(value: str | float | bool | None) -> str:
    """A cell of a table of numbers: six digits, no trailing zeros.

    >>> format_figure(0.30558691), format_figure(4.0), format_figure(True)
    ('0.305587', '4', 'yes')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.6g}"


def name_category(code: str, translate: Callable[[str], str] = str) -> str:
    """The name of a category; empty when it is not arXiv's."""
    category = find_category(code)
    return translate(category.name) if category is not None else ""


def make_search_address(**parameters: str | int | None) -> str:
    """The search page with these parameters, empty ones left out.

    >>> make_search_address(q='au:"E. Fox"', cat="", offset=25)
    '/search?q=au%3A%22E.+Fox%22&offset=25'
    """
    return _add_query("/search", parameters)


def make_address(path: str, **parameters: str | int | None) -> str:
    """A page with these parameters, empty ones left out; `from_` stands for `from`.

    >>> make_address("/library", ids="2405.00418,math/0611800", from_="")
    '/library?ids=2405.00418,math/0611800'
    """
    return _add_query(path, parameters, safe=",/")


def _add_query(path: str, parameters: Mapping[str, str | int | None], safe: str = "") -> str:
    given = {
        name.rstrip("_"): value for name, value in parameters.items() if value not in ("", None)
    }
    return path + (f"?{urlencode(given, safe=safe)}" if given else "")


def make_author_address(name: str) -> str:
    """The search for the papers of an author: the page that stands for a name, always alike.

    >>> make_author_address("Anna van der Berg")
    '/search?q=au%3A%22van+der+Berg%2C+Anna%22'
    """
    written = split_name(name).sorting_name.replace('"', " ")
    return "/search?q=" + quote_form_value(f'au:"{written}"')


def render_author_links(names: Iterable[str]) -> Markup:
    """The names as a line of HTML, each a link to what its author wrote.

    >>> render_author_links(["A. <b>"])
    Markup('<a href="/search?q=au%3A%22%3Cb%3E%2C+A.%22"><bdi>A. &lt;b&gt;</bdi></a>')
    """
    return Markup(", ".join(map(_render_author_link, names)))  # noqa: S704 - each is escaped


@lru_cache(maxsize=REMEMBERED_AUTHORS)
def _render_author_link(name: str) -> str:
    return f'<a href="{escape(make_author_address(name))}"><bdi>{escape(name)}</bdi></a>'


def list_doi_addresses(doi: str) -> list[tuple[str, str]]:
    """The DOIs of a paper, each with its address; some papers have several."""
    return [(each, f"https://doi.org/{quote(each, safe='/()')}") for each in doi.split()[:MAX_DOIS]]


def format_iso_day(day: date | datetime) -> str:
    """A day as machines read it, `2024-05-31`."""
    return f"{day:%Y-%m-%d}"


def keep_web_address(address: str) -> str:
    """The address if it leads to the web, else nothing: other schemes can run scripts."""
    try:
        is_safe = urlsplit(address).scheme in _SAFE_SCHEMES
    except ValueError:
        return ""
    return address if is_safe else ""


def make_environment(language: Language, assets: Assets) -> Environment:
    """The templates of one language with everything they may call; all values are escaped.

    Args:
        language: whose texts, dates and numbers they write.
        assets: where the files of `static/` are.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = language.translations
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        translations.gettext, translations.ngettext, newstyle=True
    )
    environment.filters |= {
        "clamp": clamp,
        "day": partial(format_day, language=language),
        "weekday": partial(format_weekday, language=language),
        "month": partial(format_month, language=language),
        "moment": partial(format_moment, language=language),
        "submission": partial(format_submission, language=language),
        "number": partial(format_number, language=language),
        "citation_date": format_citation_date,
        "figure": format_figure,
        "category_name": partial(name_category, translate=translations.gettext),
        "author_links": render_author_links,
        "doi_addresses": list_doi_addresses,
        "web_address": keep_web_address,
        "fold_authors": fold_authors,
        "marked_html": render_tex_html,
        "tex": render_tex,
        "iso_day": format_iso_day,
        "coins": render_coins,
        "formula": render_formula,
        "inline_formula": render_inline_formula,
    }
    environment.globals |= {
        "asset": assets.get_address,
        "words_address": assets.words.get(language.code, ""),
        "search_address": make_search_address,
        "list_twins": list_twin_links,
        "list_categories": list_categories,
        "remember": lru_cache(maxsize=REMEMBERED_PIECES),
        "max_title": MAX_TITLE_CHARS,
        "max_abstract": MAX_ABSTRACT_CHARS,
        "feed_papers": FEED_PAPERS,
        "clamped_abstract": CLAMPED_ABSTRACT_CHARS,
        "authors_before_fold": AUTHORS_BEFORE_FOLD,
    }
    return environment
