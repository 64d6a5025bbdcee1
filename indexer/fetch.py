"""The one HTTP client for all traffic to arXiv: paced, patient, bounded, clear when it gives up.

Every request of the project goes through `PoliteFetcher.fetch`. It holds the machine's turn
(`indexer.pacing`) while it talks, opens one connection and closes it afterwards, so that no two
connections to arXiv exist at a time. The retry loop is our own: `stamina` cannot be given a clock,
counts Retry-After against its own limit on total time, and would sleep while other processes of
this machine, unaware of the server's plea, go on asking; here the plea goes into the pacing file.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode

import httpx2
import structlog

from app.domain.errors import MalformedAnswerError, UpstreamError, UpstreamUnavailableError
from indexer.clock import SYSTEM_CLOCK, Clock
from indexer.pacing import MachinePace
from indexer.refusals import (
    RefusedError,
    advise,
    describe_failure,
    make_last_error,
    parse_retry_after,
)

T = TypeVar("T")

FIRST_BACKOFF_SECONDS = 5.0
"""Wait before the second attempt where the server names none; doubled for each further one."""

MAX_BACKOFF_SECONDS = 300.0
"""Longest wait of our own choice."""

JITTER_SHARE = 0.25
"""Our own waits vary by this share, so that many installations do not come back in step."""

MAX_REDIRECTS = 3
"""arXiv has moved its OAI address before; more hops than this are a loop."""

RETRIED_CLIENT_ERRORS = frozenset({406, 408, 425, 429})
"""4xx statuses that arXiv uses for "too much" (406 in bursts since September 2026) or "again"."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How long to wait, how often to try, how much to accept; seconds and bytes.

    Attributes:
        read_timeout_seconds: longest silence within an answer.
        max_answer_seconds: longest time for one whole answer, however steadily it drips.
        max_attempts: tries of one request.
        max_retry_wait_seconds: a longer Retry-After ends the run instead of being waited out.
        max_total_seconds: no attempt begins later than this after the first.
        max_page_bytes: largest answer, after decompression.
    """

    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 120.0
    max_answer_seconds: float = 600.0
    max_attempts: int = 8
    max_retry_wait_seconds: float = 900.0
    max_total_seconds: float = 3_600.0
    max_page_bytes: int = 64 * 2**20


class _FinalError(Exception):
    """Wraps an error that another attempt cannot mend."""

    def __init__(self, error: UpstreamError) -> None:
        super().__init__(str(error))
        self.error = error


class PoliteFetcher:
    """Fetches from arXiv, one request at a time for the whole machine.

    Args:
        policy: the limits.
        pace: the machine's turns.
        contact: mail address or URL put into the User-Agent.
        clock: time, injected.
        jitter: a number in [0, 1) per call.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        pace: MachinePace,
        *,
        contact: str = "",
        clock: Clock = SYSTEM_CLOCK,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._pace = pace
        self._clock = clock
        self._jitter = jitter
        self._client = httpx2.Client(
            headers={"User-Agent": make_user_agent(contact)},
            timeout=httpx2.Timeout(
                policy.read_timeout_seconds, connect=policy.connect_timeout_seconds
            ),
            # No idle connection stays behind while another process has its turn.
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=0),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def fetch(
        self,
        url: str,
        parameters: Mapping[str, str] | None = None,
        *,
        accept: str,
        read: Callable[[bytes], T],
    ) -> T:
        """What `read` makes of the answer, after as many patient attempts as the policy allows.

        Args:
            url: address without query.
            parameters: the query; encoded here, exactly once.
            accept: the Accept header; arXiv answers 406 without one.
            read: turns the body into the result. A `MalformedAnswerError` from it counts as a
                failed attempt: truncated and garbled pages mostly come right the next time.

        Raises:
            UpstreamUnavailableError: no usable answer; the message names address, status and
                number of attempts.
            MalformedAnswerError: the last attempt's answer arrived but cannot be read, or is
                larger than allowed.
        """
        address = f"{url}?{urlencode(parameters)}" if parameters else url
        started = self._clock.monotonic()
        for attempt in range(1, self._policy.max_attempts + 1):
            try:
                return read(self._get(address, accept))
            except _FinalError as final:
                raise final.error from final.__cause__
            except (RefusedError, httpx2.RequestError, MalformedAnswerError) as error:
                wait = self._find_wait(error, attempt)
                elapsed = self._clock.monotonic() - started
                is_last = attempt == self._policy.max_attempts or self._is_too_long(
                    error, wait, elapsed
                )
                if not is_last or _is_servers_wish(error):
                    # Remembered for the whole machine, and beyond the end of this run.
                    self._pace.postpone(min(wait, self._policy.max_retry_wait_seconds))
                if is_last:
                    raise make_last_error(error, address, attempt) from error
                log.warning(
                    "arXiv gave no usable answer; trying again",
                    reason=describe_failure(error),
                    attempt=attempt,
                    wait_seconds=round(wait, 1),
                )
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _find_wait(self, error: Exception, attempt: int) -> float:
        """Seconds until the next attempt: the server's wish, or a doubling wait of our own."""
        if isinstance(error, RefusedError) and error.retry_after_seconds is not None:
            return error.retry_after_seconds
        backoff = min(FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1), MAX_BACKOFF_SECONDS)
        return backoff * (1 - JITTER_SHARE + 2 * JITTER_SHARE * self._jitter())

    def _is_too_long(self, error: Exception, wait: float, elapsed: float) -> bool:
        if _is_servers_wish(error) and wait > self._policy.max_retry_wait_seconds:
            return True
        return elapsed + wait > self._policy.max_total_seconds

    def _get(self, address: str, accept: str) -> bytes:
        """The body at an address, redirects followed; each hop is a request with its own turn."""
        target = _parse_address(address)
        for _ in range(MAX_REDIRECTS + 1):
            with self._pace.turn(max_wait_seconds=self._policy.max_total_seconds):
                answer = self._exchange(target, accept)
            if isinstance(answer, bytes):
                return answer
            target = _check_redirect(target, answer)
        raise _FinalError(
            UpstreamUnavailableError(
                f"{address} redirects more than {MAX_REDIRECTS} times. "
                "Check PAPERSIFT_OAI_URL and PAPERSIFT_RSS_URL."
            )
        )

    def _exchange(self, target: httpx2.URL, accept: str) -> bytes | str:
        """One request: the body, or where a redirect points."""
        started = self._clock.monotonic()
        with self._client.stream("GET", target, headers={"Accept": accept}) as response:
            if response.has_redirect_location:
                return response.headers["Location"]
            self._check_status(response)
            parts: list[bytes] = []
            size = 0
            for chunk in response.iter_bytes():
                parts.append(chunk)
                size += len(chunk)
                self._check_bounds(str(target), size, self._clock.monotonic() - started)
        return b"".join(parts)

    def _check_bounds(self, address: str, size: int, elapsed: float) -> None:
        if size > self._policy.max_page_bytes:
            raise _FinalError(
                MalformedAnswerError(
                    f"The answer of {address} is larger than {self._policy.max_page_bytes:,} "
                    "bytes. If arXiv's pages have grown, raise PAPERSIFT_MAX_PAGE_BYTES."
                )
            )
        if elapsed > self._policy.max_answer_seconds:
            raise httpx2.ReadTimeout(
                f"the answer was not complete after {self._policy.max_answer_seconds:g} s"
            )

    def _check_status(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == httpx2.codes.OK:
            return
        reason = f"HTTP status {status} {response.reason_phrase}".rstrip()
        if status in RETRIED_CLIENT_ERRORS or status >= 500:
            wait = parse_retry_after(response.headers.get("Retry-After"), self._clock.now())
            raise RefusedError(reason, status=status, retry_after_seconds=wait)
        raise _FinalError(
            UpstreamUnavailableError(
                f"{response.request.url} was answered with {reason}. {advise(status)}",
                status=status,
            )
        )


def make_user_agent(contact: str) -> str:
    """`papersift/<version> (+<contact>)`, in ASCII on one line.

    >>> make_user_agent("mailto:me@example.org").partition(" ")[2]
    '(+mailto:me@example.org)'
    """
    readable = " ".join(contact.encode("ascii", "ignore").decode().split())
    product = f"papersift/{metadata.version('papersift')}"
    return f"{product} (+{readable})" if readable else product


def _is_servers_wish(error: Exception) -> bool:
    return isinstance(error, RefusedError) and error.retry_after_seconds is not None


def _parse_address(address: str) -> httpx2.URL:
    try:
        target = httpx2.URL(address)
    except httpx2.InvalidURL:
        target = httpx2.URL()
    if target.scheme not in ("http", "https") or not target.host:
        raise _FinalError(
            UpstreamUnavailableError(
                f'"{address}" is not an http(s) address. '
                "Check PAPERSIFT_OAI_URL and PAPERSIFT_RSS_URL."
            )
        )
    return target


def _check_redirect(source: httpx2.URL, location: str) -> httpx2.URL:
    try:
        target = source.join(location)
    except httpx2.InvalidURL as error:
        raise _FinalError(
            UpstreamUnavailableError(f"{source} redirects to an unreadable address.")
        ) from error
    is_downgrade = source.scheme == "https" and target.scheme != "https"
    if target.scheme not in ("http", "https") or is_downgrade:
        raise _FinalError(
            UpstreamUnavailableError(
                f"{source} redirects to {target}, which is not followed because it is not https."
            )
        )
    return target
