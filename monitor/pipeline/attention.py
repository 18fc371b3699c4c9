"""Counts by feed and day from the views, arranged for bursts and change points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from monitor.report.attention import Attention, attention
from monitor.report.bursts import WINDOW

BEFORE = dt.timedelta(days=WINDOW + 28)
"""Days read before the first that is tested: a baseline, and what the baseline's own days are compared with."""
MIXED = 0.1
"""Part of a day's entries that another version must have analysed for the day to be taken as its."""

_COUNTS = """\
SELECT day, feed, topic AS series, SUM(stories) AS stories FROM report_feeds_daily
 WHERE day BETWEEN :first AND :last GROUP BY day, feed, topic"""
_IN_LANGUAGES = """\
SELECT day, feed, topic || '/' || language AS series, SUM(stories) AS stories FROM report_feeds_daily
 WHERE day BETWEEN :first AND :last AND topic <> '' GROUP BY day, feed, topic, language"""
_COVERAGE = "SELECT day, feed, state FROM report_coverage_daily WHERE day BETWEEN :first AND :last"
_VERSIONS = """\
SELECT day, taxonomy_version || '/' || code_version AS version, entries FROM report_versions_daily
 WHERE day BETWEEN :first AND :last"""
_SOURCES = """\
SELECT e.day, t.topic, COUNT(DISTINCT COALESCE(NULLIF(s.folded_into, ''), e.outlet)) AS sources
  FROM report_entries e
  JOIN report_topics t ON t.entry_id = e.entry_id
  LEFT JOIN report_cluster_sources s ON s.cluster_id = e.cluster_id AND s.outlet = e.outlet
 WHERE e.day BETWEEN :first AND :last AND t.accepted
 GROUP BY e.day, t.topic"""


class Read(Protocol):
    """Reads a query over views, of today or of an earlier time."""

    def __call__(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of `query`."""


def read_attention(read: Read, first: dt.date, last: dt.date, *, languages: bool = False) -> Attention:
    """Attention from `BEFORE` the first day to the last; with `languages` also each topic in each language."""
    window = {"first": first - BEFORE, "last": last}
    counts = read(_COUNTS, window)
    if languages:
        counts = pd.concat([counts, read(_IN_LANGUAGES, window)], ignore_index=True)
    days = [window["first"] + dt.timedelta(days=n) for n in range((last - window["first"]).days + 1)]
    return attention(_dated(counts), _dated(read(_COVERAGE, window)), days, breaks(read(_VERSIONS, window)))


def breaks(versions: pd.DataFrame) -> list[dt.date]:
    """Days that other versions analysed than the day before."""
    found: list[dt.date] = []
    before: frozenset[str] | None = None
    dated = _dated(versions)
    for day in sorted(set(dated["day"])):
        rows = dated[dated["day"] == day]
        whole = rows["entries"].sum()
        main = frozenset(rows.loc[rows["entries"] >= MIXED * whole, "version"])
        if before is not None and main != before:
            found.append(day)
        before = main
    return found


def read_sources(read: Read, first: dt.date, last: dt.date) -> dict[str, dict[dt.date, int]]:
    """Independent sources by topic and day: outlets, folded as their clusters fold them."""
    found: dict[str, dict[dt.date, int]] = {}
    rows = _dated(read(_SOURCES, {"first": first, "last": last}))
    for day, topic, sources in rows[["day", "topic", "sources"]].itertuples(index=False):
        found.setdefault(topic, {})[day] = int(sources)
    return found


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(day=pd.to_datetime(frame["day"]).dt.date)
