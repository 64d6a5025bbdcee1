"""Papers and queries for `search_engines`: real ones, and beyond them recombined halves.

A recombined paper has the first half of one abstract, the second half of another of the same
category, and a title put together likewise: the words stay as frequent as they are in life.
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.arxiv_id import ArxivId
from app.search.documents import IndexDocument
from app.text.stop_words import STOP_WORDS
from tests.bench.corpus import iter_snapshot_lines

REAL_PAPERS = 100_000
"""Papers that are taken as they are; more are recombined."""

TITLE_QUERIES = 120
STRATIFIED_QUERIES = 80
PHRASES = 100
LIKENESS_TERMS = 80

PAPERS_PER_MONTH = 90_000
FIRST_DAY = datetime(1991, 8, 1, tzinfo=UTC)
LAST_DAY = datetime(2026, 8, 1, tzinfo=UTC)

_WORD = re.compile(r"[A-Za-z]{3,}")
_STRATA = 8
_SAMPLE_PAPERS = 20_000


class CorpusPaper(NamedTuple):
    """What every engine is given."""

    title: str
    abstract: str
    categories: str


class Queries(NamedTuple):
    """What every engine is asked.

    Attributes:
        words: one to five words each.
        phrases: two or three words that follow each other in a title.
        likenesses: the words of a whole paper.
        category: the most frequent one.
    """

    words: list[list[str]]
    phrases: list[str]
    likenesses: list[list[str]]
    category: str


def write_corpus(path: Path, papers: int) -> None:
    """Write so many papers, one JSON array a line, the same for the same number."""
    with path.open("w", encoding="utf-8") as file:
        for paper in _make_papers(papers):
            file.write(json.dumps(paper) + "\n")


def iter_corpus(path: Path, papers: int | None = None) -> Iterator[CorpusPaper]:
    """The papers of a file, or only the first."""
    with path.open(encoding="utf-8") as file:
        for line in islice(file, papers):
            yield CorpusPaper(*json.loads(line))


def iter_documents(path: Path, papers: int) -> Iterator[IndexDocument]:
    """The same papers with ids and dates in ascending order."""
    step = (LAST_DAY - FIRST_DAY) / papers
    for number, paper in enumerate(iter_corpus(path, papers)):
        moment = FIRST_DAY + number * step
        yield IndexDocument(
            arxiv_id=make_id(number),
            title=paper.title,
            abstract=paper.abstract,
            authors=(),
            categories=_split(paper.categories),
            submitted_at=moment,
            updated_at=moment + timedelta(days=1),
            comments="",
            journal_ref="",
            doi="",
            report_no="",
        )


def make_id(number: int) -> ArxivId:
    """The number-th identifier, in ascending order."""
    month, serial = divmod(number, PAPERS_PER_MONTH)
    return ArxivId(f"{15 + month // 12}{month % 12 + 1:02}.{serial + 1:05}")


def make_queries(path: Path) -> Queries:
    """Queries drawn from a corpus; the same for the same corpus."""
    chance = random.Random(1)
    sample = list(islice(iter_corpus(path), _SAMPLE_PAPERS))
    chosen = chance.choices(sample, k=20 * TITLE_QUERIES)
    from_titles = [
        chance.sample(words, min(len(words), chance.randint(1, 5)))
        for paper in chosen
        if (words := _list_words(paper.title))
    ]
    categories = Counter(paper.categories.partition(" ")[0] for paper in sample)
    return Queries(
        words=from_titles[:TITLE_QUERIES] + _make_stratified(sample, chance),
        phrases=list(islice(_iter_phrases(chosen, chance), PHRASES)),
        likenesses=[_list_words(paper.abstract)[:LIKENESS_TERMS] for paper in chosen[:100]],
        category=categories.most_common(1)[0][0],
    )


def _make_stratified(sample: Sequence[CorpusPaper], chance: random.Random) -> list[list[str]]:
    """Queries whose words are as often rare as frequent."""
    frequencies = Counter(
        word for paper in sample for word in set(_list_words(f"{paper.title} {paper.abstract}"))
    )
    strata: dict[int, list[str]] = defaultdict(list)
    for word, frequency in sorted(frequencies.items()):
        strata[min(frequency.bit_length() // 2, _STRATA)].append(word)
    levels = sorted(strata)
    return [
        list(
            dict.fromkeys(
                chance.choice(strata[chance.choice(levels)]) for _ in range(chance.randint(1, 5))
            )
        )
        for _ in range(STRATIFIED_QUERIES)
    ]


def _iter_phrases(papers: Sequence[CorpusPaper], chance: random.Random) -> Iterator[str]:
    for paper in papers:
        words = paper.title.split()
        size = chance.randint(2, 3)
        start = chance.randrange(max(len(words) - size, 1))
        piece = words[start : start + size]
        if len(piece) == size and all(map(_is_searched, piece)):
            yield " ".join(piece).lower()


def _is_searched(word: str) -> bool:
    return _WORD.fullmatch(word) is not None and word.lower() not in STOP_WORDS


def _list_words(text: str) -> list[str]:
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return [word for word in words if word not in STOP_WORDS]


def _make_papers(papers: int) -> Iterator[CorpusPaper]:
    real: list[CorpusPaper] = []
    for line in iter_snapshot_lines(min(papers, REAL_PAPERS)):
        record: dict[str, Any] = json.loads(line)
        real.append(CorpusPaper(record["title"], record["abstract"], record["categories"]))
        yield real[-1]
    by_category: dict[str, list[CorpusPaper]] = defaultdict(list)
    for paper in real:
        by_category[paper.categories.partition(" ")[0]].append(paper)
    chance = random.Random(papers)
    for _ in range(papers - len(real)):
        first = chance.choice(real)
        second = chance.choice(by_category[first.categories.partition(" ")[0]])
        yield CorpusPaper(
            _join_halves(first.title, second.title),
            _join_halves(first.abstract, second.abstract),
            first.categories,
        )


def _join_halves(first: str, second: str) -> str:
    head, tail = first.split(), second.split()
    return " ".join(head[: len(head) // 2] + tail[len(tail) // 2 :])


@lru_cache(1 << 14)
def _split(categories: str) -> tuple[str, ...]:
    return tuple(categories.split())
