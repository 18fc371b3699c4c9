"""Bounded logs and fresh statistics: what keeps a database small and its queries fast over years."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.schema.operations import issues, runs
from monitor.store.schema.sources import fetches, raw_bodies

LOGS = {
    "fetches": (fetches, fetches.c.started_at),
    "raw_bodies": (raw_bodies, raw_bodies.c.observed_at),
    "issues": (issues, issues.c.resolved_at),
    "runs": (runs, runs.c.ended_at),
}
"""Logs by name with the time that ages a row. Open issues and unfinished runs have none, so they stay."""


def prune(connection: Connection, log: str, before: dt.datetime, limit: int) -> int:
    """Delete rows of a log that are older than `before`, the oldest first, at most `limit`; how many went."""
    table, time = LOGS[log]
    ids = list(
        connection.execute(sa.select(table.c.id).where(time < before).order_by(time).limit(limit)).scalars()
    )
    if ids:
        connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
    return len(ids)


def optimise(connection: Connection) -> None:
    """Let the database look at its tables, so that it plans queries by what they hold now."""
    connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "postgresql" else "PRAGMA optimize")
