"""What the report is made from (`ReportData`), and the files that come out of it (`ReportFiles`).

The frames hold the rows of the contract's views for the window; further columns are welcome and
exported too. An empty frame with the right columns stands for "no rows".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

import pandas as pd

# columns of the contract's views (docs/reference/sql.md), by field of ReportData
VIEW_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "entries": (
        "entry_id", "uid", "kind", "feed", "feed_url", "outlet", "country", "ownership", "external_id", "url",
        "title", "language", "published_at", "observed_at", "effective_at", "story_id", "cluster_id",
    ),
    "stories": ("story_id", "title", "language", "first_outlet", "first_seen_at", "entries", "outlets"),
    "topics_daily": (
        "day", "topic", "language", "country", "ownership", "entries", "stories", "all_stories", "share",
    ),
    "coverage_daily": ("day", "outlet", "feed", "entries", "stories", "state", "panel_change"),
    "clusters": (
        "cluster_id", "title", "languages", "stories", "outlets", "independent_sources", "unresolved_sources",
        "first_outlet", "first_seen_at", "last_seen_at",
    ),
    "cluster_sources": ("cluster_id", "outlet", "folded_into", "reason"),
    "mentions": (
        "entry_id", "revision_id", "topic", "term", "field", "start_char", "end_char", "taxonomy_version",
    ),
    "citations": ("entry_id", "outlet", "cited_outlet", "root_outlet", "published_at"),
    "claims": (
        "claim_id", "uid", "entry_id", "story_id", "cluster_id", "supplier", "recipient", "via", "items",
        "quantity_min", "quantity_max", "status", "speaker", "evidence", "confidence", "decision", "language",
        "outlet", "root_outlet", "url", "published_at",
    ),
    "ledger": (
        "cluster_id", "supplier", "recipient", "item", "status", "first_alleged_at", "first_alleged_by",
        "root_outlet", "allegations", "independent_sources", "denials", "confirmations", "quantity_min",
        "quantity_max", "changed_at",
    ),
    "flows": (
        "supplier", "recipient", "item", "first_at", "last_at", "clusters", "roots", "denials",
        "confirmations", "status",
    ),
    "feed_health": (
        "feed", "feed_url", "kind", "outlet", "state", "last_success_at", "last_error", "failures",
        "interval_s", "entries_7d", "silent",
    ),
}  # fmt: skip


def empty_frame(name: str) -> pd.DataFrame:
    """A frame with the view's columns and no row."""
    return pd.DataFrame({column: pd.Series(dtype="object") for column in VIEW_COLUMNS[name]})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How the report is made.

    `language` is the reader's, `timezone` an IANA name for the times shown (days stay UTC days),
    `topics` the slugs in the order of the configuration, `topic_labels` their names by language.
    `max_stories` bounds the stories listed under one topic, `xlsx_rows` the rows of one sheet (a workbook
    is for looking; CSV and Parquet have all rows).
    `base_url` is where the report is published, for links of mails; empty if nowhere.
    """

    title: str = ""
    language: str = "en"
    timezone: str = "UTC"
    topics: tuple[str, ...] = ()
    topic_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    max_stories: int = 60
    xlsx_rows: int = 20_000
    base_url: str = ""
    as_of: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """Rows of the views for a window of UTC days, both ends included, read at `generated_at`.

    `versions` names what made them: `monitor`, `taxonomy`, `code`, `schema`, `config`, as far as known.
    `topics` holds the rows of `report_topics` (entry_id, topic, score, accepted); where it is not given,
    every topic with a mention counts. `entries` may bring a column `lead` for entries without a title.
    """

    generated_at: dt.datetime
    window: tuple[dt.date, dt.date]
    versions: Mapping[str, str] = field(default_factory=dict)
    options: ReportOptions = field(default_factory=ReportOptions)
    entries: pd.DataFrame = field(default_factory=lambda: empty_frame("entries"))
    stories: pd.DataFrame = field(default_factory=lambda: empty_frame("stories"))
    topics_daily: pd.DataFrame = field(default_factory=lambda: empty_frame("topics_daily"))
    coverage_daily: pd.DataFrame = field(default_factory=lambda: empty_frame("coverage_daily"))
    clusters: pd.DataFrame = field(default_factory=lambda: empty_frame("clusters"))
    cluster_sources: pd.DataFrame = field(default_factory=lambda: empty_frame("cluster_sources"))
    mentions: pd.DataFrame = field(default_factory=lambda: empty_frame("mentions"))
    topics: pd.DataFrame | None = None
    citations: pd.DataFrame = field(default_factory=lambda: empty_frame("citations"))
    claims: pd.DataFrame = field(default_factory=lambda: empty_frame("claims"))
    ledger: pd.DataFrame = field(default_factory=lambda: empty_frame("ledger"))
    flows: pd.DataFrame = field(default_factory=lambda: empty_frame("flows"))
    feed_health: pd.DataFrame = field(default_factory=lambda: empty_frame("feed_health"))

    def __post_init__(self) -> None:
        first, last = self.window
        if first > last:
            raise ValueError(f"the window ends ({last}) before it begins ({first})")
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at needs a time zone")
        for name, columns in VIEW_COLUMNS.items():
            lacking = [column for column in columns if column not in getattr(self, name).columns]
            if lacking:
                raise ValueError(f"{name} lacks the columns {', '.join(lacking)}")

    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by name, in the order of the fields."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name in VIEW_COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """File name to content, to be written beside each other. `main` is the page to open."""

    files: Mapping[str, bytes]
    main: str = "report.html"
    notes: tuple[str, ...] = ()
