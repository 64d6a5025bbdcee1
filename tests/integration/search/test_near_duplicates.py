"""Papers that were submitted twice are folded into one answer: real ones, among real others."""

import gzip
import json
from collections.abc import Iterator

import pytest

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.services.recommend import RecommendLimits, RecommendService, Taste
from app.services.search import SearchLimits, SearchQuestion
from app.text.similarity import DUPLICATE_OVERLAP, count_terms
from indexer.snapshot_record import RejectedLineError, parse_snapshot_line
from tests.support.big_library import open_big_library
from tests.unit.real_data import data_file

pytestmark = [pytest.mark.data, pytest.mark.slow]

TWICE = [
    ("cond-mat/9406091", "hep-th/9406153"),
    ("astro-ph/9303015", "hep-ph/9303310"),
    ("0704.2161", "0901.1560"),
    ("math/0606447", "math/0606457"),
    ("1006.2287", "1006.2620"),
    ("1009.4964", "1009.4987"),
    ("1508.01127", "1508.06712"),
    ("1507.06986", "1611.04529"),
    ("1605.08778", "1606.00382"),
    ("1202.3856", "1203.2739"),
    ("0801.3956", "physics/0703114"),
    ("1411.1733", "1504.07193"),
    ("1311.2522", "1312.2765"),
    ("1201.0274", "1203.0518"),
    ("physics/0605218", "physics/0611179"),
    ("2410.09771", "2601.22563"),
]
"""Nearly the same text under two identifiers, all of them among the 100,000 real records."""

OTHERS = 3_000
"""Other papers: enough for vectors of papers, by which pairs are suspected."""


def iter_records() -> Iterator[PaperRecord]:
    wanted = {each for pair in TWICE for each in pair}
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz")) as lines:
        for number, line in enumerate(lines):
            if number < OTHERS or json.loads(line)["id"] in wanted:
                try:
                    yield parse_snapshot_line(line)
                except RejectedLineError:
                    continue


def test_every_real_near_duplicate_is_folded_and_nothing_else() -> None:
    with open_big_library(iter_records()) as (database, engine):
        service = RecommendService(database, engine, RecommendLimits(), SearchLimits())
        for pair in TWICE:
            ids = [ArxivId.parse(each) for each in pair]
            with database.read() as tx:
                papers = find_papers(tx, ids)
            first = papers[ids[0]]

            found = service.recommend(
                Taste(text=f"{first.title}. {first.abstract}"), SearchQuestion(limit=10)
            )

            best = found.papers[0]
            assert {best.paper.arxiv_id, *best.duplicates} == set(ids), pair
            for other in found.papers[1:]:
                for duplicate in other.duplicates:
                    overlap = _measure_overlap(database, other.paper.arxiv_id, duplicate)
                    assert overlap >= DUPLICATE_OVERLAP


def _measure_overlap(database: Database, left: ArxivId, right: ArxivId) -> float:
    with database.read() as tx:
        papers = find_papers(tx, [left, right])
    one, other = (count_terms(each.title, each.abstract).list_pairs() for each in papers.values())
    return len(one & other) / len(one | other)
