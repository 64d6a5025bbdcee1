"""Daily feeds as rss.arxiv.org makes them, of invented announcements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from app.domain.categories import find_alias, list_categories

_NAMESPACES = (
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_ARCHIVE_OF = {each.code: each.archive for each in list_categories(include_retired=True)}
_ORDER = ("new", "cross", "replace", "replace-cross")


@dataclass(frozen=True)
class FeedItem:
    arxiv_id: str
    version: int
    announce_type: str
    categories: str


@dataclass(frozen=True)
class Update:
    """One paper's entry in arXiv's table of a day's updates.

    Attributes:
        action: "new", "cross" or "replace".
        categories: primary first.
        listed: the categories that this update announces; all of them unless a cross-listing.
    """

    arxiv_id: str
    version: int
    action: str
    categories: tuple[str, ...]
    listed: tuple[str, ...]


def make_items(updates: Iterable[Update], name: str) -> list[FeedItem]:
    """The items of the feed `name` (archive or category), typed and ordered as arXiv does."""
    items = []
    for update in updates:
        if not any(_belongs(code, name) for code in update.listed):
            continue
        has_primary = _belongs(update.categories[0], name)
        if update.action == "new":
            kind = "new" if has_primary else "cross"
        elif update.action == "cross":
            kind = "cross"
        else:
            kind = "replace" if has_primary else "replace-cross"
        items.append(FeedItem(update.arxiv_id, update.version, kind, " ".join(update.categories)))
    items.sort(key=lambda item: item.arxiv_id, reverse=True)
    return sorted(items, key=lambda item: _ORDER.index(item.announce_type))


def render_rss(day: date, items: Iterable[FeedItem]) -> bytes:
    stamp = _midnight(day).strftime("%a, %d %b %Y %H:%M:%S %z")
    body = "".join(
        f"<item><title>T</title><link>https://arxiv.org/abs/{item.arxiv_id}</link>"
        f"<description>arXiv:{item.arxiv_id}v{item.version} Announce Type: {item.announce_type} \n"
        "Abstract: We show that.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{item.arxiv_id}v{item.version}</guid>'
        + "".join(f"<category>{code}</category>" for code in item.categories.split())
        + f"<pubDate>{stamp}</pubDate>"
        f"<arxiv:announce_type>{item.announce_type}</arxiv:announce_type></item>"
        for item in items
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<rss {_NAMESPACES} version=\"2.0\"><channel>"
        f"<title>updates</title><pubDate>{stamp}</pubDate>"
        "<skipDays><day>Sunday</day><day>Saturday</day></skipDays>"
        f"{body}</channel></rss>"
    ).encode()


def render_atom(day: date, items: Iterable[FeedItem]) -> bytes:
    stamp = _midnight(day).astimezone(timezone(timedelta(0))).isoformat()
    body = "".join(
        f"<entry><id>oai:arXiv.org:{item.arxiv_id}v{item.version}</id>"
        f"<summary>arXiv:{item.arxiv_id}v{item.version} Announce Type: {item.announce_type} \n"
        "Abstract: We show that.</summary>"
        + "".join(f'<category term="{code}"/>' for code in item.categories.split())
        + f"<published>{_midnight(day).isoformat()}</published>"
        f"<arxiv:announce_type>{item.announce_type}</arxiv:announce_type></entry>"
        for item in items
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {_NAMESPACES} "
        f'xmlns="http://www.w3.org/2005/Atom"><updated>{stamp}</updated>{body}</feed>'
    ).encode()


def _midnight(day: date) -> datetime:
    """Midnight US Eastern; summer time is taken to last from April to October."""
    offset = timedelta(hours=-4 if 4 <= day.month <= 10 else -5)
    return datetime(day.year, day.month, day.day, tzinfo=timezone(offset))


def _belongs(code: str, name: str) -> bool:
    """Whether a category is in the feed of an archive or category; arXiv adds aliases."""
    aliases = {code, find_alias(code) or code}
    return name in aliases or any(_ARCHIVE_OF.get(each) == name for each in aliases)
