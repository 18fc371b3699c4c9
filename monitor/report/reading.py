"""Rows of the views as the report reads them: times aware UTC, days as dates, counts beside rows."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Final

import pandas as pd

from monitor.types.report import ReportData

DAYS: Final = frozenset({"day"})
INTEGERS: Final = frozenset(
    {
        "entry_id", "story_id", "cluster_id", "revision_id", "claim_id", "start_char", "end_char", "entries",
        "stories", "outlets", "all_stories", "independent_sources", "unresolved_sources", "allegations",
        "denials", "confirmations", "clusters", "roots", "failures", "entries_7d", "quantity_min",
        "quantity_max", "fetches",
    }
)  # fmt: skip
NUMBERS: Final = frozenset({"share", "confidence", "interval_s", "score"})
FLAGS: Final = frozenset({"silent", "backlog", "accepted", "resolved"})


def is_time(column: str) -> bool:
    """Whether a column of the views holds moments (`…_at`, by the contract's naming)."""
    return column.endswith("_at")


def as_times(values: pd.Series) -> pd.Series:
    """Stored times (text of SQLite, or timestamps) as aware UTC; what is no time becomes NaT."""
    return pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601" if _texts(values) else None)


def _texts(values: pd.Series) -> bool:
    present = values.dropna()
    return bool(len(present)) and isinstance(present.iloc[0], str)


def as_days(values: pd.Series) -> pd.Series:
    """UTC days (text or dates) as `datetime.date`, None where there is none."""
    days = pd.to_datetime(values, errors="coerce", utc=True)
    return pd.Series(
        [None if pd.isna(day) else day.date() for day in days], index=values.index, dtype="object"
    )


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with each column in one type: Int64, float, boolean, aware UTC times, dates or text."""
    columns: dict[str, pd.Series] = {}
    for name in frame.columns:
        values = frame[name]
        if is_time(name):
            columns[name] = as_times(values)
        elif name in DAYS:
            columns[name] = as_days(values)
        elif name in INTEGERS:
            columns[name] = pd.to_numeric(values, errors="coerce").astype("Int64")
        elif name in NUMBERS:
            columns[name] = pd.to_numeric(values, errors="coerce").astype("float64")
        elif name in FLAGS:
            columns[name] = values.map(_flag).astype("boolean")
        else:
            columns[name] = _as_texts(values)
    return pd.DataFrame(columns, index=frame.index)


def _as_texts(values: pd.Series) -> pd.Series:
    if pd.api.types.infer_dtype(values, skipna=True) == "string":
        texts = values.astype("object")
        return texts.where(texts.notna(), None)
    return values.map(_text).astype("object")


def _flag(value: object) -> bool | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    return value not in {0, "0", "f", "false", ""}


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and value != value) or value is pd.NaT:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def listed(value: object) -> list[str]:
    """A list that a view gives as sorted JSON text; a bare text is a list of one, nothing an empty list."""
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    if not isinstance(value, str) or not value:
        return []
    if value.startswith("["):
        try:
            items = json.loads(value)
        except ValueError:
            return [value]
        return [str(item) for item in items] if isinstance(items, list) else [value]
    return [value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the page shows, typed: counts of the whole window, and rows of what is listed.

    `by_day`: day, topic, stories (distinct, whole panel). `by_value`: dimension, value, topic, stories (distinct
    over the window), entries. Topic `*` is any topic, empty every story. `entries`: rows listed, with `story`
    (the story's id, or minus the entry's where no story holds it yet). `tags`: one row an accepted topic of such
    an entry: entry_id, story, topic, score.
    """

    days: tuple[dt.date, ...]
    by_day: pd.DataFrame
    by_value: pd.DataFrame
    entries: pd.DataFrame
    tags: pd.DataFrame
    complete: int

    @property
    def topics(self) -> tuple[str, ...]:
        """Slugs of the topics that occur, the most frequent first."""
        rows = self.of("panel")
        counts = {
            topic: int(n)
            for topic, n in zip(rows["topic"], rows["stories"], strict=True)
            if topic not in {"", "*"}
        }
        return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))

    def of(self, dimension: str) -> pd.DataFrame:
        """Counts of the window by the values of a dimension: value, topic, stories, entries."""
        return self.by_value[self.by_value["dimension"] == dimension]

    def stories(self, topic: str = "") -> int:
        """Distinct stories of the window, over all outlets: of a topic, of any (`*`), or all."""
        rows = self.of("panel")
        return int(rows.loc[rows["topic"] == topic, "stories"].sum())


def read(data: ReportData) -> Reading:
    """Prepare what the database counted and the rows that are listed.

    `complete` is the number of days of the window that were over when the rows were read (UTC).
    """
    entries = typed(data.entries)
    entries = entries.assign(story=entries["story_id"].fillna(-entries["entry_id"]).astype("int64"))
    by_value = typed(data.by_value)
    today = data.generated_at.astimezone(dt.UTC).date()
    return Reading(
        days=data.days,
        by_day=typed(data.by_day),
        by_value=by_value.assign(value=by_value["value"].fillna("")),
        entries=entries,
        tags=_tags(typed(data.topics), entries),
        complete=sum(1 for day in data.days if day < today),
    )


def _tags(topics: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    rows = topics[["entry_id", "topic", "score"]].drop_duplicates(["entry_id", "topic"])
    return rows.merge(entries[["entry_id", "story"]], on="entry_id", how="inner")
