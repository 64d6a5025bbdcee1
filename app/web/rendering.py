"""From a template to an answer: every page goes through `render_page`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from app.web.languages import LANGUAGES, Language, choose_language

LANGUAGE_COOKIE = "papersift-language"
THEME_COOKIE = "papersift-theme"
"""The two cookies there are; each holds nothing but the choice itself."""

_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n"))
_CONTROLS_OF_LATIN_1 = re.compile(rb"\xc2[\x80-\x9f]")
"""U+0080 to U+009F as they stand in UTF-8."""

_PARTS = {"/calendar/all": ("/calendar", "/list")}
"""Parts of the site whose pages do not all begin with the address of the first."""

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around every page knows of its reader.

    Attributes:
        language: the language of the page.
        languages: all languages there are.
        theme: `auto`, `light` or `dark`.
        themes: all themes there are.
        address: the page itself, path and query.
    """

    language: Language
    languages: tuple[Language, ...]
    theme: str
    themes: tuple[str, ...]
    address: str

    @property
    def path(self) -> str:
        """The page itself without its query."""
        return self.address.partition("?")[0]

    @property
    def dark_media(self) -> str:
        """Where the dark colours hold, as a media query; nowhere if empty. Paper stays white."""
        return {"auto": "screen and (prefers-color-scheme: dark)", "dark": "screen"}.get(
            self.theme, ""
        )

    def is_in(self, address: str) -> bool:
        """Whether the page belongs to the part of the site that begins at an address."""
        if address == "/":
            return self.path == "/"
        beginnings = _PARTS.get(address, (address,))
        return any(f"{self.path}/".startswith(f"{beginning}/") for beginning in beginnings)

    def choice_address(self, **choice: str) -> str:
        """Where a choice of `language` or `theme` is posted to; it leads back to this page."""
        return "/choices?" + urlencode(choice | {"back": self.address})


def make_frame(request: Request) -> Frame:
    """The frame for a request: choices in cookies, else what the browser prefers."""
    theme = request.cookies.get(THEME_COOKIE, "")
    query = request.url.query
    return Frame(
        language=get_language(request),
        languages=tuple(LANGUAGES.values()),
        theme=theme if theme in THEMES else THEMES[0],
        themes=THEMES,
        address=request.url.path + (f"?{query}" if query else ""),
    )


def get_language(request: Request) -> Language:
    """The language that the reader of this request gets."""
    return choose_language(
        request.headers.get("Accept-Language", ""), request.cookies.get(LANGUAGE_COOKIE, "")
    )


def render_page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """A page in the reader's language, as HTML that is asked for anew each time."""
    frame = make_frame(request)
    environments: dict[str, Environment] = request.app.state.environments
    environment = environments[frame.language.code]
    html = environment.get_template(template).render(frame=frame, **context).encode()
    answered = {
        "Cache-Control": "no-cache",
        "Content-Language": frame.language.tag,
        # Whoever keeps pages must know what else than the address they depend on.
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(_drop_control_characters(html), status, answered | dict(headers or {}))


def _drop_control_characters(html: bytes) -> bytes:
    """The page without characters that are not allowed in HTML, wherever they came from.

    Once for the whole page: asking each of its 1,700 values took a tenth of its time.
    """
    allowed = html.translate(None, _CONTROL_BYTES)
    # The lead byte keeps the search from looking at every place.
    return _CONTROLS_OF_LATIN_1.sub(b"", allowed) if b"\xc2" in allowed else allowed
