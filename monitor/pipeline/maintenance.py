"""maintenance: what keeps an installation healthy over years, once a day, by one worker at a time.

runs that never ended ─► retention, batch by batch ─► fresh statistics
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from monitor.config import Config
from monitor.pipeline.workspace import Workspace, recorded
from monitor.types.retention import Retained, RetentionLimits

#: The lease on maintenance: longer than a day's retention takes; a killed run's work goes on at the next.
LEASE_NAME, LEASE = "maintenance", dt.timedelta(hours=1)
#: A run that has not ended after so long was killed: no stage takes as long.
LOST_AFTER = dt.timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceResult:
    """What was taken away, and how many runs were found to have been killed. `skipped`: another worker is at it."""

    retained: Retained = Retained()  # noqa: RUF009 -- frozen
    lost_runs: int = 0
    skipped: bool = False

    @property
    def lines(self) -> list[str]:
        """For a person."""
        if self.skipped:
            return ["maintenance: another worker is at it"]
        lost = [f"{self.lost_runs} runs had been killed, and are noted as failed"] if self.lost_runs else []
        return [*self.retained.lines, *lost]


def limits(config: Config, now: dt.datetime) -> RetentionLimits:
    """The configured ages as times."""

    def before(age: dt.timedelta | None) -> dt.datetime | None:
        return None if age is None else now - age

    kept = config.retention
    return RetentionLimits(
        full_text=before(kept.full_text),
        mentions=before(kept.mentions),
        raw_pages=before(kept.raw_pages),
        raw_bodies=now - config.replay.keep,
        logs=now - kept.logs,
    )


def maintain(workspace: Workspace) -> MaintenanceResult:
    """Apply retention and refresh statistics. Stopped anywhere, the next call goes on where it was."""
    store, now = workspace.store, workspace.clock()
    lease = store.lease_named(LEASE_NAME, owner=workspace.owner, now=now, lease_for=LEASE)
    if lease is None:
        return MaintenanceResult(skipped=True)
    try:
        lost = store.end_lost_runs(before=now - LOST_AFTER, now=now)
        with recorded(workspace, "maintenance") as counts:
            retained = store.retain(limits(workspace.config, now), now=now)
            counts.update(retained.removed)
            counts["held"] = retained.held
        store.optimise()
    finally:
        store.release_named(lease)
    return MaintenanceResult(retained=retained, lost_runs=lost)
