"""How many channels one polite connection can read, and in which order. Pure arithmetic (docs/how-to/telegram.md)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

GAP_S = (2.0, 4.0)
"""Seconds between an answer and the next request, drawn anew each time (specification, section 6)."""

ANSWER_S = 1.0
"""Seconds an answer takes: 0.45 to 0.6 measured on a warm connection, 4 to 6 on a cold one."""

HEADROOM = 0.8
"""The share of the rate that polls may use: gaps, second looks and retries need the rest."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What the channels configured need of one connection, in requests an hour; `shortest` is the least
    interval at which all of them could be read."""

    channels: int
    needed_per_hour: float
    available_per_hour: float
    shortest: dt.timedelta

    @property
    def fits(self) -> bool:
        """Whether every channel can be read at its interval."""
        return self.needed_per_hour <= self.available_per_hour

    @property
    def warning(self) -> str:
        """What `doctor` says; empty where all is well."""
        if self.fits:
            return ""
        return (
            f"{self.channels} Telegram channels need {self.needed_per_hour:.0f} requests an hour, one connection makes "
            f"{self.available_per_hour:.0f}: poll them every {self.shortest.total_seconds() / 60:.0f} minutes or more, "
            "or monitor fewer (docs/how-to/telegram.md)"
        )


def per_hour(gap_s: tuple[float, float] = GAP_S, answer_s: float = ANSWER_S) -> float:
    """Return the requests an hour that one connection makes at random gaps (seconds, least and most)."""
    return 3600.0 / (sum(gap_s) / 2 + answer_s)


def rate(
    channels: int,
    *,
    interval: dt.timedelta,
    pages: float = 1.0,
    gap_s: tuple[float, float] = GAP_S,
    answer_s: float = ANSWER_S,
) -> Rate:
    """Return whether `channels` fit when each is asked for `pages` (on average) every `interval`."""
    available = per_hour(gap_s, answer_s) * HEADROOM
    needed = channels * pages * 3600.0 / interval.total_seconds()
    minutes = math.ceil(channels * pages / available * 60.0)
    return Rate(
        channels=channels,
        needed_per_hour=needed,
        available_per_hour=available,
        shortest=dt.timedelta(minutes=max(minutes, 1)),
    )


def in_order(due: Iterable[tuple[int, dt.datetime, str, Item]]) -> list[Item]:
    """Return what is due in the order of asking: higher priority first, then longest due, then by name."""
    return [item for *_, item in sorted(due, key=lambda one: (-one[0], one[1], one[2]))]
