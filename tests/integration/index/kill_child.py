"""The child process that `test_kill` kills: updates or rebuilds an index again and again."""

import itertools
import sys
from pathlib import Path

from app.db.session import Database
from app.search.whoosh import bulk_writer
from app.search.whoosh.codec import bulk
from indexer import index
from tests.integration.index.catalogue import delete_papers, store_papers

PAPERS = 120
"""Papers in the catalogue; few, so that a second sees many commits, merges and switches."""


def main(url: str, index_dir: Path, work: str, seed: int) -> None:
    """Change some papers and bring the index up to date, until killed."""
    database = Database(url)
    # Some runs in each rebuild, and no second process whose start would take most of the time.
    bulk.SMALL_BUILD_DOCUMENTS = bulk.RUN_DOCUMENTS = bulk_writer.BATCH_DOCUMENTS = 40
    bulk.MAX_PROCESSES = 1
    for turn in itertools.count(seed):
        first = turn * 17 % PAPERS
        store_papers(database, range(first, first + 15), f"alfa turn{turn}")
        delete_papers(database, [turn * 7 % PAPERS])
        if work == "update":
            index.update_index(database, index_dir, batch_papers=4)
        else:
            index.rebuild(database, index_dir, batch_papers=30)
        sys.stdout.write(f"{turn}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
