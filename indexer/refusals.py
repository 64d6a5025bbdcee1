"""What an answer that is no answer means: how long to wait, and what to tell people."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from app.domain.errors import MalformedAnswerError, UpstreamError, UpstreamUnavailableError


class RefusedError(Exception):
    """The server asked for patience, or failed: try again.

    Attributes:
        retry_after_seconds: what the server asked for; None when it named no time.
    """

    def __init__(self, reason: str, *, status: int, retry_after_seconds: float | None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header in either form; None when absent or unreadable.

    >>> now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    >>> parse_retry_after("20", now)
    20.0
    >>> parse_retry_after("Fri, 20 Nov 2026 12:00:30 GMT", now)
    30.0
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def describe_failure(error: Exception) -> str:
    """One clause that says what went wrong with a request."""
    if isinstance(error, httpx2.TimeoutException):
        return f"timeout ({str(error) or type(error).__name__})"
    if isinstance(error, httpx2.RequestError):
        return f"connection failure ({str(error) or type(error).__name__})"
    return str(error)


def advise(status: int | None) -> str:
    """What to do about an HTTP status, or about no answer at all (None)."""
    if status in (406, 429, 503):
        return (
            "arXiv is limiting this machine: wait an hour, run one installation per site, "
            "and set PAPERSIFT_CONTACT."
        )
    if status == 403:
        return "arXiv refuses this address: wait a day, then write to arXiv if it goes on."
    if status is not None and 400 <= status < 500:
        return "Check PAPERSIFT_OAI_URL and PAPERSIFT_RSS_URL."
    return "Check the network and https://status.arxiv.org; the next run continues from here."


def make_last_error(error: Exception, address: str, attempts: int) -> UpstreamError:
    """The error people see when a request is given up."""
    tried = f"after {attempts} attempt{'s' if attempts != 1 else ''}"
    if isinstance(error, MalformedAnswerError):
        return MalformedAnswerError(
            f"{address} gave no readable answer {tried}: {error} "
            "The next run continues from here; if it goes on, look at the address in a browser."
        )
    status, asked = None, ""
    if isinstance(error, RefusedError):
        status = error.status
        if error.retry_after_seconds is not None:
            asked = f", asking for {error.retry_after_seconds:.0f} s of patience"
    return UpstreamUnavailableError(
        f"{address} gave no usable answer {tried}: {describe_failure(error)}{asked}. "
        f"{advise(status)}",
        status=status,
    )
