"""What keeps one reader from starring a paper twice a day, without knowing the reader.

A reader is a salted hash of the address they come from. The salt is drawn anew every day and at
every start, and neither salt nor hash leaves the memory of this process: tomorrow nobody can tell,
even with the memory at hand, who starred what today.
"""

import hashlib
import ipaddress
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

HASH_BYTES = 12
"""Of a hash that is remembered: two readers share one by chance about never."""

IPV6_NETWORK_BITS = 64
"""A household has a network of IPv6 addresses, and counts once."""

SECONDS_PER_MINUTE = 60.0


class Admission(Enum):
    """What becomes of a star that somebody wants to give."""

    COUNTED = auto()
    REPEATED = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class StarLimits:
    """How much is accepted and remembered; the names are those of the settings.

    Attributes:
        stars_per_minute: most requests of one client in a minute.
        max_remembered_stars: most stars remembered for a day; the oldest are forgotten first.
    """

    stars_per_minute: int = 30
    max_remembered_stars: int = 100_000


class StarMemory:
    """Today's stars by anonymous clients, in bounded memory. Thread-safe."""

    def __init__(self, limits: StarLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._day: date | None = None
        self._salt = b""
        self._stars: OrderedDict[bytes, None] = OrderedDict()
        self._requests: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def admit(self, client: str, arxiv_id: str, *, day: date, seconds: float) -> Admission:
        """Whether a star counts; one that does is remembered.

        Args:
            client: the network address the request came from.
            arxiv_id: the canonical identifier of the paper.
            day: today.
            seconds: a clock that never goes back, for the rate.
        """
        with self._lock:
            if day != self._day:
                self._begin_day(day)
            if not self._is_within_rate(self._hash(client), seconds):
                return Admission.TOO_MANY
            star = self._hash(client, arxiv_id)
            if star in self._stars:
                return Admission.REPEATED
            self._stars[star] = None
            if len(self._stars) > self._limits.max_remembered_stars:
                self._stars.popitem(last=False)
            return Admission.COUNTED

    def forget(self, client: str, arxiv_id: str) -> None:
        """Let a star that could not be stored be given again."""
        with self._lock:
            self._stars.pop(self._hash(client, arxiv_id), None)

    def _begin_day(self, day: date) -> None:
        self._day, self._salt = day, secrets.token_bytes(32)
        self._stars.clear()
        self._requests.clear()

    def _hash(self, client: str, paper: str = "") -> bytes:
        text = f"{_find_household(client)}\n{paper}".encode()
        return hashlib.blake2b(text, key=self._salt, digest_size=HASH_BYTES).digest()

    def _is_within_rate(self, reader: bytes, seconds: float) -> bool:
        begin, count = self._requests.pop(reader, (seconds, 0))
        if seconds - begin >= SECONDS_PER_MINUTE:
            begin, count = seconds, 0
        self._requests[reader] = (begin, count + 1)
        if len(self._requests) > self._limits.max_remembered_stars:
            self._requests.popitem(last=False)
        return count < self._limits.stars_per_minute


def _find_household(client: str) -> str:
    """The network that counts as one client; what is no address stands for itself."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_NETWORK_BITS), strict=False))
