from collections.abc import Callable, Iterable
from datetime import date

import pytest

from app.domain.announcements import AnnounceType
from app.domain.errors import MalformedAnswerError
from indexer.feeds import FEED_ITEM_LIMIT, parse_feed
from tests.support.feeds import FeedItem, render_atom, render_rss
from tests.unit.real_data import data_file

Render = Callable[[date, Iterable[FeedItem]], bytes]

FRIDAY = date(2026, 11, 20)
ITEMS = [
    FeedItem("2611.00009", 1, "new", "cs.CL cs.LG"),
    FeedItem("hep-th/9901001", 7, "replace-cross", "hep-th cs.CL"),
]


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_items_come_in_order_with_version_type_and_categories(render: Render) -> None:
    feed = parse_feed(render(FRIDAY, ITEMS))
    assert feed.announced_on == FRIDAY
    assert [(str(item.arxiv_id), item.version) for item in feed.items] == [
        ("2611.00009", 1),
        ("hep-th/9901001", 7),
    ]
    assert [item.announce_type for item in feed.items] == [
        AnnounceType.NEW,
        AnnounceType.REPLACE_CROSS,
    ]
    assert feed.items[0].categories == ("cs.CL", "cs.LG")
    assert feed.skipped == ()


@pytest.mark.parametrize("render", [render_rss, render_atom])
@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 7, 6)])
def test_the_day_is_arxivs_in_winter_and_summer(render: Render, day: date) -> None:
    assert parse_feed(render(day, [])).announced_on == day


def test_without_its_element_the_type_is_read_from_the_description() -> None:
    data = render_rss(FRIDAY, ITEMS).replace(b"arxiv:announce_type", b"arxiv:other")
    assert parse_feed(data).items[1].announce_type is AnnounceType.REPLACE_CROSS


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (FeedItem("2611.99", 1, "new", "cs.CL"), "2611.99"),
        (FeedItem("2611.00001", 1, "absonly", "cs.CL"), "absonly"),
        (FeedItem("2611.00001", 1, "new", ""), "no categories"),
    ],
)
def test_an_item_that_cannot_be_read_is_named_and_the_others_stay(
    item: FeedItem, reason: str
) -> None:
    feed = parse_feed(render_rss(FRIDAY, [ITEMS[0], item, ITEMS[1]]))
    assert len(feed.items) == 2
    (skipped,) = feed.skipped
    assert reason in skipped


def test_a_feed_as_long_as_arxiv_lets_it_be_may_be_cut() -> None:
    items = [FeedItem(f"2611.{n:05d}", 1, "new", "cs.CL") for n in range(1, FEED_ITEM_LIMIT + 1)]
    assert parse_feed(render_rss(FRIDAY, items)).may_be_cut
    assert not parse_feed(render_rss(FRIDAY, items[1:])).may_be_cut


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html/>",
        b"<rss version='2.0'></rss>",
        render_rss(FRIDAY, ITEMS)[:-30],
        render_rss(FRIDAY, ITEMS).replace(b"<pubDate>", b"<pubDate>not "),
        render_rss(FRIDAY, ITEMS).replace(b"?>", b"?><!DOCTYPE rss [<!ENTITY a 'b'>]>", 1),
        render_atom(FRIDAY, ITEMS).replace(b"<updated>", b"<updated>not "),
    ],
)
def test_what_is_no_dated_feed_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        parse_feed(data)


@pytest.mark.data
def test_recorded_rss_and_atom_say_the_same() -> None:
    rss = parse_feed(data_file("rss/generated_cs.CL.rss.xml").read_bytes())
    atom = parse_feed(data_file("rss/generated_cs.CL.atom.xml").read_bytes())
    assert rss == atom
    assert rss.announced_on == date(2026, 3, 10)
    assert len(rss.items) == 40
    assert {item.announce_type for item in rss.items} == set(AnnounceType)


@pytest.mark.data
def test_the_recorded_weekend_feed_is_empty_and_fine() -> None:
    feed = parse_feed(data_file("rss/generated_empty_weekend.rss.xml").read_bytes())
    assert (feed.items, feed.skipped) == ((), ())
