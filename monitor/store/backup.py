"""Backup, restore, and the move of a database to another address.

SQLite    its own backup interface: a consistent copy while workers go on (`backup_sqlite`)
PostgreSQL  pg_dump where it is installed and fits the server (`backup_postgresql`)
portable  a zip of JSON lines, one file a table, from one snapshot: for either database (`backup_portable`)
A file is complete when it has its name: it is written beside it first, and checked.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from monitor.errors import StoreError
from monitor.store import backup_portable, backup_postgresql, backup_sqlite, migrate
from monitor.store.backup_postgresql import pg_tool
from monitor.store.engine import connect, display, parse_url, path_of
from monitor.store.tables import refuse_data, refuse_difference, snapshot, transfer, unhurried
from monitor.types.backup import BackupResult, Progress, no_progress


def backup(
    url: str, path: Path, *, now: dt.datetime, portable: bool = False, progress: Progress = no_progress
) -> BackupResult:
    """Write a backup of a database at the head, check it, give it its name. StoreError if the name is taken."""
    if path.exists():
        raise StoreError(f"{path} is there already", hint="name another file: a backup is never written over")
    revision, parsed = migrate.check(url), parse_url(url)
    if portable or (path_of(parsed) is None and pg_tool("pg_dump", parsed) is None):
        with _written(path) as part:
            kind, counts = "portable", backup_portable.write(parsed, part, revision, now, progress)
    else:
        kind, counts = write_file(parsed, path)
    return BackupResult(path=path, kind=kind, revision=revision, size=path.stat().st_size, tables=counts)


def write_file(url: URL, path: Path) -> tuple[str, dict[str, int]]:
    """Back up a database of any revision by its own means, to a new file; (kind, rows by table)."""
    source = path_of(url)
    with _written(path) as part:
        if source is not None:
            return "sqlite", backup_sqlite.write(source, part)
        return "pg_dump", backup_postgresql.write(url, part)


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
        backup_sqlite.restore(parsed, path)
    elif magic.startswith(b"PGDMP"):
        kind = "pg_dump"
        backup_postgresql.restore(parsed, path)
    elif magic.startswith(b"PK"):
        kind = "portable"
        backup_portable.restore(url, path, now, progress)
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
            unhurried(writing)
            refuse_data(writing, display(parse_url(to)))
            sums = transfer(reading, writing, progress)
            refuse_difference(writing, sums, progress)
    finally:
        source.dispose()
        target.dispose()
    return {name: one.rows for name, one in sums.items()}


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
