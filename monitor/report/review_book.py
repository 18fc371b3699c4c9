"""Claims, citations and tags as a workbook for a person to decide in, and the decisions read back from it.

A row has what was found, then `verdict` (confirm, reject, correct, open) and `reason`; a claim is corrected in its own
cells. Texts are string cells: no formula goes out, and a cell that holds one is refused when it comes back.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zipfile import BadZipFile

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from monitor.group.corrections import read_values
from monitor.render.escape import neutralise, restore
from monitor.types.review import ReviewRow, Verdict, VerdictWord

WORDS: Final[Mapping[str, VerdictWord]] = {
    "confirm": "confirmed", "reject": "rejected", "correct": "corrected", "open": "open",
}  # fmt: skip
CELL: Final = 32_767
MOST_ROWS: Final = 200_000
_LISTS = ("supplier", "recipient", "via", "items")
_EDITED = (*_LISTS, "quantity_min", "quantity_max", "unit", "period", "status", "speaker")

#: Columns of each sheet; those of claims that may be corrected are `_EDITED`.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "claims": (
        "uid", "outlet", "published_at", "language", "evidence", *_EDITED, "confidence", "root_outlet", "url",
        "decision", "verdict", "reason",
    ),
    "citations": (
        "uid", "outlet", "published_at", "cited_as", "cited_outlet", "corrected_to", "rule", "root_outlet", "title",
        "url", "decision", "verdict", "reason",
    ),
    "tags": (
        "uid", "outlet", "published_at", "topic", "accepted", "score", "rules", "title", "url", "decision",
        "verdict", "reason",
    ),
}  # fmt: skip
_WIDTHS = {"evidence": 60, "title": 50, "reason": 40, "uid": 34, "url": 30}
_HELP = (
    "Write confirm, reject, correct or open (takes an earlier decision back) under `verdict`, and why under `reason`.",
    "To correct a claim, change its own cells (lists with commas) and write correct.",
    "To correct a citation, write the right name under `corrected_to` and write correct.",
    "Rows without a verdict change nothing. Leave `uid` as it is. Then: monitor review import FILE.xlsx",
)


def review_book(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """The workbook of these frames, a sheet each; columns as in `COLUMNS`, those that a frame lacks are empty."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        },
    )  # fmt: skip
    head = book.add_format({"bold": True, "bottom": 1})
    open_cell = book.add_format({"bg_color": "#FFF7DB"})
    guide = book.add_worksheet("how to")
    for row, line in enumerate(_HELP):
        guide.write_string(row, 0, line)
    for name, columns in COLUMNS.items():
        _sheet(book.add_worksheet(name), frames[name], columns, head, open_cell)
    book.close()
    return buffer.getvalue()


def _sheet(sheet: Any, frame: pd.DataFrame, columns: Sequence[str], head: Any, open_cell: Any) -> None:
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
        sheet.set_column(place, place, _WIDTHS.get(column, 14))
    for number, row in enumerate(frame.to_dict("records"), start=1):
        for place, column in enumerate(columns):
            text = _cell(row.get(column))
            if column in ("verdict", "reason", "corrected_to"):
                sheet.write_blank(number, place, None, open_cell)
            elif text:
                sheet.write_string(number, place, neutralise(text)[:CELL])
    last = max(1, len(frame))
    place = columns.index("verdict")
    sheet.data_validation(1, place, last, place, {"validate": "list", "source": list(WORDS)})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _cell(value: Any) -> str:
    """A value as a person writes it: lists with commas, whole numbers whole, nothing as nothing."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str) and value.startswith("["):
        try:
            return ", ".join(map(str, json.loads(value)))
        except ValueError:
            return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.3f}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, pd.Timestamp) else str(value)


def read_review(body: bytes, known: Mapping[str, Mapping[str, object]]) -> Iterator[ReviewRow]:
    """The decisions of a workbook, and what is wrong with its rows. ValueError where it is no such workbook.

    `known`: claims by uid as they stand, to see which cells a person changed.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"this is no workbook that can be read ({error}); `monitor review export` writes one"
        ) from error
    sheets = [name for name in COLUMNS if name in book.sheetnames]
    if not sheets:
        raise ValueError(
            f"there is no sheet named {', '.join(COLUMNS)}: export one with `monitor review export`"
        )
    for name in sheets:
        yield from _rows(name, book[name], known)


def _rows(name: str, sheet: Any, known: Mapping[str, Mapping[str, object]]) -> Iterator[ReviewRow]:
    rows = sheet.iter_rows(max_row=MOST_ROWS)
    head = [str(cell.value or "").strip() for cell in next(rows, ())]
    lacking = [column for column in ("uid", "verdict") if column not in head]
    if lacking:
        yield ReviewRow(sheet=name, row=1, problem=f"there is no column {' or '.join(lacking)}")
        return
    for number, cells in enumerate(rows, start=2):
        values = {column: cell for column, cell in zip(head, cells, strict=False) if column}
        formula = [column for column, cell in values.items() if cell.data_type == "f"]
        said = {column: _text(cell.value) for column, cell in values.items()}
        if not said["verdict"]:
            continue
        if formula:
            yield ReviewRow(sheet=name, row=number, problem=f"{formula[0]} holds a formula: write its value")
            continue
        try:
            yield ReviewRow(sheet=name, row=number, verdict=_verdict(name, said, known))
        except ValueError as error:
            yield ReviewRow(sheet=name, row=number, problem=str(error))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return restore(str(value).strip())


def _verdict(sheet: str, said: Mapping[str, str], known: Mapping[str, Mapping[str, object]]) -> Verdict:
    word = WORDS.get(said["verdict"].casefold())
    if word is None:
        raise ValueError(f"{said['verdict']!r} is no verdict: write {', '.join(WORDS)}")
    uid, reason = said["uid"], said.get("reason", "")
    if sheet == "claims":
        return Verdict(
            kind="claim", key=uid, word=word, reason=reason, values=_changed(uid, word, said, known)
        )
    if sheet == "tags":
        if word == "corrected":
            raise ValueError("a tag is confirmed or rejected: there is nothing to correct in it")
        return Verdict(kind="topic", key=f"{uid}:{said.get('topic', '')}", word=word, reason=reason)
    right = said.get("corrected_to", "")
    if (word == "corrected") != bool(right):
        raise ValueError("`corrected_to` and the verdict `correct` go together")
    values = {"cited": right} if right else {}
    return Verdict(
        kind="citation", key=f"{uid}:{said.get('cited_outlet', '')}", word=word, reason=reason, values=values
    )


def _changed(
    uid: str, word: VerdictWord, said: Mapping[str, str], known: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    stored = known.get(uid)
    if stored is None:
        if word == "corrected":
            raise ValueError(f"there is no claim {uid}")
        return {}
    before = {name: _cell(stored.get(name)) for name in _EDITED}
    edited = {name: said[name] for name in _EDITED if name in said and said[name] != before[name].strip()}
    if word != "corrected" and edited:
        raise ValueError(f"{', '.join(edited)} changed, but the verdict is not `correct`")
    if word == "corrected" and not edited:
        raise ValueError("the verdict is `correct`, but no cell changed")
    return read_values(edited)
