"""Rows as CSV, XLSX and Parquet, written part by part: a table of a million rows takes no more memory than one of ten.

CSV is UTF-8 with a byte order mark, every cell quoted, because spreadsheets read other UTF-8 as a
local charset and turn Arabic or Chinese into noise; in Python read it with `encoding="utf-8-sig"`.
Texts that a spreadsheet would run as a formula get a leading `'` in CSV and XLSX (reliability C3,
OWASP ASVS 1.2.10); `monitor.render.escape.restore` takes it off. Parquet keeps texts as they are,
and types: read it where a program reads.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, Final, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from monitor.render.escape import neutralise
from monitor.report.dictionary import kind_of

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


class Sink(Protocol):
    """A file being written."""

    def write(self, data: bytes, /) -> object:
        """Write further bytes."""
        ...


class CsvTable:
    """A CSV file written part by part: RFC 4180, CRLF, UTF-8 with a byte order mark, every cell quoted."""

    def __init__(self, sink: Sink, columns: Iterable[str]) -> None:
        self._sink = sink
        sink.write(b"\xef\xbb\xbf")
        self._rows([[str(column) for column in columns]])

    def add(self, frame: pd.DataFrame) -> None:
        """Write further rows."""
        self._rows(zip(*(written(frame[column]) for column in frame.columns), strict=True))

    def _rows(self, rows: Iterable[Sequence[str]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
        # a lone surrogate cannot be encoded; normalise removes them, this is the last fence
        self._sink.write(buffer.getvalue().encode("utf-8", "replace"))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A whole table as one CSV file."""
    buffer = io.BytesIO()
    CsvTable(buffer, frame.columns).add(frame)
    return buffer.getvalue()


class ParquetTable:
    """A Parquet file written part by part, texts untouched, times as UTC timestamps of microseconds."""

    def __init__(self, sink: Sink, frame: pd.DataFrame) -> None:
        self._schema = pa.schema([(str(name), _ARROW[kind_of(frame[name])]) for name in frame.columns])
        self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd")

    def add(self, frame: pd.DataFrame) -> None:
        """Write further rows, of the same columns and types."""
        arrays = [_arrow(frame[field.name], field.type) for field in self._schema]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


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


class Workbook:
    """One workbook, a sheet a table, written row by row.

    Texts are string cells only: no formula, no link, no number guessed from text. Heads are frozen and
    filterable. A sheet holds `rows` rows at most; the CSV has all of them.
    """

    def __init__(self, path: str | BinaryIO, *, made: dt.datetime, rows: int) -> None:
        options = {
            # rows go to a file of their own as they come: memory does not grow with them
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "remove_timezone": True,
        }
        self._book = xlsxwriter.Workbook(path, options)
        created = made.astimezone(dt.UTC).replace(tzinfo=None)
        self._book.set_properties({"title": "News monitor", "created": created})
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._formats = {
            "time": self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._limit = min(max(1, rows), ROWS)
        self._sheet: Any = None
        self._rows = 0

    def begin(self, name: str, frame: pd.DataFrame) -> None:
        """A new sheet with the columns of the frame."""
        self._sheet, self._rows = self._book.add_worksheet(name[:31]), 0
        for place, column in enumerate(frame.columns):
            self._sheet.write_string(0, place, str(column), self._head)
            width = {"time": 19, "day": 11, "text": 24}.get(kind_of(frame[column]), 12)
            self._sheet.set_column(place, place, width)
        self._sheet.freeze_panes(1, 0)

    def add(self, frame: pd.DataFrame) -> None:
        """Write further rows into the sheet, as long as it has room."""
        part = frame.head(self._limit - self._rows)
        if part.empty:
            return
        kinds = [kind_of(part[column]) for column in part.columns]
        writers = [_writer(self._sheet, kind, self._formats.get(kind)) for kind in kinds]
        for number, cells in enumerate(zip(*(part[c].tolist() for c in part.columns), strict=True), start=1):
            for place, (value, write) in enumerate(zip(cells, writers, strict=True)):
                plain = _plain(value)
                if plain is not None and not (isinstance(plain, float) and math.isnan(plain)):
                    write(self._rows + number, place, plain)
        self._rows += len(part)

    def end(self, columns: int) -> int:
        """Close the sheet; how many rows it holds."""
        if columns:
            self._sheet.autofilter(0, 0, max(1, self._rows), columns - 1)
        return self._rows

    def close(self) -> None:
        """Write the file."""
        self._book.close()


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
