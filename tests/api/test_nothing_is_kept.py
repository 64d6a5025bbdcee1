"""After everything a reader can ask, no file of the service and no log line knows of it."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from starlette.testclient import TestClient

from app.logs import configure_logging
from app.main import create_app
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import Library, copy_library

SECRET = "hippopotamine"
"""No paper holds it."""

ADDRESS = "203.0.113.77"
WISH = f"{SECRET} otters hold hands"
BIBTEX = f"@misc{{{SECRET}, title={{Attention is what {SECRET} otters need}}}}"
NO_BIBTEX = f"@misc{{{SECRET}, title={{"

QUESTIONS = (
    f"/search?q={SECRET}+otters",
    f"/api/v1/search?q={SECRET}+otters&explain=1",
    f"/api/v1/suggest?q={SECRET}",
    f"/related/{OTTER_ID}?cat={SECRET}",
    f"/related?ids={OTTER_ID},{SECRET}",
    f"/related?ids={OTTER_ID},{TEAPOT_ID}",
    f"/library?ids={OTTER_ID},{TEAPOT_ID}",
    f"/library?ids={SECRET}",
    f"/recommend?text={SECRET}",
    f"/api/v1/papers/{OTTER_ID}/related?reader={SECRET}",
    f"/api/v1/papers/{OTTER_ID}/related?cat={SECRET}",
    f"/api/v1/papers/{SECRET}/keywords",
    f"/abs/{OTTER_ID}?from={SECRET}",
)

BODIES: tuple[tuple[str, object], ...] = (
    ("/api/v1/preferences/rank", {"ids": [OTTER_ID, TEAPOT_ID], "words": [SECRET, "otters"]}),
    ("/api/v1/preferences/rank", {"ids": [SECRET], "words": ["otters"]}),
    ("/api/v1/preferences/cloud", {"ids": [OTTER_ID, TEAPOT_ID]}),
    ("/api/v1/preferences/cloud", {"ids": [SECRET]}),
    ("/api/v1/preferences/learn", {"liked": [OTTER_ID], "skipped": [TEAPOT_ID, COMPASS_ID]}),
    ("/api/v1/preferences/learn", {"liked": [OTTER_ID], "skipped": [SECRET]}),
    ("/api/v1/keywords", {"title": WISH, "abstract": f"We study {WISH}."}),
    ("/api/v1/recommend", {"positive": [OTTER_ID], "negative": [TEAPOT_ID]}),
    ("/api/v1/recommend", {"positive": [OTTER_ID], "negative": [SECRET]}),
    ("/api/v1/recommend", {"text": WISH}),
    ("/api/v1/recommend", {"profile": [{"text": SECRET, "weight": -3}]}),
    ("/api/v1/recommend", {"bibtex": BIBTEX}),
    ("/api/v1/recommend", {"bibtex": NO_BIBTEX}),
    ("/api/v1/recommend", {"reader": SECRET}),
    ("/api/v1/recommend", [SECRET]),
)

FORMS = ("/recommend", "/api/v1/recommend/upload")


@pytest.fixture
def debug_log() -> Iterator[None]:
    """Everything that can be logged is, on the standard error of the test."""
    configure_logging("debug")
    yield
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def _ask_everything(client: TestClient) -> list[int]:
    """The status of every answer."""
    answers = [client.get(question) for question in QUESTIONS]
    answers += [client.post(path, json=body) for path, body in BODIES]
    for path in FORMS:
        file = {"bibtex": (f"{SECRET}.bib", BIBTEX)}
        answers.append(client.post(path, data={"text": WISH, "positive": OTTER_ID}, files=file))
        answers.append(client.post(path, data={"negative": SECRET}, files={"bibtex": ("a", b"")}))
        answers.append(client.post(path, content=SECRET.encode()))
    answers.append(client.post(f"/api/v1/papers/{OTTER_ID}/star"))
    return [answer.status_code for answer in answers]


@pytest.mark.usefixtures("debug_log")
def test_nothing_of_a_reader_is_kept(
    library: Library, tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    own = copy_library(library, tmp_path_factory.mktemp("kept") / "library")
    with TestClient(create_app(own.settings), client=(ADDRESS, 50_000)) as client:
        statuses = _ask_everything(client)
        shown = client.get("/metrics").text + client.get("/api/v1/status").text
        files = {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()}
    files |= {path: path.read_bytes() for path in own.folder.rglob("*") if path.is_file()}
    logged = capfd.readouterr()

    assert max(statuses) < 500
    assert statuses.count(200) >= 16
    holding = {word: _find_files(files, word) for word in ("otters", SECRET, ADDRESS)}
    # What the papers themselves say is found, so what is not found is not there.
    assert "papersift.db" in holding["otters"]
    assert holding[SECRET] == holding[ADDRESS] == []
    for secret in (SECRET, ADDRESS, OTTER_ID, TEAPOT_ID):
        assert secret not in shown + logged.out + logged.err


def _find_files(files: Mapping[Path, bytes], word: str) -> list[str]:
    return [
        str(path).rsplit("/", 1)[-1] for path, content in files.items() if word.encode() in content
    ]
