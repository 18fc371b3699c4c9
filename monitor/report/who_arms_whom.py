"""Who arms whom: a matrix of flows, suppliers by recipients, and for each line when which word was spoken."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.render.labels import Labels
from monitor.report.reading import typed
from monitor.report.stories import Row, present
from monitor.types.report import ReportData

#: Suppliers and recipients shown, those in most flows first; the files have all.
MATRIX: Final = 14
#: Lines of the timeline, the last changed first.
LINES: Final = 30
STATUSES: Final = ("alleged", "announced", "confirmed", "denied", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMark:
    """One flow in a cell."""

    item: str
    status: str
    status_word: str
    happenings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Rows are suppliers, columns recipients; a cell holds the flows between the two. `left` did not fit."""

    recipients: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[FlowMark, ...], ...]], ...]
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The first time that a status was reported in a line: its place from 0 to 100 on the track."""

    status: str
    place: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One line of the ledger over the window."""

    supplier: str
    recipient: str
    item: str
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Tracks between two days."""

    first: str
    last: str
    tracks: tuple[Track, ...]
    legend: tuple[tuple[str, str], ...]


def matrix(data: ReportData, labels: Labels) -> Matrix | None:
    """The flows of the window as a matrix; None where there are none."""
    rows: list[Row] = typed(data.flows).to_dict("records")
    if not rows:
        return None
    weigh = Counter[tuple[str, str]]()
    for row in rows:
        for side in ("supplier", "recipient"):
            weigh[(side, str(row[side]))] += int(row["clusters"])
    sides = {
        side: [
            name
            for (kind, name), _ in sorted(weigh.items(), key=lambda pair: (-pair[1], pair[0]))
            if kind == side
        ][:MATRIX]
        for side in ("supplier", "recipient")
    }
    cells: dict[tuple[str, str], list[FlowMark]] = {}
    shown = 0
    for row in sorted(rows, key=lambda one: (-int(one["clusters"]), str(one["item"]))):
        if row["supplier"] in sides["supplier"] and row["recipient"] in sides["recipient"]:
            shown += 1
            cells.setdefault((row["supplier"], row["recipient"]), []).append(_mark(row, labels))
    return Matrix(
        recipients=tuple(_party(name, labels) for name in sides["recipient"]),
        rows=tuple(
            (
                _party(supplier, labels),
                tuple(tuple(cells.get((supplier, recipient), ())) for recipient in sides["recipient"]),
            )
            for supplier in sides["supplier"]
        ),
        left=len(rows) - shown,
    )


def _mark(row: Row, labels: Labels) -> FlowMark:
    return FlowMark(
        item=labels.either("item", row["item"]),
        status=str(row["status"]),
        status_word=labels.either("status", row["status"]),
        happenings=labels.number(int(row["clusters"])),
    )


def _party(code: object, labels: Labels) -> str:
    return labels.country_name(code) if code else labels.word("unstated")


def timeline(data: ReportData, labels: Labels) -> Timeline | None:
    """When each status was first reported in the lines that changed last; None where no history is given."""
    frame = typed(data.ledger).sort_values("changed_at", ascending=False, kind="stable", na_position="last")
    if "history" not in frame.columns or frame.empty:
        return None
    rows = [(row, _events(row)) for row in frame.head(LINES).to_dict("records")]
    moments = [moment for _, events in rows for moment in events.values()]
    if not moments:
        return None
    first, last = min(one for one, _ in moments), max(one for one, _ in moments)
    return Timeline(
        first=labels.date(first.date()),
        last=labels.date(last.date()),
        tracks=tuple(_track(row, events, first, last, labels) for row, events in rows if events),
        legend=tuple((status, labels.either("status", status)) for status in STATUSES),
    )


def _events(row: Row) -> dict[str, tuple[dt.datetime, str]]:
    """Status to the time and outlet of its first report."""
    found: dict[str, tuple[dt.datetime, str]] = {}
    for event in _history(row.get("history")):
        found.setdefault(str(event["status"]), (dt.datetime.fromisoformat(event["at"]), str(event["outlet"])))
    return found


def _history(value: object) -> Sequence[Mapping[str, Any]]:
    if not present(value):
        return ()
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return ()
    return read if isinstance(read, list) else ()


def _track(
    row: Row,
    events: Mapping[str, tuple[dt.datetime, str]],
    first: dt.datetime,
    last: dt.datetime,
    labels: Labels,
) -> Track:
    span = (last - first).total_seconds() or 1.0
    spoken = [
        Spoken(
            status=status if status in STATUSES else "alleged",
            place=round(100 * (moment - first).total_seconds() / span, 1),
            text=f"{labels.either('status', status)}: {labels.datetime(moment, zone=False)}, {outlet}",
        )
        for status, (moment, outlet) in sorted(events.items(), key=lambda pair: pair[1])
    ]
    return Track(
        supplier=_party(row["supplier"], labels),
        recipient=_party(row["recipient"], labels),
        item=labels.either("item", row["item"]),
        spoken=tuple(spoken),
    )
