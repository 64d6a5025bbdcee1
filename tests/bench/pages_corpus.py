"""A library of real records with a ledger, as the pages are measured over."""

from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from app.db.announcements import add_announcements
from app.db.migrate import upgrade
from app.db.papers import stream_all_papers
from app.db.session import Database
from app.domain.announcements import Announcement, AnnounceType
from app.domain.paper import Paper
from indexer.index import rebuild
from indexer.lexicon import rebuild_lexicon
from tests.bench.corpus import import_papers, iter_snapshot_lines

DAYS = 20
"""Days of the ledger, weekends stepped over."""

PAPERS_A_DAY = 300
"""Of the archive cs, each day."""

LAST_DAY = date(2026, 11, 20)
NEW, CROSSED = 150, 60
"""Of a day's papers; the others are replacements."""


def build_library(folder: Path, papers: int) -> None:
    """A database, an index, a lexicon and a ledger of twenty days in a folder."""
    snapshot = folder / "papers.jsonl"
    with snapshot.open("wb") as file:
        file.writelines(iter_snapshot_lines(papers))
    url = f"sqlite:///{folder / 'papersift.db'}"
    upgrade(url)
    with closing(Database(url)) as database:
        import_papers(database, snapshot)
        with database.read() as tx:
            batches = stream_all_papers(tx, 2_000)
            of_archive = (
                paper
                for batch in batches
                for paper in batch
                if any(code.startswith("cs.") for code in paper.categories)
            )
            chosen = list(islice(of_archive, DAYS * PAPERS_A_DAY))
        with database.transaction() as tx:
            for day, begin in zip(_list_days(), range(0, len(chosen), PAPERS_A_DAY), strict=False):
                listed = chosen[begin : begin + PAPERS_A_DAY]
                lines = [
                    line for place, paper in enumerate(listed) for line in _list(day, place, paper)
                ]
                add_announcements(tx, lines)
        index_dir = folder / "index"
        rebuild(database, index_dir)
        rebuild_lexicon(database, index_dir)


def _list_days() -> list[date]:
    days = (LAST_DAY - timedelta(days=back) for back in range(2 * DAYS))
    return [day for day in days if day.weekday() < 5][:DAYS]


def _list(day: date, place: int, paper: Paper) -> list[Announcement]:
    kind = AnnounceType.NEW if place < NEW else AnnounceType.REPLACE
    if NEW <= place < NEW + CROSSED:
        kind = AnnounceType.CROSS
    return [
        Announcement(day, category, paper.arxiv_id, paper.version, kind, place)
        for category in paper.categories
    ]
