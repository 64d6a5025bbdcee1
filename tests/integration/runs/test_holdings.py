import pytest

from app.db.session import Database
from app.db.state import get_state
from app.domain.harvest import HOLDINGS_STATE, Holdings
from indexer.holdings import note_holdings


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        ([Holdings.SAMPLE], Holdings.SAMPLE),
        ([Holdings.SAMPLE, Holdings.RECENT], Holdings.RECENT),
        ([Holdings.ARCHIVE, Holdings.RECENT], Holdings.ARCHIVE),
        ([Holdings.RECENT, Holdings.ARCHIVE, Holdings.SAMPLE], Holdings.ARCHIVE),
    ],
)
def test_a_database_never_counts_as_holding_less_than_before(
    database: Database, noted: list[Holdings], expected: Holdings
) -> None:
    for holdings in noted:
        note_holdings(database, holdings)
    with database.read() as tx:
        assert get_state(tx, HOLDINGS_STATE) == expected
