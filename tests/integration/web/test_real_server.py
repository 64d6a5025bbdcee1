"""The service in a process of its own, asked over a real socket."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.support.library import Library

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30.0
STOP_SECONDS = 15.0


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_server(library: Library, source: Path, log: Path) -> Iterator[httpx2.Client]:
    port = find_free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    environment = os.environ | {
        "PAPERSIFT_DATA_DIR": str(library.folder),
        "PYTHONPATH": str(source),
        "PYTHONSAFEPATH": "1",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=source, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            _wait_until_alive(client, process, log)
            yield client
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait_until_alive(client: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    pytest.fail(f"The server did not answer within {START_SECONDS} s:\n{log.read_text()}")


def test_the_service_runs_without_the_writing_side(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("app", "static", "migrations"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    (source / "alembic.ini").write_bytes((ROOT / "alembic.ini").read_bytes())
    log = tmp_path / "server.log"

    with run_server(library, source, log) as client:
        found = client.get("/api/v1/search", params={"q": "otters"})
        page = client.get("/search", params={"q": "secretquestion"})
        headed = client.head("/api/v1/search", params={"q": "otters"})
        old_id = client.get("/api/v1/papers/hep-th/9901001v1")
        ready = client.get("/ready")
        refused = client.get("/api/v1/search", params={"serch": "secretquestion"})

    assert found.status_code == 200
    assert found.json()["results"][0]["title"] == "Attention is what otters need"
    assert page.status_code == 200
    assert headed.status_code == 200
    assert headed.headers["ETag"] == found.headers["ETag"]
    assert old_id.json()["arxiv_id"] == "hep-th/9901001"
    assert ready.json()["status"] == "ready"
    assert refused.status_code == 422
    assert "secretquestion" not in log.read_text()
    assert "127.0.0.1:" not in _without_banner(log.read_text())


def _without_banner(log: str) -> str:
    """The log without the line in which uvicorn names its own address."""
    return "\n".join(line for line in log.splitlines() if "Uvicorn running on" not in line)
