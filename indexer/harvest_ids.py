"""Papers asked for by id, one paced request each: for gaps in a day's list, and for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.db import harvests, papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.errors import OaiError
from app.domain.harvest import MetadataFormat, RunReport, UpsertCounts
from indexer.clock import SYSTEM_CLOCK
from indexer.oai.client import OaiClient
from indexer.oai.parse import OaiPage, SkippedRecord
from indexer.progress import Progress, SilentProgress

UNKNOWN_ID_CODES = frozenset({"idDoesNotExist", "cannotDisseminateFormat", "noRecordsMatch"})
"""Error codes that speak of the paper; all others are the server's trouble or ours."""

MAX_LISTED_IDS = 20
"""Ids named in a report; more are only counted."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FetchedIds:
    """What asking for papers by id brought.

    Attributes:
        unknown: ids that arXiv does not know.
        skipped: answers that hold no usable paper.
    """

    counts: UpsertCounts
    unknown: tuple[ArxivId, ...]
    skipped: tuple[SkippedRecord, ...]


def store_by_id(
    database: Database,
    client: OaiClient,
    ids: Sequence[ArxivId],
    *,
    metadata_format: MetadataFormat = MetadataFormat.ARXIV_RAW,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> FetchedIds:
    """Fetch and store each paper; every one is committed before the next is asked for.

    Raises:
        UpstreamError: arXiv gave no usable answer; what came before is stored.
    """
    shown = progress or SilentProgress()
    counts = UpsertCounts()
    unknown: list[ArxivId] = []
    skipped: list[SkippedRecord] = []
    shown.start("Fetching papers by id", len(ids))
    try:
        for arxiv_id in ids:
            page = _find_page(client, arxiv_id, metadata_format)
            if page is None:
                unknown.append(arxiv_id)
                log.warning("arXiv does not know this paper", arxiv_id=str(arxiv_id))
            else:
                skipped += page.skipped
                for record in page.skipped:
                    log.warning("record skipped", record=record.identifier, reason=record.reason)
                with database.transaction() as tx:
                    counts += papers.upsert_records(tx, page.records, now=now())
            shown.advance(1, str(arxiv_id))
    finally:
        shown.finish()
    return FetchedIds(counts, tuple(unknown), tuple(skipped))


def harvest_ids(
    database: Database,
    client: OaiClient,
    ids: Sequence[ArxivId],
    *,
    metadata_format: MetadataFormat = MetadataFormat.ARXIV_RAW,
    now: Callable[[], datetime] = SYSTEM_CLOCK.now,
    progress: Progress | None = None,
) -> RunReport:
    """The stored report of fetching papers by id. Ids that arXiv does not know are no failure.

    Raises:
        UpstreamError: arXiv gave no usable answer; what came before is stored.
    """
    started_at = now()
    fetched = store_by_id(
        database, client, ids, metadata_format=metadata_format, now=now, progress=progress
    )
    counts = fetched.counts
    message = f"{counts.total:,} of {len(ids):,} papers fetched by id"
    if fetched.unknown:
        message += f"; arXiv does not know {_list_some(list(map(str, fetched.unknown)))}"
    if fetched.skipped:
        message += f"; unusable: {_list_some([each.identifier for each in fetched.skipped])}"
    report = RunReport(
        stage="harvest",
        started_at=started_at,
        finished_at=now(),
        succeeded=True,
        message=message + ".",
        details={
            "requested": len(ids),
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "deleted": counts.deleted,
            "unknown": len(fetched.unknown),
            "unknown_ids": _list_some(list(map(str, fetched.unknown))),
            "skipped": len(fetched.skipped),
        },
    )
    with database.transaction() as tx:
        harvests.add_run(tx, report)
    return report


def _find_page(
    client: OaiClient, arxiv_id: ArxivId, metadata_format: MetadataFormat
) -> OaiPage | None:
    try:
        return client.get_record(arxiv_id, metadata_format)
    except OaiError as error:
        if error.code in UNKNOWN_ID_CODES:
            return None
        raise


def _list_some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_LISTED_IDS])
    rest = len(names) - MAX_LISTED_IDS
    return f"{shown} and {rest:,} more" if rest > 0 else shown
