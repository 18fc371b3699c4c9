"""What an upgrade does to a database: back it up at whatever revision, migrate with progress, put it back."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from monitor.errors import StoreError
from monitor.store import backup, migrate
from monitor.store.backup_postgresql import pg_tool
from monitor.store.engine import connect, parse_url, path_of
from monitor.types.backup import Progress, no_progress


def revision(url: str) -> str | None:
    """The revision that a database is at; None where there is no database yet, or an empty one."""
    parsed = parse_url(url)
    path = path_of(parsed)
    if path is not None and not path.is_file():
        return None
    engine = connect(parsed, read_only=True)
    try:
        with engine.connect() as connection:
            return migrate.current_revision(connection)
    finally:
        engine.dispose()


def backup_any(url: str, path: Path, *, now: dt.datetime) -> None:
    """Back up a database at any revision, while nobody is at work on it."""
    migrate.refuse_while_leased(url, now)
    parsed = parse_url(url)
    if path_of(parsed) is None and pg_tool("pg_dump", parsed) is None:
        raise StoreError(
            "no pg_dump of the server's version is installed, so no backup can be made",
            hint="install PostgreSQL's client tools; or back it up yourself, then: monitor db upgrade",
        )
    backup.write_file(parsed, path)


def migrate_to(url: str, *, now: dt.datetime, progress: Progress = no_progress) -> tuple[str | None, str]:
    """Migrate to the head, one revision after the other in one transaction; (before, after)."""
    done = [0]

    def step(name: str) -> None:
        done[0] += 1
        progress(f"revision {name}", done[0])

    before, after = migrate.upgrade(url, now=now, on_step=step)
    return before, str(after)


def put_back(url: str, path: Path, before: str, *, now: dt.datetime) -> None:
    """Make the database what it was: an SQLite file from its backup, a PostgreSQL database by going back."""
    target = path_of(parse_url(url))
    if target is None:
        if revision(url) != before:
            migrate.downgrade(url, now=now, revision=before)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.copyfile(path, part)
    part.chmod(0o600)
    part.rename(target)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
