from datetime import UTC, date, datetime

import pytest

from app.web.choices import keep_local_address
from app.web.languages import CHINESE, ENGLISH, choose_language
from app.web.locale_formats import (
    format_day,
    format_moment,
    format_month,
    format_number,
    format_weekday,
)


@pytest.mark.parametrize(
    ("accepted", "chosen", "expected"),
    [
        ("", "", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "", "en"),
        ("fr;q=1, zh-TW;q=0.3, en;q=0.2", "", "zh"),
        ("zh;q=0, en;q=0.1", "", "en"),
        ("zh;q=much, ,;;q=,\x00", "", "en"),
        ("de", "", "en"),
        ("zh", "en", "en"),
        ("en", "zh", "zh"),
        ("zh", "xx", "zh"),
    ],
)
def test_a_reader_gets_the_chosen_language_or_the_preferred_one(
    accepted: str, chosen: str, expected: str
) -> None:
    assert choose_language(accepted, chosen).code == expected


def test_a_long_header_is_read_to_its_first_entries_only() -> None:
    assert choose_language("xx," * 1_000_000 + "zh") is ENGLISH


def test_days_and_numbers_are_written_as_the_language_does() -> None:
    day = date(2024, 5, 3)

    assert (format_day(day), format_day(day, CHINESE)) == ("3 May 2024", "2024年5月3日")
    assert format_weekday(day) == "Friday, 3 May 2024"
    assert format_weekday(day, CHINESE) == "2024年5月3日 星期五"
    assert (format_month(day), format_month(day, CHINESE)) == ("May 2024", "2024年5月")
    assert format_number(2_900_000, CHINESE) == "2,900,000"
    assert [format_number(number) for number in (0, 999, 1_000, -5)] == ["0", "999", "1,000", "-5"]


def test_a_moment_is_written_to_the_minute() -> None:
    moment = datetime(2024, 5, 3, 9, 7, 59, tzinfo=UTC)

    assert format_moment(moment) == "3 May 2024, 09:07 UTC"
    assert format_moment(moment, CHINESE) == "2024年5月3日 09:07 UTC"


@pytest.mark.parametrize(
    "address",
    ["", "help", "//elsewhere.org", "/\\elsewhere.org", "https://a.org", "/a\nb", "/\t/a"],
)
def test_choices_lead_back_to_pages_of_this_service_only(address: str) -> None:
    assert keep_local_address(address) == "/"
    assert keep_local_address("/search?q=a%20b") == "/search?q=a%20b"
