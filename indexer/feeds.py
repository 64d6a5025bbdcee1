"""arXiv's daily feeds, RSS and Atom: bytes to announced papers; no network, no clock.

Facts from arXiv's own feed service: at most 2,000 items (`FEED_ITEM_LIMIT`), nothing on weekends
and holidays, dated by midnight US Eastern of the announcement's day, categories primary first. The
announce type is relative to what was asked for: "new" when the primary category is in it,
"cross" when another is, also for a paper listed there later; "replace" and "replace-cross" alike.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from app.domain.announcements import AnnounceType
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError, MalformedAnswerError
from indexer.safe_xml import parse_xml

FEED_ITEM_LIMIT = 2_000
"""A feed with so many items may have been cut."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ANNOUNCE_TYPE = f"{_ARXIV}announce_type"
_TYPE_LABEL = "Announce Type:"


@dataclass(frozen=True, slots=True)
class AnnouncedPaper:
    """One item of a feed.

    Attributes:
        categories: as listed on the paper, primary first, never empty.
    """

    arxiv_id: ArxivId
    version: int
    announce_type: AnnounceType
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """One day's feed.

    Attributes:
        announced_on: the day, as arXiv counts it (US Eastern).
        items: in the feed's order.
        skipped: one clause for every item that could not be read.
    """

    announced_on: date
    items: tuple[AnnouncedPaper, ...]
    skipped: tuple[str, ...] = ()

    @property
    def may_be_cut(self) -> bool:
        """Whether the feed is as long as arXiv lets feeds be."""
        return len(self.items) + len(self.skipped) >= FEED_ITEM_LIMIT


class _UnusableItemError(ValueError):
    """An item that announces no paper we can name."""


def parse_feed(data: bytes) -> Feed:
    """The announcements of an RSS or Atom feed of rss.arxiv.org.

    Raises:
        MalformedAnswerError: not XML, truncated, with a DOCTYPE, not a feed, or undated.
    """
    root = parse_xml(data)
    if root.tag == "rss":
        channel = root.find("channel")
        if channel is None:
            raise MalformedAnswerError("The RSS answer has no channel.")
        announced_on = _parse_rss_date(channel.findtext("pubDate") or "")
        elements = channel.findall("item")
    elif root.tag == f"{_ATOM}feed":
        announced_on = _parse_atom_date(root.findtext(f"{_ATOM}updated") or "")
        elements = root.findall(f"{_ATOM}entry")
    else:
        raise MalformedAnswerError("The answer is XML, but neither RSS nor Atom.")
    items, skipped = [], []
    for element in elements:
        try:
            items.append(_read_rss_item(element) if root.tag == "rss" else _read_entry(element))
        except _UnusableItemError as error:
            skipped.append(str(error))
    return Feed(announced_on, tuple(items), tuple(skipped))


def _read_rss_item(item: etree._Element) -> AnnouncedPaper:
    categories = [(each.text or "").strip() for each in item.findall("category")]
    return _make_item(
        item.findtext("guid") or "",
        item.findtext(_ANNOUNCE_TYPE) or "",
        item.findtext("description") or "",
        categories,
    )


def _read_entry(entry: etree._Element) -> AnnouncedPaper:
    categories = [each.get("term", "").strip() for each in entry.findall(f"{_ATOM}category")]
    return _make_item(
        entry.findtext(f"{_ATOM}id") or "",
        entry.findtext(_ANNOUNCE_TYPE) or "",
        entry.findtext(f"{_ATOM}summary") or "",
        categories,
    )


def _make_item(
    identifier: str, announce_type: str, description: str, categories: list[str]
) -> AnnouncedPaper:
    try:
        named = parse_arxiv_id(identifier.strip())
    except InvalidArxivIdError as error:
        raise _UnusableItemError(str(error)) from error
    if not announce_type.strip():
        _, _, rest = description.partition(_TYPE_LABEL)
        announce_type = rest.split(maxsplit=1)[0] if rest.strip() else ""
    try:
        kind = AnnounceType(announce_type.strip())
    except ValueError:
        raise _UnusableItemError(
            f'{named}: "{announce_type.strip()[:40]}" is no announce type'
        ) from None
    codes = tuple(dict.fromkeys(code for code in categories if code))
    if not codes:
        raise _UnusableItemError(f"{named}: no categories")
    return AnnouncedPaper(named.arxiv_id, named.version or 1, kind, codes)


def _parse_rss_date(text: str) -> date:
    """The day as written, in the feed's own (Eastern) time."""
    try:
        return parsedate_to_datetime(text.strip()).date()
    except ValueError:
        raise _undated(text) from None


def _parse_atom_date(text: str) -> date:
    """The day of an Atom time. Midnight Eastern is 4 or 5 o'clock UTC of the same day."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _undated(text) from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _undated(text: str) -> MalformedAnswerError:
    return MalformedAnswerError(f'The feed\'s date "{text.strip()[:40]}" cannot be read.')
