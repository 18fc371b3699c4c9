"""Exports that a spreadsheet cannot be tricked with, and that read back as what went in."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.render.escape import neutralise, restore
from monitor.report.dictionary import FILES, MEANINGS
from monitor.report.tables import CsvTable, ParquetTable
from monitor.types.report import VIEW_COLUMNS
from tests import report_rows

FORMULAS = (
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    " =1+1",
    "＝1+1",
    "\r=1",
    "'=1",
    "﻿=1",
)
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def with_formulas() -> dict[str, bytes]:
    content = report_rows.rows()
    for row, formula in zip(content["entries"], FORMULAS, strict=False):
        row |= {"title": formula, "outlet": formula}
    return report_rows.files(content)


def read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_no_cell_of_a_csv_starts_a_formula_and_each_can_be_restored() -> None:
    files = with_formulas()
    for name, raw in files.items():
        if name.endswith(".csv"):
            assert not [cell for row in read_csv(raw) for cell in row if cell.startswith(TRIGGERS)], name
    head, *rows = read_csv(files["entries.csv"])
    titles = [restore(row[head.index("title")]) for row in rows]
    assert set(FORMULAS) <= set(titles)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link() -> None:
    book = openpyxl.load_workbook(io.BytesIO(with_formulas()["report.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert not [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(TRIGGERS)]


def test_the_workbook_has_a_sheet_a_table_with_frozen_heads_and_typed_cells() -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_rows.files()["report.xlsx"]))
    assert book.sheetnames == [*FILES, "data_dictionary"]
    sheet = book["entries"]
    assert sheet.freeze_panes == "A2"
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    assert first["entry_id"] == 1 and first["effective_at"].year == 2026
    assert first["title"] == "Island navy takes delivery of four patrol boats"


def test_a_sheet_that_is_cut_is_noted() -> None:
    files = report_rows.files(report=report_rows.data(xlsx_rows=3), part=2)
    notes = json.loads(files["manifest.json"])["notes"]
    assert "report.xlsx: entries holds 3 of 19 rows; entries.csv has all" in notes
    assert len(read_csv(files["entries.csv"])) == 20
    sheet = openpyxl.load_workbook(io.BytesIO(files["report.xlsx"]))["entries"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [1, 2, 3]


def test_a_table_is_the_same_however_it_comes() -> None:
    whole, parts = report_rows.files(part=1000), report_rows.files(part=2)
    for name, raw in whole.items():
        if name.endswith(".csv"):
            assert parts[name] == raw, name
        elif name.endswith(".parquet"):
            first, second = (pq.read_table(io.BytesIO(files[name])) for files in (whole, parts))
            assert first.equals(second), name


def test_csv_opens_in_a_spreadsheet_with_its_letters_whole() -> None:
    raw = report_rows.files()["entries.csv"]
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    titles = pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig")["title"]
    assert {"财政部宣布新一轮制裁名单", "وزارت خارجه ارسال مهمات را تکذیب کرد"} <= set(titles)


def test_parquet_keeps_types_and_texts_untouched() -> None:
    table = pq.read_table(io.BytesIO(with_formulas()["entries.parquet"]))
    assert str(table.schema.field("effective_at").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("entry_id").type) == "int64"
    assert set(FORMULAS) <= set(table["title"].to_pylist())


@pytest.mark.parametrize("empty", [True, False])
def test_every_table_comes_as_csv_and_parquet_with_the_same_columns(empty: bool) -> None:
    nothing = {name: [] for name in report_rows.rows()}
    files = report_rows.files(nothing if empty else None)
    for name in FILES:
        head = read_csv(files[f"{name}.csv"])[0]
        assert pq.read_schema(io.BytesIO(files[f"{name}.parquet"])).names == head
    assert set(VIEW_COLUMNS) <= set(FILES)


def test_the_manifest_names_every_other_file_with_its_hash() -> None:
    files = report_rows.files()
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    for name, listed in manifest["files"].items():
        assert listed["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert listed["bytes"] == len(files[name])
    assert manifest["files"]["entries.csv"]["rows"] == 19
    assert manifest["window"]["from"] == "2026-11-09" and manifest["versions"]["taxonomy"] == "2026.1"


def test_the_data_dictionary_explains_every_column_of_the_contract() -> None:
    rows = read_csv(report_rows.files()["data_dictionary.csv"])
    explained = {(row[0], row[1]) for row in rows[1:] if row[4]}
    for name, columns in VIEW_COLUMNS.items():
        for column in columns:
            assert (name, column) in explained and column in MEANINGS


def test_columns_that_do_not_add_up_are_marked() -> None:
    rows = read_csv(report_rows.files()["data_dictionary.csv"])
    marks = {(row[0], row[1]): row[3] for row in rows}
    assert marks["topics_daily", "stories"] == "no" and marks["topics_daily", "share"] == "no"
    assert marks["coverage_daily", "entries"] == "yes" and marks["entries", "title"] == ""


def test_file_names_are_plain() -> None:
    for name in report_rows.files():
        assert name.replace(".", "").replace("_", "").isalnum() and name.isascii()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(texts)
@settings(deadline=None)
def test_a_neutralised_text_is_restored_exactly_and_starts_no_formula(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).lstrip().startswith(TRIGGERS)


@given(st.lists(texts, max_size=8))
@settings(deadline=None)
def test_any_text_survives_csv_and_parquet(values: list[str]) -> None:
    frame = pd.DataFrame({"title": pd.Series(values, dtype="object")})
    binary, text = io.BytesIO(), io.BytesIO()
    columns = ParquetTable(binary, frame)
    columns.add(frame)
    columns.close()
    assert pq.read_table(io.BytesIO(binary.getvalue()))["title"].to_pylist() == values
    CsvTable(text, frame.columns).add(frame)
    cells = [restore(row[0]) for row in read_csv(text.getvalue())[1:]]
    assert cells == list(values)
