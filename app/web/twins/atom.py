"""A list as an Atom feed (RFC 4287), with arXiv's and OpenSearch's extensions."""

from datetime import datetime

from lxml import etree

from app.services.exports import ListedPaper
from app.web.twins.feed import Feed, bound_paper, make_entry_id

ATOM = "http://www.w3.org/2005/Atom"
ARXIV = "http://arxiv.org/schemas/atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"

_NAMESPACES = {None: ATOM, "arxiv": ARXIV, "opensearch": OPENSEARCH}


def render_atom(feed: Feed) -> bytes:
    """The feed as XML in UTF-8."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMESPACES)
    _add(root, "title", feed.title)
    if feed.subtitle:
        _add(root, "subtitle", feed.subtitle)
    _add(root, "id", f"{feed.base}{feed.own_address}")
    _add(root, "updated", _format(feed.updated_at))
    _add(root, "generator", "Papersift")
    _link(root, "self", f"{feed.base}{feed.own_address}", "application/atom+xml")
    _link(root, "alternate", f"{feed.base}{feed.page_address}", "text/html")
    if feed.next_address:
        _link(root, "next", f"{feed.base}{feed.next_address}", "application/atom+xml")
    for name, value in (
        ("totalResults", feed.content.total),
        ("startIndex", feed.content.offset),
        ("itemsPerPage", len(feed.papers)),
    ):
        etree.SubElement(root, f"{{{OPENSEARCH}}}{name}").text = str(value)
    for listed in feed.papers:
        _add_entry(root, feed.base, listed)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_entry(root: etree._Element, base: str, listed: ListedPaper) -> None:
    paper = bound_paper(listed.paper)
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "title", paper.title).set("type", "text")
    _add(entry, "id", make_entry_id(listed))
    _add(entry, "updated", _format(max(listed.entered_at, paper.submitted_at)))
    _add(entry, "published", _format(paper.submitted_at))
    for author in paper.authors:
        person = etree.SubElement(entry, f"{{{ATOM}}}author")
        _add(person, "name", author.name)
    if not paper.authors:
        # An entry needs an author, or its feed does.
        _add(etree.SubElement(entry, f"{{{ATOM}}}author"), "name", "unknown")
    _add(entry, "summary", paper.abstract).set("type", "text")
    _link(entry, "alternate", f"{base}/abs/{paper.arxiv_id}", "text/html")
    _link(entry, "via", paper.arxiv_id.abs_url, "text/html")
    _link(entry, "related", paper.arxiv_id.pdf_url, "application/pdf", title="pdf")
    for category in paper.categories:
        etree.SubElement(entry, f"{{{ATOM}}}category", term=category, scheme=ARXIV)
    primary = paper.primary_category
    etree.SubElement(entry, f"{{{ARXIV}}}primary_category", term=primary, scheme=ARXIV)
    for name, text in (
        ("comment", paper.comments),
        ("journal_ref", paper.journal_ref),
        ("doi", paper.doi),
        ("announce_type", listed.kind.value if listed.kind is not None else ""),
    ):
        if text:
            etree.SubElement(entry, f"{{{ARXIV}}}{name}").text = text


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = text
    return element


def _link(
    parent: etree._Element, relation: str, address: str, media_type: str, title: str = ""
) -> None:
    attributes = {"rel": relation, "href": address, "type": media_type}
    if title:
        attributes["title"] = title
    etree.SubElement(parent, f"{{{ATOM}}}link", attributes)


def _format(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
