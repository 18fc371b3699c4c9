"""The files of the report: the page, and beside it every table as it comes, part by part."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, Final

import pandas as pd

from monitor.report import trends
from monitor.report.dictionary import FILES, describe
from monitor.report.html import render, topic_order
from monitor.report.reading import read, typed
from monitor.report.tables import CsvTable, ParquetTable, Workbook
from monitor.types.report import ReportData

PAGE: Final = "report.html"
BESIDE: Final[Mapping[str, str]] = {
    **{f"{name}.csv": holds for name, holds in FILES.items()},
    "report.xlsx": "all of these in one workbook",
    "data_dictionary.csv": "what each column means, and which do not add up",
    "manifest.json": "versions, window and the SHA-256 of each file",
}
"""File to what it holds, as the page lists them."""


def build_page(data: ReportData, *, alone: bool = False) -> bytes:
    """`report.html`: pure, the same data gives the same bytes. `alone`: no tables are written beside it."""
    return render(data, read(data), {} if alone else BESIDE).encode("utf-8", "replace")


def attention_tables(data: ReportData) -> dict[str, pd.DataFrame]:
    """The curves of the page as tables."""
    reading = read(data)
    topics = topic_order(data, reading)
    window = [trends.by_dimension(reading, dimension, topics) for dimension in trends.DIMENSIONS]
    return {
        "attention_daily": trends.daily(reading, topics),
        "attention_window": pd.concat(window, ignore_index=True),
    }


class _Hashed:
    """A file that counts and hashes what is written to it."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink, self._hash, self.size = sink, hashlib.sha256(), 0
        self.closed = False

    def write(self, data: bytes, /) -> int:
        """Write and count."""
        self._sink.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The file belongs to who opened it."""

    def facts(self) -> dict[str, object]:
        """What the manifest says of the file."""
        return {"sha256": self._hash.hexdigest(), "bytes": self.size}


Open = Callable[[str], BinaryIO]
"""Opens a file of the report by its name, to be written."""


class Tables:
    """Writes the tables of a report, each as CSV, Parquet and a sheet, then dictionary, workbook and manifest.

    Names are those of `monitor.report.dictionary.FILES`, given in that order. No table is held in memory: `chunks`
    are written as they come; at least one comes, if only with columns.
    """

    def __init__(self, open_file: Open, *, made: dt.datetime, xlsx_rows: int) -> None:
        self._open = open_file
        self._files: dict[str, dict[str, object]] = {}
        self._heads: dict[str, pd.DataFrame] = {}
        self._book_file = open_file("report.xlsx")
        self._book = Workbook(self._book_file, made=made, rows=xlsx_rows)
        self.notes: list[str] = []

    def add(self, name: str, chunks: Iterable[pd.DataFrame]) -> int:
        """Write one table; how many rows it has."""
        return self._write(name, chunks, parquet=True)

    def page(self, content: bytes) -> None:
        """The page itself, for the manifest."""
        sink = _Hashed(self._open(PAGE))
        sink.write(content)
        self._files[PAGE] = sink.facts()

    def finish(self, data: ReportData) -> None:
        """Write what describes the tables."""
        self._write("data_dictionary", [describe(self._heads)], parquet=False)
        self._book.close()
        self._book_file.seek(0)
        sink = hashlib.sha256()
        size = 0
        while part := self._book_file.read(1 << 20):
            sink.update(part)
            size += len(part)
        self._files["report.xlsx"] = {"sha256": sink.hexdigest(), "bytes": size}
        self._open("manifest.json").write(manifest(self._files, data, tuple(self.notes)))

    def _write(self, name: str, chunks: Iterable[pd.DataFrame], *, parquet: bool) -> int:
        text = _Hashed(self._open(f"{name}.csv"))
        binary = _Hashed(self._open(f"{name}.parquet")) if parquet else None
        table: CsvTable | None = None
        rows = 0
        columns: ParquetTable | None = None
        for chunk in chunks:
            frame = typed(chunk)
            if table is None:
                table = CsvTable(text, frame.columns)
                self._heads[name] = frame.head(0)
                self._book.begin(name, frame)
                columns = ParquetTable(binary, frame) if binary is not None else None
            table.add(frame)
            self._book.add(frame)
            if columns is not None:
                columns.add(frame)
            rows += len(frame)
        if table is None:
            raise ValueError(f"{name} came without columns")
        self._end(name, rows, columns)
        self._note(name, text, binary, rows)
        return rows

    def _end(self, name: str, rows: int, columns: ParquetTable | None) -> None:
        if columns is not None:
            columns.close()
        kept = self._book.end(len(self._heads[name].columns))
        if kept < rows:
            self.notes.append(f"report.xlsx: {name} holds {kept} of {rows} rows; {name}.csv has all")

    def _note(self, name: str, text: _Hashed, binary: _Hashed | None, rows: int) -> None:
        shape = {
            "rows": rows,
            "columns": [str(column) for column in self._heads[name].columns],
            "holds": FILES.get(name, BESIDE.get(f"{name}.csv", "")),
        }
        encoding = {"encoding": "utf-8-sig", "formulas": "neutralised with a leading apostrophe"}
        self._files[f"{name}.csv"] = text.facts() | shape | encoding
        if binary is not None:
            self._files[f"{name}.parquet"] = binary.facts() | shape


def manifest(files: Mapping[str, Mapping[str, object]], data: ReportData, notes: tuple[str, ...]) -> bytes:
    """JSON: window, time, versions, and for each file its SHA-256, size, rows and columns."""
    first, last = data.window
    content = {
        "format": 1,
        "window": {"from": first.isoformat(), "to": last.isoformat(), "days": "UTC, both included"},
        "generated_at": _iso(data.generated_at),
        "as_of": _iso(data.options.as_of) if data.options.as_of else None,
        "base_url": data.options.base_url or None,
        "versions": dict(sorted(data.versions.items())),
        "notes": list(notes),
        "files": dict(sorted(files.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
