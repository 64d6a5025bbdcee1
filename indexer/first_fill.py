"""What `papersift run` does with an empty database: arXiv's last days, else the sample.

A newcomer must have something to search within a minute, with or without arXiv.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.db import papers, state
from app.db.session import Database
from app.domain.errors import MalformedAnswerError, UpstreamError
from app.domain.harvest import RunReport
from indexer.fetch import PoliteFetcher
from indexer.oai.client import ACCEPT_XML

SAMPLE_PATH = Path(__file__).parent / "sample" / "papers.jsonl"

FILL_STATE = "first_fill"
"""Key under which the database remembers what it was filled with."""


class FillKind(StrEnum):
    """What an empty database was filled with."""

    NOTHING = "nothing"
    HARVEST = "harvest"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class FillOutcome:
    """What happened, for people.

    Attributes:
        kind: NOTHING when the database already held papers.
        message: one or two plain sentences.
    """

    kind: FillKind
    message: str


def probe(fetcher: PoliteFetcher, oai_url: str) -> None:
    """Return quietly when arXiv's OAI-PMH service answers now.

    Identify is the cheapest question: a list of records may take the server longer to make than
    a newcomer should wait to learn that there is no network.

    Raises:
        UpstreamError: it does not, within the fetcher's limits.
    """

    def check(body: bytes) -> None:
        if b"<Identify" not in body:
            raise MalformedAnswerError(f"{oai_url} is not an OAI-PMH service.")

    fetcher.fetch(oai_url, {"verb": "Identify"}, accept=ACCEPT_XML, read=check)


def fill_if_empty(
    database: Database,
    *,
    harvest_recent: Callable[[], RunReport],
    load_sample: Callable[[], RunReport],
) -> FillOutcome:
    """Fill an empty database; a database with papers in it is left alone.

    Args:
        harvest_recent: harvests the last announced days; raises `UpstreamError` if arXiv does
            not answer in time or answers with errors.
        load_sample: imports the bundled sample.
    """
    with database.read() as tx:
        held = papers.count_papers(tx)
    if held:
        return FillOutcome(FillKind.NOTHING, f"The database holds {held:,} papers.")
    reason = ""
    try:
        report = harvest_recent()
    except UpstreamError as error:
        reason = str(error)
    else:
        reason = "" if report.succeeded else report.message
    with database.read() as tx:
        held = papers.count_papers(tx)
    if held:
        outcome = FillOutcome(FillKind.HARVEST, _describe_harvest(held, reason))
    else:
        load_sample()
        outcome = FillOutcome(FillKind.SAMPLE, _describe_sample(reason))
    with database.transaction() as tx:
        state.set_state(tx, FILL_STATE, outcome.kind.value)
    return outcome


def _describe_harvest(held: int, reason: str) -> str:
    text = f"Harvested {held:,} papers of the last announced days from arXiv."
    if reason:
        text += f" Then arXiv stopped answering ({reason})."
    return (
        f"{text} For all of arXiv run `papersift harvest --all` (hours), or import the metadata "
        "snapshot with `papersift import FILE` (minutes)."
    )


def _describe_sample(reason: str) -> str:
    why = f"arXiv gave no papers ({reason})" if reason else "arXiv announced no papers lately"
    return (
        f"{why}, so the bundled sample of well-known papers was loaded instead; its abstracts "
        "are summaries written for it. When arXiv can be reached, `papersift harvest --days 3` "
        "brings the last days and `papersift harvest --all` everything."
    )
