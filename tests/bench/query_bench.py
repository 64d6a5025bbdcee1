"""Reading a query and compiling it for the index, beside Whoosh's own query parser."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from statistics import median
from time import perf_counter

from whoosh.fields import TEXT, Schema
from whoosh.qparser import MultifieldParser

from app.search.whoosh.compiler import compile_query
from app.text.query_syntax import parse_query
from tests.bench.table import Row

BAR_MS = 0.3
"""Median milliseconds for one query."""

_FORMS = (
    "{one} {two}",
    "{one} {two} {three} -{four}",
    '"{one} {two}" {three}',
    "ti:{one} ({two} OR {three})",
    'au:"{one}, J" {two} {three}',
    "{one} NEAR3 {two} {three}*",
    "cat:cs.LG+stat.ML year:2020-2024 {one} {two}",
    "how does {one} {two} change the {three} of a {four} network in practice",
)
_WORDS = (
    *(
        "graph",
        "transformer",
        "quantum",
        "entanglement",
        "diffusion",
        "protein",
        "galaxy",
        "lattice",
    ),
    *("non-invasive", "GPT-4", "Müller", "equivariant", "turbulence", "sparse", "topological"),
)
_PEERS_FORMS = ("{one} {two}", "{one} {two} {three} NOT {four}", '"{one} {two}" {three}')
_ROUNDS = 3


def rows(_papers: int = 0) -> Iterator[Row]:
    """The median over queries of many forms, and over those that Whoosh's parser knows too."""
    queries = _make_queries(_FORMS)
    yield Row(
        f"parse + compile, median of {len(queries)} queries",
        1e3 * _time(_read, queries),
        "ms",
        "bar",
        BAR_MS,
    )
    shared = _make_queries(_PEERS_FORMS)
    parser = MultifieldParser(["title", "abstract"], Schema(title=TEXT(), abstract=TEXT()))
    yield Row(
        f"the same of {len(shared)} words, phrases and exclusions",
        1e3 * _time(_read, shared),
        "ms",
        "whoosh.qparser.MultifieldParser",
        1e3 * _time(parser.parse, shared),
    )


def _make_queries(forms: Sequence[str]) -> list[str]:
    """Every form with words in turn; no two alike."""
    found = []
    for number, (form, _again) in enumerate(product(forms, range(25))):
        names = ("one", "two", "three", "four")
        words = {n: _WORDS[(number * (k + 2) + k) % len(_WORDS)] for k, n in enumerate(names)}
        found.append(form.format(**words) + f" w{number}")
    return found


def _read(text: str) -> object:
    return compile_query(parse_query(text).tree)


def _time(read: Callable[[str], object], queries: Sequence[str]) -> float:
    """Median seconds of one query; of several rounds the best of each query."""
    best = [float("inf")] * len(queries)
    for _round in range(_ROUNDS):
        for place, text in enumerate(queries):
            started = perf_counter()
            read(text)
            best[place] = min(best[place], perf_counter() - started)
    return median(best)
