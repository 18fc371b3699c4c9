"""How often a feed has something new: its interval, its usual gaps, and when its silence is news.

The interval follows what polls find (after Media Cloud's rss-fetcher, which keeps the share of stories
already seen within a band): a poll that finds nothing makes it a quarter longer, one that finds something a
third shorter, so it settles where about one poll in three finds something. A burst shortens it faster, down
to the time one entry took and at most to a quarter, and a window that was half new counts double: entries
may be lost before the next poll.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from monitor.polling.limits import SILENT_GAPS, SILENT_LEAST, PollLimits, Reading
from monitor.types.source import FeedState

LONGER = 1.25
SHORTER = 2 / 3
SHORTEST = 1 / 4
MIN_GAPS = 5
"""Fewer gaps than this say nothing about a feed's habits."""

MAX_GAP_S = 30 * 86400.0
GAP_MEMORY = 0.8
"""Weight of the gaps known so far against those of the newest window."""


def interval(state: FeedState, reading: Reading | None, now: dt.datetime, limits: PollLimits) -> float:
    """The next interval in seconds, within the limits; `reading` is None when nothing had changed."""
    old = limits.clamp(state.interval_s)
    if reading is None or reading.new == 0:
        return limits.clamp(old * LONGER)
    if state.last_success_at is None:
        gaps = publishing_gaps(reading.published)
        # of a feed just met only its window is known: two polls for each entry
        return limits.clamp(median(gaps) / 2 if len(gaps) >= MIN_GAPS else old)
    shorter = old * SHORTER
    elapsed = (now - state.last_success_at).total_seconds()
    if elapsed > 0:
        shorter = min(shorter, elapsed / reading.new)
    if reading.new * 2 >= reading.seen:
        shorter /= 2
    return limits.clamp(max(shorter, old * SHORTEST))


def publishing_gaps(published: Sequence[dt.datetime]) -> list[float]:
    """Seconds between successive publishing times; items of one moment count once."""
    return [(b - a).total_seconds() for a, b in pairwise(sorted(set(published)))]


def gap_p95(state: FeedState, reading: Reading) -> float | None:
    """The feed's 95th-percentile gap in seconds (nearest rank), smoothed over polls; None while unknown."""
    gaps = sorted(publishing_gaps(reading.published))
    if len(gaps) < MIN_GAPS:
        return state.gap_p95_s
    found = min(gaps[math.ceil(0.95 * len(gaps)) - 1], MAX_GAP_S)
    if state.gap_p95_s is None:
        return found
    return GAP_MEMORY * state.gap_p95_s + (1 - GAP_MEMORY) * found


def quiet_limit(state: FeedState) -> dt.timedelta | None:
    """How long the feed may be without a new entry before that is odd; None while its habits are unknown."""
    if state.gap_p95_s is None:
        return None
    return max(dt.timedelta(seconds=SILENT_GAPS * state.gap_p95_s), SILENT_LEAST)


def is_quiet(state: FeedState, now: dt.datetime) -> bool:
    """Whether nothing new came for longer than ever usual."""
    limit = quiet_limit(state)
    since = state.last_new_entry_at or state.first_success_at
    return limit is not None and since is not None and now - since > limit


def silence(
    state: FeedState,
    now: dt.datetime,
    *,
    expect_per_day: float | None = None,
    entries_7d: int | None = None,
) -> str | None:
    """Why a feed that answers is reported as silent, None if it is not.

    `expect_per_day` is what a person expects at least; it is held against the last seven days, or the days
    since the first success once that is a day.
    """
    if state.first_success_at is None:
        return None
    if is_quiet(state, now):
        since = state.last_new_entry_at or state.first_success_at
        return f"no new entry since {since:%Y-%m-%d %H:%M} UTC, longer than three times its usual gap"
    days = min((now - state.first_success_at).total_seconds() / 86400, 7.0)
    if expect_per_day is None or entries_7d is None or days < 1:
        return None
    rate = entries_7d / days
    return f"{rate:.1f} entries a day, {expect_per_day:g} are expected" if rate < expect_per_day else None
