"""A newcomer's first minutes, with real processes: `papersift run` and `make run`."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.support.oai_catalogue import Catalogue, make_server_record
from tests.support.oai_server import OaiServer, refused

ROOT = Path(__file__).parents[2]
SERVING = re.compile(r"Papersift is serving (http://127\.0\.0\.1:\d+)")
CLOSED_ADDRESS = "http://127.0.0.1:9/oai"
PATIENCE_SECONDS = 90.0


class RunningService:
    """A started `run`, its lines so far, and the address it serves."""

    def __init__(self, command: list[str], cwd: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._queue: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = self._wait_for_address()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def _wait_for_address(self) -> str:
        while True:
            try:
                line = self._queue.get(timeout=PATIENCE_SECONDS)
            except Empty:
                line = None
            assert line is not None, f"never served: {self.text}"
            self.lines.append(line)
            if match := SERVING.search(line):
                return match[1]

    @property
    def text(self) -> str:
        return " ".join("".join(self.lines).split())

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            body: bytes = answer.read()
        return body.decode()

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join(timeout=5)
        while (line := self._queue.get(timeout=5)) is not None:
            self.lines.append(line)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def make_environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PAPERSIFT_")}
    return {
        **kept,
        "PAPERSIFT_DATA_DIR": str(folder / "data"),
        "PAPERSIFT_OAI_URL": CLOSED_ADDRESS,
        "PAPERSIFT_RSS_URL": CLOSED_ADDRESS,
        "PAPERSIFT_PACING_SECONDS": "0",
        "PAPERSIFT_PACING_FILE": str(folder / "pacing"),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "500",
        **settings,
    }


@contextmanager
def running(command: list[str], cwd: Path, environment: dict[str, str]) -> Iterator[RunningService]:
    service = RunningService(command, cwd, environment)
    try:
        yield service
    finally:
        service.close()


RUN = [sys.executable, "-m", "indexer", "run", "--port", "0"]


def test_without_a_network_the_sample_is_loaded_and_said_so(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    with running(RUN, tmp_path, environment) as service:
        page = service.get("/search?q=attention+is+all+you+need")
        home = service.get("/")
        answer = json.loads(service.get("/api/v1/search?q=gravitational+waves&limit=5"))
        code = service.interrupt()

    assert "bundled sample" in service.text
    assert "papersift harvest" in service.text
    assert "Attention Is All You Need" in page.replace("<mark>", "").replace("</mark>", "")
    assert "the bundled sample only" in home
    assert answer["total"] > 0
    assert {"arxiv_id", "title", "authors", "score"} <= set(answer["results"][0])
    assert code == 0
    assert "Stopped." in service.text
    assert "Traceback" not in service.text


def make_catalogue() -> Catalogue:
    catalogue = Catalogue()
    catalogue.now = datetime.now(UTC)
    for number in range(1, 11):
        catalogue.put(make_server_record(number, catalogue.today))
    return catalogue


def test_where_arxiv_answers_the_last_days_are_harvested_and_said_so(tmp_path: Path) -> None:
    with OaiServer(make_catalogue()) as server:
        environment = make_environment(tmp_path, PAPERSIFT_OAI_URL=server.oai_url)
        with running(RUN, tmp_path, environment) as service:
            answer = json.loads(service.get("/api/v1/search?q=invented"))
            service.interrupt()

    assert answer["total"] == 10
    assert "Harvested 10 papers of the last announced days from arXiv." in service.text
    assert "papersift harvest --all" in service.text
    assert "sample" not in service.text


@pytest.mark.parametrize("status", [403, 503])
def test_where_arxiv_answers_with_errors_the_sample_is_loaded(tmp_path: Path, status: int) -> None:
    with OaiServer(make_catalogue()) as server:
        server.faults.extend([refused(status)] * 5)
        environment = make_environment(tmp_path, PAPERSIFT_OAI_URL=server.oai_url)
        with running(RUN, tmp_path, environment) as service:
            service.interrupt()

    assert f"{status}" in service.text
    assert "bundled sample" in service.text
    assert len(server.requests) == 1


def test_where_only_the_list_of_records_fails_nobody_waits_for_its_retry_after(
    tmp_path: Path,
) -> None:
    with OaiServer(make_catalogue()) as server:
        server.faults.extend([None, refused(503, "120")])
        environment = make_environment(tmp_path, PAPERSIFT_OAI_URL=server.oai_url)
        with running(RUN, tmp_path, environment) as service:
            service.interrupt()

    assert "bundled sample" in service.text
    assert len(server.requests) == 2


def test_a_pacing_file_that_cannot_be_used_leaves_the_newcomer_with_the_sample(
    tmp_path: Path,
) -> None:
    environment = make_environment(tmp_path, PAPERSIFT_PACING_FILE="/proc/nowhere/pacing")
    with running(RUN, tmp_path, environment) as service:
        service.interrupt()

    assert "PAPERSIFT_PACING_FILE" in service.text
    assert "bundled sample" in service.text


def test_a_second_run_serves_what_is_there_and_loads_nothing(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    with running(RUN, tmp_path, environment) as first:
        held = json.loads(first.get("/api/v1/status"))
        first.interrupt()
    with running(RUN, tmp_path, environment) as second:
        again = json.loads(second.get("/api/v1/status"))
        second.interrupt()

    assert f"The database holds {held['papers']:,} papers." in second.text
    assert "sample" not in second.text
    assert again["last_change_number"] == held["last_change_number"]
    assert again["index"]["index_version"] == held["index"]["index_version"]


def test_a_port_that_is_taken_is_an_error_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*RUN[:-1], str(port)],
            cwd=tmp_path,
            env=make_environment(tmp_path),
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(f"papersift: Cannot listen on 127.0.0.1:{port} (")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_make_run_works_from_a_clean_clone_without_a_network(tmp_path: Path) -> None:
    """The clone borrows this environment: a package index is the one thing it would need."""
    if not (ROOT / ".git").exists() or shutil.which("make") is None:
        pytest.skip("needs a git checkout and make")
    clone = tmp_path / "papersift"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (clone / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "papersift"):
        launcher = clone / ".venv" / "bin" / name
        module = "-m indexer " if name == "papersift" else ""
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module}"$@"\n')
        launcher.chmod(0o755)
    (clone / ".state").mkdir()
    (clone / ".state" / "run").touch()
    environment = make_environment(tmp_path)
    environment.pop("PAPERSIFT_DATA_DIR")
    environment["PYTHONPATH"] = str(clone)
    with running(["make", "run", "ARGS=--port 0"], clone, environment) as service:
        page = service.get("/search?q=higgs+boson")
        service.interrupt()

    assert "bundled sample" in service.text
    assert "Higgs" in page
    assert (clone / "data" / "papersift.db").exists()
