"""The matrix of flows and the timeline of words."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest

from monitor.render.labels import READER_LANGUAGES, Labels
from monitor.report.who_arms_whom import MATRIX, matrix, timeline
from monitor.types.report import ReportData, empty_frame

NOW = dt.datetime(2026, 3, 5, 8, 0, tzinfo=dt.UTC)


def flow(supplier: str, recipient: str, item: str = "drones", **values: Any) -> dict[str, Any]:
    made = {"supplier": supplier, "recipient": recipient, "item": item, "first_at": NOW, "last_at": NOW,
            "clusters": 1, "roots": 1, "denials": 0, "confirmations": 0, "status": "alleged"}  # fmt: skip
    return made | values


def data(flows: list[dict[str, Any]], ledger: list[dict[str, Any]] | None = None) -> ReportData:
    frames = {"flows": pd.DataFrame(flows) if flows else empty_frame("flows")}
    if ledger:
        frames["ledger"] = pd.DataFrame(ledger)
    return ReportData(generated_at=NOW, window=(NOW.date(), NOW.date()), **frames)  # type: ignore[arg-type]


def event(status: str, hours: float, outlet: str) -> dict[str, Any]:
    return {"at": (NOW + dt.timedelta(hours=hours)).isoformat(), "status": status, "outlet": outlet}


def line(*events: dict[str, Any], **values: Any) -> dict[str, Any]:
    row = dict.fromkeys(empty_frame("ledger").columns, None) | {
        "supplier": "KP", "recipient": "RU", "item": "drones", "status": "denied", "changed_at": NOW,
        "history": json.dumps(events),
    }  # fmt: skip
    return row | values


def test_cells_hold_the_flows_between_a_supplier_and_a_recipient() -> None:
    found = matrix(
        data([flow("KP", "RU", clusters=2, status="denied"), flow("KP", "RU", "tanks"), flow("", "SD")]),
        Labels(),
    )
    assert found is not None
    assert found.recipients == ("Russia", "Sudan")
    (first, cells), (second, others) = found.rows
    assert (first, second) == ("North Korea", "not stated")
    assert [(mark.item, mark.status, mark.happenings) for mark in cells[0]] == [
        ("drones", "denied", "2"),
        ("tanks", "alleged", "1"),
    ]
    assert (cells[1], len(others[1])) == ((), 1)


def test_a_matrix_stays_readable_and_says_what_is_left() -> None:
    rows = [flow(f"Group {number:02}", "SD", clusters=50 - number) for number in range(MATRIX + 3)]
    found = matrix(data(rows), Labels())
    assert found is not None
    assert (len(found.rows), found.left) == (MATRIX, 3)
    assert matrix(data([]), Labels()) is None


def test_a_track_has_the_first_of_each_word_in_its_place() -> None:
    told = [event("alleged", 0, "Courier"), event("alleged", 1, "Wire"), event("denied", 10, "Beacon")]
    found = timeline(data([], [line(*told), line(event("confirmed", 5, "Pulpit"), item="tanks")]), Labels())
    assert found is not None
    first, second = found.tracks
    assert [(spot.status, spot.place) for spot in first.spoken] == [("alleged", 0.0), ("denied", 100.0)]
    assert first.spoken[0].text.startswith("alleged: 5 Mar 2026, 08:00, Courier")
    assert [(spot.status, spot.place) for spot in second.spoken] == [("confirmed", 50.0)]


@pytest.mark.parametrize("history", [None, "no json", "{}", float("nan")])
def test_a_line_without_a_history_has_no_track(history: object) -> None:
    assert timeline(data([], [line(history=history)]), Labels()) is None


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_the_section_is_named_in_every_language(language: str) -> None:
    labels = Labels(language=language)
    assert labels.word("who_arms_whom") != Labels().word("who_arms_whom") or language == "en"
    assert labels.word("claims_timeline")
