"""arXiv's daily lists into the ledger, and the ledger against the papers held.

The feeds live for one day and are rebuilt at midnight US Eastern, so every list that could be read
is stored even when another could not.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

import structlog

from app.db import announcements, harvests
from app.db.session import Database
from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.errors import MalformedAnswerError, UpstreamError, UpstreamUnavailableError
from app.domain.harvest import RunReport
from indexer.clock import SYSTEM_CLOCK
from indexer.day_lists import derive_day_lists, list_category_lines, replace_lists
from indexer.feeds import Feed, parse_feed
from indexer.fetch import PoliteFetcher
from indexer.progress import Progress, SilentProgress
from indexer.reconcile import reconcile

__all__ = ["collect_announcements", "reconcile"]

ACCEPT_FEED = "application/rss+xml, application/atom+xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
"""Sent with every request for a feed."""

log = structlog.get_logger()


def collect_announcements(
    database: Database,
    fetcher: PoliteFetcher,
    *,
    rss_url: str,
    archives: Sequence[str],
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of reading today's lists of these archives into the ledger.

    One request per archive, and one for each category whose list the archive's feed leaves in
    doubt (`indexer.day_lists`). An empty feed is normal on weekends and holidays; the same feed
    read twice adds nothing.

    Raises:
        UpstreamError: a feed could not be read; the lists of all others are stored.
    """
    started_at = now()
    reader = _FeedReader(fetcher, rss_url.rstrip("/"), progress or SilentProgress())
    feeds = reader.read_all(archives, "Reading arXiv's daily lists")
    lines = _settle(reader, feeds)
    with database.transaction() as tx:
        added = announcements.add_announcements(tx, lines)
    if reader.failures:
        raise reader.make_error()
    report = _make_report(feeds, lines, added, started_at, now())
    with database.transaction() as tx:
        harvests.add_run(tx, report)
    return report


class _FeedReader:
    """Fetches feeds, remembering those that failed; stops asking once arXiv is out of reach."""

    def __init__(self, fetcher: PoliteFetcher, rss_url: str, progress: Progress) -> None:
        self._fetcher = fetcher
        self._rss_url = rss_url
        self._progress = progress
        self._is_out_of_reach = False
        self.failures: dict[str, UpstreamError] = {}

    def read_all(self, names: Sequence[str], what: str) -> dict[str, Feed]:
        """The feeds of archives or categories, without those that failed."""
        feeds: dict[str, Feed] = {}
        self._progress.start(what, len(names))
        try:
            for name in names:
                feed = self._read(name)
                if feed is not None:
                    feeds[name] = feed
                self._progress.advance(1, name)
        finally:
            self._progress.finish()
        return feeds

    def _read(self, name: str) -> Feed | None:
        if self._is_out_of_reach:
            return None
        try:
            feed = self._fetcher.fetch(
                f"{self._rss_url}/rss/{name}", accept=ACCEPT_FEED, read=parse_feed
            )
        except MalformedAnswerError as error:
            self.failures[name] = error
            return None
        except UpstreamUnavailableError as error:
            self.failures[name] = error
            # 400 and 404 speak of this one name; anything else concerns them all.
            self._is_out_of_reach = error.status not in (400, 404)
            return None
        for reason in feed.skipped:
            log.warning("announcement skipped", feed=name, reason=reason)
        return feed

    def make_error(self) -> UpstreamError:
        """What went wrong, naming the lists that are missing."""
        names = ", ".join(self.failures)
        first = next(iter(self.failures.values()))
        message = f"Not all of today's lists could be read; failed: {names}. {first}"
        if isinstance(first, UpstreamUnavailableError):
            return UpstreamUnavailableError(message, status=first.status)
        return MalformedAnswerError(message)


def _settle(reader: _FeedReader, feeds: dict[str, Feed]) -> list[Announcement]:
    """All lines of the day, doubtful lists settled by their own feeds where those can be read."""
    new_on: dict[date, set[ArxivId]] = defaultdict(set)
    for feed in feeds.values():
        new_on[feed.announced_on].update(
            item.arxiv_id for item in feed.items if item.announce_type is AnnounceType.NEW
        )
    derived = {
        archive: derive_day_lists(
            archive, feed, new_today=new_on[feed.announced_on], archives=feeds.keys()
        )
        for archive, feed in feeds.items()
    }
    doubtful = sorted(frozenset().union(*(lists.doubtful for lists in derived.values())))
    settled = reader.read_all(doubtful, "Settling doubtful lists") if doubtful else {}
    lines = [line for lists in derived.values() for line in lists.lines]
    own = [(category, list_category_lines(category, feed)) for category, feed in settled.items()]
    return replace_lists(lines, own)


def _make_report(
    feeds: dict[str, Feed],
    lines: Sequence[Announcement],
    added: int,
    started_at: datetime,
    finished_at: datetime,
) -> RunReport:
    days = sorted({feed.announced_on for feed in feeds.values()})
    shown_days = ", ".join(map(str, days)) or "no day"
    lists = {(line.announced_on, line.category) for line in lines}
    announced = {(line.announced_on, line.arxiv_id) for line in lines}
    if lines:
        message = (
            f"{shown_days}: {len(announced):,} papers announced in {len(lists):,} lists, "
            f"{added:,} lines new to the ledger."
        )
    else:
        message = f"{shown_days}: nothing is announced, as on weekends and holidays."
    return RunReport(
        stage="announcements",
        started_at=started_at,
        finished_at=finished_at,
        succeeded=True,
        message=message,
        details={
            "days": shown_days,
            "feeds": len(feeds),
            "lists": len(lists),
            "announced": len(announced),
            "lines": len(lines),
            "lines_added": added,
            "skipped": sum(len(feed.skipped) for feed in feeds.values()),
        },
    )
