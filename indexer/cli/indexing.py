"""`papersift index`, `reindex`, `migrate` and `schedule`: what keeps the house in order."""

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from app.logs import configure_logging
from app.settings import load_settings
from indexer.cli.assembly import Workshop
from indexer.cli.console import reporting_errors, say
from indexer.lease import hold_lease, utc_now
from indexer.scheduler import Scheduler


@reporting_errors
def index() -> None:
    """Bring the search index up to date with the database.

    Example: papersift index
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    with Workshop(settings) as workshop:
        workshop.migrate()
        with hold_lease(
            workshop.database, owner=workshop.owner, ttl_seconds=settings.lease_seconds
        ):
            say(workshop.update_index().message)


@reporting_errors
def reindex() -> None:
    """Build the search index anew beside the old one, check it, and switch to it.

    A running service answers from the old index until the new one is complete.

    Example: papersift reindex
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    with Workshop(settings) as workshop:
        workshop.migrate()
        with hold_lease(
            workshop.database, owner=workshop.owner, ttl_seconds=settings.lease_seconds
        ):
            say(workshop.rebuild_index().message)


@reporting_errors
def migrate() -> None:
    """Create the database's tables, or bring them up to date.

    Example: papersift migrate
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    with Workshop(settings) as workshop:
        revision = workshop.migrate()
        say(f"The tables of {workshop.database.safe_url} are up to date (revision {revision}).")


@reporting_errors
def schedule(
    cron: Annotated[
        str | None,
        typer.Option("--cron", help="Cron expression, UTC [default: PAPERSIFT_SCHEDULE]."),
    ] = None,
) -> None:
    """Keep everything current: a daily run on schedule, and runs that are asked for.

    Runs missed while it was down are caught up once. Only one scheduler works at a time; others
    stand by and take over when it dies.

    Example: papersift schedule --cron "30 5 * * mon-fri"
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        say("Stopping after the stage under way.")
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    with Workshop(settings) as workshop:
        workshop.migrate()
        scheduler = Scheduler(
            workshop.database,
            workshop.make_pipeline(),
            schedule=cron or settings.schedule,
            owner=workshop.owner,
            lease_seconds=settings.lease_seconds,
            poll_seconds=settings.job_poll_seconds,
            retry_seconds=settings.failed_run_retry_seconds,
            now=utc_now,
        )
        say(f"Next scheduled run: {scheduler.get_next_run():%Y-%m-%d %H:%M} UTC.")
        scheduler.run_forever(stop)
    say("Stopped.")
