"""Suggestions, spelling, the doctor, highlighting and reasons, over real records, warm."""

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter

from app.db.migrate import upgrade
from app.db.session import Database
from app.domain.query import Filters, SearchRequest
from app.search.factory import open_engine
from app.search.lexicon.lexicon import Lexicon, find_lexicon
from app.search.lexicon.source import LexiconSource
from app.services.doctor import Doctor
from app.services.search import SearchLimits, SearchQuestion
from app.services.search_help import HelpWanted
from app.services.spelling import SpellingService
from app.services.use_cases import UseCases, make_use_cases
from app.text.query_syntax import parse_query
from app.text.spelling import fold_for_spelling, get_allowed_edits, rank_corrections
from app.text.title_words import list_title_words
from indexer.index import rebuild
from indexer.lexicon import rebuild_lexicon
from tests.bench.corpus import import_papers, iter_snapshot_lines
from tests.bench.table import Row, percentile

QUERIES = 300
TYPED_TITLES = 60
MISSPELT_WORDS = 2_000
UNSEEN_SHARE = 20
"""Every so many-th paper is kept out of the library: its words are spelt right and unseen."""

SUGGEST_BAR_MS = 10.0
DOCTOR_BAR_MS = 20.0
HIGHLIGHT_BAR_MS = 10.0


def rows(limit: int = 100_000) -> Iterator[Row]:
    """The rows of the table, for a library of `limit` papers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = list(iter_snapshot_lines(limit))
        snapshot = folder / "papers.jsonl"
        snapshot.write_bytes(b"".join(line for n, line in enumerate(lines) if n % UNSEEN_SHARE))
        url = f"sqlite:///{folder / 'papersift.db'}"
        upgrade(url)
        with closing(Database(url)) as database:
            import_papers(database, snapshot)
            index_dir = folder / "index"
            rebuild(database, index_dir)
            yield from _measure(database, index_dir)


def _measure(database: Database, index_dir: Path) -> Iterator[Row]:
    lexicon = find_lexicon(index_dir)
    assert lexicon is not None
    engine = open_engine(index_dir)
    engine.warm_up()
    lexicons = LexiconSource(index_dir)
    use_cases = make_use_cases(database, engine, SearchLimits(), lexicons=lexicons)
    titles = _list_titles(use_cases)
    chance = random.Random(7)
    seconds = _time(lambda: rebuild_lexicon(database, index_dir))
    papers = engine.get_state().papers
    yield Row(f"lexicon of {papers:,} papers", papers / seconds, "papers/s")
    size = sum(path.stat().st_size for path in (index_dir / "lexicon").rglob("*.npy"))
    yield Row("lexicon on disk", size / papers, "bytes/paper")
    yield Row("lexicon, opening", 1e3 * _time(lambda: find_lexicon(index_dir)), "ms")
    yield from _suggest(use_cases, titles, chance)
    yield from _help(use_cases, titles, chance)
    doctor = Doctor(engine)
    requests = [
        SearchRequest(parse_query(" ".join(_take_words(title, chance, 5))).tree) for title in titles
    ]
    times = [_time(partial(doctor.examine, each, 0)) for each in requests]
    yield from _percentiles("doctor, 2 to 5 words", times, DOCTOR_BAR_MS)
    yield from _spelling(SpellingService(engine, lexicons), lexicon, titles, chance)
    engine.close()


def _suggest(use_cases: UseCases, titles: Sequence[str], chance: random.Random) -> Iterator[Row]:
    """Every prefix that somebody sends who types the beginning of a real title.

    Warmed by other titles, so that common beginnings are known and the rest is counted anew.
    """
    chosen = chance.sample(titles, min(2 * TYPED_TITLES, len(titles)))
    begun = [[title[:n] for n in range(1, min(len(title), 30))] for title in chosen]
    for text in chain.from_iterable(begun[len(begun) // 2 :]):
        use_cases.suggest.suggest(text)
    typed = list(chain.from_iterable(begun[: len(begun) // 2]))
    times = [_time(partial(use_cases.suggest.suggest, each)) for each in typed]
    yield from _percentiles(f"suggest, {len(typed):,} beginnings of titles", times, SUGGEST_BAR_MS)


def _help(use_cases: UseCases, titles: Sequence[str], chance: random.Random) -> Iterator[Row]:
    pages = [
        use_cases.search.search(SearchQuestion(" ".join(_take_words(title, chance, 4))))
        for title in titles
    ]
    full = [page for page in pages if len(page.hits) == 25]
    for what, wanted, bar in (
        ("highlighting 25 hits", HelpWanted(highlights=True, diagnosis=False), HIGHLIGHT_BAR_MS),
        ("explaining 25 hits", HelpWanted(explanations=True, diagnosis=False), None),
        ("keywords of a result", HelpWanted(keywords=True, diagnosis=False), None),
    ):
        times = [_time(partial(use_cases.search_help.help_with, page, wanted)) for page in full]
        yield from _percentiles(what, times, bar)


def _spelling(
    spelling: SpellingService, lexicon: Lexicon, titles: Sequence[str], chance: random.Random
) -> Iterator[Row]:
    words = [word for title in titles for word in sorted(list_title_words(title))]
    known = [word for word in words if len(word) >= 5 and lexicon.words.count(word) > 1]
    cases = [(word, _misspell(word, chance)) for word in chance.choices(known, k=MISSPELT_WORDS)]
    cases = [each for each in cases if lexicon.words.count(each[1]) == 0 and len(each[1]) >= 5]
    right = sum(_correct(lexicon, typo) == word for word, typo in cases)
    yield Row(f"spelling, first correction right ({len(cases):,} typos)", right / len(cases), "")
    asked = [parse_query(typo).tree for _word, typo in cases]
    times = [_time(partial(spelling.respell, each, Filters())) for each in asked]
    yield from _percentiles("spelling, a misspelt word", times, None)
    unseen = sorted(
        {
            word
            for number, line in enumerate(iter_snapshot_lines(100_000))
            if number % UNSEEN_SHARE == 0
            for word in _list_unseen(line, lexicon)
        }
    )
    found = [spelling.respell(parse_query(word).tree, Filters()) for word in unseen]
    applied = sum(each is not None and each.is_applied for each in found)
    proposed = sum(each is not None and not each.is_applied for each in found)
    what = f"right words that no held title has ({len(unseen):,}): "
    yield Row(what + "corrected wrongly", applied / max(len(unseen), 1), "")
    yield Row(what + "wrongly asked about", proposed / max(len(unseen), 1), "")


def _list_unseen(line: bytes, lexicon: Lexicon) -> Iterator[str]:
    for word in list_title_words(str(json.loads(line)["title"])):
        if fold_for_spelling(word) and lexicon.words.count(word) == 0:
            yield word


def _correct(lexicon: Lexicon, typo: str) -> str:
    numbers = lexicon.deletions.find(typo, get_allowed_edits(typo))
    candidates = [(lexicon.words.read(n), int(lexicon.words.counts[n])) for n in numbers]
    ranked = rank_corrections(typo, candidates)
    return ranked[0].word if ranked else ""


def _misspell(word: str, chance: random.Random) -> str:
    """One slip: a letter left out, put in, other, or two neighbours changed."""
    place = chance.randrange(len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


def _list_titles(use_cases: UseCases) -> list[str]:
    """Titles of papers spread over the library."""
    step = max(use_cases.search.get_state().papers // QUERIES, 1)
    titles = []
    for offset in range(0, min(step * QUERIES, 10_000), max(min(step, 10_000 // QUERIES), 1)):
        page = use_cases.search.search(SearchQuestion(offset=offset, limit=1))
        titles += [hit.paper.title for hit in page.hits]
    return titles


def _take_words(title: str, chance: random.Random, most: int) -> list[str]:
    words = sorted(word for word in list_title_words(title) if len(word) > 3) or ["paper"]
    return chance.sample(words, min(len(words), chance.randint(2, most)))


def _percentiles(what: str, times: Sequence[float], bar_ms: float | None) -> Iterator[Row]:
    for share, label in ((0.5, "p50"), (0.95, "p95")):
        figure = 1e3 * percentile(times, share)
        peer = "" if bar_ms is None else "bar"
        yield Row(f"{what}, {label}", figure, "ms", peer, bar_ms)


def _time(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin
