"""The one sequence of all accepted changes, and the number of living papers beside it."""

from sqlalchemy import select, update

from app.db.models import change_counter
from app.db.session import Transaction


class ChangeSequence:
    """Hands out change numbers inside one transaction. Made by `lock`, stored by `save`.

    Why a row and not a database sequence: numbers of a sequence become visible in the order of
    commits, not in their own. A reader that stood at 7 could see 9 committed before 8, go on
    from 9, and never index 8. Here a transaction locks the counter's row before it takes its
    first number and keeps the lock until it ends, so a second writer waits, and whoever sees
    number n sees every number below it too. (SQLite has one writer at a time anyway.)

    The same lock makes reading the held papers and replacing them one step: on PostgreSQL each
    statement sees what was committed before it began, and nobody else commits in between.
    """

    def __init__(self, tx: Transaction, last_number: int, living_papers: int) -> None:
        self._tx = tx
        self._stored = (last_number, living_papers)
        self.last_number = last_number
        self.living_papers = living_papers

    @classmethod
    def lock(cls, tx: Transaction) -> "ChangeSequence":
        """The sequence, locked against other writers until the transaction ends."""
        row = tx.execute(
            select(change_counter.c.last_number, change_counter.c.living_papers).with_for_update()
        ).one()
        return cls(tx, row.last_number, row.living_papers)

    def take(self) -> int:
        """The next change number."""
        self.last_number += 1
        return self.last_number

    def save(self) -> None:
        """Store what was handed out; writes nothing when nothing was."""
        if (self.last_number, self.living_papers) != self._stored:
            self._tx.execute(
                update(change_counter).values(
                    last_number=self.last_number, living_papers=self.living_papers
                )
            )
