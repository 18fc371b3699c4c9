"""The workbook of decisions, both ways."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest

from monitor.report.review_book import COLUMNS, read_review, review_book
from monitor.types.review import ReviewRow

CLAIM = {
    "uid": "c1", "outlet": "=HYPERLINK(evil)", "evidence": "A convoy", "supplier": '["KP"]', "recipient": '["SD"]',
    "via": "[]", "items": '["drones"]', "quantity_min": 40.0, "quantity_max": float("nan"), "unit": "", "period": "",
    "status": "alleged", "speaker": "+1 officer", "confidence": 0.9,
}  # fmt: skip


def book() -> bytes:
    frames = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    frames["claims"] = pd.DataFrame([CLAIM, CLAIM | {"uid": "c2"}])
    frames["citations"] = pd.DataFrame([{"uid": "e1", "cited_as": "Kurier", "cited_outlet": "Kurier"}])
    frames["tags"] = pd.DataFrame([{"uid": "e1", "topic": "nuclear", "accepted": True, "rules": '["a","b"]'}])
    return review_book(frames)


def filled(changes: dict[tuple[str, int, str], Any]) -> list[ReviewRow]:
    """The rows read from the workbook after a person filled cells: (sheet, row, column) to value."""
    workbook = openpyxl.load_workbook(io.BytesIO(book()))
    for (sheet, row, column), value in changes.items():
        place = COLUMNS[sheet].index(column) + 1
        workbook[sheet].cell(row=row, column=place).value = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return list(read_review(buffer.getvalue(), {"c1": CLAIM, "c2": CLAIM}))


def test_nothing_filled_in_decides_nothing() -> None:
    assert filled({}) == []


def test_no_cell_is_a_formula() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book()))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    texts = {cell.value for cell in cells}
    assert "'=HYPERLINK(evil)" in texts
    assert "'+1 officer" in texts


def test_verdicts_are_read_with_their_reason() -> None:
    rows = filled({
        ("claims", 2, "verdict"): "Reject", ("claims", 2, "reason"): "that is a museum",
        ("citations", 2, "verdict"): "correct", ("citations", 2, "corrected_to"): "The Courier",
        ("tags", 2, "verdict"): "confirm",
    })  # fmt: skip
    found = [
        (row.verdict.kind, row.verdict.key, row.verdict.word, dict(row.verdict.values))
        for row in rows
        if row.verdict
    ]
    assert found == [
        ("claim", "c1", "rejected", {}),
        ("citation", "e1:Kurier", "corrected", {"cited": "The Courier"}),
        ("topic", "e1:nuclear", "confirmed", {}),
    ]
    assert rows[0].verdict is not None
    assert rows[0].verdict.reason == "that is a museum"


def test_a_claim_is_corrected_in_its_own_cells() -> None:
    [row] = filled({
        ("claims", 3, "verdict"): "correct", ("claims", 3, "items"): "drones, tanks", ("claims", 3, "quantity_max"): 50,
    })  # fmt: skip
    assert row.verdict is not None
    assert row.verdict.values == {"items": ("drones", "tanks"), "quantity_max": 50}


@pytest.mark.parametrize(
    ("changes", "row", "problem"),
    [
        ({("claims", 2, "verdict"): "perhaps"}, 2, "no verdict"),
        ({("claims", 3, "verdict"): "confirm", ("claims", 3, "supplier"): "IR"}, 3, "supplier changed"),
        ({("claims", 3, "verdict"): "correct"}, 3, "no cell changed"),
        ({("claims", 2, "verdict"): "correct", ("claims", 2, "items"): "pears"}, 2, "class of items"),
        ({("claims", 2, "verdict"): "reject", ("claims", 2, "reason"): "=1+1"}, 2, "formula"),
        ({("citations", 2, "verdict"): "correct"}, 2, "corrected_to"),
        ({("tags", 2, "verdict"): "correct"}, 2, "nothing to correct"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_number(
    changes: dict[tuple[str, int, str], Any], row: int, problem: str
) -> None:
    [found] = filled(changes)
    assert (found.row, found.verdict) == (row, None)
    assert problem in found.problem


@pytest.mark.parametrize("body", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_said(body: bytes) -> None:
    with pytest.raises(ValueError, match="no workbook"):
        list(read_review(body, {}))
