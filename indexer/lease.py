"""The right to write, held by one process at a time and lost when its holder dies.

The lease is a row with an expiry. A heartbeat thread renews it; a holder that was killed stops
renewing, and another process may take over when the row expires.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog

from app.db import leases
from app.db.session import Database
from app.domain.errors import AlreadyRunningError, StorageError
from app.domain.jobs import RUNNER_LEASE

RENEWALS_PER_LEASE = 3
"""Heartbeats in one lease time, so that a single late one loses nothing."""

log = structlog.get_logger()


def utc_now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def make_owner_name() -> str:
    """A name that tells people which process on which machine holds a lease.

    >>> make_owner_name().count(":")
    2
    """
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class HeldLease:
    """A lease being kept alive by a heartbeat thread; `is_lost` turns True if it slips away."""

    def __init__(
        self,
        database: Database,
        owner: str,
        ttl_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._owner = owner
        self._ttl_seconds = ttl_seconds
        self._now = now
        self._stopped = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)

    @property
    def is_lost(self) -> bool:
        """Whether somebody else may be running by now: stop at the next safe point."""
        return self._lost.is_set()

    def start(self) -> None:
        """Begin renewing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop renewing and give the lease back."""
        self._stopped.set()
        self._thread.join()
        if not self.is_lost:
            with self._database.transaction() as tx:
                leases.release_lease(tx, RUNNER_LEASE, owner=self._owner)

    def _beat(self) -> None:
        while not self._stopped.wait(self._ttl_seconds / RENEWALS_PER_LEASE):
            try:
                with self._database.transaction() as tx:
                    renewed = leases.renew_lease(
                        tx,
                        RUNNER_LEASE,
                        owner=self._owner,
                        ttl_seconds=self._ttl_seconds,
                        now=self._now(),
                    )
            except StorageError as error:
                # The next beat tries again; if the row expires meanwhile, renewal will say so.
                log.warning("lease not renewed", reason=str(error))
                continue
            if not renewed:
                self._lost.set()
                log.error("lease lost to another runner")
                return


@contextmanager
def hold_lease(
    database: Database,
    *,
    owner: str,
    ttl_seconds: float,
    now: Callable[[], datetime] = utc_now,
) -> Iterator[HeldLease]:
    """Hold the runner's lease for the length of a `with` block.

    Raises:
        AlreadyRunningError: another process holds it; the message names it and its expiry.
    """
    with database.transaction() as tx:
        taken = leases.acquire_lease(
            tx, RUNNER_LEASE, owner=owner, ttl_seconds=ttl_seconds, now=now()
        )
        holder = None if taken else leases.find_lease(tx, RUNNER_LEASE)
    if not taken:
        who = f"{holder.owner} until {holder.expires_at:%H:%M:%S} UTC" if holder else "a process"
        raise AlreadyRunningError(
            f"Another run is under way (held by {who}). Wait for it to finish; "
            "if it was killed, its lease ends by itself at that time."
        )
    lease = HeldLease(database, owner, ttl_seconds, now)
    lease.start()
    try:
        yield lease
    finally:
        lease.stop()
