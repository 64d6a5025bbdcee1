"""A writer to be killed: `python -m tests.integration.db.write_forever URL BATCH_SIZE`.

Stores batch after batch, each in a transaction with the cursor that counts it, and prints a
line after every statement so that its killer can choose the moment.
"""

import sys
from itertools import count

from app.db.harvests import save_cursor
from app.db.papers import upsert_records
from app.db.session import Database
from app.domain.harvest import HarvestCursor
from tests.support.factories import NOON, make_id, make_record

CURSOR_KEY = "arXivRaw:*"


def main(url: str, batch_size: int) -> None:
    """Write until killed."""
    database = Database(url)
    for page in count(1):
        first = (page - 1) * batch_size + 1
        records = [make_record(make_id(first + i)) for i in range(batch_size)]
        changed = [make_record(make_id(1), title=f"Reworded on page {page}")]
        with database.transaction() as tx:
            upsert_records(tx, records, now=NOON)
            print("papers stored", flush=True)
            upsert_records(tx, changed, now=NOON)
            print("history stored", flush=True)
            save_cursor(tx, HarvestCursor(CURSOR_KEY, resumption_token=str(page), pages=page))
            print("cursor stored", flush=True)
        print("committed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
