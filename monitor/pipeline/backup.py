"""Backups of the configured database, their restoration, and its move to another address."""

from __future__ import annotations

from pathlib import Path

from monitor.config import load_config
from monitor.logs import redact
from monitor.pipeline.setup import index_texts
from monitor.pipeline.workspace import Clock, database_url, utc_now
from monitor.store import backup as store_backup
from monitor.types.backup import BackupResult, Progress, no_progress


def backup_database(
    config_path: Path,
    path: Path,
    *,
    portable: bool = False,
    clock: Clock = utc_now,
    progress: Progress = no_progress,
) -> BackupResult:
    """Write a checked backup while workers go on. StoreError where the file is there already."""
    url = database_url(load_config(config_path))
    return store_backup.backup(url, path.resolve(), now=clock(), portable=portable, progress=progress)


def restore_database(
    config_path: Path, path: Path, *, clock: Clock = utc_now, progress: Progress = no_progress
) -> str:
    """Restore a backup into the configured database, which must be absent or empty; a line for a person."""
    url = database_url(load_config(config_path))
    kind, revision = store_backup.restore(url, path.resolve(), now=clock(), progress=progress)
    index_texts(url)
    return f"{redact(url)}: restored from {path} ({kind}), now at revision {revision}"


def copy_database(
    config_path: Path, to: str, *, clock: Clock = utc_now, progress: Progress = no_progress
) -> str:
    """Copy the configured database to another address and compare both; a line for a person."""
    url = database_url(load_config(config_path))
    rows = store_backup.copy(url, to, now=clock(), progress=progress)
    index_texts(to)
    return (
        f"{redact(to)}: {sum(rows.values())} rows of {len(rows)} tables copied and compared. Set MONITOR_DATABASE_URL "
        "or database.url to it, then start the workers again"
    )
