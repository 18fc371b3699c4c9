"""What servers and feeds say about when to come back: HTTP caching (RFC 9111), ttl, skipHours, skipDays."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,12})(?![\d.])', re.IGNORECASE)
_DO_NOT_KEEP = re.compile(r"(?:^|[,\s])no-(?:cache|store)\s*(?:$|,)", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def http_date(text: str) -> dt.datetime | None:
    """Read an HTTP date in any of the three forms of RFC 9110; None when it is none."""
    try:
        when = parsedate_to_datetime(text)
        # asctime dates come naive; HTTP dates are GMT by definition
        return when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def asked_wait(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """How long Retry-After asks to wait, uncapped; None where it says nothing usable.

    A date counts from the server's own Date.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        wait = dt.timedelta(seconds=math.ceil(float(value)))
    else:
        until = http_date(value) if value else None
        if until is None:
            return None
        wait = until - (http_date(headers.get("date", "")) or now)
    return wait if wait > dt.timedelta(0) else None


def fresh_for(headers: Mapping[str, str], now: dt.datetime) -> float:
    """Seconds for which an answer says it stays good: max-age less Age, else Expires; 0 when it says nothing.

    Expires counts from the server's own Date, so a wrong clock does no harm. `no-cache` and nonsense are 0.
    """
    control = headers.get("cache-control", "")
    if _DO_NOT_KEEP.search(control):
        return 0.0
    found = _MAX_AGE.search(control)
    if found is not None:
        age = headers.get("age", "").strip()
        return float(max(int(found[1]) - (int(age) if age.isdecimal() and len(age) < 13 else 0), 0))
    expires = http_date(headers.get("expires", ""))
    if expires is None or "max-age" in control.lower():
        return 0.0
    return max((expires - (http_date(headers.get("date", "")) or now)).total_seconds(), 0.0)


def after_skips(when: dt.datetime, hours: Collection[int], days: Collection[str]) -> dt.datetime:
    """The first moment from `when` on that is outside skipHours (0-23, UTC) and skipDays (English names).

    A feed that skips everything has said nothing.
    """
    skipped_days = {day.strip().lower() for day in days}
    skipped_hours = {hour % 24 for hour in hours}
    moment = when
    for _ in range(24 * 7 + 1):
        if moment.hour not in skipped_hours and _DAYS[moment.weekday()] not in skipped_days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    return when
