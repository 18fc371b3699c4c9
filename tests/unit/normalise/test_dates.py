from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.normalise.dates import published_of, read_date
from monitor.normalise.months import gregorian_of_jalali
from monitor.types.entries import DateSource

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("raw", "iso", "zone_known"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", "2026-11-22T10:00", True),
        ("Sun,22 Nov 2026 10:00 Z", "2026-11-22T10:00", True),
        ("22 Nov 26 10:00:00 +0330", "2026-11-22T06:30", True),
        ("Sun, 22 Nov 2026 10:00:00 EST", "2026-11-22T15:00", True),
        ("Sun, 22 Nov 2026 10:00:00 UTC+3", "2026-11-22T07:00", True),
        ("Sun, 22 Nov 2026 10:00:00 MSK", "2026-11-22T07:00", True),
        ("Sun, 22 Nov 2026 24:00:00 GMT", "2026-11-23T00:00", True),
        ("2026-11-22T10:00:00+03:00", "2026-11-22T07:00", True),
        ("2026-11-22T10:00:00.123456Z", "2026-11-22T10:00", True),
        ("2026-11-22 10:00:00", "2026-11-22T10:00", False),
        ("20261122T100000Z", "2026-11-22T10:00", True),
        ("2026-11-22", "2026-11-22T00:00", False),
        ("Sun Nov 22 10:00:00 2026", "2026-11-22T10:00", False),
        ("November 22, 2026 2:05 PM", "2026-11-22T14:05", False),
        ("dim., 22 nov. 2026 10:00:00 +0100", "2026-11-22T09:00", True),
        ("22 août 2026 à 14h05", "2026-08-22T14:05", False),
        ("22. März 2026, 14:05 Uhr", "2026-03-22T14:05", False),
        ("22 de noviembre de 2026", "2026-11-22T00:00", False),
        ("Вс, 22 ноя 2026 10:00:00 +0300", "2026-11-22T07:00", True),
        ("22 мая 2026, 14:05", "2026-05-22T14:05", False),
        ("22 листопада 2026 14:05", "2026-11-22T14:05", False),
        ("22 نوفمبر 2026 - 14:05", "2026-11-22T14:05", False),
        ("٢٢ تشرين الثاني ٢٠٢٦", "2026-11-22T00:00", False),
        ("۱ آذر ۱۴۰۵ ساعت ۱۴:۰۵", "2026-11-22T14:05", False),
        ("1405/09/01 14:05", "2026-11-22T14:05", False),
        ("2026년 11월 22일 오후 2:05", "2026-11-22T14:05", False),
        ("2026年11月22日 14:05", "2026-11-22T14:05", False),
        ("22.11.2026 14:05", "2026-11-22T14:05", False),
        ("22/11/2026 10:00", "2026-11-22T10:00", False),
    ],
)
def test_dates_of_feeds_are_moments_in_utc(raw: str, iso: str, zone_known: bool) -> None:
    read = read_date(raw)
    assert read is not None
    assert (read.moment.isoformat()[:16], read.zone_known) == (iso, zone_known)
    assert read.moment.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "raw",
    ["yesterday", "0000-00-00", "12345678901234567890", "03/04/2026", "31 Feb 2026", "", "22 Nov", "99:99"],
)
def test_what_cannot_be_read_for_sure_is_not_guessed(raw: str) -> None:
    assert read_date(raw) is None


@pytest.mark.parametrize(
    ("published", "updated", "source", "dated"),
    [
        ("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-22T10:00:00Z", DateSource.PUBLISHED, True),
        (None, "2026-11-22T10:00:00Z", DateSource.UPDATED, True),
        ("yesterday", "2026-11-22T10:00:00Z", DateSource.UPDATED, True),
        ("2026-11-23T11:00:00Z", None, DateSource.PUBLISHED, True),
        ("2099-01-01T00:00:00Z", None, DateSource.FUTURE, False),
        ("2026-11-25T12:00:00Z", None, DateSource.FUTURE, False),
        ("1970-01-01T00:00:00Z", None, DateSource.IMPLAUSIBLE, False),
        ("yesterday", None, DateSource.UNREADABLE, False),
        (None, " ", DateSource.MISSING, False),
    ],
)
def test_a_date_has_a_source_and_an_implausible_one_is_none(
    published: str | None, updated: str | None, source: DateSource, dated: bool
) -> None:
    verdict = published_of(published, updated, now=NOW)
    assert (verdict.source, verdict.at is not None) == (source, dated)
    assert verdict.raw == (published or None if source is not DateSource.UPDATED else updated)


def test_jalali_dates_are_those_of_the_calendar() -> None:
    # first days of years, a leap day, and a day known in both calendars
    assert gregorian_of_jalali(1403, 1, 1) == (2024, 3, 20)
    assert gregorian_of_jalali(1403, 12, 30) == (2025, 3, 20)
    assert gregorian_of_jalali(1404, 1, 1) == (2025, 3, 21)
    assert gregorian_of_jalali(1357, 11, 22) == (1979, 2, 11)


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="0123456789-/.: TZ+amnovмая年月日", max_size=40))
def test_no_text_breaks_the_reader(raw: str) -> None:
    read = read_date(raw)
    assert read is None or read.moment.tzinfo is dt.UTC


@settings(deadline=None)
@given(st.integers(0, 30 * 365 * 86400))
def test_written_dates_come_back(seconds: int) -> None:
    moment = dt.datetime(1995, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    for form in ("%a, %d %b %Y %H:%M:%S +0000", "%Y-%m-%dT%H:%M:%SZ", "%a %b %d %H:%M:%S UTC %Y"):
        read = read_date(moment.strftime(form))
        assert read is not None
        assert read.moment == moment
