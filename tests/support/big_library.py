"""Many papers in a throw-away database and index, for benches and evaluations."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from app.db.migrate import upgrade
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.harvest import PaperRecord
from app.garbage import set_loaded_objects_aside
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from indexer.index import rebuild

BATCH_RECORDS = 2_000
STORED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def open_big_library(records: Iterable[PaperRecord]) -> Iterator[tuple[Database, SearchEngine]]:
    """The papers' database and a warm engine; both are gone afterwards."""
    with TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'papersift.db'}"
        upgrade(url)
        database = Database(url)
        waiting = iter(records)
        while batch := list(islice(waiting, BATCH_RECORDS)):
            with database.transaction() as tx:
                upsert_records(tx, batch, now=STORED_AT)
        rebuild(database, Path(name) / "index")
        engine = open_engine(Path(name) / "index")
        engine.warm_up()
        set_loaded_objects_aside()
        try:
            yield database, engine
        finally:
            engine.close()
            database.close()
