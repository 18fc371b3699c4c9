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


def _counted(reading: Reading) -> pd.DataFrame:
    return reading.entries[reading.entries["language"].notna()]


def daily(reading: Reading, topics: tuple[str, ...]) -> pd.DataFrame:
    """A row for each day of the window and each topic: day, topic, stories, all_stories, share.

    Days without any story have a missing share, not 0: nothing was measured.
    """
    everything = _counted(reading).groupby("day")["story"].nunique()
    tagged = reading.tags.groupby(["day", "topic"])["story"].nunique()
    index = pd.MultiIndex.from_product([reading.days, topics], names=["day", "topic"])
    rows = pd.DataFrame(index=index).reset_index()
    rows["stories"] = [int(tagged.get(key, 0)) for key in index]
    rows["all_stories"] = [int(everything.get(day, 0)) for day, _ in index]
    rows["share"] = rows["stories"] / rows["all_stories"].where(rows["all_stories"] > 0)
    return rows


def totals(reading: Reading, topics: tuple[str, ...]) -> pd.DataFrame:
    """A row for each topic over the whole window: topic, stories (distinct), all_stories, share."""
    whole = int(_counted(reading)["story"].nunique())
    tagged = reading.tags.groupby("topic")["story"].nunique()
    rows = pd.DataFrame({"topic": list(topics)}, dtype="object")
    rows["stories"] = [int(tagged.get(topic, 0)) for topic in topics]
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
    entries, tags = _counted(reading), reading.tags
    everything = entries.groupby(entries[dimension].fillna(""))["story"].nunique()
    tagged = tags.groupby([tags[dimension].fillna(""), "topic"])["story"].nunique()
    rows = [
        (dimension, value, topic, int(tagged.get((value, topic), 0)), int(whole))
        for value, whole in everything.items()
        for topic in topics
    ]
    frame = pd.DataFrame(rows, columns=["dimension", "value", "topic", "stories", "all_stories"])
    return frame.assign(share=frame["stories"] / frame["all_stories"])


def sizes(reading: Reading, dimension: str) -> pd.DataFrame:
    """A row for each value of a dimension: value, stories (distinct), entries, on_topic (with any topic).

    Entries that are not analysed yet count in `entries` only. Largest first, then by name.
    """
    values = reading.entries[dimension].fillna("und" if dimension == "language" else "")
    entries = reading.entries.groupby(values).size()
    counted = _counted(reading)
    stories = counted.groupby(counted[dimension].fillna(""))["story"].nunique()
    tagged = reading.tags.groupby(reading.tags[dimension].fillna(""))["story"].nunique()
    rows = [
        (str(value), int(stories.get(value, 0)), int(number), int(tagged.get(value, 0)))
        for value, number in entries.items()
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
    rows = []
    for day in days:
        part = frame[frame["day"] == day]
        changes = [
            f"{feed}: {change}"
            for feed, change in zip(part["feed"], part["panel_change"], strict=True)
            if isinstance(change, str) and change not in {"", "0", "False", "false"}
        ]
        entries = part["entries"].fillna(0).astype(int)
        asked = int((part["state"] != "unpolled").sum())
        rows.append((day, int(entries.sum()), int((entries > 0).sum()), asked, tuple(sorted(changes))))
    return pd.DataFrame(rows, columns=["day", "entries", "feeds", "feeds_asked", "changes"])
