from datetime import UTC, datetime

import pytest

from indexer.fetch import make_user_agent
from indexer.refusals import parse_retry_after

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Fri, 20 Nov 2026 12:02:00 GMT", 120.0),
        ("Fri, 20 Nov 2026 07:02:00 -0500", 120.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 20 Nov 2026 12:02:00", 120.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_never_negative(
    text: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(text, NOON) == seconds


@pytest.mark.parametrize(
    ("contact", "ending"),
    [
        ("mailto:me@example.org", " (+mailto:me@example.org)"),
        ("https://example.org/\r\nX-Evil: 1", " (+https://example.org/ X-Evil: 1)"),
        ("Zoë", " (+Zo)"),
    ],
)
def test_the_user_agent_is_one_ascii_line_with_the_contact(contact: str, ending: str) -> None:
    agent = make_user_agent(contact)
    assert agent.startswith("papersift/")
    assert agent.endswith(ending)
    assert agent.isascii()


def test_without_a_contact_the_user_agent_claims_none() -> None:
    assert "(" not in make_user_agent("")
