"""What the report reads: counts that the database makes, and rows only as far as the page lists them.

Every query is here by name, so that `benches/sql_million.py` can time each. The tables beside the page are read
part by part and never held whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

import pandas as pd

from monitor.report.dictionary import FILES
from monitor.types.report import VIEW_COLUMNS

CANDIDATES: Final = 300
"""Happenings of a topic that are looked at; of the most carried, the page lists `max_stories` stories."""
CLUSTERS: Final = 60
CLAIMS: Final = 120
LINES: Final = 200
"""Lines of the ledger, and of the flows."""
CHAINS: Final = 2_000
"""Pairs of outlets and whom they cite."""
IDS: Final = 500
"""Ids named in one query."""
ROWS: Final = 5_000
"""Rows of a table that are held at a time."""


class Reader(Protocol):
    """Reads views, of today or of an earlier time."""

    def frame(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """A view or a query over views."""
        ...

    def stream(
        self, query: str, params: Mapping[str, Any] | None = None, *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """The same in parts, at least one."""
        ...


_WINDOW: Final = "day >= :first AND day <= :last"
_PUBLISHED: Final = "published_at >= :start AND published_at < :end"
_SEEN: Final = "last_seen_at >= :start AND first_seen_at < :end"
_CLAIMED: Final = f"{_PUBLISHED} AND COALESCE(decision, '') <> 'rejected'"

COUNTS: Final[Mapping[str, str]] = {
    "by_day": f"""\
SELECT day, topic, SUM(stories) AS stories FROM report_attention
 WHERE dimension = 'panel' AND {_WINDOW} GROUP BY day, topic""",
    "by_value": f"""\
SELECT dimension, value, topic, SUM(entries) AS entries,
       SUM(CASE WHEN previous_day IS NULL OR previous_day < :first THEN stories ELSE 0 END) AS stories
  FROM report_attention
 WHERE dimension IN ('panel', 'language', 'country', 'ownership', 'outlet') AND {_WINDOW}
 GROUP BY dimension, value, topic""",
    "citing": f"""\
SELECT outlet, cited_outlet, root_outlet, SUM(entries) AS entries FROM report_citations_daily
 WHERE {_WINDOW} GROUP BY outlet, cited_outlet, root_outlet
 ORDER BY SUM(entries) DESC, outlet, cited_outlet LIMIT {CHAINS}""",
    "coverage_daily": f"SELECT * FROM report_coverage_daily WHERE {_WINDOW}",
    "claims": f"SELECT * FROM report_claims WHERE {_CLAIMED} ORDER BY published_at DESC, claim_id LIMIT {CLAIMS}",
    "ledger": f"""\
SELECT * FROM report_ledger WHERE changed_at >= :start AND changed_at < :end
 ORDER BY changed_at DESC, cluster_id LIMIT {LINES}""",
    "flows": f"""\
SELECT * FROM report_flows WHERE last_at >= :start AND first_at < :end
 ORDER BY last_at DESC, supplier, recipient, item LIMIT {LINES}""",
    "feed_health": "SELECT * FROM report_feed_health",
}  # fmt: skip
"""Field of ReportData to the query that fills it."""

TOTALS: Final[Mapping[str, str]] = {
    "claims": f"SELECT COUNT(*) AS n FROM report_claims WHERE {_CLAIMED}",
    "ledger": "SELECT COUNT(*) AS n FROM report_ledger WHERE changed_at >= :start AND changed_at < :end",
    "flows": "SELECT COUNT(*) AS n FROM report_flows WHERE last_at >= :start AND first_at < :end",
}

WIDEST: Final = f"""\
SELECT cluster_id, COUNT(*) OVER () AS n FROM report_wide_clusters WHERE {_SEEN}
 ORDER BY outlets DESC, last_seen_at DESC, cluster_id LIMIT {CLUSTERS}"""

CITED: Final = """\
SELECT e.cluster_id, c.outlet, c.chain, c.chain_state
  FROM report_citations c JOIN report_entries e ON e.entry_id = c.entry_id
 WHERE c.kind = 'media' AND c.chain_state IS NOT NULL AND COALESCE(c.decision, '') <> 'rejected'"""
"""Whom the entries of a cluster cite, to the root."""

HAPPENINGS: Final = f"""\
SELECT cluster_id, CASE WHEN cluster_id IS NULL THEN story_id END AS story_id,
       CASE WHEN cluster_id IS NULL THEN entry_id END AS entry_id,
       SUM(outlets) AS carriers, MAX(day) AS last_day
  FROM report_stories_daily WHERE topic = :topic AND {_WINDOW}
 GROUP BY cluster_id, CASE WHEN cluster_id IS NULL THEN story_id END,
          CASE WHEN cluster_id IS NULL THEN entry_id END
 ORDER BY SUM(outlets) DESC, MAX(day) DESC, cluster_id DESC LIMIT {CANDIDATES}"""
"""The happenings of a topic that most outlets carried; one that tells on two days counts twice here, exactly later."""

EXPORTS: Final[Mapping[str, str | None]] = {
    "topics_daily": _WINDOW,
    "coverage_daily": _WINDOW,
    "entries": "effective_at >= :start AND effective_at < :end",
    "stories": _SEEN,
    "clusters": _SEEN,
    "cluster_sources": f"cluster_id IN (SELECT cluster_id FROM report_stories WHERE {_SEEN})",
    "mentions": "entry_id IN (SELECT entry_id FROM report_entries"
    " WHERE effective_at >= :start AND effective_at < :end)",
    "citations": _PUBLISHED,
    "claims": _PUBLISHED,
    "ledger": "changed_at >= :start AND changed_at < :end",
    "flows": "last_at >= :start AND first_at < :end",
    "feed_health": None,
}
"""Table beside the page to how its view is cut to the window; None: read whole."""


def bounds(first: dt.date, last: dt.date) -> dict[str, Any]:
    """The parameters of a window of days."""
    midnight = dt.time(tzinfo=dt.UTC)
    return {
        "first": first,
        "last": last,
        "start": dt.datetime.combine(first, midnight),
        "end": dt.datetime.combine(last + dt.timedelta(days=1), midnight),
    }


def used(query: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those parameters that a query names."""
    return {key: value for key, value in values.items() if f":{key}" in query}


def read_page(reader: Reader, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Fields of ReportData for the page, from the views."""
    values = bounds(first, last)

    def ask(query: str) -> pd.DataFrame:
        return reader.frame(query, used(query, values))

    found: dict[str, Any] = {name: ask(query) for name, query in COUNTS.items()}
    found["totals"] = {name: int(ask(query)["n"].iloc[0]) for name, query in TOTALS.items()}
    wide = ask(WIDEST)
    widest = _numbers(wide["cluster_id"])
    found["totals"]["clusters"] = int(wide["n"].max()) if len(wide) else 0
    topics = sorted(set(found["by_day"]["topic"]) - {"", "*"})
    places = [reader.frame(HAPPENINGS, used(HAPPENINGS, values | {"topic": topic})) for topic in topics]
    clusters, stories, alone = (
        sorted({number for place in places for number in _numbers(place[name])})
        for name in ("cluster_id", "story_id", "entry_id")
    )
    clusters = sorted({*clusters, *widest})
    members = _rows(reader, "SELECT story_id FROM report_stories WHERE 1 = 1", "cluster_id", clusters)
    stories = sorted({*stories, *_numbers(members["story_id"])})
    entries = _entries(reader, values, {"story_id": stories, "entry_id": alone})
    found["entries"] = entries
    found["topics"] = _rows(
        reader,
        "SELECT entry_id, topic, score FROM report_topics WHERE accepted",
        "entry_id",
        _numbers(entries["entry_id"]),
    )
    found["clusters"] = _rows(reader, "SELECT * FROM report_clusters WHERE 1 = 1", "cluster_id", clusters)
    sources = "SELECT * FROM report_cluster_sources WHERE 1 = 1"
    found["cluster_sources"] = _rows(reader, sources, "cluster_id", widest)
    found["chains"] = _rows(reader, CITED, "cluster_id", widest)
    return found


def _entries(reader: Reader, values: Mapping[str, Any], named: Mapping[str, list[int]]) -> pd.DataFrame:
    columns = ", ".join(VIEW_COLUMNS["entries"])
    query = f"SELECT {columns} FROM report_entries WHERE effective_at >= :start AND effective_at < :end"
    parts = [_rows(reader, query, key, ids, used(query, values)) for key, ids in named.items()]
    whole = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return whole.drop_duplicates("entry_id", ignore_index=True)


def _rows(
    reader: Reader, query: str, key: str, ids: list[int], values: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Rows of a query whose `key` is among `ids`, which are integers of this database."""
    parts = []
    for start in range(0, max(len(ids), 1), IDS):
        listed = ", ".join(str(int(number)) for number in ids[start : start + IDS]) or "NULL"
        parts.append(reader.frame(f"{query} AND {key} IN ({listed})", values))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _numbers(values: Iterable[Any]) -> list[int]:
    return sorted({int(value) for value in values if not pd.isna(value)})


def export(reader: Reader, name: str, first: dt.date, last: dt.date) -> Iterator[pd.DataFrame]:
    """The rows of one table beside the page, in parts; KeyError where it is no view's."""
    condition = EXPORTS[name]
    query = f"SELECT * FROM report_{name}" + (f" WHERE {condition}" if condition else "")
    yield from reader.stream(query, used(query, bounds(first, last)), rows=ROWS)


def exported() -> Iterator[str]:
    """Names of the tables that are views, in the order of the files."""
    return (name for name in FILES if name in EXPORTS)
