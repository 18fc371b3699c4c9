"""upgrade: check, back up, migrate, look again; back to where it was if anything fails.

configuration ─► who is at work? ─► backup ─► migrate ─► doctor ─► done
                                      └────── put back ◄── a new fault
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.config import load_config
from monitor.errors import MonitorError, StoreError
from monitor.logs import redact
from monitor.pipeline.health import Finding, diagnose
from monitor.pipeline.setup import count_days
from monitor.pipeline.workspace import Clock, database_url, utc_now
from monitor.store import backup, head, upgrading
from monitor.types.backup import Progress, no_progress

Doctor = Callable[[Path], list[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeResult:
    """What an upgrade did. `backup` is None where the database was new or at the head already."""

    url: str
    before: str | None
    after: str
    backup: Path | None = None

    @property
    def lines(self) -> list[str]:
        """For a person."""
        if self.before == self.after:
            return [f"{self.url} is at revision {self.after} already"]
        kept = (
            [f"the backup from before is {self.backup}; keep it until you are content"] if self.backup else []
        )
        return [f"{self.url}: migrated from {self.before or 'nothing'} to revision {self.after}", *kept]


def upgrade_installation(
    config_path: Path,
    *,
    folder: Path | None = None,
    clock: Clock = utc_now,
    progress: Progress = no_progress,
    doctor: Doctor = diagnose,
) -> UpgradeResult:
    """Bring the configured database to this version, with a backup in `folder` (default `backups` beside it).

    MonitorError where something fails; the database is then as it was before, and the backup is there.
    """
    config = load_config(config_path)
    url, now = database_url(config), clock()
    before = upgrading.revision(url)
    if before is None or before == head():
        _, after = upgrading.migrate_to(url, now=now, progress=progress)
        return UpgradeResult(url=redact(url), before=before, after=after)
    known = _failures(doctor(config_path))
    folder = folder or config.path(Path("var/backups"))
    kept = folder / f"before-{head()}-{now:%Y%m%dT%H%M%SZ}.backup"
    _refuse_without_room(url, folder)
    upgrading.backup_any(url, kept, now=now)
    progress("backup written", kept.stat().st_size)
    try:
        _, after = upgrading.migrate_to(url, now=now, progress=progress)
        if new := _failures(doctor(config_path)) - known:
            raise StoreError(f"after the migration doctor finds: {'; '.join(sorted(new))}")
    except MonitorError as error:
        upgrading.put_back(url, kept, before, now=now)
        raise StoreError(
            f"the upgrade failed and was undone: {error}",
            hint=f"the database is at revision {before} again; its backup is {kept}; use the version you had",
        ) from error
    count_days(url, progress=lambda done, _: progress("days counted", done))
    return UpgradeResult(url=redact(url), before=before, after=after, backup=kept)


def _failures(findings: list[Finding]) -> set[str]:
    # an older revision is what the upgrade is for
    return {f"{f.check}: {f.text}" for f in findings if f.mark == "FAIL"}


def _refuse_without_room(url: str, folder: Path) -> None:
    """The backup takes as much as the database, and rebuilding a table as much again."""
    size = backup.size_of(url)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < 2 * size:
        raise StoreError(
            f"{folder} has {free / 1e9:.1f} GB free, the upgrade may take {2 * size / 1e9:.1f} GB",
            hint="make room, or name another folder with --backups",
        )
