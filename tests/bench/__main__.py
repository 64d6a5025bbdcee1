"""`make bench`: one table, every figure beside a named peer measured in the same run.

`make bench ARGS="search import"` runs the named parts only; `ARGS="--papers 20000"` sets how many
papers the parts that need a corpus use.
"""

import argparse
from collections.abc import Callable, Iterable

from tests.bench import import_bench, parse_bench, search_bench
from tests.bench.corpus import describe_corpus
from tests.bench.table import Row, print_rows

PARTS: dict[str, Callable[[int], Iterable[Row]]] = {
    "parse": parse_bench.rows,
    "import": import_bench.rows,
    "search": search_bench.rows,
}


def main() -> None:
    """Run the asked parts and print their rows."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--papers", type=int, default=20_000, help="papers in the corpus")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in arguments.parts or PARTS:
        print_rows(f"{name} ({describe_corpus()})", list(PARTS[name](arguments.papers)))


if __name__ == "__main__":
    main()
