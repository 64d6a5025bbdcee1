"""Migrations run up, down and up again, make what the models say, and may run twice at once."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from app.db import migrate
from app.db.models import metadata
from app.db.session import Database
from app.domain.errors import DatabaseUnavailableError

ROOT = Path(__file__).parents[3]

SCHEMA_QUERIES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'",
    "postgresql": """
        SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
            AND conrelid <> coalesce(to_regclass('alembic_version'), 0)
        UNION ALL SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL SELECT table_name || '.' || column_name,
            concat_ws(' ', ordinal_position, data_type, character_maximum_length, is_nullable,
                      collation_name, column_default)
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    """,
}


def opened(url: str) -> closing[Database]:
    """The database, closed at the end of a `with`."""
    return closing(Database(url))


def read_schema(connection: Connection) -> dict[str, str]:
    """Every table, column, constraint and index as the database describes it."""
    rows = connection.execute(text(SCHEMA_QUERIES[connection.dialect.name]))
    return {name: re.sub(r"\s+", " ", sql or "") for name, sql in rows}


def list_constraint_lines(sql: str) -> list[str]:
    """A CREATE TABLE's lines in no particular order: SQLite shows them as they were written."""
    body = sql.rstrip().removesuffix(")")
    return sorted(line.strip(" ,") for line in re.split(r", (?=[a-z_\"]+ [A-Z]|CONSTRAINT)", body))


def test_up_down_and_up_again_leaves_what_one_way_up_makes(empty_database_url: str) -> None:
    url = empty_database_url
    head = migrate.head_revision()
    assert migrate.upgrade(url) == head == migrate.current_revision(url)
    with opened(url) as database:
        with database.read() as tx:
            first = read_schema(tx)
        migrate.downgrade(url, "base")
        assert migrate.current_revision(url) is None
        with database.read() as tx:
            assert read_schema(tx) == {}
        migrate.upgrade(url)
        with database.read() as tx:
            assert read_schema(tx) == first


def test_every_single_step_can_be_taken_back(empty_database_url: str) -> None:
    url = empty_database_url
    migrate.upgrade(url)
    for revision in ("0004", "0003", "0002", "0001"):
        migrate.downgrade(url, revision)
        assert migrate.current_revision(url) == revision
    assert migrate.upgrade(url) == migrate.head_revision()


def test_autogenerate_finds_no_difference(database: Database) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx, opts=options), metadata) == []


def test_migrations_make_the_very_schema_of_the_models(empty_database_url: str) -> None:
    # Beyond autogenerate, which looks at neither CHECKs, nor names, nor conditions of indexes.
    migrate.upgrade(empty_database_url)
    with opened(empty_database_url) as database:
        with database.read() as tx:
            migrated = read_schema(tx)
        migrate.downgrade(empty_database_url, "base")
        with database.transaction() as tx:
            metadata.create_all(tx)
            made = read_schema(tx)
    assert migrated.keys() == made.keys()
    for name, sql in made.items():
        assert list_constraint_lines(migrated[name]) == list_constraint_lines(sql)


def test_upgrading_a_database_of_this_version_changes_nothing(database_url: str) -> None:
    with opened(database_url) as database:
        with database.transaction() as tx:
            tx.execute(text("INSERT INTO state (key, value) VALUES ('otter', 'kept')"))
        migrate.upgrade(database_url)
        with database.read() as tx:
            assert tx.execute(text("SELECT value FROM state")).scalars().all() == ["kept"]


def test_processes_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    code = "import sys; from app.db import migrate; print(migrate.upgrade(sys.argv[1]))"
    command = [sys.executable, "-c", code, empty_database_url]
    children = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    answers = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], answers
    assert [out.strip() for out, _ in answers] == [migrate.head_revision()] * 3
    with opened(empty_database_url) as database:
        database.check()


def run_alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=os.environ | {"PAPERSIFT_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_alembic_command_line_uses_the_address_of_the_settings(
    empty_database_url: str,
) -> None:
    answer = run_alembic(empty_database_url, "upgrade", "head")
    assert answer.returncode == 0, answer.stderr
    assert migrate.current_revision(empty_database_url) == migrate.head_revision()
    answer = run_alembic(empty_database_url, "check")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_alembic_command_line_prints_sql_without_a_server() -> None:
    answer = run_alembic("postgresql://nobody@127.0.0.1:1/none", "upgrade", "head", "--sql")
    assert answer.returncode == 0, answer.stderr
    assert "CREATE TABLE papers" in answer.stdout
    assert "INSERT INTO change_counter" in answer.stdout


def test_a_migration_that_fails_leaves_the_tables_as_they_were(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    migrate.downgrade(empty_database_url, "0002")
    with opened(empty_database_url) as database:
        with database.transaction() as tx:
            tx.execute(text("CREATE TABLE leases (in_the_way INTEGER)"))
        with pytest.raises(DatabaseUnavailableError, match="leases"):
            migrate.upgrade(empty_database_url)
        assert migrate.current_revision(empty_database_url) == "0002"
        with database.read() as tx:
            assert "announcements" not in " ".join(read_schema(tx))
