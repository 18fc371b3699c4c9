"""What a poll says of the feed itself: its state, the fetch, issues, the host's wish to be left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.feed_rows import condition, state_values
from monitor.store.issues import feed_issue_rows, resolve_unseen, upsert_issues
from monitor.store.keys import host_of
from monitor.store.leasing import leave_hosts
from monitor.store.raw import keep_bodies
from monitor.store.schema.sources import feeds, fetches, hosts
from monitor.store.upsert import insert
from monitor.types.plans import Counts, FeedPlan, HostStop, Outcome

Recorded = tuple[FeedPlan, RowMapping, Counts]


def record_polls(connection: Connection, polls: Sequence[Recorded], now: dt.datetime) -> None:
    """Write the state of every feed polled, its fetch, its issues, and hosts that want to be left alone."""
    if not polls:
        return
    _update_feeds(connection, polls, now)
    connection.execute(sa.insert(fetches), [_fetch_row(plan, counts) for plan, _, counts in polls])
    upsert_issues(connection, [row for plan, _, _ in polls for row in feed_issue_rows(plan, now)])
    read = [plan.feed_id for plan, _, _ in polls if plan.fetch.outcome is Outcome.STORED and not plan.more]
    resolve_unseen(connection, read, now)
    stops = [plan.host_stop for plan, _, _ in polls if plan.host_stop is not None]
    stop_hosts(connection, stops + [stop for plan, _, _ in polls for stop in plan.host_stops], now)
    leave_hosts(connection, _free_hosts(polls), now)
    keep_bodies(connection, [plan for plan, _, _ in polls], now)


def _free_hosts(polls: Sequence[Recorded]) -> dict[str, dt.datetime]:
    free: dict[str, dt.datetime] = {}
    for plan, feed, _ in polls:
        if plan.host_free_at is not None:
            free[feed["host"]] = max(plan.host_free_at, free.get(feed["host"], plan.host_free_at))
    return free


def _update_feeds(connection: Connection, polls: Sequence[Recorded], now: dt.datetime) -> None:
    rows = [_feed_row(plan, feed, counts, now) for plan, feed, counts in polls]
    names = [name.removeprefix("b_") for name in rows[0] if name != "b_id"]
    statement = (
        sa.update(feeds)
        .where(feeds.c.id == sa.bindparam("b_id"))
        .values({name: sa.bindparam(f"b_{name}") for name in names})
    )
    connection.execute(statement, rows)


def _feed_row(plan: FeedPlan, feed: RowMapping, counts: Counts, now: dt.datetime) -> dict[str, Any]:
    url = plan.current_url or feed["current_url"]
    state = condition(plan.state, enabled=feed["enabled"])
    held = (feed["lease_owner"], feed["lease_until"]) if plan.more else (None, None)
    values = state_values(plan.state) | {
        "next_poll_at": plan.next_poll_at,
        "current_url": url,
        "host": host_of(url),
        "title": plan.feed_title if plan.feed_title is not None else feed["title"],
        "state": state,
        "state_changed_at": now if state != feed["state"] else feed["state_changed_at"],
        "entries_stored": feed["entries_stored"] + counts.new,
        "lease_owner": held[0],
        "lease_until": held[1],
    }
    return {f"b_{name}": value for name, value in values.items()} | {"b_id": plan.feed_id}


def _fetch_row(plan: FeedPlan, counts: Counts) -> dict[str, Any]:
    fetch = plan.fetch
    return {
        "feed_id": plan.feed_id,
        "fence": plan.fence,
        "started_at": fetch.started_at,
        "day": fetch.started_at.astimezone(dt.UTC).date(),
        "outcome": fetch.outcome.value,
        "url": fetch.url,
        "code": fetch.code,
        "detail": fetch.detail,
        "status": fetch.status,
        "wire_bytes": fetch.wire_bytes,
        "elapsed_s": fetch.elapsed_s,
        "format": fetch.format,
        "seen": counts.seen,
        "new": counts.new,
        "revised": counts.revised,
        "known": counts.known,
        "rejected": counts.rejected_total,
        "rejected_reasons": dict(counts.rejected),
    }


def stop_hosts(connection: Connection, stops: Iterable[HostStop], now: dt.datetime) -> None:
    """Note hosts that want to be left alone. A longer stop that is there already stays."""
    longest: dict[str, HostStop] = {}
    for stop in stops:
        if stop.host not in longest or stop.until > longest[stop.host].until:
            longest[stop.host] = stop
    # in one order, so that two workers never wait for each other
    rows = [
        {"host": host, "stopped_until": stop.until, "reason": stop.reason, "updated_at": now}
        for host, stop in sorted(longest.items())
    ]
    if not rows:
        return
    statement = insert(connection, hosts)
    statement = statement.on_conflict_do_update(
        index_elements=["host"],
        set_={name: statement.excluded[name] for name in ("stopped_until", "reason", "updated_at")},
        where=sa.func.coalesce(hosts.c.stopped_until, statement.excluded.stopped_until)
        <= statement.excluded.stopped_until,
    )
    connection.execute(statement, rows)


def record_refusal(connection: Connection, plan: FeedPlan, now: dt.datetime, why: str) -> None:
    """Note on the feed that its plan could not be stored, and let go of it until its next time.

    Nothing else of the plan is kept: not its validators, so that the same body is fetched and tried again.
    """
    feed = (
        connection.execute(
            sa.select(feeds).where(feeds.c.id == plan.feed_id, feeds.c.fence == plan.fence).with_for_update()
        )
        .mappings()
        .one_or_none()
    )
    if feed is None:
        return
    values = {
        "last_error": f"store_refused: {why}",
        "failures": feed["failures"] + 1,
        "state": "failing" if feed["enabled"] else "disabled",
        "next_poll_at": plan.next_poll_at,
        "lease_owner": None,
        "lease_until": None,
    }
    connection.execute(sa.update(feeds).where(feeds.c.id == plan.feed_id).values(**values))
    row = _fetch_row(plan, Counts()) | {"outcome": "failed", "code": "store_refused", "detail": why}
    row["url"] = feed["current_url"]
    connection.execute(insert(connection, fetches).on_conflict_do_nothing(), row)
