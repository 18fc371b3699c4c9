"""Which digest is due: periods by observed time, days in the list's time zone.

A period ends at a scheduled time and begins where the one before ended, so every observed entry is in
exactly one. A late scheduler still makes the day's digest, with the scheduled end, not the late one.
Days without a scheduler become one longer period. Around changes of clocks `cronsim` does as Debian's cron:
a time that a day lacks comes right after the gap, one that it has twice comes once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor.types.digest import DigestPeriod, DigestSpec

_TICK = dt.timedelta(seconds=1)


def due_period(
    spec: DigestSpec, now: dt.datetime, told_until: dt.datetime | None = None
) -> DigestPeriod | None:
    """Return the period whose digest is due at `now`, or None if the newest one was made already.

    `told_until` is where this list's last period ended, None if it never had one: then the first
    period is one interval of the schedule, whatever came before. ValueError for a naive time.
    """
    until = _latest(spec, now)
    if told_until is None:
        return _period(spec, _latest(spec, until - _TICK), until)
    same_day = _local_day(spec, told_until) == _local_day(spec, until)
    if until <= told_until or same_day:
        return None
    return _period(spec, told_until, until)


def period_of(spec: DigestSpec, day: dt.date, told_until: dt.datetime | None = None) -> DigestPeriod | None:
    """Return the period of the digest named by the local `day`, None if the schedule has none that day.

    It begins at `told_until` where that is earlier than its end, else at the scheduled time before.
    """
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(spec.timezone))
    until = _latest(spec, midnight - _TICK)
    if _local_day(spec, until) != day:
        return None
    since = told_until if told_until is not None and told_until < until else _latest(spec, until - _TICK)
    return _period(spec, since, until)


def open_period(spec: DigestSpec, now: dt.datetime, told_until: dt.datetime | None = None) -> DigestPeriod:
    """Return the period up to `now`, for previews and single runs: at least one interval of the schedule.

    `now` itself is inside, so that what was stored a moment ago is shown.
    """
    since = _latest(spec, _latest(spec, now) - _TICK) if told_until is None else min(told_until, now)
    return _period(spec, since, now + dt.timedelta(microseconds=1))


def _period(spec: DigestSpec, since: dt.datetime, until: dt.datetime) -> DigestPeriod:
    passed = takewhile(lambda at: at > since, _before(spec, until))
    day = _local_day(spec, until)
    return DigestPeriod(
        day=day,
        since=since.astimezone(dt.UTC),
        until=until.astimezone(dt.UTC),
        occurrences=max(1, sum(1 for _ in passed)),
    )


def _latest(spec: DigestSpec, now: dt.datetime) -> dt.datetime:
    latest = next(_before(spec, now), None)
    if latest is None:
        raise ValueError(f"the schedule {spec.schedule!r} of digest {spec.name!r} names no day that exists")
    return latest


def _before(spec: DigestSpec, now: dt.datetime) -> Iterator[dt.datetime]:
    """Scheduled times up to and including `now`, newest first, one a local day (its first), aware UTC."""
    if now.tzinfo is None:
        raise ValueError("a digest's time needs a time zone")
    zone = ZoneInfo(spec.timezone)
    held: dt.datetime | None = None
    # cronsim walks strictly backwards over whole minutes: one second on makes `now` itself count
    for local in CronSim(spec.schedule, now.astimezone(zone) + _TICK, reverse=True):
        if local.astimezone(dt.UTC) > now:
            continue
        if held is not None and held.date() != local.date():
            yield held.astimezone(dt.UTC)
        held = local
    if held is not None:
        yield held.astimezone(dt.UTC)


def _local_day(spec: DigestSpec, at: dt.datetime) -> dt.date:
    return at.astimezone(ZoneInfo(spec.timezone)).date()
