"""`build_report`: rows of the views in, every file of the report out."""

from __future__ import annotations

import pandas as pd

from monitor.report import trends
from monitor.report.dictionary import FILES, describe
from monitor.report.html import render, topic_order
from monitor.report.reading import Reading, read, typed
from monitor.report.tables import csv_bytes, manifest, parquet_bytes, xlsx_bytes
from monitor.types.report import ReportData, ReportFiles


def build_report(data: ReportData) -> ReportFiles:
    """Make the report: pure, the same data gives the same bytes.

    Files: `report.html`; of each table `<name>.csv` and `<name>.parquet` (names in
    `monitor.report.dictionary.FILES`); `report.xlsx` with a sheet each; `data_dictionary.csv`;
    `manifest.json` with the SHA-256 of all others.
    """
    reading = read(data)
    frames = _frames(data, reading)
    files: dict[str, bytes] = {}
    for name, frame in frames.items():
        files[f"{name}.csv"] = csv_bytes(frame)
        files[f"{name}.parquet"] = parquet_bytes(frame)
    dictionary = describe(frames)
    files["data_dictionary.csv"] = csv_bytes(dictionary)
    book, notes = xlsx_bytes({**frames, "data_dictionary": dictionary}, data)
    files["report.xlsx"] = book
    beside = {f"{name}.csv": FILES[name] for name in frames}
    beside["report.xlsx"] = "all of these in one workbook"
    beside["data_dictionary.csv"] = "what each column means, and which do not add up"
    beside["manifest.json"] = "versions, window and the SHA-256 of each file"
    files["report.html"] = render(data, reading, beside).encode("utf-8", "replace")
    files["manifest.json"] = manifest(files, frames, data, notes)
    return ReportFiles(files=files, notes=notes)


def _frames(data: ReportData, reading: Reading) -> dict[str, pd.DataFrame]:
    topics = topic_order(data, reading)
    window = [trends.by_dimension(reading, dimension, topics) for dimension in trends.DIMENSIONS]
    made = {
        "attention_daily": trends.daily(reading, topics),
        "attention_window": pd.concat(window, ignore_index=True),
    }
    frames = {name: typed(frame) for name, frame in (made | data.frames()).items()}
    return {name: frames[name] for name in FILES}
