"""`POST /choices`: the reader's language and theme, kept by the browser and by nobody else."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.domain.errors import InvalidInputError
from app.web.languages import LANGUAGES
from app.web.redirects import SEE_OTHER
from app.web.rendering import LANGUAGE_COOKIE, THEME_COOKIE, THEMES

router = APIRouter(include_in_schema=False)

KEPT_SECONDS = 365 * 86_400


@router.post("/choices")
def keep_choices(
    request: Request, language: str = "", theme: str = "", back: str = "/"
) -> Response:
    """The page one came from, in the language and theme now chosen.

    Raises:
        InvalidInputError: there is no such language or theme.
    """
    answer = RedirectResponse(keep_local_address(back), status_code=SEE_OTHER)
    if language:
        _keep(request, answer, LANGUAGE_COOKIE, language, tuple(LANGUAGES))
    if theme:
        _keep(request, answer, THEME_COOKIE, theme, THEMES)
    return answer


def keep_local_address(address: str) -> str:
    r"""The address if it is a path of this service, else the home page.

    >>> keep_local_address("/help?a=b"), keep_local_address("//elsewhere.org")
    ('/help?a=b', '/')
    """
    # Browsers read a backslash as a slash, and skip control characters.
    is_local = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_local and address.isprintable() and "\\" not in address else "/"


def _keep(
    request: Request, answer: Response, cookie: str, value: str, offered: tuple[str, ...]
) -> None:
    if value not in offered:
        raise InvalidInputError(
            f"There is no “{value[:40]}” to choose; choose {', '.join(offered)}."
        )
    answer.set_cookie(
        cookie,
        value,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
