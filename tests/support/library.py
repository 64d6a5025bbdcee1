"""A small invented library: a database and an index that tests of the service read."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.db import announcements, harvests, migrate
from app.db.papers import get_last_change_number, stream_changes, upsert_records
from app.db.session import Database
from app.domain.announcements import AnnounceType, ReconciliationReceipt
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord, RunReport
from app.domain.paper import Author
from app.search.documents import make_index_document
from app.search.factory import open_index_writer
from app.search.lexicon.lexicon import make_lexicon, save_lexicon
from app.settings import Settings
from app.text.title_words import list_title_phrases, list_title_words, make_author_entry
from tests.support.databases import make_sqlite_url
from tests.support.factories import (
    NOON,
    OTTER_ID,
    TEAPOT_ID,
    make_announcement,
    make_catalogue,
    make_deleted,
    make_id,
    make_record,
    make_versions,
)

LEDGER_DAY = date(2024, 5, 3)
"""The Friday whose announcement is on record."""

GONE_ID = "2405.00999"
"""A record that arXiv deleted."""

HOSTILE_ID = "2405.00666"
"""A paper whose metadata try to break pages."""

REVISED_ID = "2405.00777"
"""A paper whose title changed."""

UNHELD_ID = "2405.04321"
"""Announced, but never harvested."""

SERIES_SIZE = 36
"""Papers about barometers, one a day, newest last."""

MAX_PAPERS = 1_000
"""More than any test library holds."""

SERIES_START = datetime(2024, 3, 28, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Library:
    """Where an invented library is kept."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """Settings of a service over it."""
        return Settings(data_dir=self.folder)

    @property
    def database_url(self) -> str:
        """Address of its database."""
        return make_sqlite_url(self.folder / "papersift.db")

    @property
    def index_dir(self) -> Path:
        """Folder of its index."""
        return self.folder / "index"


def build_library(folder: Path) -> Library:
    """A library of four well-told papers, a series of barometers and some troublemakers."""
    library = Library(folder)
    migrate.upgrade(library.database_url)
    database = Database(library.database_url)
    try:
        _fill_database(database)
        fill_index(database, library.index_dir)
    finally:
        database.close()
    return library


def copy_library(library: Library, folder: Path) -> Library:
    """A copy that a test may change."""
    shutil.copytree(library.folder, folder, dirs_exist_ok=True)
    return Library(folder)


def remove_index(library: Library) -> None:
    """Take a library's index away."""
    shutil.rmtree(library.index_dir)


def fill_index(database: Database, index_dir: Path) -> None:
    """Index all living papers of a database."""
    with database.read() as tx, open_index_writer(index_dir) as writer:
        changed = stream_changes(tx, 0, MAX_PAPERS)
        writer.replace(make_index_document(each) for each in changed if each.deleted_at is None)
        writer.commit(get_last_change_number(tx))
    fill_lexicon(database, index_dir)


def fill_lexicon(database: Database, index_dir: Path) -> None:
    """Write the lexicon of all living papers, without the indexer."""
    words: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    with database.read() as tx:
        for paper in stream_changes(tx, 0, MAX_PAPERS):
            if paper.deleted_at is None:
                words.update(list_title_words(paper.title))
                phrases.update(list_title_phrases(paper.title))
                authors.update({make_author_entry(author) for author in paper.authors})
        change_number = get_last_change_number(tx)
    counted = {"words": words, "phrases": phrases, "authors": authors}
    tables = {name: sorted(counts.items()) for name, counts in counted.items()}
    save_lexicon(index_dir, make_lexicon(change_number, **tables))


def make_series() -> Iterator[PaperRecord]:
    """Barometer papers 1 to 36, one a day."""
    for number in range(1, SERIES_SIZE + 1):
        moment = SERIES_START + timedelta(days=number)
        yymm = f"{moment:%y%m}"
        yield make_record(
            make_id(5_000 + number, yymm=yymm),
            title=f"Barometers and weather, part {number}",
            abstract="A barometer falls before rain. " + ("Storms follow. " * (number % 4)),
            authors=(Author("Vane", "Wilhelmina"),),
            categories=("physics.ao-ph",) if number % 3 else ("physics.ao-ph", "stat.AP"),
            submitted_at=moment,
            updated_at=moment,
        )


def make_hostile_record() -> PaperRecord:
    """Metadata with markup, direction marks, ten thousand authors and a megabyte of abstract."""
    markup = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    names = (Author("<b>Mallory</b>", "\"><script>alert('a')</script>"), Author("\u202eyrollaM"))
    crowd = tuple(Author(f"Namesake{number}", "A.") for number in range(10_000))
    return make_record(
        HOSTILE_ID,
        title=f"{markup} \u202egnihtyreve \\frac{{ {{{{ 7*7 }}}} $x<y$ adversarium",
        authors=names + crowd,
        abstract=f"{markup} \u2067\u0007 " + "adversarium " * 90_000,
        comments=f"{markup} javascript:alert(3)",
        journal_ref='" onmouseover="alert(4)',
        doi='10.5555/"><script>alert(5)</script>',
        license_url="javascript:alert(6)",
        categories=("cs.CR",),
    )


def _fill_database(database: Database) -> None:
    revised = {"title": "Umbrellas, first draft", "categories": ("math.PR",)}
    with database.transaction() as tx:
        records = [
            *make_catalogue(),
            *make_series(),
            make_hostile_record(),
            make_record(REVISED_ID, **revised),
            make_record(GONE_ID, title="A paper that went away"),
        ]
        upsert_records(tx, records, now=NOON)
    later = {
        "title": "Umbrellas, revised",
        "version": 2,
        "versions": make_versions(date(2024, 5, 1), date(2024, 5, 5)),
        "updated_at": datetime(2024, 5, 5, 9, 15, 30, tzinfo=UTC),
        "datestamp": date(2024, 5, 6),
    }
    with database.transaction() as tx:
        upsert_records(
            tx,
            [make_record(REVISED_ID, **(revised | later)), make_deleted(GONE_ID)],
            now=NOON + timedelta(hours=1),
        )
        announcements.add_announcements(
            tx,
            [
                make_announcement(OTTER_ID, category="cs.CL", position=1),
                make_announcement(UNHELD_ID, category="cs.CL", position=2),
                make_announcement(
                    REVISED_ID,
                    category="cs.CL",
                    position=3,
                    announce_type=AnnounceType.CROSS,
                ),
                make_announcement(TEAPOT_ID, category="astro-ph.EP", position=1),
            ],
        )
        announcements.save_receipt(
            tx,
            ReconciliationReceipt(
                LEDGER_DAY, "cs.CL", 3, 2, (ArxivId.parse(UNHELD_ID),), checked_at=NOON
            ),
        )
        harvests.add_run(
            tx,
            RunReport(
                "harvest",
                NOON,
                NOON + timedelta(minutes=4),
                succeeded=True,
                message="Harvested 43 records.",
                details={"added": 43},
            ),
        )


BAROMETER_DAY = date(2024, 5, 1)
"""The Wednesday on which all barometers were announced, once `announce_barometers` is done."""


def announce_barometers(library: Library) -> None:
    """Put a day with more than one page into the ledger: 20 new papers, 8 crosses, 8 replaced."""
    database = Database(library.database_url)
    kinds = [AnnounceType.NEW] * 20 + [AnnounceType.CROSS] * 8 + [AnnounceType.REPLACE] * 8
    with database.transaction() as tx:
        announcements.add_announcements(
            tx,
            [
                make_announcement(
                    record.arxiv_id,
                    announced_on=BAROMETER_DAY,
                    category="physics.ao-ph",
                    announce_type=kind,
                    position=place,
                )
                for place, (record, kind) in enumerate(zip(make_series(), kinds, strict=True))
            ],
        )
    database.close()
