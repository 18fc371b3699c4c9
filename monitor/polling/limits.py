"""The numbers of polling, each with its source, and what a poll found (`Reading`, `Unreadable`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from monitor.types.entries import Issue, PollHints
from monitor.types.plans import HostStop
from monitor.types.source import FeedState

BACKOFF_CAP = dt.timedelta(hours=24)
"""Failures back off linearly to this (Media Cloud)."""

DEAD_WEIGHT = 30.0
"""From this weight of failures on a feed is asked once in DEAD_INTERVAL: a surprising number come back."""

DEAD_INTERVAL = dt.timedelta(days=30)

BARE_503 = dt.timedelta(minutes=10)
"""The least that a feed waits after a 503, or a 429, that names no time (NetNewsWire's value for 429)."""

MAX_RETRY_AFTER = dt.timedelta(hours=24)
"""A longer Retry-After is cut to this (Media Cloud saw 88 h; most are errors), and reported."""

FULL_FETCH = dt.timedelta(days=8)
"""An unconditional fetch as often as this, for servers that answer 304 for ever (NetNewsWire)."""

SUSPICIOUS_FULL_FETCH = dt.timedelta(hours=24)
"""The same for a feed that is unreadable or quieter than ever: the least between unconditional requests
that feed publishers find polite (rachelbythebay.com/w/2024/06/28/fsr)."""

MOVE_PROOF = dt.timedelta(hours=24)
"""A permanent move counts when its target was read as a feed twice, at least so far apart."""

SILENT_GAPS = 3.0
SILENT_LEAST = dt.timedelta(days=1)

JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """Bounds of the interval, from the configuration."""

    min_interval: dt.timedelta = dt.timedelta(minutes=10)
    max_interval: dt.timedelta = dt.timedelta(hours=24)

    def clamp(self, seconds: float) -> float:
        """The nearest allowed interval, in seconds."""
        return min(max(seconds, self.min_interval.total_seconds()), self.max_interval.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A body that is a feed: items seen, new ones among them, and when the items were published."""

    seen: int = 0
    new: int = 0
    hints: PollHints = field(default_factory=PollHints)
    published: tuple[dt.datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A complete body that is no feed: a soft failure. `code` is that of ParseError (`html_instead`)."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from one poll. `current_url` is set once, when a permanent move is proven."""

    state: FeedState
    next_poll_at: dt.datetime
    host_stop: HostStop | None = None
    current_url: str | None = None
    issues: tuple[Issue, ...] = ()
