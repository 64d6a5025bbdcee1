"""A loopback server that speaks like arXiv's, and a harvester pointed at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db.session import Database
from indexer.fetch import PoliteFetcher
from indexer.oai.client import OaiClient
from tests.support.harvesting import FakeTime, Harvester, make_fetcher
from tests.support.oai_server import OaiServer


@pytest.fixture
def server() -> Iterator[OaiServer]:
    with OaiServer() as running:
        yield running


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def fetcher(tmp_path: Path, fake_time: FakeTime) -> Iterator[PoliteFetcher]:
    with make_fetcher(tmp_path, fake_time) as made:
        yield made


@pytest.fixture
def harvester(
    database: Database, server: OaiServer, fetcher: PoliteFetcher, fake_time: FakeTime
) -> Harvester:
    return Harvester(database, server, OaiClient(fetcher, server.oai_url), fake_time)
