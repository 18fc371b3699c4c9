"""Who brought how many stories on each day: the counts that bursts are looked for in, feed by feed.

A story counts once a day, for the feed that had it first on that day, so that counts add up over feeds and the panel
can be held still: the feeds compared are those that were there on the day in question and on the days before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LIKELY = 7.0
"""Stories that a feed brings on such a day from which bringing none means that it was silent: of a Poisson count
with this mean one day in 1,100 has none."""
USUAL_DAYS = 28
"""Days over which a feed's usual count is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Stories by feed and day: of all subjects, and of each series (a topic, or a topic in a language).

    `present` says of each feed and day whether what it brought can be compared: it was asked, it answered, and it was
    not silent. `breaks` are days on which what is counted changed for all feeds: another taxonomy or other code.
    """

    days: tuple[dt.date, ...]
    feeds: tuple[str, ...]
    everything: Floats
    series: Mapping[str, Floats]
    present: Flags
    breaks: frozenset[int]


def attention(
    counts: pd.DataFrame,
    coverage: pd.DataFrame,
    days: Sequence[dt.date],
    breaks: Iterable[dt.date] = (),
) -> Attention:
    """Arrange rows by feed and day.

    `counts`: day, feed, series ("" for all stories), stories; backlog is not in it. `coverage`: day, feed, state
    (`healthy` where the feed answered). Rows of other days are left out.
    """
    feeds = tuple(sorted({*counts["feed"], *coverage["feed"]}))
    place = {day: number for number, day in enumerate(days)}
    shape = (len(feeds), len(days))
    series: dict[str, Floats] = {}
    for name, part in counts[counts["day"].isin(place)].groupby("series", sort=False):
        series[str(name)] = np.zeros(shape)
        np.add.at(series[str(name)], _cells(part, feeds, place), part["stories"].to_numpy(dtype=np.float64))
    answered = np.zeros(shape, dtype=np.bool_)
    covered = coverage[coverage["day"].isin(place)]
    answered[_cells(covered, feeds, place)] = (covered["state"] == "healthy").to_numpy(dtype=np.bool_)
    everything = series.pop("", np.zeros(shape))
    return Attention(
        days=tuple(days),
        feeds=feeds,
        everything=everything,
        series=series,
        present=answered & ~silent(everything, answered, days),
        breaks=frozenset(place[day] for day in breaks if day in place),
    )


def _cells(
    rows: pd.DataFrame, feeds: Sequence[str], place: Mapping[dt.date, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Feed and day of each row, as places of an array."""
    days = rows["day"].map(place).to_numpy(dtype=np.intp)
    return pd.Index(feeds).get_indexer(pd.Index(rows["feed"])).astype(np.intp), days


def silent(everything: Floats, answered: Flags, days: Sequence[dt.date]) -> Flags:
    """Feeds and days on which a feed that answered brought nothing though it usually does on such a day."""
    nothing: Flags = answered & (everything == 0)
    found: Flags = np.zeros(nothing.shape, dtype=np.bool_)
    weekend = np.array([day.weekday() >= 5 for day in days])
    for feed, day in zip(*np.nonzero(nothing), strict=True):
        before = slice(max(0, day - USUAL_DAYS), day)
        alike = answered[feed, before] & (weekend[before] == weekend[day]) & (everything[feed, before] > 0)
        usual = everything[feed, before][alike]
        found[feed, day] = len(usual) >= 2 and float(usual.mean()) >= LIKELY
    return found
