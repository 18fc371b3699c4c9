"""Which digest is due: in the list's time zone, around changes of clocks, late, missed, never twice."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.period import due_period, open_period, period_of
from monitor.types.digest import DigestSpec

ZONES = (
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "America/New_York",
    "Australia/Lord_Howe",
    "UTC",
)
HOUR = dt.timedelta(hours=1)
START = dt.datetime(2018, 9, 1, tzinfo=dt.UTC)


def a_list(timezone: str = "Europe/Berlin", schedule: str = "0 7 * * *") -> DigestSpec:
    return DigestSpec(name="daily", timezone=timezone, schedule=schedule)


def at(zone: str, *when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)  # type: ignore[arg-type, misc]


def test_the_first_digest_covers_one_interval_of_the_schedule() -> None:
    period = due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 7, 0))
    assert period is not None
    assert period.day == dt.date(2026, 11, 20)
    assert (period.since, period.until) == (
        at("Europe/Berlin", 2026, 11, 19, 7), at("Europe/Berlin", 2026, 11, 20, 7),
    )  # fmt: skip


def test_a_second_before_its_time_the_digest_of_the_day_before_is_due() -> None:
    period = due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 7) - dt.timedelta(seconds=1))
    assert period is not None
    assert period.day == dt.date(2026, 11, 19)


def test_a_late_scheduler_makes_the_same_digest_once() -> None:
    told = at("Europe/Berlin", 2026, 11, 19, 7)
    punctual = due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 7), told)
    late = due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 22, 41), told)
    assert punctual == late
    assert late is not None
    assert due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 23), late.until) is None


def test_missed_days_become_one_digest_named_by_the_last() -> None:
    period = due_period(a_list(), at("Europe/Berlin", 2026, 11, 20, 9), at("Europe/Berlin", 2026, 11, 17, 7))
    assert period is not None
    assert (period.day, period.occurrences) == (dt.date(2026, 11, 20), 3)
    assert period.since == at("Europe/Berlin", 2026, 11, 17, 7)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 29), 23),
        ("Europe/Berlin", dt.date(2026, 10, 25), 25),
        ("America/Sao_Paulo", dt.date(2018, 11, 4), 23),
        ("America/Sao_Paulo", dt.date(2026, 11, 1), 24),
        ("Asia/Kathmandu", dt.date(2026, 3, 29), 24),
    ],
)
def test_a_day_with_a_change_of_clocks_has_one_digest_at_its_local_time(
    zone: str, day: dt.date, hours: int
) -> None:
    period = period_of(a_list(zone), day)
    assert period is not None
    assert period.until == at(zone, day.year, day.month, day.day, 7)
    assert period.until - period.since == hours * HOUR


def test_a_time_that_the_day_lacks_comes_right_after_the_gap() -> None:
    spring = period_of(a_list(schedule="30 2 * * *"), dt.date(2026, 3, 29))
    midnight = period_of(a_list("America/Sao_Paulo", "0 0 * * *"), dt.date(2018, 11, 4))
    assert spring is not None
    assert spring.until == at("Europe/Berlin", 2026, 3, 29, 3)
    assert midnight is not None
    assert midnight.until == at("America/Sao_Paulo", 2018, 11, 4, 1)


def test_a_time_that_the_day_has_twice_comes_once() -> None:
    spec = a_list(schedule="30 2 * * *")
    first = due_period(
        spec, dt.datetime(2026, 10, 25, 0, 45, tzinfo=dt.UTC), at("Europe/Berlin", 2026, 10, 24, 2, 30)
    )
    assert first is not None
    assert due_period(spec, dt.datetime(2026, 10, 25, 1, 45, tzinfo=dt.UTC), first.until) is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu"])
@pytest.mark.parametrize(
    "day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2018, 11, 4), dt.date(2018, 2, 18)]
)
@pytest.mark.parametrize("schedule", ["0 7 * * *", "30 2 * * *", "0 0 * * *"])
def test_every_entry_around_a_change_of_clocks_is_in_exactly_one_digest(
    zone: str, day: dt.date, schedule: str
) -> None:
    """A scheduler that comes by every 20 minutes for a week; entries are seen every 15, and at each border."""
    spec, start = a_list(zone, schedule), dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(days=3)
    periods = []
    told = None
    for visit in range(7 * 24 * 3):
        period = due_period(spec, start + visit * dt.timedelta(minutes=20), told)
        if period is not None:
            periods.append(period)
            told = period.until
    days = [period.day for period in periods]
    assert days == [days[0] + dt.timedelta(days=n) for n in range(len(days))], "one a day, no day without"
    assert len(days) >= 7
    assert {period.occurrences for period in periods} == {1}
    first, last = periods[0].since, periods[-1].until
    seen = [
        first + n * dt.timedelta(minutes=15) for n in range(int((last - first) / dt.timedelta(minutes=15)))
    ]
    for moment in (*seen, *(period.since for period in periods)):
        assert sum(period.since <= moment < period.until for period in periods) == 1


def test_a_weekly_list_has_no_digest_on_other_days() -> None:
    weekly = a_list(schedule="0 7 * * 1")
    assert period_of(weekly, dt.date(2026, 11, 20)) is None
    period = period_of(weekly, dt.date(2026, 11, 23))
    assert period is not None
    assert period.until - period.since == 7 * 24 * HOUR


def test_a_list_gets_one_digest_a_day_whatever_its_schedule() -> None:
    spec = a_list(schedule="0 7,19 * * *")
    morning = due_period(spec, at("Europe/Berlin", 2026, 11, 20, 8), at("Europe/Berlin", 2026, 11, 19, 7))
    assert morning is not None
    assert due_period(spec, at("Europe/Berlin", 2026, 11, 20, 20), morning.until) is None


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_period(a_list(), dt.datetime(2026, 11, 20))  # noqa: DTZ001 - what is refused


def test_an_open_period_holds_what_was_stored_this_moment() -> None:
    now = at("Europe/Berlin", 2026, 11, 20, 5)
    period = open_period(a_list(), now)
    assert period.since == at("Europe/Berlin", 2026, 11, 18, 7)
    assert period.since <= now < period.until
    assert period.day == dt.date(2026, 11, 20)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(("0 7 * * *", "30 2 * * *", "0 0 * * *", "15 23 * * 1-5", "0 6,18 * * *")),
    st.integers(0, 240 * 24 * 60).map(lambda minutes: START + dt.timedelta(minutes=minutes)),
    st.lists(st.integers(1, 90), min_size=1, max_size=25),
)
def test_periods_follow_each_other_without_gap_or_overlap(
    zone: str, schedule: str, start: dt.datetime, steps: list[int]
) -> None:
    """Whenever the scheduler comes by, every moment falls in exactly one digest, and no day has two."""
    spec, now = a_list(zone, schedule), start
    period = due_period(spec, now)
    assert period is not None
    days, until = [period.day], period.until
    for hours in steps:
        now += hours * HOUR
        following = due_period(spec, now, until)
        if following is not None:
            assert following.since == until < following.until <= now
            days.append(following.day)
            until = following.until
    assert len(days) == len(set(days))
    assert days == sorted(days)
