"""Backup, restore, and the move of a database to another address.

SQLite    its own backup interface: a consistent copy while workers go on
PostgreSQL  pg_dump where it is installed and fits the server
portable  a zip of JSON lines, one file a table, from one snapshot: for either database
A file is complete when it has its name: it is written beside it first, and checked.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from monitor.errors import StoreError
from monitor.store import migrate
from monitor.store.columns import JsonText, UtcDateTime, dumps
from monitor.store.engine import connect, display, parse_url, path_of
from monitor.store.tables import (
    BATCH,
    Sum,
    batches,
    columns,
    refuse_data,
    refuse_difference,
    set_sequences,
    tables,
    transfer,
    without_references,
    writer,
)
from monitor.types.backup import BackupResult, Progress, TableSum, no_progress

MANIFEST = "manifest.json"
FORMAT = "news-monitor portable backup 1"


def backup(
    url: str, path: Path, *, now: dt.datetime, portable: bool = False, progress: Progress = no_progress
) -> BackupResult:
    """Write a backup of a database at the head, check it, give it its name. StoreError if the name is taken."""
    if path.exists():
        raise StoreError(f"{path} is there already", hint="name another file: a backup is never written over")
    revision, parsed = migrate.check(url), parse_url(url)
    if portable or (path_of(parsed) is None and pg_tool("pg_dump", parsed) is None):
        with _written(path) as part:
            kind, counts = "portable", _backup_portable(parsed, part, revision, now, progress)
    else:
        kind, counts = write_file(parsed, path)
    return BackupResult(path=path, kind=kind, revision=revision, size=path.stat().st_size, tables=counts)


def write_file(url: URL, path: Path) -> tuple[str, dict[str, int]]:
    """Back up a database of any revision by its own means, to a new file; (kind, rows by table)."""
    source = path_of(url)
    with _written(path) as part:
        if source is not None:
            return "sqlite", _backup_sqlite(source, part)
        return "pg_dump", _backup_postgresql(url, part)


def size_of(url: str) -> int:
    """Bytes that a database takes."""
    parsed = parse_url(url)
    path = path_of(parsed)
    if path is not None:
        return path.stat().st_size
    engine = connect(parsed, read_only=True)
    try:
        with engine.connect() as connection:
            return int(
                connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
            )
    finally:
        engine.dispose()


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """A file to write, for its owner only (it holds recipients' addresses); it gets its name when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600)
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, path: Path, *, now: dt.datetime, progress: Progress = no_progress) -> tuple[str, str]:
    """Restore a backup of any kind into a database that is absent or empty, and migrate it; (kind, revision).

    StoreError, and nothing changed, where the file is damaged, or the database holds data.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(16)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    parsed = parse_url(url)
    if magic == b"SQLite format 3\x00":
        kind = "sqlite"
        _restore_sqlite(parsed, path)
    elif magic.startswith(b"PGDMP"):
        kind = "pg_dump"
        _restore_postgresql(parsed, path)
    elif magic.startswith(b"PK"):
        kind = "portable"
        _restore_portable(url, path, now, progress)
    else:
        raise StoreError(f"{path} is no backup", hint="give a file that `monitor db backup` wrote")
    migrate.upgrade(url, now=now)
    return kind, migrate.check(url)


def copy(url: str, to: str, *, now: dt.datetime, progress: Progress = no_progress) -> dict[str, int]:
    """Copy a database to another address of either kind, compare both, and return the rows by table.

    The target is made, or must be empty. All in one transaction: where anything differs, nothing is kept.
    """
    migrate.check(url)
    migrate.refuse_while_leased(url, now)
    migrate.upgrade(to, now=now)
    source, target = connect(parse_url(url), read_only=True), connect(parse_url(to), foreign_keys=False)
    try:
        with snapshot(source) as reading, target.execution_options(immediate=True).begin() as writing:
            _unhurried(writing)
            refuse_data(writing, display(parse_url(to)))
            sums = transfer(reading, writing, progress)
            refuse_difference(writing, sums, progress)
    finally:
        source.dispose()
        target.dispose()
    return {name: one.rows for name, one in sums.items()}


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[Connection]:
    """One reading transaction that sees the database as it is now, however long it takes."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        _unhurried(connection)
        yield connection


def _unhurried(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))


# SQLite


def _backup_sqlite(source: Path, target: Path) -> dict[str, int]:
    with closing(sqlite3.connect(str(source))) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing, pages=2000, sleep=0.01)
        return _checked_sqlite(writing, target)


def _checked_sqlite(connection: sqlite3.Connection, path: Path) -> dict[str, int]:
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            raise StoreError(f"{path} is damaged: {answer}")
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        names = [table.name for table in tables() if table.name in there]
        return {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 -- our own names
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is damaged: {error}") from error


def _restore_sqlite(url: URL, path: Path) -> None:
    target = path_of(url)
    if target is None:
        raise StoreError(
            f"{path} is an SQLite database, {display(url)} is not",
            hint="restore it to a file (MONITOR_DATABASE_URL), then: monitor db copy --to URL",
        )
    _refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600)
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(part)) as writing,
        ):
            _checked_sqlite(reading, path)
            reading.backup(writing)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _refuse_existing(target: Path) -> None:
    if not target.exists():
        return
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as connection:
        held = {name: count for name, count in _checked_sqlite(connection, target).items() if count}
    if set(held) <= {"settings"}:
        target.unlink()
        return
    raise StoreError(
        f"{target} holds data already", hint="move it away first, together with its -wal and -shm files"
    )


# PostgreSQL's own tools


def pg_tool(name: str, url: URL) -> str | None:
    """The path of `pg_dump` or `pg_restore`, if it is there and not older than the server; None otherwise."""
    if url.get_backend_name() != "postgresql":
        return None
    found = shutil.which(name)
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)", said)
    engine = connect(url, read_only=True)
    try:
        with engine.connect() as connection:
            server = connection.execute(sa.text("SHOW server_version_num")).scalar_one()
    finally:
        engine.dispose()
    return found if version and int(version[1]) >= int(server) // 10000 else None


def _run(url: URL, tool: str, *arguments: str) -> None:
    # the password goes by the environment: a command line can be seen by every user of the machine
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 -- PostgreSQL's own tool
        [tool, *arguments, "--dbname", address],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreError(f"{Path(tool).name} failed: {done.stderr.strip()[:500]}")


def _backup_postgresql(url: URL, part: Path) -> dict[str, int]:
    tool = pg_tool("pg_dump", url)
    _run(url, str(tool), "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
    engine = connect(url, read_only=True)
    try:
        with engine.connect() as connection:
            count, there = sa.select(sa.func.count()), set(sa.inspect(connection).get_table_names())
            return {
                table.name: connection.execute(count.select_from(table)).scalar_one()
                for table in tables()
                if table.name in there
            }
    finally:
        engine.dispose()


def _restore_postgresql(url: URL, path: Path) -> None:
    tool = pg_tool("pg_restore", url)
    if tool is None:
        raise StoreError(
            f"{path} was written by pg_dump, and no pg_restore fits {display(url)}",
            hint="install PostgreSQL's client tools of the server's version or newer, and name a PostgreSQL database",
        )
    engine = connect(url)
    try:
        with engine.connect() as connection:
            if sa.inspect(connection).get_table_names():
                raise StoreError(f"{display(url)} holds tables already", hint="name an empty database")
    finally:
        engine.dispose()
    _run(url, tool, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(path))


# portable


def _backup_portable(
    url: URL, part: Path, revision: str, now: dt.datetime, progress: Progress
) -> dict[str, int]:
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


def _restore_portable(url: str, path: Path, now: dt.datetime, progress: Progress) -> None:
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
            _unhurried(connection)
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
