"""Issues: data problems for a person to look at. The same problem again raises its count, and is one row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.keys import digest
from monitor.store.schema.operations import issues
from monitor.store.upsert import insert
from monitor.types.entries import Issue
from monitor.types.plans import FeedPlan

DETAIL_LIMIT = 2_000
"""Characters of detail that are kept."""


def feed_issue_rows(plan: FeedPlan, now: dt.datetime) -> list[dict[str, Any]]:
    """Rows of the issues that a plan brings."""
    return [issue_row(issue, plan.feed_id, now) for issue in plan.issues]


def issue_row(issue: Issue, feed_id: int | None, now: dt.datetime) -> dict[str, Any]:
    """The row of an issue seen at `now`."""
    detail = issue.detail[:DETAIL_LIMIT]
    return {
        "key": digest("issue", str(feed_id or ""), issue.external_id or "", issue.code, detail),
        "feed_id": feed_id,
        "external_id": issue.external_id,
        "code": issue.code,
        "detail": detail,
        "severity": issue.severity.value,
        "first_seen_at": now,
        "last_seen_at": now,
        "count": 1,
    }


def upsert_issues(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store issues; one that is there is counted up, seen now, and open again."""
    merged: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["key"] in merged:
            merged[row["key"]]["count"] += 1
        else:
            merged[row["key"]] = dict(row)
    if not merged:
        return
    statement = insert(connection, issues)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "last_seen_at": statement.excluded.last_seen_at,
            "severity": statement.excluded.severity,
            "count": issues.c.count + statement.excluded.count,
            "resolved_at": None,
        },
    )
    connection.execute(statement, [merged[key] for key in sorted(merged)])


SILENT = "feed_silent"
"""The issue of a feed that answers and brings nothing: a good answer does not resolve it, a new entry does."""


def resolve(connection: Connection, code: str, feed_ids: Sequence[int], now: dt.datetime) -> None:
    """These feeds no longer have this problem."""
    if feed_ids:
        open_ones = sa.and_(
            issues.c.feed_id.in_(feed_ids), issues.c.code == code, issues.c.resolved_at.is_(None)
        )
        connection.execute(sa.update(issues).where(open_ones).values(resolved_at=now))


def resolve_unseen(connection: Connection, feed_ids: Sequence[int], now: dt.datetime) -> None:
    """A feed that was read without an old problem no longer has it."""
    if feed_ids:
        gone = sa.and_(
            issues.c.feed_id.in_(feed_ids),
            issues.c.resolved_at.is_(None),
            issues.c.last_seen_at < now,
            issues.c.code != SILENT,
        )
        connection.execute(sa.update(issues).where(gone).values(resolved_at=now))
