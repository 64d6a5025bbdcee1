"""Transactions, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy import Connection

from app.db.engine import (
    BEGIN_OPTION,
    make_engine,
    parse_url,
    render_safe_url,
    translated_errors,
)
from app.db.migrate import find_revision, head_revision
from app.domain.errors import SchemaOutOfDateError

Transaction: TypeAlias = Connection
"""An open transaction; opaque outside `app.db`."""

DEFAULT_BUSY_TIMEOUT_SECONDS = 30.0


class Database:
    """The SQL database at one address. Connects when it is first used; safe among threads.

    Args:
        url: SQLAlchemy address of an SQLite file or of a PostgreSQL database.
        busy_timeout_seconds: how long a statement waits for another writer.

    Raises:
        DatabaseUnavailableError: the address is of neither.
    """

    def __init__(
        self, url: str, *, busy_timeout_seconds: float = DEFAULT_BUSY_TIMEOUT_SECONDS
    ) -> None:
        self._url = parse_url(url)
        self._engine = make_engine(self._url, busy_timeout_seconds=busy_timeout_seconds)

    @property
    def dialect(self) -> str:
        """`"sqlite"` or `"postgresql"`."""
        return self._url.get_backend_name()

    @property
    def safe_url(self) -> str:
        """The address with the password hidden."""
        return render_safe_url(self._url)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that may write: commits at the end, rolls back on any error.

        On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a transaction that read
        first and asked for the lock later would fail without waiting whenever another writer
        came between. On PostgreSQL every statement sees what was committed before it began.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or stayed locked.
            SchemaOutOfDateError: a table or column is missing.
            StorageError: the database refused a value.
        """
        with self._connect({BEGIN_OPTION: "BEGIN IMMEDIATE"}) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A view of the database at one moment, however many statements read it.

        Never waits for writers. Meant for one answer: a snapshot held for hours keeps both
        databases from reclaiming space.

        Raises:
            DatabaseUnavailableError: the database cannot be reached.
            SchemaOutOfDateError: a table or column is missing.
        """
        options: dict[str, Any] = {}
        if self.dialect == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._connect(options) as connection, connection.begin():
            yield connection

    def check(self) -> None:
        """Return quietly if the database answers and its tables are those of this version.

        Raises:
            DatabaseUnavailableError: it cannot be reached or opened.
            SchemaOutOfDateError: it holds no tables, or those of another version.
        """
        with self._connect({}) as connection:
            found = find_revision(connection)
        wanted = head_revision()
        if found == wanted:
            return
        if found is None:
            raise SchemaOutOfDateError(
                f"{self.safe_url} holds no tables yet. Run `papersift migrate`, or `papersift "
                "run`, which migrates first."
            )
        raise SchemaOutOfDateError(
            f"The tables in {self.safe_url} are of revision {found}, this version needs {wanted}. "
            "Run `papersift migrate`; if they are newer, run the newer Papersift."
        )

    def close(self) -> None:
        """Close every pooled connection. Used again, the database reconnects."""
        self._engine.dispose()

    @contextmanager
    def _connect(self, options: dict[str, Any]) -> Iterator[Connection]:
        with translated_errors(self._url), self._engine.connect() as connection:
            yield connection.execution_options(**options)
