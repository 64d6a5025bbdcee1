"""Moments are stored in UTC, and only aware ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from app.db.types import UtcDateTime, render_sqlite_datetime
from tests.support.factories import NOON

zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.integers(-60_000, 60_000).flatmap(
    lambda days: st.builds(
        lambda seconds, zone: (NOON + timedelta(days, seconds)).astimezone(zone),
        st.floats(0, 86_400),
        zones | st.just(UTC),
    )
)


@given(moments)
def test_the_fast_way_writes_what_the_column_type_writes(moment: datetime) -> None:
    write = UtcDateTime().dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())
    assert write is not None
    assert render_sqlite_datetime(moment) == write(moment)


@given(moments, moments)
def test_sqlite_text_sorts_by_time(one: datetime, other: datetime) -> None:
    assert (one < other) == (render_sqlite_datetime(one) < render_sqlite_datetime(other))


def test_moments_without_a_zone_are_refused() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no time zone"):
        render_sqlite_datetime(naive)
    with pytest.raises(ValueError, match="has no time zone"):
        UtcDateTime().process_bind_param(naive, sqlite.dialect())
