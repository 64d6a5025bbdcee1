"""States that an operator can meet: no database, old tables, no index, a broken index."""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from app.db import migrate
from app.main import create_app
from app.services.search import SearchQuestion, SearchService
from app.settings import Settings
from tests.support.library import Library, copy_library, remove_index

PATHS = ["/api/v1/search?q=otters", "/api/v1/status", "/api/v1/papers/2405.01234", "/ready"]
PAGES = ["/", "/search?q=otters", "/abs/2405.01234", "/list/cs.CL", "/status"]


@contextmanager
def serve(library: Library) -> Iterator[TestClient]:
    with TestClient(create_app(library.settings)) as client:
        yield client


@pytest.fixture
def own_library(library: Library, tmp_path: Path) -> Library:
    return copy_library(library, tmp_path / "library")


@pytest.mark.parametrize("path", PATHS)
def test_before_the_first_run_programs_are_told_what_to_run(tmp_path: Path, path: str) -> None:
    with serve(Library(tmp_path)) as client:
        answer = client.get(path)

    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert "papersift" in answer.json()["detail"]


@pytest.mark.parametrize("path", PAGES)
def test_before_the_first_run_people_are_told_what_to_run(tmp_path: Path, path: str) -> None:
    with serve(Library(tmp_path)) as client:
        answer = client.get(path)

    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "papersift" in answer.text
    assert "Traceback" not in answer.text


def test_the_process_is_healthy_whatever_state_the_data_are_in(tmp_path: Path) -> None:
    with serve(Library(tmp_path)) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/version").status_code == 200
        assert client.get("/help").status_code == 200
        assert client.get("/api/v1/categories").status_code == 200


def test_the_web_process_makes_no_files(tmp_path: Path) -> None:
    with serve(Library(tmp_path)) as client:
        for path in [*PATHS, *PAGES]:
            client.get(path)

    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_database_is_a_problem(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql+psycopg://reader:secretword@127.0.0.1:9/papers",
    )
    with TestClient(create_app(settings)) as client:
        answer = client.get("/api/v1/status")

    assert answer.status_code == 503
    assert answer.json()["type"] == "/help#problem-database-unavailable"
    assert "secretword" not in answer.text


def test_tables_of_another_version_are_a_problem(tmp_path: Path) -> None:
    library = Library(tmp_path)
    migrate.upgrade(library.database_url)
    migrate.downgrade(library.database_url, "base")

    with serve(library) as client:
        answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["type"] == "/help#problem-database-outdated"
    assert "papersift migrate" in answer.json()["detail"]


def test_without_an_index_searching_is_the_only_thing_that_fails(own_library: Library) -> None:
    remove_index(own_library)
    with serve(own_library) as client:
        search = client.get("/api/v1/search?q=otters")
        ready = client.get("/ready")
        status = client.get("/api/v1/status").json()
        home = client.get("/")
        paper = client.get("/abs/2405.01234")
        day = client.get("/list/cs.CL/2024-05-02")

    assert search.status_code == ready.status_code == 503
    assert search.json()["type"] == "/help#problem-index-missing"
    assert "papersift" in search.json()["detail"]
    assert status["index"]["is_usable"] is False
    assert "papersift" in status["index"]["problem"]
    assert home.status_code == paper.status_code == day.status_code == 200
    assert "Searching does not work yet" in home.text


def test_a_damaged_index_is_a_problem_not_a_crash(own_library: Library) -> None:
    for path in own_library.index_dir.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x00garbage")
    with serve(own_library) as client:
        search = client.get("/api/v1/search?q=otters")
        page = client.get("/search?q=otters")

    assert search.status_code == page.status_code == 503
    assert search.json()["type"].startswith("/help#problem-index-")
    assert "papersift" in search.json()["detail"]
    assert "papersift" in page.text
    assert str(own_library.folder) not in search.text + page.text


def test_a_byte_that_changed_on_the_disk_is_found_beside_the_answers(own_library: Library) -> None:
    (path,) = (each for each in own_library.index_dir.rglob("*.docs.array"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x40
    path.write_bytes(data)
    with serve(own_library) as client:
        for thread in threading.enumerate():
            if thread.name == "engine-warm-up":
                thread.join()
        search = client.get("/api/v1/search?q=otters")

    assert search.status_code == 503
    assert path.name in search.json()["detail"]


def test_an_index_that_appears_is_used_without_a_restart(
    own_library: Library, library: Library
) -> None:
    remove_index(own_library)
    settings = own_library.settings.model_copy(update={"index_poll_seconds": 0.01})
    with TestClient(create_app(settings)) as client:
        before = client.get("/api/v1/search?q=otters").status_code
        shutil.copytree(library.index_dir, own_library.index_dir)
        after = client.get("/api/v1/search?q=otters").status_code

    assert (before, after) == (503, 200)


def test_an_unforeseen_error_tells_the_client_nothing_and_the_log_no_question(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(library.settings)

    def fail(_service: SearchService, question: SearchQuestion) -> NoReturn:
        raise RuntimeError(f"cannot answer {question}")

    monkeypatch.setattr(SearchService, "search", fail)
    caplog.set_level(logging.DEBUG)
    with TestClient(app) as client, capture_logs() as logs:
        answer = client.get("/api/v1/search?q=secretquestion")
        page = client.get("/search?q=secretquestion")

    assert answer.status_code == page.status_code == 500
    assert answer.json()["type"] == "/help#problem-internal"
    assert answer.headers["Content-Security-Policy"]
    assert "secretquestion" not in answer.text
    assert "RuntimeError" not in answer.text + page.text
    assert [entry["error"] for entry in logs] == ["RuntimeError", "RuntimeError"]
    assert logs[0]["route"] == "/api/v1/search"
    assert "test_states.py" in str(logs[0]["where"])
    assert "secretquestion" not in str(logs) + _text_of_server(caplog)


def test_nothing_about_readers_is_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(library) as client, capture_logs() as logs:
        client.get("/search?q=secretquestion&from=nonsense")
        client.get("/api/v1/search?q=secretquestion&strict=1")
        client.get("/abs/2405.01234")

    assert logs == []
    assert "secretquestion" not in _text_of_server(caplog)
    assert "2405.01234" not in _text_of_server(caplog)


def _text_of_server(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, but for the lines of the test's own client."""
    return " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("httpx")
    )
