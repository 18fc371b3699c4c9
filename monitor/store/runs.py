"""Runs, what they counted, and how it goes as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.schema.entries import entries
from monitor.store.schema.operations import issues, leases, runs
from monitor.store.schema.publishing import deliveries
from monitor.store.schema.sources import feeds, fetches, hosts
from monitor.types.storage import RunRecord


def start(connection: Connection, kind: str, now: dt.datetime, key: str | None = None) -> int:
    """Note that a run begins; its id."""
    statement = sa.insert(runs).values(kind=kind, key=key, started_at=now).returning(runs.c.id)
    return int(connection.execute(statement).scalar_one())


def finish(
    connection: Connection,
    run_id: int,
    now: dt.datetime,
    outcome: str,
    counts: Mapping[str, object] | None = None,
    error: str = "",
) -> None:
    """Note how a run ended: `done`, `partial` or `failed`."""
    values = {"ended_at": now, "outcome": outcome, "counts": dict(counts or {}), "error": error}
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(**values))


def end_lost(connection: Connection, before: dt.datetime, now: dt.datetime) -> int:
    """Note as failed the runs that began before a time and never ended: they were killed. How many."""
    lost = sa.and_(runs.c.ended_at.is_(None), runs.c.started_at < before)
    values = {"ended_at": now, "outcome": "failed", "error": "lost: the process was killed before its end"}
    return connection.execute(sa.update(runs).where(lost).values(**values)).rowcount


def recent(connection: Connection, limit: int, kind: str | None = None) -> list[RunRecord]:
    """The latest runs, newest first."""
    query = sa.select(runs).order_by(runs.c.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    return [_record(row) for row in connection.execute(query).mappings()]


def _record(row: RowMapping) -> RunRecord:
    return RunRecord(
        run_id=row["id"],
        kind=row["kind"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        counts=row["counts"],
        error=row["error"],
    )


def server_time(connection: Connection) -> dt.datetime | None:
    """The database server's clock; None for SQLite, which has none of its own."""
    if connection.dialect.name != "postgresql":
        return None
    found: dt.datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(dt.UTC)


def newest_time(connection: Connection) -> dt.datetime | None:
    """The latest time that a poll or a run was noted with."""
    times = [
        connection.execute(sa.select(sa.func.max(column))).scalar_one_or_none()
        for column in (fetches.c.started_at, runs.c.started_at)
    ]
    return max((time for time in times if time is not None), default=None)


def status(connection: Connection, now: dt.datetime) -> dict[str, Any]:
    """Figures for `monitor status`: feeds by state, queues, open issues, leases, last good run of each kind."""
    due = sa.and_(feeds.c.enabled, feeds.c.gone_at.is_(None), feeds.c.next_poll_at <= now)
    count = sa.select(sa.func.count())
    one = connection.execute
    open_issues = sa.select(issues.c.severity, sa.func.count()).where(issues.c.resolved_at.is_(None))
    last = sa.select(runs.c.kind, sa.func.max(runs.c.ended_at)).where(runs.c.outcome.in_(["done", "partial"]))
    return {
        "feeds": _pairs(connection, sa.select(feeds.c.state, sa.func.count()).group_by(feeds.c.state)),
        "feeds_due": one(count.select_from(feeds).where(due)).scalar_one(),
        "feeds_leased": one(count.select_from(feeds).where(feeds.c.lease_until > now)).scalar_one(),
        "feeds_silent": list(
            one(
                sa.select(feeds.c.slug).where(feeds.c.silent, feeds.c.enabled).order_by(feeds.c.slug)
            ).scalars()
        ),
        "hosts_stopped": one(count.select_from(hosts).where(hosts.c.stopped_until > now)).scalar_one(),
        "last_success_at": one(sa.select(sa.func.max(feeds.c.last_success_at))).scalar_one(),
        "entries": int(one(sa.select(sa.func.coalesce(sa.func.sum(feeds.c.entries_stored), 0))).scalar_one()),
        "last_entry_at": one(sa.select(sa.func.max(entries.c.observed_at))).scalar_one(),
        "pending_analysis": one(
            count.select_from(entries).where(entries.c.pending_at.is_not(None))
        ).scalar_one(),
        "oldest_pending_at": one(
            sa.select(sa.func.min(entries.c.pending_at)).where(entries.c.pending_at.is_not(None))
        ).scalar_one(),
        "pending_stories": one(
            count.select_from(entries).where(entries.c.story_id.is_(None), entries.c.language.is_not(None))
        ).scalar_one(),
        "issues": _pairs(connection, open_issues.group_by(issues.c.severity)),
        "deliveries": _pairs(
            connection, sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
        ),
        "leases": _pairs(connection, sa.select(leases.c.name, leases.c.owner).where(leases.c.until > now)),
        "last_good_runs": _pairs(connection, last.group_by(runs.c.kind)),
    }


def _pairs(connection: Connection, query: sa.Select[Any]) -> dict[str, Any]:
    return {row[0]: row[1] for row in sorted(connection.execute(query).tuples())}
