"""A day's lists by category, from the feeds of whole archives; pure.

The ledger holds one line per day, category and paper: "the list of 2026-11-20 in cs.CL named this
paper as new, cross-listed or replaced, at this place". Aliases are one category (math.MP's list
is math-ph's), and a category's lines come from one feed only: its own archive's, or its alias's
where only that is read.

Twenty archive feeds hold nearly all of some 150 category lists, since items carry their
categories. What an item is in a category's list follows from its type in the archive's feed:

    new                     -> new where the category is primary, else cross
    replace, replace-cross  -> replace where the category is primary, else replace-cross
    cross, and the paper is new elsewhere today -> cross in each of its categories here
    cross otherwise         -> a paper of an earlier day was added to *some* category here:
                               with one candidate that one, with several it cannot be told

Order: arXiv lists each type by id, so where crosses come from both "new" and "cross" items of the
archive they are merged by id, in the direction that the feed itself shows.

Only for the last case, and for a feed that may have been cut at arXiv's limit, the categories
concerned are named as doubtful, and their own feeds settle the matter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.categories import canonical_category, find_alias, list_categories
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


def derive_day_lists(
    archive: str, feed: Feed, *, new_today: Collection[ArxivId], archives: Collection[str]
) -> DayLists:
    """The lists of an archive's categories.

    Args:
        archive: e.g. "cs", "hep-th".
        feed: of this archive.
        new_today: papers that are "new" in any feed of the same day.
        archives: all that are read.
    """
    lines: dict[tuple[str, ArxivId], Announcement] = {}
    doubtful: set[str] = set()
    for position, item in enumerate(feed.items):
        codes = tuple(dict.fromkeys(map(canonical_category, item.categories)))
        here = [code for code in codes if _find_home(code, archives) == archive]
        if item.announce_type is AnnounceType.CROSS and item.arxiv_id not in new_today:
            here = [code for code in here if code != codes[0]] or here
            if len(here) > 1:
                doubtful.update(here)
        for code in here:
            types = _TYPE_WHERE_PRIMARY if code == codes[0] else _TYPE_ELSEWHERE
            line = _make_line(feed, code, item, types[item.announce_type], position)
            lines.setdefault((code, item.arxiv_id), line)
    if feed.may_be_cut:
        doubtful.update(_list_open_categories(archive, archives))
    if doubtful == {archive}:
        doubtful.clear()  # its own feed was just read
    return DayLists(tuple(_put_in_order(lines.values(), feed)), frozenset(doubtful))


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


def _put_in_order(lines: Iterable[Announcement], feed: Feed) -> list[Announcement]:
    """The lines with places by id within their types, where the feed goes by id."""
    direction = _find_direction(feed)
    if direction == 0:
        return list(lines)
    in_order = sorted(lines, key=lambda line: line.arxiv_id.sort_key, reverse=direction < 0)
    return [replace(line, position=place) for place, line in enumerate(in_order)]


def _find_direction(feed: Feed) -> int:
    """1 if ids rise within each type of a feed, -1 if they fall, 0 if neither is clear."""
    keys_by_type = defaultdict(list)
    for item in feed.items:
        keys_by_type[item.announce_type].append(item.arxiv_id.sort_key)
    steps = {
        1 if later > earlier else -1
        for keys in keys_by_type.values()
        for earlier, later in pairwise(keys)
        if later != earlier
    }
    return steps.pop() if len(steps) == 1 else 0


def _find_home(code: str, archives: Collection[str]) -> str:
    """The archive whose feed gives a category's list."""
    home = _archive_of(code)
    alias = find_alias(code)
    return _archive_of(alias) if alias is not None and home not in archives else home


def _archive_of(code: str) -> str:
    """The archive of a category; for one that is newer than our table, what precedes the dot."""
    return _ARCHIVE_OF.get(code) or code.partition(".")[0]


def _list_open_categories(archive: str, archives: Collection[str]) -> set[str]:
    codes = {canonical_category(category.code) for category in list_categories()}
    return {code for code in codes if _find_home(code, archives) == archive}
