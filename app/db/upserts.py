"""`INSERT … ON CONFLICT`, which SQLite and PostgreSQL write alike and SQLAlchemy does not."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

InsertStatement = postgresql.Insert | sqlite.Insert


def insert_for(dialect: str, table: Table) -> InsertStatement:
    """An INSERT that offers `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def replace_on_conflict(statement: InsertStatement, table: Table) -> InsertStatement:
    """The INSERT, made to replace whole rows with the same primary key."""
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in keys
        },
    )


def make_upsert(dialect: str, table: Table) -> InsertStatement:
    """An INSERT that replaces the row with the same primary key."""
    return replace_on_conflict(insert_for(dialect, table), table)
