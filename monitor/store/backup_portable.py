"""Portable backups: a zip of JSON lines, one file a table, from one snapshot; for either database."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from monitor.errors import StoreError
from monitor.store import migrate
from monitor.store.columns import JsonText, UtcDateTime, dumps
from monitor.store.engine import connect, display, parse_url
from monitor.store.tables import (
    BATCH,
    Sum,
    batches,
    columns,
    refuse_data,
    refuse_difference,
    set_sequences,
    snapshot,
    tables,
    unhurried,
    without_references,
    writer,
)
from monitor.types.backup import Progress, TableSum

MANIFEST = "manifest.json"
FORMAT = "news-monitor portable backup 1"


def write(url: URL, part: Path, revision: str, now: dt.datetime, progress: Progress) -> dict[str, int]:
    """Write all tables of a database of this revision to a file, and read it back; rows by table."""
    engine = connect(url, read_only=True)
    sums: dict[str, TableSum] = {}
    try:
        with snapshot(engine) as connection, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
            for table in tables():
                sums[table.name] = _write_table(connection, table, file, progress)
            said = {
                "format": FORMAT,
                "revision": revision,
                "at": now,
                "tables": {name: {"rows": one.rows, "digest": one.digest} for name, one in sums.items()},
                "columns": {table.name: [column.name for column in columns(table)] for table in tables()},
            }
            file.writestr(MANIFEST, dumps(said))
    finally:
        engine.dispose()
    with zipfile.ZipFile(part) as file:
        damaged = file.testzip()
    if damaged is not None:
        raise StoreError(f"{damaged} was not written well: is the disk sound?")
    return {name: one.rows for name, one in sums.items()}


def _write_table(
    connection: Connection, table: sa.Table, file: zipfile.ZipFile, progress: Progress
) -> TableSum:
    tally = Sum()
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as raw:
        for rows in batches(connection, table):
            tally.add(rows)
            for row in rows:
                raw.write((dumps([_json(value) for value in row]) + "\n").encode("utf-8"))
            progress(f"write {table.name}", tally.result().rows)
    return tally.result()


def _json(value: Any) -> Any:
    return (
        {"base64": base64.b64encode(bytes(value)).decode()}
        if isinstance(value, (bytes, memoryview))
        else value
    )


def restore(url: str, path: Path, now: dt.datetime, progress: Progress) -> None:
    """Migrate an absent or empty database and fill it, compared by sums. StoreError where anything differs."""
    try:
        with zipfile.ZipFile(path) as file:
            said = json.loads(file.read(MANIFEST))
            if said.get("format") != FORMAT:
                raise StoreError(f"{path} is a zip, but no backup", hint="give a file of `monitor db backup`")
            if said["revision"] != migrate.head():
                raise StoreError(
                    f"{path} is of revision {said['revision']}, this program writes {migrate.head()}",
                    hint="restore it with the version of the program that wrote it, then upgrade",
                )
            migrate.upgrade(url, now=now)
            _load(parse_url(url), file, said, progress)
    except (zipfile.BadZipFile, KeyError, ValueError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} is damaged: {error}") from error


def _load(url: URL, file: zipfile.ZipFile, said: dict[str, Any], progress: Progress) -> None:
    sums = {name: TableSum(**one) for name, one in said["tables"].items()}
    engine = connect(url, foreign_keys=False)
    try:
        with engine.execution_options(immediate=True).begin() as connection:
            unhurried(connection)
            refuse_data(connection, display(url))
            with without_references(connection):
                for table in tables():
                    if said["columns"].get(table.name) != [column.name for column in columns(table)]:
                        raise StoreError(f"the backup's table {table.name} has other columns")
                    _read_table(connection, table, file, progress)
            set_sequences(connection)
            refuse_difference(connection, sums, progress)
    finally:
        engine.dispose()


def _read_table(connection: Connection, table: sa.Table, file: zipfile.ZipFile, progress: Progress) -> None:
    into, done = writer(connection, table), 0
    kinds = [column.type for column in columns(table)]
    batch: list[tuple[Any, ...]] = []
    with file.open(f"{table.name}.jsonl") as raw:
        for line in io.TextIOWrapper(raw, "utf-8", newline="\n"):
            row = json.loads(line)
            batch.append(tuple(_value(value, kind) for value, kind in zip(row, kinds, strict=True)))
            if len(batch) == BATCH:
                into.write(batch)
                done += len(batch)
                batch = []
                progress(f"read {table.name}", done)
    into.write(batch)


def _value(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    if value is None or isinstance(kind, JsonText):
        return value
    if isinstance(kind, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    return base64.b64decode(value["base64"]) if isinstance(kind, sa.LargeBinary) else value
