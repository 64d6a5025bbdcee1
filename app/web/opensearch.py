"""`GET /opensearch.xml`: tells browsers how to search here, and how to complete what is typed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from lxml import etree

router = APIRouter(include_in_schema=False)

KEPT_SECONDS = 86_400
"""A browser reads the description once and may keep it for a day."""


NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
DESCRIPTION_TYPE = "application/opensearchdescription+xml"
SUGGESTIONS_TYPE = "application/x-suggestions+json"
"""What `/api/v1/suggest` answers in the form that browsers ask for."""

SHORT_NAME = "Papersift"
"""At most 16 characters."""

DESCRIPTION = "Search of arXiv papers: titles, abstracts, authors, identifiers."
"""At most 1,024 characters."""


@router.get("/opensearch.xml")
def show_description(request: Request) -> Response:
    """How to search here, for the search box of a browser."""
    base = request.app.state.public_url or str(request.base_url).rstrip("/")
    headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}"}
    return Response(render_description(base), headers=headers, media_type=DESCRIPTION_TYPE)


def render_description(base: str) -> bytes:
    """The OpenSearch 1.1 description document of a service.

    Args:
        base: its public address without a slash at the end.
    """
    root = etree.Element("OpenSearchDescription", nsmap={None: NAMESPACE})
    for name, text in (
        ("ShortName", SHORT_NAME),
        ("Description", DESCRIPTION),
        ("InputEncoding", "UTF-8"),
    ):
        etree.SubElement(root, name).text = text
    image = etree.SubElement(root, "Image", height="16", width="16", type="image/svg+xml")
    image.text = f"{base}/static/favicon.svg"
    for media_type, template, attributes in (
        ("text/html", "/search?q={searchTerms}", {}),
        (SUGGESTIONS_TYPE, "/api/v1/suggest?q={searchTerms}&format=opensearch", {}),
        (DESCRIPTION_TYPE, "/opensearch.xml", {"rel": "self"}),
    ):
        etree.SubElement(
            root, "Url", attributes, type=media_type, template=f"{base}{template}", method="get"
        )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
