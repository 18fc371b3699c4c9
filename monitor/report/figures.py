"""Charts and figures of the page: trends turned into SVG, sentences and table rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from monitor.render.charts import Bar, Column, Reference, bars_svg, columns_svg, nice_ceiling
from monitor.render.escape import anchor
from monitor.render.labels import Labels
from monitor.report import trends
from monitor.report.reading import Reading, typed
from monitor.types.report import ReportData

Row = dict[Hashable, Any]
BARS: Final = 15  # rows of a bar chart; the table beside it has all
PAIRS: Final = 100  # rows of the table of who cites whom
SMALL: Final = 270.0  # width of a small multiple
SHADES: Final = 5  # steps of the heat table's background


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCard:
    """One small multiple: a topic's share of attention by day."""

    anchor: str
    name: str
    stories: str
    share: str
    chart: Markup
    sentence: str
    change: str
    unsafe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Column heads and rows of written cells; the first cell of a row is its head."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A bar chart with the table behind it."""

    name: str
    chart: Markup
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Topics by language: cells of (text, shade 0-5, tooltip)."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, int, str], ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Entries by day, with the days on which the panel changed."""

    entries: int
    chart: Markup
    table: Table
    changed: frozenset[dt.date]
    unpolled: frozenset[dt.date]


def _share(labels: Labels, value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else labels.percent(float(value))


def _ends(days: tuple[dt.date, ...], labels: Labels) -> tuple[str, str]:
    return labels.date(days[0], year=False), labels.date(days[-1], year=False)


def coverage(data: ReportData, reading: Reading, labels: Labels) -> Coverage:
    """The panel: entries a day over all feeds."""
    rows = trends.coverage(typed(data.coverage_daily), reading.days)
    changed = frozenset(row["day"] for row in rows.to_dict("records") if row["changes"])
    unpolled = frozenset(
        row["day"] for row in rows.to_dict("records") if row["entries"] and not row["feeds_asked"]
    )
    most = int(rows["entries"].max()) if len(rows) else 0
    columns = []
    for number, row in enumerate(rows.to_dict("records")):
        note = f"{labels.date(row['day'])}: {labels.count('n_entries', row['entries'])}"
        if row["changes"]:
            note += f" · {labels.word('panel_change')}: {labels.join(list(row['changes'][:8]))}"
            note += "…" if len(row["changes"]) > 8 else ""
        if row["day"] in unpolled:
            note += f" · {labels.word('not_polled')}"
        columns.append(
            Column(
                value=row["entries"],
                note=note,
                marked=bool(row["changes"]),
                partial=number >= reading.complete or row["day"] in unpolled,
            )
        )
    ceiling = nice_ceiling(max(4, most))
    chart = columns_svg(
        columns,
        name=f"{labels.word('entries_a_day')}, {labels.period(reading.days[0], reading.days[-1])}",
        ceiling=ceiling,
        ceiling_label=labels.number(ceiling),
        ends=_ends(reading.days, labels),
        height=118,
    )
    table = Table(
        caption=labels.word("entries_a_day"),
        heads=tuple(labels.word(head) for head in ("day", "entries", "feeds_short", "panel_change")),
        rows=tuple(
            (
                labels.date(row["day"]),
                labels.number(row["entries"]),
                f"{labels.number(row['feeds'])} / {labels.number(row['feeds_asked'])}",
                labels.join(list(row["changes"])),
            )
            for row in rows.to_dict("records")
        ),
    )
    return Coverage(
        entries=int(rows["entries"].sum()), chart=chart, table=table, changed=changed, unpolled=unpolled
    )


def topic_cards(
    reading: Reading, topics: tuple[str, ...], labels: Labels, panel: Coverage
) -> tuple[tuple[TopicCard, ...], Table]:
    """A card for each topic, and the table of all of them by day."""
    daily = trends.daily(reading, topics)
    whole = {row["topic"]: row for row in trends.totals(reading, topics).to_dict("records")}
    cards = tuple(
        _card(
            topic,
            daily[daily["topic"] == topic].reset_index(drop=True),
            whole[topic],
            reading,
            labels=labels,
            panel=panel,
        )
        for topic in topics
    )
    cells_of = {(row["day"], row["topic"]): row for row in daily.to_dict("records")}
    rows = []
    for day in reversed(reading.days):
        cells = [labels.date(day)]
        for topic in topics:
            cell = cells_of[day, topic]
            cells.append(f"{labels.number(cell['stories'])} ({_share(labels, cell['share'])})")
        everything = int(cells_of[day, topics[0]]["all_stories"]) if topics else 0
        rows.append((*cells, labels.number(everything)))
    heads = (labels.word("day"), *(labels.topic(topic) for topic in topics), labels.word("all_stories"))
    table = Table(caption=labels.word("share_a_day"), heads=heads, rows=tuple(rows))
    return cards, table


def topic_bars(reading: Reading, topics: tuple[str, ...], labels: Labels) -> Markup:
    """Topics on one scale: distinct stories over the window."""
    rows = sorted(trends.totals(reading, topics).to_dict("records"), key=lambda row: -row["stories"])
    bars = []
    for row in rows:
        stories, everything = int(row["stories"]), int(row["all_stories"])
        part = labels.word("share_of", part=labels.number(stories), whole=labels.number(everything))
        name = labels.topic(row["topic"])
        note = f"{name}: {part} ({_share(labels, row['share'])})"
        bars.append(Bar(label=name, value=stories, shown=labels.number(stories), note=note))
    return bars_svg(bars, name=f"{labels.word('stories')}: {labels.word('topics')}", base=labels.dir)


def _card(
    topic: str,
    rows: pd.DataFrame,
    whole: Row,
    reading: Reading,
    *,
    labels: Labels,
    panel: Coverage,
) -> TopicCard:
    compared = trends.last_against_before(rows, reading.complete, panel.changed | panel.unpolled)
    measured = rows["share"].dropna()
    ceiling = nice_ceiling(max(0.02, float(measured.max()) if len(measured) else 0.0))
    reference = None
    if compared is not None and compared.mean_share is not None:
        first = max(0, compared.index - trends.DAYS_BEFORE)
        reference = Reference(first=first, last=compared.index - 1, value=compared.mean_share)
    chart = columns_svg(
        [_column(row, number, reading, labels, panel) for number, row in enumerate(rows.to_dict("records"))],
        name=f"{labels.topic(topic)}: {labels.word('share_a_day')}",
        ceiling=ceiling,
        ceiling_label=labels.percent(ceiling, 0 if ceiling >= 0.1 else 1),
        ends=_ends(reading.days, labels),
        reference=reference,
        accent=compared.index if compared is not None else None,
        width=SMALL,
    )
    sentence, change = _sentence(compared, labels)
    return TopicCard(
        anchor=anchor("topic", topic),
        name=labels.topic(topic),
        stories=labels.count("n_stories", int(whole["stories"])),
        share=_share(labels, whole["share"]),
        chart=chart,
        sentence=sentence,
        change=change,
        unsafe=compared is not None and compared.unsafe,
    )


def _column(row: Row, number: int, reading: Reading, labels: Labels, panel: Coverage) -> Column:
    day: dt.date = row["day"]
    stories, everything = int(row["stories"]), int(row["all_stories"])
    part = labels.word("share_of", part=labels.number(stories), whole=labels.number(everything))
    share = stories / everything if everything else None
    note = f"{labels.date(day)}: {part} ({_share(labels, share)})"
    partial = number >= reading.complete
    if partial:
        note += f" · {labels.word('not_over')}"
    if day in panel.unpolled:
        note += f" · {labels.word('not_polled')}"
    if day in panel.changed:
        note += f" · {labels.word('panel_change')}"
    return Column(
        value=share, note=note, marked=day in panel.changed, partial=partial or day in panel.unpolled
    )


def _sentence(compared: trends.Comparison | None, labels: Labels) -> tuple[str, str]:
    if compared is None or compared.mean is None:
        return labels.word("no_comparison"), ""
    sentence = labels.word(
        "last_vs_mean",
        day=labels.date(compared.day, year=False),
        last=labels.count("n_stories", compared.stories),
        days=labels.number(compared.days),
        mean=labels.number(compared.mean, 1),
    )
    return sentence, labels.change(compared.change) if compared.change is not None else ""


def panel(
    reading: Reading, dimension: str, labels: Labels, name: str, written: Callable[[str], str]
) -> Panel:
    """Stories by the values of a dimension, as bars and as a table."""
    rows = trends.sizes(reading, dimension)
    bars = [
        Bar(
            label=written(row["value"]),
            value=row["stories"],
            shown=labels.number(row["stories"]),
            note=f"{written(row['value'])}: {labels.count('n_stories', row['stories'])}, "
            f"{labels.count('n_entries', row['entries'])}",
        )
        for row in rows.head(BARS).to_dict("records")
    ]
    table = Table(
        caption=name,
        heads=(
            labels.word(dimension if dimension != "ownership" else "ownership_one"),
            labels.word("stories"),
            labels.word("entries"),
            labels.word("on_topic"),
        ),
        rows=tuple(
            (
                written(row["value"]),
                labels.number(row["stories"]),
                labels.number(row["entries"]),
                labels.number(row["on_topic"]),
            )
            for row in rows.to_dict("records")
        ),
    )
    return Panel(name=name, chart=bars_svg(bars, name=name, base=labels.dir), table=table)


def cited(data: ReportData, labels: Labels) -> Panel | None:
    """The outlets that others cite, by entries that do; behind them who cites whom. None without rows."""
    rows = typed(data.citing).dropna(subset=["cited_outlet"])
    if rows.empty:
        return None
    rows = rows.assign(root_outlet=rows["root_outlet"].fillna(""))
    most = rows.groupby("cited_outlet")["entries"].sum().sort_values(ascending=False, kind="stable")
    bars = [
        Bar(
            label=str(name),
            value=int(number),
            shown=labels.number(int(number)),
            note=f"{name}: {labels.count('n_entries', int(number))}",
        )
        for name, number in most.head(BARS).items()
    ]
    pairs = rows.sort_values(["entries", "outlet", "cited_outlet"], ascending=[False, True, True]).head(PAIRS)
    table = Table(
        caption=labels.word("chains"),
        heads=(labels.word("outlet"), labels.word("cites"), labels.word("root"), labels.word("entries")),
        rows=tuple(
            (row["outlet"], row["cited_outlet"], row["root_outlet"], labels.number(row["entries"]))
            for row in pairs.to_dict("records")
        ),
    )
    name = labels.word("chains")
    return Panel(name=name, chart=bars_svg(bars, name=name, base=labels.dir), table=table)


def heat(reading: Reading, topics: tuple[str, ...], labels: Labels) -> Heat:
    """Share of each topic among the stories of each language, shaded relative to the largest share."""
    rows = trends.by_dimension(reading, "language", topics)
    most = float(rows["share"].max()) if len(rows) else 0.0
    order = [value for value in trends.sizes(reading, "language")["value"] if value in set(rows["value"])]
    cells = {(row["value"], row["topic"]): row for row in rows.to_dict("records")}
    shown = []
    for value in order:
        line = []
        for topic in topics:
            cell = cells[value, topic]
            stories, everything = int(cell["stories"]), int(cell["all_stories"])
            shade = round(SHADES * float(cell["share"]) / most) if most else 0
            note = labels.word("share_of", part=labels.number(stories), whole=labels.number(everything))
            line.append((labels.percent(float(cell["share"]), 0) if stories else "–", shade, note))
        shown.append((labels.language_name(value), tuple(line)))
    return Heat(heads=tuple(labels.topic(topic) for topic in topics), rows=tuple(shown))
