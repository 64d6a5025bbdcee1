"""A day's lists by category, from the feeds of whole archives; pure.

The ledger holds one line per day, category and paper: "the list of 2026-11-20 in cs.CL named this
paper as new, cross-listed or replaced, at this place". Aliases are one category (math.MP's list
is math-ph's), and a category's lines come from its own archive's feed only.

Twenty archive feeds hold nearly all of some 150 category lists, since items carry their
categories. What an item is in a category's list follows from its type in the archive's feed:

    new                     -> new where the category is primary, else cross
    replace, replace-cross  -> replace where the category is primary, else replace-cross
    cross, and the paper is new elsewhere today -> cross in each of its categories here
    cross otherwise         -> a paper of an earlier day was added to *some* category here:
                               with one candidate that one, with several it cannot be told

Only for the last case, and for a feed that may have been cut at arXiv's limit, the categories
concerned are named as doubtful, and their own feeds settle the matter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import canonical_category, list_categories
from indexer.feeds import AnnouncedPaper, Feed

_TYPE_WHERE_PRIMARY = {
    AnnounceType.NEW: AnnounceType.NEW,
    AnnounceType.CROSS: AnnounceType.CROSS,
    AnnounceType.REPLACE: AnnounceType.REPLACE,
    AnnounceType.REPLACE_CROSS: AnnounceType.REPLACE,
}
_TYPE_ELSEWHERE = {
    AnnounceType.NEW: AnnounceType.CROSS,
    AnnounceType.CROSS: AnnounceType.CROSS,
    AnnounceType.REPLACE: AnnounceType.REPLACE_CROSS,
    AnnounceType.REPLACE_CROSS: AnnounceType.REPLACE_CROSS,
}
_ARCHIVE_OF = {
    category.code: category.archive for category in list_categories(include_retired=True)
}


@dataclass(frozen=True, slots=True)
class DayLists:
    """What an archive's feed says of its categories' lists.

    Attributes:
        lines: ledger lines; for doubtful categories possibly too many, never too few unless the
            feed was cut.
        doubtful: categories whose own feed should be asked.
    """

    lines: tuple[Announcement, ...]
    doubtful: frozenset[str]


def derive_day_lists(archive: str, feed: Feed, new_today: Collection[ArxivId]) -> DayLists:
    """The lists of an archive's categories.

    Args:
        archive: e.g. "cs", "hep-th".
        feed: of this archive.
        new_today: papers that are "new" in any feed of the same day.
    """
    lines: dict[tuple[str, ArxivId], Announcement] = {}
    doubtful: set[str] = set()
    for position, item in enumerate(feed.items):
        codes = tuple(dict.fromkeys(map(canonical_category, item.categories)))
        here = [code for code in codes if _archive_of(code) == archive]
        if item.announce_type is AnnounceType.CROSS and item.arxiv_id not in new_today:
            here = [code for code in here if code != codes[0]] or here
            if len(here) > 1:
                doubtful.update(here)
        for code in here:
            types = _TYPE_WHERE_PRIMARY if code == codes[0] else _TYPE_ELSEWHERE
            line = _make_line(feed, code, item, types[item.announce_type], position)
            lines.setdefault((code, item.arxiv_id), line)
    if feed.may_be_cut:
        doubtful.update(_list_open_categories(archive))
    if doubtful == {archive}:
        doubtful.clear()  # its own feed was just read
    return DayLists(tuple(lines.values()), frozenset(doubtful))


def list_category_lines(category: str, feed: Feed) -> tuple[Announcement, ...]:
    """The lines of a category's own feed, whose types need no interpretation."""
    code = canonical_category(category)
    lines: dict[ArxivId, Announcement] = {}
    for position, item in enumerate(feed.items):
        line = _make_line(feed, code, item, item.announce_type, position)
        lines.setdefault(item.arxiv_id, line)
    return tuple(lines.values())


def replace_lists(
    lines: Sequence[Announcement], settled: Sequence[tuple[str, Sequence[Announcement]]]
) -> list[Announcement]:
    """The lines with whole categories exchanged for what their own feeds say."""
    exchanged = {category for category, _ in settled}
    kept = [line for line in lines if line.category not in exchanged]
    return kept + [line for _, own in settled for line in own]


def _make_line(
    feed: Feed, category: str, item: AnnouncedPaper, announce_type: AnnounceType, position: int
) -> Announcement:
    return Announcement(
        announced_on=feed.announced_on,
        category=category,
        arxiv_id=item.arxiv_id,
        version=item.version,
        announce_type=announce_type,
        position=position,
    )


def _archive_of(code: str) -> str:
    """The archive of a category; for one that is newer than our table, what precedes the dot."""
    return _ARCHIVE_OF.get(code) or code.partition(".")[0]


def _list_open_categories(archive: str) -> list[str]:
    return [
        category.code
        for category in list_categories()
        if category.archive == archive and canonical_category(category.code) == category.code
    ]
