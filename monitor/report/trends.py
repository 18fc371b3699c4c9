"""How much attention a topic gets: counts of distinct stories, and their share of all stories.

A story counts on each day on which one of its entries falls, once a day, however many outlets carry
it. A share is always one numerator over one denominator (stories with the topic / all stories of the
same day, or of the same cell); shares are never added up or averaged, nor are distinct counts over
topics, outlets or countries, because a story may stand in several of them at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from monitor.report.reading import Reading

DIMENSIONS: Final = ("language", "outlet", "country", "ownership")
DAYS_BEFORE: Final = 7  # a week, so that weekdays weigh alike


def daily(reading: Reading, topics: tuple[str, ...]) -> pd.DataFrame:
    """A row for each day of the window and each topic: day, topic, stories, all_stories, share.

    Days without any story have a missing share, not 0: nothing was measured.
    """
    rows = reading.by_day
    counts = dict(zip(zip(rows["day"], rows["topic"], strict=True), rows["stories"], strict=True))
    cells = [
        (day, topic, int(counts.get((day, topic), 0)), int(counts.get((day, ""), 0)))
        for day in reading.days
        for topic in topics
    ]
    frame = pd.DataFrame(cells, columns=["day", "topic", "stories", "all_stories"])
    return frame.assign(share=frame["stories"] / frame["all_stories"].where(frame["all_stories"] > 0))


def totals(reading: Reading, topics: tuple[str, ...]) -> pd.DataFrame:
    """A row for each topic over the whole window: topic, stories (distinct), all_stories, share."""
    whole = reading.stories()
    rows = pd.DataFrame({"topic": list(topics)}, dtype="object")
    rows["stories"] = [reading.stories(topic) for topic in topics]
    rows["all_stories"] = whole
    rows["share"] = rows["stories"] / whole if whole else float("nan")
    return rows


def by_dimension(reading: Reading, dimension: str, topics: tuple[str, ...]) -> pd.DataFrame:
    """A row for each value of a dimension (language, outlet, country, ownership) and each topic.

    Columns: dimension, value, topic, stories, all_stories, share, over the window. A value that is
    missing (an outlet without a country) has the value "". ValueError for another dimension.
    """
    if dimension not in DIMENSIONS:
        raise ValueError(f"{dimension} is none of {', '.join(DIMENSIONS)}")
    counts = _by_value(reading, dimension, "stories")
    rows = [
        (dimension, value, topic, counts.get((value, topic), 0), counts[value, ""])
        for value in sorted({value for value, _ in counts})
        for topic in topics
    ]
    frame = pd.DataFrame(rows, columns=["dimension", "value", "topic", "stories", "all_stories"])
    return frame.assign(share=frame["stories"] / frame["all_stories"])


def _by_value(reading: Reading, dimension: str, column: str) -> dict[tuple[str, str], int]:
    rows = reading.of(dimension)
    keys = zip(rows["value"], rows["topic"], strict=True)
    return {(str(value), topic): int(n) for (value, topic), n in zip(keys, rows[column], strict=True)}


def sizes(reading: Reading, dimension: str) -> pd.DataFrame:
    """A row for each value of a dimension: value, stories (distinct), entries, on_topic (with any topic).

    Entries that are not analysed yet do not count. Largest first, then by name.
    """
    stories, entries = (_by_value(reading, dimension, column) for column in ("stories", "entries"))
    rows = [
        (value, stories[value, ""], entries[value, ""], stories.get((value, "*"), 0))
        for value in {value for value, _ in stories}
    ]
    rows.sort(key=lambda row: (-row[1], -row[2], row[0]))
    return pd.DataFrame(rows, columns=["value", "stories", "entries", "on_topic"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The last complete day against the mean of the days before it, for one topic.

    `days` is how many of those days had any story (at most seven); `mean` and `change` are None where
    there is none, or the mean is 0. `index` is the day's place in the window. `unsafe`: among the days
    compared is one that was marked, because the panel changed there or nobody polled.
    """

    day: dt.date
    index: int
    stories: int
    share: float | None
    mean: float | None
    mean_share: float | None
    days: int
    change: float | None
    unsafe: bool = False


def last_against_before(
    rows: pd.DataFrame, complete: int, marked: frozenset[dt.date] = frozenset(), before: int = DAYS_BEFORE
) -> Comparison | None:
    """Compare the last complete day of one topic (rows of `daily`, in order) with the mean before it.

    Days without any story of any topic are left out of the mean: a silent panel is no news. None where
    no day is complete, or the last one has no story at all. `mean_share` is the topic's stories
    over all stories of those days (story-days over story-days), not a mean of shares; `change` compares
    shares, because the panel's size varies.
    """
    if complete < 1 or len(rows) < complete:
        return None
    index = complete - 1
    last = rows.iloc[index]
    if last["all_stories"] == 0:
        return None
    start = max(0, index - before)
    window = rows.iloc[start:index]
    measured = window[window["all_stories"] > 0]
    stories, whole = int(measured["stories"].sum()), int(measured["all_stories"].sum())
    mean_share = stories / whole if whole else None
    share = float(last["share"])
    days = [day for day in rows["day"].iloc[start:complete] if day in marked]
    return Comparison(
        day=last["day"],
        index=index,
        stories=int(last["stories"]),
        share=share,
        mean=stories / len(measured) if len(measured) else None,
        mean_share=mean_share,
        days=len(measured),
        change=share / mean_share - 1 if mean_share else None,
        unsafe=bool(days),
    )


def coverage(frame: pd.DataFrame, days: tuple[dt.date, ...]) -> pd.DataFrame:
    """A row a day: entries, feeds (that brought any), feeds_asked (that were polled), changes of the panel.

    `frame` holds typed rows of `report_coverage_daily`. Entries add up over feeds; stories do not. A day
    with entries on which no feed was asked is known only from what feeds still held when they were.
    """
    entries = frame["entries"].fillna(0).astype("int64")
    counted = pd.DataFrame(
        {
            "day": frame["day"],
            "entries": entries,
            "feeds": (entries > 0).astype("int64"),
            "feeds_asked": (frame["state"] != "unpolled").astype("int64"),
        }
    )
    sums = {day: row for day, *row in counted.groupby("day").sum().itertuples()}
    changes: dict[dt.date, list[str]] = {}
    for day, feed, change in zip(frame["day"], frame["feed"], frame["panel_change"], strict=True):
        if isinstance(change, str) and change not in {"", "0", "False", "false"}:
            changes.setdefault(day, []).append(f"{feed}: {change}")
    rows = [(day, *sums.get(day, (0, 0, 0)), tuple(sorted(changes.get(day, ())))) for day in days]
    return pd.DataFrame(rows, columns=["day", "entries", "feeds", "feeds_asked", "changes"])
