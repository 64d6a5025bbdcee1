"""Addresses, and messages that say what to do."""

from pathlib import Path

import pytest

from app.db import migrate
from app.db.engine import parse_url, render_safe_url
from app.db.session import Database
from app.domain.errors import DatabaseUnavailableError, SchemaOutOfDateError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_gets_our_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://ada@db.example/papers").drivername == "postgresql+psycopg"


def test_passwords_are_hidden() -> None:
    database = Database("postgresql://ada:s3cret@db.example/papers")
    assert "s3cret" not in database.safe_url
    assert database.dialect == "postgresql"
    assert render_safe_url(parse_url("sqlite:///data/p.db")) == "sqlite:///data/p.db"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("papers.db", "cannot be read"),
        ("mysql://ada@db.example/papers", "mysql is not supported"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_other_addresses_are_refused_with_a_way_out(url: str, reason: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=reason) as caught:
        Database(url)
    assert "PAPERSIFT_DATABASE_URL" in str(caught.value)


def test_a_missing_file_is_not_made_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.db"
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailableError, match="papersift migrate"):
        database.check()
    assert not path.exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "poem.db"
    path.write_text("Twas brillig, and the slithy toves did gyre and gimble in the wabe.\n" * 9)
    with pytest.raises(DatabaseUnavailableError, match=r"poem\.db cannot be used: file is not"):
        Database(f"sqlite:///{path}").check()


def test_an_unreachable_server_is_named_without_its_password() -> None:
    database = Database("postgresql://ada:s3cret@127.0.0.1:1/papers")
    with pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1/papers") as caught:
        database.check()
    assert "s3cret" not in str(caught.value)


def test_a_file_name_with_odd_characters_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a #b ü%.db'}"
    assert migrate.upgrade(url) == migrate.head_revision()
    Database(url).check()
    assert (tmp_path / "a #b ü%.db").exists()


def test_the_folder_of_the_file_is_made_by_migrating(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path / 'deep' / 'er' / 'p.db'}")
    assert (tmp_path / "deep" / "er" / "p.db").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailableError, match="PAPERSIFT_DATA_DIR"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'file' / 'p.db'}")


def test_older_tables_are_told_from_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'p.db'}"
    migrate.upgrade(url)
    migrate.downgrade(url, "0001")
    with pytest.raises(SchemaOutOfDateError, match="of revision 0001, this version needs"):
        Database(url).check()
    migrate.downgrade(url, "base")
    with pytest.raises(SchemaOutOfDateError, match="holds no tables yet"):
        Database(url).check()
