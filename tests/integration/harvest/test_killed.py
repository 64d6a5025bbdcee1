"""A real process that harvests, killed at any moment: the next one goes on and loses nothing."""

import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.db import harvests
from app.db.session import Database
from indexer.oai.client import OaiClient
from tests.support.harvesting import FakeTime, Harvester, make_fetcher, served
from tests.support.oai_catalogue import Catalogue, ServerVersion, make_server_record
from tests.support.oai_server import OaiServer

TODAY = date(2026, 11, 20)
ANSWER_SECONDS = 0.01
LONGEST_LIFE_SECONDS = 0.6

_CHILD = """
import sys
from pathlib import Path
from app.db.session import Database
from app.domain.harvest import HarvestWindow
from indexer.fetch import FetchPolicy, PoliteFetcher
from indexer.harvest import harvest
from indexer.oai.client import OaiClient
from indexer.pacing import MachinePace

database_url, oai_url, pacing_file = sys.argv[1:]
database = Database(database_url)
pace = MachinePace(Path(pacing_file), pacing_seconds=0.0)
client = OaiClient(PoliteFetcher(FetchPolicy(max_attempts=2), pace), oai_url)
print("ready", flush=True)
while True:
    harvest(database, client, HarvestWindow())
"""


def kill_once(arguments: list[str], life_seconds: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, *arguments], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(life_seconds)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize("kills", [4, pytest.param(25, marks=pytest.mark.slow)])
def test_a_killed_harvest_goes_on_and_ends_with_every_record(
    database_url: str, tmp_path: Path, kills: int
) -> None:
    rng = random.Random(kills)
    catalogue = Catalogue(page_size=3)
    for number in range(1, 101):
        back = rng.choice((0, 1, 30, 400, 400, 400))
        catalogue.put(make_server_record(number, TODAY - timedelta(days=back)))

    def disturb(_: int) -> None:
        time.sleep(ANSWER_SECONDS)
        if rng.random() < 0.2:
            record = rng.choice(catalogue.records)
            versions = (*record.versions, ServerVersion(catalogue.now))
            catalogue.change(record.arxiv_id, versions=versions)

    with OaiServer(catalogue) as server:
        server.before_answer = disturb
        for _ in range(kills):
            arguments = [database_url, server.oai_url, str(tmp_path / "pacing")]
            kill_once(arguments, rng.uniform(0.0, LONGEST_LIFE_SECONDS))
        server.before_answer = lambda _: None
        fake_time = FakeTime()
        database = Database(database_url)
        with make_fetcher(tmp_path, fake_time) as fetcher:
            client = OaiClient(fetcher, server.oai_url)
            harvester = Harvester(database, server, client, fake_time)
            harvester.run()
            harvester.run()
            assert harvester.held() == served(catalogue)
        with database.read() as tx:
            cursor = harvests.find_cursor(tx, "arXivRaw:*")
        database.close()
    assert cursor is not None
    assert (cursor.next_from, cursor.resumption_token) == (TODAY, "")
    assert len(server.requests) > kills
