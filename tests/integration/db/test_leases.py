"""A lease has one holder, until it is released or expires."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.db.leases import acquire_lease, find_lease, release_lease, renew_lease
from app.db.session import Database
from app.domain.jobs import Lease
from tests.support.factories import NOON

IN_TIME = NOON + timedelta(seconds=59)
TOO_LATE = NOON + timedelta(seconds=60)


def test_a_lease_has_one_holder(database: Database) -> None:
    with database.transaction() as tx:
        assert find_lease(tx, "runner") is None
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=NOON)
        assert not acquire_lease(tx, "runner", owner="bruno", ttl_seconds=60, now=IN_TIME)
        assert find_lease(tx, "runner") == Lease("runner", "ada", TOO_LATE)
        assert acquire_lease(tx, "other", owner="bruno", ttl_seconds=60, now=NOON)


def test_the_holder_may_acquire_again_and_renew(database: Database) -> None:
    with database.transaction() as tx:
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=NOON)
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=IN_TIME)
        assert renew_lease(tx, "runner", owner="ada", ttl_seconds=90, now=IN_TIME)
        lease = find_lease(tx, "runner")
        assert lease is not None
        assert lease.expires_at == IN_TIME + timedelta(seconds=90)
        assert not renew_lease(tx, "runner", owner="bruno", ttl_seconds=90, now=IN_TIME)


def test_an_expired_lease_passes_on_and_its_former_holder_hears_of_it(database: Database) -> None:
    with database.transaction() as tx:
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=NOON)
        assert acquire_lease(tx, "runner", owner="bruno", ttl_seconds=60, now=TOO_LATE)
        assert not renew_lease(tx, "runner", owner="ada", ttl_seconds=60, now=TOO_LATE)
        release_lease(tx, "runner", owner="ada")
        assert find_lease(tx, "runner") is not None


def test_an_expired_lease_that_nobody_took_can_be_renewed(database: Database) -> None:
    with database.transaction() as tx:
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=NOON)
        assert renew_lease(tx, "runner", owner="ada", ttl_seconds=60, now=TOO_LATE)


def test_a_released_lease_is_free(database: Database) -> None:
    with database.transaction() as tx:
        assert acquire_lease(tx, "runner", owner="ada", ttl_seconds=60, now=NOON)
        release_lease(tx, "runner", owner="ada")
        assert find_lease(tx, "runner") is None
        assert acquire_lease(tx, "runner", owner="bruno", ttl_seconds=60, now=NOON)


def test_of_those_who_ask_at_once_one_gets_the_lease(database: Database) -> None:
    def acquire(owner: int) -> bool:
        with database.transaction() as tx:
            return acquire_lease(tx, "runner", owner=f"{owner}", ttl_seconds=60, now=NOON)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(acquire, range(6))) == [False] * 5 + [True]
