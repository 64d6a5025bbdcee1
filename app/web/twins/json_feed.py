"""A list as a JSON Feed 1.1, with what the format has no place for under `_papersift`."""

from datetime import datetime

import msgspec

from app.services.exports import ListedPaper
from app.web.twins.feed import Feed, bound_paper, make_entry_id

VERSION = "https://jsonfeed.org/version/1.1"

Json = dict[str, object]


def render_json_feed(feed: Feed) -> bytes:
    """The feed as JSON in UTF-8."""
    answer: Json = {
        "version": VERSION,
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": f"{feed.base}{feed.page_address}",
        "feed_url": f"{feed.base}{feed.own_address}",
        "next_url": f"{feed.base}{feed.next_address}" if feed.next_address else "",
        "_papersift": {
            "total": feed.content.total,
            "offset": feed.content.offset,
            "missing": [each.value for each in feed.content.missing],
        },
        "items": [_make_item(feed.base, each) for each in feed.papers],
    }
    return msgspec.json.encode({name: value for name, value in answer.items() if value != ""})


def _make_item(base: str, listed: ListedPaper) -> Json:
    paper = bound_paper(listed.paper)
    facts: Json = {
        "arxiv_id": paper.arxiv_id.value,
        "version": paper.version,
        "announce_type": listed.kind.value if listed.kind is not None else "",
        "comments": paper.comments,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "pdf_url": paper.arxiv_id.pdf_url,
    }
    return {
        "id": make_entry_id(listed),
        "url": f"{base}/abs/{paper.arxiv_id}",
        "external_url": paper.arxiv_id.abs_url,
        "title": paper.title,
        "content_text": paper.abstract,
        "date_published": _format(paper.submitted_at),
        "date_modified": _format(max(listed.entered_at, paper.submitted_at)),
        "authors": [{"name": author.name} for author in paper.authors],
        "tags": list(paper.categories),
        "_papersift": {name: value for name, value in facts.items() if value != ""},
    }


def _format(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
