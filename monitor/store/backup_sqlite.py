"""Backups of SQLite, by its own backup interface: a consistent copy while workers go on."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from monitor.errors import StoreError
from monitor.store.engine import display, path_of
from monitor.store.tables import tables


def write(source: Path, target: Path) -> dict[str, int]:
    """Copy a database to a new file and check it; rows by table."""
    with closing(sqlite3.connect(str(source))) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing, pages=2000, sleep=0.01)
        return _checked(writing, target)


def _checked(connection: sqlite3.Connection, path: Path) -> dict[str, int]:
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            raise StoreError(f"{path} is damaged: {answer}")
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        names = [table.name for table in tables() if table.name in there]
        return {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 -- our own names
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is damaged: {error}") from error


def restore(url: URL, path: Path) -> None:
    """Copy a checked file to where the database is to be. StoreError where data is there."""
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
            _checked(reading, path)
            reading.backup(writing)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _refuse_existing(target: Path) -> None:
    if not target.exists():
        return
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as connection:
        held = {name: count for name, count in _checked(connection, target).items() if count}
    if set(held) <= {"settings"}:
        target.unlink()
        return
    raise StoreError(
        f"{target} holds data already", hint="move it away first, together with its -wal and -shm files"
    )
