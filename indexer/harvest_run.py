"""One run of a harvest: page after page, each stored with the cursor in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from app.db import harvests, papers
from app.db.session import Database, Transaction
from app.domain.errors import MalformedAnswerError, OaiError
from app.domain.harvest import HarvestCursor, HarvestedRecord, HarvestWindow, UpsertCounts
from indexer.cursors import (
    HarvestPlan,
    advance_cursor,
    complete_cursor,
    make_side_key,
    plan_harvest,
    rewind_cursor,
)
from indexer.oai.client import OaiClient
from indexer.oai.parse import OaiPage, SkippedRecord
from indexer.progress import Progress
from indexer.seams import SeamWatch, load_seam_days, save_seam_days

MAX_RESTARTS = 3
"""Expired tokens in one run before it gives up; each costs the window from its beginning."""

MAX_PAGES_PER_LIST = 20_000
"""15 times the pages of all of arXiv: a list that is longer ends nowhere."""

_TOKEN_GIVEN_UP = frozenset({"badResumptionToken", "noRecordsMatch"})
"""Answers to a token that mean "begin again": expired, or nothing is left where it points."""

log = structlog.get_logger()


class HarvestRun:
    """One run over one window, and its counts.

    Attributes:
        window: what was asked for, `from_date` filled in.
        counts: what storing did.
        skipped: records that hold no usable paper.
        pages: answers stored.
        newest: newest datestamp seen.
    """

    def __init__(
        self,
        database: Database,
        client: OaiClient,
        window: HarvestWindow,
        *,
        overlap_days: int,
        now: Callable[[], datetime],
        progress: Progress,
    ) -> None:
        self._database = database
        self._client = client
        self._overlap_days = overlap_days
        self._now = now
        self._progress = progress
        plan, left_seams = self._make_plan(window)
        self.window = plan.window
        self.counts = UpsertCounts()
        self.skipped: list[SkippedRecord] = []
        self.pages = 0
        self.newest: date | None = None
        self._cursor = plan.cursor
        self._is_main = plan.is_main
        self._is_resumed = bool(plan.cursor.resumption_token)
        self._inherited_seams = left_seams if self._is_resumed else set[date]()
        self._seams = set(self._inherited_seams)
        self._has_stale_seams = left_seams != self._seams
        self._watch: SeamWatch | None = None
        self._seen_tokens: set[str] = set()
        self._restarts = 0
        self._started_at = now()

    def read_to_the_end(self) -> None:
        """Store every page of the list, and the cursor of a complete run with the last.

        Raises:
            UpstreamError: arXiv gave no usable answer; the cursor stands at the last stored page.
        """
        log.info(
            "harvest begins",
            cursor=self._cursor.key,
            since=str(self.window.from_date),
            resumed=self._is_resumed,
        )
        for _ in range(MAX_PAGES_PER_LIST):
            try:
                page = self._request(self.window, self._cursor.resumption_token)
            except OaiError as error:
                if self._cursor.resumption_token and error.code in _TOKEN_GIVEN_UP:
                    self._restart(error)
                    continue
                if error.code == "noRecordsMatch":
                    with self._database.transaction() as tx:
                        self._save(tx, rewind_cursor(self._cursor))
                    return
                raise
            if not page.resumption_token:
                self._store_last(page)
                return
            self._store(page)
        raise MalformedAnswerError(
            f"The list did not end after {MAX_PAGES_PER_LIST:,} pages. The next run goes on."
        )

    def _make_plan(self, window: HarvestWindow) -> tuple[HarvestPlan, set[date]]:
        with self._database.read() as tx:
            plan = plan_harvest(
                window,
                harvests.find_cursor(tx, window.cursor_key),
                harvests.find_cursor(tx, make_side_key(window)),
                overlap_days=self._overlap_days,
            )
            return plan, load_seam_days(tx, plan.cursor.key)

    def _request(self, window: HarvestWindow, token: str) -> OaiPage:
        if not token:
            return self._client.list_first_page(window)
        self._seen_tokens.add(token)
        return self._client.list_next_page(token, window.metadata_format)

    def _restart(self, error: OaiError) -> None:
        """Begin the window anew after the server gave up a token; what is stored stays stored."""
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise error
        log.warning("the list begins anew", reason=str(error), since=str(self.window.from_date))
        self._forget_list()
        with self._database.transaction() as tx:
            self._save(tx, rewind_cursor(self._cursor))

    def _forget_list(self) -> None:
        self._inherited_seams = set()
        self._has_stale_seams = self._has_stale_seams or bool(self._seams)
        self._seams = set()
        self._watch = None
        self._seen_tokens.clear()

    def _store(self, page: OaiPage) -> None:
        """Store a page that has a successor."""
        token = page.resumption_token or ""
        is_endless = token in self._seen_tokens
        cursor = advance_cursor(self._cursor, token, page.response_date)
        cut_day = self._get_watch(cursor).note_page(page.records, page.last_datestamp)
        if cut_day is not None and cut_day not in self._seams:
            self._seams.add(cut_day)
            self._has_stale_seams = True
        with self._database.transaction() as tx:
            self._store_records(tx, page)
            self._save(tx, rewind_cursor(cursor) if is_endless else cursor)
        self._show(page)
        if is_endless:
            raise MalformedAnswerError(
                "arXiv repeats a resumption token, so the list would never end. All records read "
                "are stored; the next run begins the list anew."
            )

    def _store_last(self, page: OaiPage) -> None:
        """Store the page that ends the list, then read disturbed days again, then finish.

        The cursor still leads to the last page meanwhile: dying here costs one page.
        """
        if self._cursor.response_date is None:
            self._cursor = replace(self._cursor, response_date=page.response_date)
        watch = self._get_watch(self._cursor)
        watch.note_page(page.records, None)
        disturbed = self._inherited_seams | watch.find_disturbed_days()
        if not disturbed:
            self._finish(page)
            return
        with self._database.transaction() as tx:
            self._store_records(tx, page)
            save_seam_days(tx, self._cursor.key, disturbed)
        self._show(page)
        for day in sorted(disturbed):
            self._read_day(day)
            disturbed = disturbed - {day}
            with self._database.transaction() as tx:
                save_seam_days(tx, self._cursor.key, disturbed)
        self._finish()

    def _read_day(self, day: date) -> None:
        """Read one day again, whose list was disturbed while a page boundary cut it."""
        log.info("reading a day again that changed between two pages", day=day.isoformat())
        window = replace(self.window, from_date=day, until_date=day)
        token = ""
        for _ in range(MAX_PAGES_PER_LIST):
            try:
                page = self._request(window, token)
            except OaiError as error:
                if error.code == "noRecordsMatch" and not token:
                    return
                raise
            with self._database.transaction() as tx:
                self._store_records(tx, page)
            self._show(page)
            token = page.resumption_token or ""
            if not token:
                return
            if token in self._seen_tokens:
                break
        raise MalformedAnswerError(f"arXiv's list of {day} does not end. The next run goes on.")

    def _finish(self, page: OaiPage | None = None) -> None:
        """Store the cursor of a complete run, with the last page unless that is stored already."""
        today = self._now().date()
        cursor = complete_cursor(self._cursor, is_main=self._is_main, today=today)
        self._has_stale_seams = self._has_stale_seams or bool(self._seams)
        self._seams = set()
        with self._database.transaction() as tx:
            if page is not None:
                self._store_records(tx, page)
            self._save(tx, cursor)
        if page is not None:
            self._show(page)

    def _save(self, tx: Transaction, cursor: HarvestCursor) -> None:
        """The cursor, last in its transaction; the days it depends on beside it."""
        if self._has_stale_seams:
            save_seam_days(tx, cursor.key, self._seams)
            self._has_stale_seams = False
        harvests.save_cursor(tx, cursor)
        self._cursor = cursor

    def _store_records(self, tx: Transaction, page: OaiPage) -> None:
        records = _without_repeats(page.records)
        self.counts += papers.upsert_records(tx, records, now=self._now())

    def _get_watch(self, cursor: HarvestCursor) -> SeamWatch:
        if self._watch is None:
            server_day = cursor.response_date.date() if cursor.response_date else date.max
            next_from = min(server_day, self._now().date())
            self._watch = SeamWatch(next_from - timedelta(days=self._overlap_days))
        return self._watch

    def _show(self, page: OaiPage) -> None:
        """Count a stored page and tell people about it."""
        self.pages += 1
        for record in page.skipped:
            if record not in self.skipped:  # a page may be read twice
                log.warning("record skipped", record=record.identifier, reason=record.reason)
                self.skipped.append(record)
        before = self.newest or self.window.from_date
        if page.last_datestamp is not None:
            self.newest = max(self.newest or page.last_datestamp, page.last_datestamp)
        days = (self.newest - before).days if self.newest and before else 0
        elapsed = max((self._now() - self._started_at).total_seconds(), 1.0)
        self._progress.advance(
            max(days, 0),
            f"page {self.pages:,}, {self.counts.total:,} records "
            f"({self.counts.total / elapsed:,.0f}/s), last datestamp {self.newest}",
        )


def _without_repeats(records: Sequence[HarvestedRecord]) -> list[HarvestedRecord]:
    """Each paper once, as it was listed last: a page may repeat a record that changed."""
    return list({record.arxiv_id: record for record in records}.values())
