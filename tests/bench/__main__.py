"""`make bench`: one table a part, every figure beside a named peer measured in the same run.

`make bench ARGS="search import"` runs the named parts only; `ARGS="--papers 100000"` sets how many
papers the parts that need a corpus use.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator

from tests.bench import (
    import_bench,
    keywords_bench,
    operators_a,
    operators_b,
    pages_bench,
    parse_bench,
    query_bench,
    query_help_bench,
    ranking_bench,
    related_bench,
    search_bench,
)
from tests.bench.corpus import describe_corpus
from tests.bench.table import Row, print_rows

DEFAULT_PAPERS = 20_000


def operator_rows(_papers: int) -> Iterator[Row]:
    """The operators of the seven posts, in milliseconds."""
    for what, ours, peer, theirs in (*operators_a.rows(), *operators_b.rows()):
        yield Row(what, 1e3 * ours, "ms", peer, 1e3 * theirs)


PARTS: dict[str, Callable[[int], Iterable[Row]]] = {
    "parse": parse_bench.rows,
    "import": import_bench.rows,
    "search": search_bench.rows,
    "query": query_bench.rows,
    "keywords": keywords_bench.rows,
    "query-help": query_help_bench.rows,
    "ranking": ranking_bench.rows,
    "related": related_bench.rows,
    "pages": pages_bench.rows,
    "operators": operator_rows,
}


def main() -> None:
    """Run the asked parts and print their rows."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--papers", type=int, default=DEFAULT_PAPERS, help="papers in the corpus")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in arguments.parts or PARTS:
        print_rows(f"{name} ({describe_corpus()})", list(PARTS[name](arguments.papers)))


if __name__ == "__main__":
    main()
