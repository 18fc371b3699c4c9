"""What the page of the report is made from (`ReportData`).

An empty frame with the right columns stands for "no rows"; further columns are welcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

import pandas as pd

from monitor.types.trends import Trends

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


# what the database counts for the page, by field of ReportData; `topic` is a slug, `*` any topic, empty all stories
COUNT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "by_day": ("day", "topic", "stories"),
    "by_value": ("dimension", "value", "topic", "stories", "entries"),
    "citing": ("outlet", "cited_outlet", "root_outlet", "entries"),
    "chains": ("cluster_id", "outlet", "chain", "chain_state"),
}


def empty_frame(name: str) -> pd.DataFrame:
    """A frame with the columns of a view or a count, and no row."""
    columns = COUNT_COLUMNS.get(name) or VIEW_COLUMNS[name]
    return pd.DataFrame({column: pd.Series(dtype="object") for column in columns})


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
    """What the page shows of a window of UTC days, both ends included, read at `generated_at`.

    Counts come from the database, whole: `by_day` distinct stories of the panel by day and topic, `by_value`
    distinct stories and entries of the window by dimension (`panel`, `language`, `country`, `ownership`,
    `outlet`), value and topic, `citing` entries by outlet and whom it cites. Rows come as far as they are listed:
    `entries` of the stories and clusters shown (with a column `lead` for those without a title, if there is
    one), `topics` the accepted ones of these entries (entry_id, topic, score), the widest `clusters` with their
    sources and the `chains` of citations of their entries, the latest `claims`, `ledger` and `flows`. `totals` says how
    many there are of `clusters`, `claims`, `ledger` and `flows` where fewer are given.
    `versions` names what made them: `monitor`, `taxonomy`, `code`, `schema`, `config`, as far as known.
    """

    generated_at: dt.datetime
    window: tuple[dt.date, dt.date]
    versions: Mapping[str, str] = field(default_factory=dict)
    options: ReportOptions = field(default_factory=ReportOptions)
    totals: Mapping[str, int] = field(default_factory=dict)
    by_day: pd.DataFrame = field(default_factory=lambda: empty_frame("by_day"))
    by_value: pd.DataFrame = field(default_factory=lambda: empty_frame("by_value"))
    citing: pd.DataFrame = field(default_factory=lambda: empty_frame("citing"))
    chains: pd.DataFrame = field(default_factory=lambda: empty_frame("chains"))
    entries: pd.DataFrame = field(default_factory=lambda: empty_frame("entries"))
    topics: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["entry_id", "topic", "score"], dtype="object")
    )
    coverage_daily: pd.DataFrame = field(default_factory=lambda: empty_frame("coverage_daily"))
    clusters: pd.DataFrame = field(default_factory=lambda: empty_frame("clusters"))
    cluster_sources: pd.DataFrame = field(default_factory=lambda: empty_frame("cluster_sources"))
    claims: pd.DataFrame = field(default_factory=lambda: empty_frame("claims"))
    ledger: pd.DataFrame = field(default_factory=lambda: empty_frame("ledger"))
    flows: pd.DataFrame = field(default_factory=lambda: empty_frame("flows"))
    feed_health: pd.DataFrame = field(default_factory=lambda: empty_frame("feed_health"))
    trends: Trends | None = None

    def __post_init__(self) -> None:
        first, last = self.window
        if first > last:
            raise ValueError(f"the window ends ({last}) before it begins ({first})")
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at needs a time zone")
        names = {item.name for item in fields(self)}
        for name, columns in {**VIEW_COLUMNS, **COUNT_COLUMNS}.items():
            frame = getattr(self, name) if name in names else None
            lacking = [column for column in columns if frame is not None and column not in frame.columns]
            if lacking:
                raise ValueError(f"{name} lacks the columns {', '.join(lacking)}")

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Every day of the window."""
        first, last = self.window
        return tuple(first + dt.timedelta(days=n) for n in range((last - first).days + 1))
