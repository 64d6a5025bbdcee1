"""What day lists, calendars and the chooser show, computed from what the use cases answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from app.domain.announcements import AnnounceType
from app.domain.categories import (
    CategoryExpression,
    find_category,
    list_archives,
    list_categories,
    list_groups,
)
from app.services.browse import DayLine, DayList, DayOrder, DaySource
from app.services.calendar import DayCount, MonthCounts
from app.text.announce_kinds import KINDS, write_kinds
from app.web.languages import translatable
from app.web.list_names import make_list_address
from app.web.views import Paging

GROUP_NAMES = {
    "new": translatable("New submissions"),
    "cross": translatable("Cross-lists"),
    "replace": translatable("Replacements"),
}
"""The headings of arXiv's groups."""

KIND_NAMES = {
    "new": translatable("New"),
    "cross": translatable("Cross-listed"),
    "replace": translatable("Replaced"),
}
"""The same as links that pick a group."""

_GROUP_OF = {kind: name for name, members in KINDS.items() for kind in members}
WEEK = 7


@dataclass(frozen=True, slots=True)
class KindLink:
    """A link that shows one group of a day, or all."""

    name: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines of a day that share a heading.

    Attributes:
        key: of `GROUP_NAMES`; empty for lines without a heading.
        count: lines of the whole day that belong to it.
        start: number of the first of these lines within the day.
    """

    key: str
    name: str
    count: int
    start: int
    lines: tuple[DayLine, ...]


@dataclass(frozen=True, slots=True)
class DayAddresses:
    """Where the controls of a day's list lead.

    Attributes:
        orders: address of each order.
        kinds: links to all lines and to each group.
        other_source: the same day by the other way of listing it.
    """

    orders: Mapping[DayOrder, str]
    kinds: tuple[KindLink, ...]
    other_source: str


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """One day of a month.

    Attributes:
        address: of its list; empty where there is none.
        share: of the month's fullest day, in fifths, for its shade.
    """

    count: DayCount
    address: str
    share: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A month as weeks, Monday first; None where a week reaches into another month."""

    month: date
    papers: int
    weeks: tuple[tuple[CalendarCell | None, ...], ...]
    previous_address: str
    next_address: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One category or archive of the chooser, and how many papers the newest day brought it."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ArchiveChoices:
    """An archive of the chooser with its categories; none when it is its own only one."""

    whole: ChoiceView
    categories: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True)
class GroupChoices:
    """A group of archives; `address` is empty where it has only one."""

    name: str
    address: str
    archives: tuple[ArchiveChoices, ...]


def make_day_address(
    page: DayList,
    *,
    order: DayOrder | None = None,
    kinds: frozenset[AnnounceType] | None = None,
    source: DaySource | None = None,
    offset: int = 0,
) -> str:
    """A day's list with some of its controls set otherwise."""
    order = page.order if order is None else order
    kinds = page.kinds if kinds is None else kinds
    source = page.source if source is None else source
    query = {
        "kind": write_kinds(kinds),
        "sort": "" if order is DayOrder.LISTED else order.value,
        "by": source.value if source is DaySource.SUBMITTED and page.by_choice else "",
        "offset": str(offset) if offset else "",
    }
    given = {name: value for name, value in query.items() if value}
    base = f"{make_list_address(page.expression)}/{page.day}"
    return base + (f"?{urlencode(given, safe=',')}" if given else "")


def make_day_paging(page: DayList) -> Paging:
    """Where a page of a day's list stands among its neighbours."""
    earlier = max(0, page.offset - page.limit)
    following = page.next_offset
    return Paging(
        first=page.offset + 1,
        last=page.offset + len(page.lines),
        total=page.total,
        first_address=make_day_address(page),
        previous_address=make_day_address(page, offset=earlier) if page.offset else None,
        next_address=None if following is None else make_day_address(page, offset=following),
    )


def make_day_addresses(page: DayList) -> DayAddresses:
    """The controls of a day's list."""
    total = sum(page.counts.values())
    kinds = [
        KindLink(
            translatable("All"), total, make_day_address(page, kinds=frozenset()), not page.kinds
        )
    ]
    for key, members in KINDS.items():
        count = sum(page.counts.get(kind, 0) for kind in members)
        if count:
            address = make_day_address(page, kinds=members)
            kinds.append(KindLink(KIND_NAMES[key], count, address, page.kinds == members))
    base = f"{make_list_address(page.expression)}/{page.day}"
    return DayAddresses(
        orders={order: make_day_address(page, order=order) for order in DayOrder},
        kinds=tuple(kinds) if page.counts else (),
        other_source=base if page.by_choice else f"{base}?by={DaySource.SUBMITTED}",
    )


def group_lines(page: DayList) -> list[LineGroup]:
    """The lines of a page under the headings of arXiv's list; one nameless group without."""
    start = page.offset + 1
    if page.order is not DayOrder.LISTED or page.source is DaySource.SUBMITTED:
        return [LineGroup("", "", page.total, start, page.lines)] if page.lines else []
    groups = []
    for key, lines in groupby(page.lines, key=_get_group):
        members = tuple(lines)
        count = sum(page.counts.get(kind, 0) for kind in KINDS[key])
        groups.append(LineGroup(key, GROUP_NAMES[key], count, start, members))
        start += len(members)
    return groups


def name_expression(expression: CategoryExpression | None) -> str:
    """The name of an expression that is one category or archive; empty for composed ones."""
    if expression is None or len(expression.include) != 1 or expression.exclude:
        return ""
    category = find_category(expression.include[0])
    return category.name if category is not None else ""


def make_calendar(
    counts: MonthCounts, expression: CategoryExpression | None, *, current: date | None = None
) -> CalendarView:
    """A month for a table of weeks."""
    base = make_list_address(expression)
    most = max((each.papers for each in counts.days), default=0)
    cells: list[CalendarCell | None] = [None] * counts.month.weekday()
    for each in counts.days:
        address = f"{base}/{each.day}" if each.source is not None else ""
        share = -(-5 * each.papers // most) if most else 0
        cells.append(CalendarCell(each, address, share, each.day == current))
    cells += [None] * (-len(cells) % WEEK)
    weeks = tuple(tuple(cells[begin : begin + WEEK]) for begin in range(0, len(cells), WEEK))
    return CalendarView(
        month=counts.month,
        papers=counts.papers,
        weeks=weeks,
        previous_address=_make_month_address(expression, counts.previous_month),
        next_address=_make_month_address(expression, counts.next_month),
    )


def list_choices(counts: Mapping[str, int]) -> list[GroupChoices]:
    """All open archives with their open categories, in arXiv's order."""
    by_archive: dict[str, list[ChoiceView]] = {}
    for category in list_categories():
        if category.code != category.archive:
            choice = ChoiceView(category.code, category.name, counts.get(category.code, 0))
            by_archive.setdefault(category.archive, []).append(choice)
    groups = []
    for group, name in list_groups():
        archives = tuple(
            ArchiveChoices(
                ChoiceView(archive.code, archive.name, counts.get(archive.code, 0)),
                tuple(by_archive.get(archive.code, ())),
            )
            for archive in list_archives()
            if archive.group == group
        )
        address = "" if len(archives) == 1 else f"/list/grp_{group}"
        groups.append(GroupChoices(name, address, archives))
    return groups


def _make_month_address(expression: CategoryExpression | None, month: date | None) -> str:
    if month is None:
        return ""
    base = make_list_address(expression).replace("/list/", "/calendar/", 1)
    return f"{base}/{month:%Y-%m}"


def _get_group(line: DayLine) -> str:
    return _GROUP_OF[line.announcement.announce_type] if line.announcement else ""
