"""What stands out in a window of days, from the views: findings with the stories behind them, changes of level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import pandas as pd

from monitor.pipeline.attention import Read, read_attention, read_sources
from monitor.report.attention import Attention
from monitor.report.bursts import LEAST, SOURCES, judge_series
from monitor.report.changes import change_points
from monitor.types.trends import BehindStory, Finding, Standout, Trends

BEHIND = 5
"""Stories named behind a burst."""
MOST = 40
"""Days named, those that stand out most."""

_BEHIND = """\
SELECT d.story_id, d.outlets, s.title, s.first_outlet, s.language
  FROM report_stories_daily d JOIN report_stories s ON s.story_id = d.story_id
 WHERE d.topic = :topic AND d.day = :day
 ORDER BY d.outlets DESC, d.score DESC, d.story_id"""


def read_trends(read: Read, first: dt.date, last: dt.date, topics: Collection[str]) -> Trends:
    """What stands out from the first to the last day, by topic and by topic and language. Days are UTC days."""
    made = read_attention(read, first, last, languages=True)
    start = made.days.index(first)
    found: list[Finding] = []
    untested: set[dt.date] = set()
    for name in _series(made, topics, start):
        tested = judge_series(made, name, start)
        found += [one for one in tested.findings if one.direction == "drop" or _backed(read, one)]
        if "/" not in name:
            untested |= tested.untested
    found.sort(key=lambda one: (one.probability, one.series))
    changes = (change for topic in topics for change in change_points(made, topic))
    return Trends(
        standouts=tuple(Standout(finding=one, stories=tuple(_behind(read, one))) for one in found[:MOST]),
        changes=tuple(change for change in changes if change.day >= first),
        untested=len(untested),
        days=len(made.days) - start,
        breaks=tuple(made.days[number] for number in sorted(made.breaks) if number >= start),
    )


def _series(made: Attention, topics: Collection[str], start: int) -> Iterator[str]:
    """Topics, and those in a language that had stories enough to stand out on some day."""
    for name, counts in sorted(made.series.items()):
        topic, _, language = name.partition("/")
        enough = not language or counts[:, start:].sum(axis=0).max(initial=0) >= LEAST
        if topic in topics and enough:
            yield name


def _backed(read: Read, finding: Finding) -> bool:
    """Whether the topic had two independent sources on that day."""
    topic = finding.series.partition("/")[0]
    return read_sources(read, finding.day, finding.day).get(topic, {}).get(finding.day, 0) >= SOURCES


def _behind(read: Read, finding: Finding) -> Iterator[BehindStory]:
    if finding.direction == "drop":
        return
    topic, _, language = finding.series.partition("/")
    rows = read(_BEHIND, {"topic": topic, "day": finding.day})
    if language:
        rows = rows[rows["language"] == language]
    for row in rows.head(BEHIND).to_dict("records"):
        yield BehindStory(
            title=str(row["title"] or ""),
            outlet=str(row["first_outlet"] or ""),
            outlets=int(row["outlets"]),
            language="" if pd.isna(row["language"]) else str(row["language"]),
            story_id=int(row["story_id"]),
        )
