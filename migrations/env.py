"""Runs the migrations: for `app.db.migrate` on its connection, or for the alembic command line."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection

from app.db.engine import parse_url
from app.db.migrate import locked_connection
from app.db.models import metadata
from app.settings import Settings


def run_on(connection: Connection) -> None:
    """Run the migrations in the transaction that the connection is in."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can undo DDL too, though Alembic does not assume so: one transaction for all.
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    context.run_migrations()


def run_offline(url: str) -> None:
    """Print the migrations as SQL, for people who run them by hand (`alembic upgrade --sql`)."""
    parsed = parse_url(url)
    context.configure(
        dialect_name=parsed.get_backend_name(),
        target_metadata=metadata,
        literal_binds=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Choose the connection: the caller's, or the one that the settings name."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run_on(given)
        return
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    url = Settings().resolved_database_url
    if context.is_offline_mode():
        run_offline(url)
        return
    with locked_connection(url) as connection:
        run_on(connection)


main()
