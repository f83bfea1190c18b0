"""Report times and quiet hours on people's clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.agents.hours import read_quiet_hours, read_schedule, read_zone
from glassdome.core.errors import ConfigError

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "now", "due"),
    [
        ("07:00", "2026-11-21T06:00", "2026-11-21T06:00"),
        ("07:00", "2026-11-21T05:59", "2026-11-20T06:00"),
        ("07:00", "2026-07-01T05:00", "2026-07-01T05:00"),
        ("monday 7:30", "2026-11-21T12:00", "2026-11-16T06:30"),
        # The clocks skip 02:30 on 29 March and have it twice on 25 October.
        ("02:30", "2026-03-29T12:00", "2026-03-29T01:30"),
        ("02:30", "2026-10-25T12:00", "2026-10-25T00:30"),
    ],
)
def test_the_last_due_instant(plan: str, now: str, due: str) -> None:
    """By the wall clock, over changes of the clocks."""
    schedule = read_schedule(plan, BERLIN)

    assert schedule is not None
    assert schedule.last(at(now)) == at(due)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["00:00", "02:30", "friday 23:59"]))
def test_due_is_never_in_the_future(moment: datetime, plan: str) -> None:
    """And never further back than a week and a bit."""
    now, schedule = moment.replace(tzinfo=UTC), read_schedule(plan, BERLIN)

    assert schedule is not None
    assert 0 <= (now - schedule.last(now)).total_seconds() <= 8 * 86_400


@pytest.mark.parametrize(
    ("text", "now", "quiet"),
    [
        ("22:00-07:00", "2026-11-21T21:30", True),
        ("22:00-07:00", "2026-11-21T05:59", True),
        ("22:00-07:00", "2026-11-21T06:00", False),
        ("12:00-13:00", "2026-11-21T11:30", True),
        ("12:00-13:00", "2026-11-21T20:00", False),
    ],
)
def test_quiet_hours(text: str, now: str, quiet: bool) -> None:
    """Over midnight too."""
    hours = read_quiet_hours(text, BERLIN)

    assert hours is not None
    assert hours.hold(at(now)) is quiet


@pytest.mark.parametrize("text", ["25:00", "7", "noon", "moonday 07:00", "", "monday"])
def test_no_schedule(text: str) -> None:
    """An invalid time is a setting error."""
    with pytest.raises(ConfigError):
        read_schedule(text, BERLIN)


def test_nothing_and_nonsense() -> None:
    """`never` is no schedule, nothing are no quiet hours, and a time zone has a name."""
    assert read_schedule("never", BERLIN) is None
    assert read_quiet_hours(" ", BERLIN) is None
    with pytest.raises(ConfigError, match="time zone"):
        read_zone("Berlin/Europe")
    with pytest.raises(ConfigError, match="quiet hours"):
        read_quiet_hours("22:00", BERLIN)
