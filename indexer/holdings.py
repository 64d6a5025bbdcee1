"""What the database has been filled with so far: noted by the writing side, shown by the pages."""

from app.db import state
from app.db.session import Database
from app.domain.harvest import HOLDINGS_STATE, Holdings

_ORDER = (Holdings.NOTHING, Holdings.SAMPLE, Holdings.RECENT, Holdings.ARCHIVE)


def note_holdings(database: Database, holdings: Holdings) -> None:
    """Remember that the database holds at least this much; it never counts as less again."""
    with database.transaction() as tx:
        held = Holdings(state.get_state(tx, HOLDINGS_STATE) or Holdings.NOTHING)
        if _ORDER.index(holdings) > _ORDER.index(held):
            state.set_state(tx, HOLDINGS_STATE, holdings.value)
