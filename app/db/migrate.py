"""Bring a database's tables to this version, or to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from app.db.engine import BEGIN_OPTION, make_engine, parse_url, translated_errors
from app.domain.errors import DatabaseUnavailableError, StorageError

MIGRATIONS_FOLDER = Path(__file__).resolve().parents[2] / "migrations"

MIGRATION_BUSY_TIMEOUT_SECONDS = 300.0
"""How long a second process waits for the first one to finish migrating."""

_ADVISORY_LOCK_KEY = 0x70617065_72736966  # "papersif" in ASCII: a number no other program takes


def upgrade(url: str) -> str:
    """Bring the tables to this version and return its revision; does nothing when they are.

    All steps are one transaction, also on SQLite: a crash leaves the tables as they were. Of
    two processes that migrate at the same time the second waits, and finds the work done.

    Raises:
        DatabaseUnavailableError: the database cannot be reached or made.
    """
    _make_folder(url)
    with locked_connection(url) as connection:
        command.upgrade(_make_config(connection), "head")
    return head_revision()


def downgrade(url: str, revision: str) -> None:
    """Take the tables back to `revision`, "base" for none. What the newer tables held is lost.

    Raises:
        DatabaseUnavailableError: the database cannot be reached.
    """
    with locked_connection(url) as connection:
        command.downgrade(_make_config(connection), revision)


def current_revision(url: str) -> str | None:
    """The revision of the tables; None when there are none.

    Raises:
        DatabaseUnavailableError: the database cannot be reached or does not exist.
    """
    parsed = parse_url(url)
    engine = make_engine(parsed, busy_timeout_seconds=MIGRATION_BUSY_TIMEOUT_SECONDS)
    try:
        with translated_errors(parsed), engine.connect() as connection:
            return find_revision(connection)
    finally:
        engine.dispose()


@lru_cache(maxsize=1)
def head_revision() -> str:
    """The revision that this version of Papersift needs.

    Raises:
        StorageError: the installation lacks the migrations.
    """
    head = None
    if MIGRATIONS_FOLDER.is_dir():
        head = ScriptDirectory(str(MIGRATIONS_FOLDER)).get_current_head()
    if head is None:
        raise StorageError(f"{MIGRATIONS_FOLDER} holds no migrations. Install Papersift again.")
    return head


def find_revision(connection: Connection) -> str | None:
    """The revision of the tables behind an open connection; None when there are none."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def locked_connection(url: str) -> Iterator[Connection]:
    """A connection in a transaction that no other migrating process can enter meanwhile.

    Raises:
        DatabaseUnavailableError: the database cannot be reached, or stayed locked.
    """
    parsed = parse_url(url)
    engine = make_engine(
        parsed, busy_timeout_seconds=MIGRATION_BUSY_TIMEOUT_SECONDS, create_file=True
    ).execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
    try:
        with translated_errors(parsed), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK_KEY)))
            yield connection
    finally:
        engine.dispose()


def _make_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _make_folder(url: str) -> None:
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    folder = Path(parsed.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError(
            f"The folder {folder} cannot be made ({error.strerror}). Set PAPERSIFT_DATA_DIR to a "
            "folder you may write to."
        ) from error
