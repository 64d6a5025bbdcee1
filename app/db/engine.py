"""How a connection is opened on each database, and what its errors mean for people."""

import contextlib
import math
import re
from collections.abc import Iterator
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from app.domain.errors import DatabaseUnavailableError, SchemaOutOfDateError, StorageError

POOLED_CONNECTIONS = 5
EXTRA_CONNECTIONS = 15
"""Opened beyond the pool under load; together half of what FastAPI's 40 threads could want."""

POSTGRES_CONNECT_TIMEOUT_SECONDS = 10

SQLITE_PAGE_BYTES = 8_192
"""Page size of a new file. Papers take 1 to 2 kB: of SQLite's default pages of 4 kB they leave a
quarter unused (2,060 bytes of file for a paper, against 1,500 with this)."""

SQLITE_CACHE_KIB = 32_768
"""Page cache of one connection; SQLite's own 2 MB re-reads the indexes during a big import."""

SQLITE_CHECKPOINT_PAGES = 4_000
"""Pages in the write-ahead log (32 MB) before it is folded into the file. The default of 1,000
would fold, and wait for the disk, after almost every batch of an import."""

SQLITE_WAL_LIMIT_BYTES = 64 * 2**20
"""The write-ahead log is cut back to this size after it was folded in."""

BEGIN_OPTION = "papersift_begin"
"""Execution option of a connection: the statement that begins its transactions on SQLite."""

_SQLITE_MISSING = re.compile(r"no such (table|column)")
_POSTGRES_MISSING = frozenset({"42P01", "42703"})
_POSTGRES_LOCK_TIMEOUT = "55P03"


def parse_url(url: str) -> URL:
    """The address, with PostgreSQL's driver filled in.

    Raises:
        DatabaseUnavailableError: it is no address, or one of a database we do not support.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUnavailableError(
            "The database address cannot be read. Set PAPERSIFT_DATABASE_URL to something like "
            "sqlite:///data/papersift.db or postgresql+psycopg://user:password@host/name."
        ) from None
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise DatabaseUnavailableError(
            f"{parsed.drivername} is not supported. Set PAPERSIFT_DATABASE_URL to an address that "
            "begins with sqlite:/// or postgresql+psycopg://."
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise DatabaseUnavailableError(
            "A database in memory cannot be shared by several connections. Name a file in "
            "PAPERSIFT_DATABASE_URL, for instance sqlite:///data/papersift.db."
        )
    return parsed


def render_safe_url(url: URL) -> str:
    """The address for logs and messages: the password hidden."""
    return url.render_as_string(hide_password=True)


def make_engine(url: URL, *, busy_timeout_seconds: float, create_file: bool = False) -> Engine:
    """An engine that has not connected yet.

    Args:
        url: from `parse_url`.
        busy_timeout_seconds: how long a statement waits for another writer's lock.
        create_file: whether a missing SQLite file is made; otherwise connecting to it fails.
    """
    if url.get_backend_name() == "sqlite":
        return _make_sqlite_engine(url, busy_timeout_seconds, "rwc" if create_file else "rw")
    milliseconds = math.ceil(busy_timeout_seconds * 1_000)
    return create_engine(
        url,
        connect_args={
            "connect_timeout": POSTGRES_CONNECT_TIMEOUT_SECONDS,
            "options": f"-c timezone=UTC -c lock_timeout={milliseconds}",
        },
        pool_size=POOLED_CONNECTIONS,
        max_overflow=EXTRA_CONNECTIONS,
        pool_timeout=busy_timeout_seconds,
        # The server may have restarted since the connection was last used.
        pool_pre_ping=True,
    )


def _make_sqlite_engine(url: URL, busy_timeout_seconds: float, mode: str) -> Engine:
    file_uri = url.set(
        database=f"file:{quote(url.database or '')}", query={"mode": mode, "uri": "true"}
    )
    engine = create_engine(
        file_uri,
        connect_args={"timeout": busy_timeout_seconds},
        pool_size=POOLED_CONNECTIONS,
        max_overflow=EXTRA_CONNECTIONS,
        pool_timeout=busy_timeout_seconds,
    )
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _prepare_sqlite_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Python's sqlite3 would begin a transaction only before the first INSERT, so that reads ahead
    # of it see another moment; we begin every transaction ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"page_size={SQLITE_PAGE_BYTES}",
        # Kept in the file, but a restored copy may come without it.
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"cache_size=-{SQLITE_CACHE_KIB}",
        f"wal_autocheckpoint={SQLITE_CHECKPOINT_PAGES}",
        f"journal_size_limit={SQLITE_WAL_LIMIT_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_on_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))


@contextlib.contextmanager
def translated_errors(url: URL) -> Iterator[None]:
    """Inside, what SQLAlchemy raises becomes a `StorageError` that people can act upon."""
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseUnavailableError(
            f"All connections to {render_safe_url(url)} are in use. Try again in a moment."
        ) from error
    except DBAPIError as error:
        raise _translate(error, url) from error
    except SQLAlchemyError as error:
        raise StorageError(f"{render_safe_url(url)} could not be used: {error}.") from error


def _translate(error: DBAPIError, url: URL) -> StorageError:
    where = render_safe_url(url)
    reason = str(error.orig).strip().partition("\n")[0].rstrip(".")
    sqlstate = getattr(error.orig, "sqlstate", None)
    if _SQLITE_MISSING.search(reason) or sqlstate in _POSTGRES_MISSING:
        return SchemaOutOfDateError(
            f"The tables in {where} are not those of this version ({reason}). "
            "Run `papersift migrate`, or `papersift run`, which migrates first."
        )
    if "database is locked" in reason or sqlstate == _POSTGRES_LOCK_TIMEOUT:
        return DatabaseUnavailableError(
            f"Another process kept writing to {where} for too long. Try again, or raise "
            "PAPERSIFT_DATABASE_BUSY_TIMEOUT_SECONDS."
        )
    if "unable to open database file" in reason:
        return DatabaseUnavailableError(
            f"There is no readable database at {where}. `papersift run` or `papersift migrate` "
            "makes one; otherwise check PAPERSIFT_DATA_DIR and PAPERSIFT_DATABASE_URL."
        )
    if isinstance(error, DataError | IntegrityError):
        return StorageError(f"{where} refused a value: {reason}.")
    return DatabaseUnavailableError(
        f"The database {where} cannot be used: {reason}. Check that it is running, that "
        "PAPERSIFT_DATABASE_URL is right, and that the disk has room."
    )
