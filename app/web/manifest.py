"""`GET /manifest.webmanifest`: name, colours and drawing, for who installs the site."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.web.rendering import get_language

router = APIRouter(include_in_schema=False)

KEPT_SECONDS = 86_400


@router.get("/manifest.webmanifest")
def show_manifest(request: Request) -> Response:
    """The manifest in the reader's language."""
    language = get_language(request)
    gettext = language.translations.gettext
    content = {
        "name": "Papersift",
        "short_name": "Papersift",
        "description": gettext("Search and read arXiv, day by day."),
        "lang": language.tag,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fbf8f1",
        "theme_color": "#0b5c6b",
        "icons": [
            {"src": "/static/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
            {
                "src": "/static/icon-maskable.svg",
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "maskable",
            },
        ],
    }
    headers = {
        "Cache-Control": f"max-age={KEPT_SECONDS}",
        "Vary": "Accept-Language, Cookie",
    }
    return JSONResponse(content, headers=headers, media_type="application/manifest+json")
