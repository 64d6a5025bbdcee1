"""`papersift harvest` and `papersift import`: papers come in."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.domain.errors import InvalidInputError
from app.domain.harvest import RunReport
from app.domain.jobs import JobKind
from app.logs import configure_logging
from app.settings import load_settings
from indexer.cli.assembly import Workshop
from indexer.cli.console import fail, print_json, reporting_errors, say
from indexer.lease import hold_lease, utc_now

JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@reporting_errors
def harvest(
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Records modified since YYYY-MM-DD."),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Records of the last N days.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The whole archive, from its first record on.")
    ] = False,
    once: Annotated[
        bool,
        typer.Option(
            "--once",
            help="One whole daily run (announcements, harvest, reconcile, index): for cron.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch new and changed papers from arXiv, then bring the index up to date.

    Without options it goes on from the last harvest; the very first one fetches the whole
    archive, which takes hours and may be interrupted and repeated at will.

    Example: papersift harvest --days 3
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    if sum((since is not None, days is not None, everything, once)) > 1:
        raise InvalidInputError("Give only one of --since, --days, --all and --once.")
    from_date = _read_start(since, days)
    with Workshop(settings) as workshop:
        workshop.migrate()
        with hold_lease(
            workshop.database, owner=workshop.owner, ttl_seconds=settings.lease_seconds
        ) as lease:
            pipeline = workshop.make_pipeline(from_date=from_date, everything=everything)
            report = pipeline.run(
                JobKind.RUN if once else JobKind.HARVEST, may_go_on=lambda: not lease.is_lost
            )
    _answer(report, as_json)


@reporting_errors
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines: plain, .gz or .zst.")],
    as_json: JsonOption = False,
) -> None:
    """Load the Kaggle arXiv metadata snapshot, then bring the index up to date.

    May be interrupted and repeated: it goes on where it stopped, and a file loaded twice changes
    nothing. Lines that hold no paper go to `rejects/` in the data folder, with the reason.

    Example: papersift import arxiv-metadata-oai-snapshot.json
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    with Workshop(settings) as workshop:
        workshop.migrate()
        with hold_lease(
            workshop.database, owner=workshop.owner, ttl_seconds=settings.lease_seconds
        ):
            report = workshop.import_file(file)
            workshop.update_index()
    _answer(report, as_json)


def _read_start(since: str | None, days: int | None) -> date | None:
    if days is not None:
        return (utc_now() - timedelta(days=days)).date()
    if since is None:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise InvalidInputError(
            f"{since!r} is not a date. Write --since YYYY-MM-DD, e.g. --since 2026-11-01."
        ) from error


def _answer(report: RunReport, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "stage": report.stage,
                "succeeded": report.succeeded,
                "message": report.message,
                "started_at": report.started_at,
                "finished_at": report.finished_at,
                "details": report.details,
            }
        )
    elif report.succeeded:
        say(report.message)
    if not report.succeeded:
        raise fail(report.message)
