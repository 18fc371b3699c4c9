"""The rows of the report as CSV, XLSX and Parquet, with a manifest that names each file's SHA-256.

CSV is UTF-8 with a byte order mark, every cell quoted, because spreadsheets read other UTF-8 as a
local charset and turn Arabic or Chinese into noise; in Python read it with `encoding="utf-8-sig"`.
Texts that a spreadsheet would run as a formula get a leading `'` in CSV and XLSX (reliability C3,
OWASP ASVS 1.2.10); `monitor.render.escape.restore` takes it off. Parquet keeps texts as they are,
and types: read it where a program reads.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from monitor.render.escape import neutralise
from monitor.report.dictionary import FILES, kind_of
from monitor.types.report import ReportData

CELL: Final = 32_767  # characters that Excel keeps in a cell
ROWS: Final = 1_048_575  # rows of a sheet below its head
_ARROW: Final = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
    "text": pa.string(),
}


def written(values: pd.Series) -> list[str]:
    """A column as cells of a CSV file: times as ISO 8601 with Z, nothing as an empty cell, no formula."""
    kind = kind_of(values)
    if kind == "time":
        return ["" if text != text else text for text in values.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]  # noqa: PLR0124 - NaN
    cells = [None if absent else value for value, absent in zip(values, values.isna(), strict=True)]
    if kind == "flag":
        return ["" if cell is None else "true" if cell else "false" for cell in cells]
    if kind == "text":
        return ["" if cell is None else neutralise(str(cell)) for cell in cells]
    return ["" if cell is None else str(cell) for cell in cells]


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV (RFC 4180, CRLF), UTF-8 with a byte order mark, every cell quoted."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([str(column) for column in frame.columns])
    writer.writerows(zip(*(written(frame[column]) for column in frame.columns), strict=True))
    # a lone surrogate cannot be encoded; normalise removes them, this is the last fence
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as Parquet, texts untouched, times as UTC timestamps of microseconds."""
    arrays, schema = [], []
    for column in frame.columns:
        kind = _ARROW[kind_of(frame[column])]
        arrays.append(_arrow(frame[column], kind))
        schema.append(pa.field(str(column), kind))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(schema)), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _arrow(values: pd.Series, kind: Any) -> Any:
    if kind == pa.timestamp("us", tz="UTC"):
        values = values.dt.floor("us")
    try:
        return pa.array(values, type=kind, from_pandas=True)
    except UnicodeEncodeError:
        # a lone surrogate cannot be encoded; normalise removes them, this is the last fence
        return pa.array([_plain(value) for value in values], type=kind, from_pandas=True)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.floor("us").to_pydatetime()
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def xlsx_bytes(frames: Mapping[str, pd.DataFrame], data: ReportData) -> tuple[bytes, tuple[str, ...]]:
    """One workbook, a sheet a file, and notes on what did not fit.

    Texts are string cells only: no formula, no link, no number guessed from text. Heads are frozen and
    filterable. A sheet holds `options.xlsx_rows` rows at most; the CSV has all of them.
    """
    buffer, notes = io.BytesIO(), []
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "remove_timezone": True,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {"title": "News monitor", "created": data.generated_at.astimezone(dt.UTC).replace(tzinfo=None)}
    )
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    limit = min(max(1, data.options.xlsx_rows), ROWS)
    for name, frame in frames.items():
        sheet = book.add_worksheet(name[:31])
        _fill(sheet, frame.head(limit), head, formats)
        if len(frame) > limit:
            notes.append(f"report.xlsx: {name} holds {limit} of {len(frame)} rows; {name}.csv has all")
    book.close()
    return buffer.getvalue(), tuple(notes)


def _fill(sheet: Any, frame: pd.DataFrame, head: Any, formats: Mapping[str, Any]) -> None:
    for place, column in enumerate(frame.columns):
        sheet.write_string(0, place, str(column), head)
        kind = kind_of(frame[column])
        write = _writer(sheet, kind, formats.get(kind))
        for row, value in enumerate(frame[column].tolist(), start=1):
            plain = _plain(value)
            if plain is not None and not (isinstance(plain, float) and math.isnan(plain)):
                write(row, place, plain)
        sheet.set_column(place, place, {"time": 19, "day": 11, "text": 24}.get(kind, 12))
    sheet.freeze_panes(1, 0)
    if len(frame.columns):
        sheet.autofilter(0, 0, max(1, len(frame)), len(frame.columns) - 1)


def _writer(sheet: Any, kind: str, form: Any) -> Callable[[int, int, Any], object]:
    """How a cell of this kind is written. Excel counts to 15 digits: longer integers go as text."""
    if kind in {"time", "day"}:
        return lambda row, place, value: sheet.write_datetime(row, place, _naive(value), form)
    if kind == "flag":
        write: Callable[[int, int, Any], object] = sheet.write_boolean
        return write
    if kind in {"integer", "number"}:
        return lambda row, place, value: (
            sheet.write_number(row, place, value)
            if abs(value) < 10**15
            else sheet.write_string(row, place, str(value))
        )
    return lambda row, place, value: sheet.write_string(row, place, neutralise(str(value))[:CELL])


def _naive(value: Any) -> Any:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def manifest(
    files: Mapping[str, bytes], frames: Mapping[str, pd.DataFrame], data: ReportData, notes: tuple[str, ...]
) -> bytes:
    """JSON: window, time, versions, and for each file its SHA-256, size, rows and columns."""
    first, last = data.window
    listed = {}
    for name in sorted(files):
        stem, _, ending = name.rpartition(".")
        entry: dict[str, object] = {
            "sha256": hashlib.sha256(files[name]).hexdigest(),
            "bytes": len(files[name]),
        }
        if stem in frames:
            entry |= {"rows": len(frames[stem]), "columns": [str(column) for column in frames[stem].columns]}
            entry |= {"holds": FILES.get(stem, "")}
        if ending == "csv":
            entry |= {"encoding": "utf-8-sig", "formulas": "neutralised with a leading apostrophe"}
        listed[name] = entry
    content = {
        "format": 1,
        "window": {"from": first.isoformat(), "to": last.isoformat(), "days": "UTC, both included"},
        "generated_at": _iso(data.generated_at),
        "as_of": _iso(data.options.as_of) if data.options.as_of else None,
        "base_url": data.options.base_url or None,
        "versions": dict(sorted(data.versions.items())),
        "notes": list(notes),
        "files": listed,
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
