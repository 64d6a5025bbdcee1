"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.dialects.postgresql import VARCHAR
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, to the microsecond.

    PostgreSQL has a type for it; SQLite holds naive text, which sorts by time because it is
    always UTC. A naive value is refused: nobody could say which moment it means.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """The dialect's own type."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the dialect stores it.

        Raises:
            ValueError: the value carries no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware datetime, in UTC.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The stored moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def render_sqlite_datetime(moment: datetime) -> str:
    """The text SQLite holds for an aware moment, as `UtcDateTime` writes it.

    Raises:
        ValueError: the value carries no time zone.

    >>> render_sqlite_datetime(datetime(2024, 5, 1, 12, tzinfo=UTC))
    '2024-05-01 12:00:00.000000'
    """
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"{moment!r} has no time zone; pass an aware datetime, in UTC.")
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


MAX_ARXIV_ID_CHARS = 32
"""The longest canonical id has 20 characters (`acc-phys/YYMMNNN` and the like); room to spare."""


def make_arxiv_id_type() -> String:
    """The type of an arXiv id: compared byte by byte on both databases.

    A PostgreSQL server's default collation follows its locale, and would order and page
    `cs/0101001` and `0704.0001` differently from one installation to the next.
    """
    return String(MAX_ARXIV_ID_CHARS).with_variant(
        VARCHAR(MAX_ARXIV_ID_CHARS, collation="C"), "postgresql"
    )


def make_row_id_type() -> BigInteger:
    """The type of a generated key: 64 bits on both (SQLite generates only for INTEGER)."""
    return BigInteger().with_variant(Integer(), "sqlite")
