"""Due feeds are leased to one worker at a time: a row's owner, end and fencing number.

PostgreSQL takes rows with FOR UPDATE SKIP LOCKED, SQLite in one immediate transaction; either way the number rises
with every lease, and a plan made under an older one is refused.

With `host_limit` a host is one worker's at a time, and only so many of its feeds are out at once: the gap between
requests then holds across workers, and a platform with thousands of feeds cannot fill a worker's window.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.feed_rows import lease_of
from monitor.store.schema.sources import feeds, hosts, outlets
from monitor.store.upsert import insert
from monitor.types.source import FeedLease

LEASE_KEY = 728_303
"""Of the advisory lock under which PostgreSQL shares out hosts: two workers must see each other's choice."""

CANDIDATES = 1000
"""So many feeds at least, the most urgent ones, are ranked by host before all that are due are."""


def lease_due(
    connection: Connection,
    *,
    owner: str,
    now: dt.datetime,
    limit: int,
    lease_for: dt.timedelta,
    slugs: Collection[str] | None = None,
    ignore_due: bool = False,
    kinds: Collection[str] | None = None,
    host_limit: int | None = None,
) -> list[FeedLease]:
    """Lease up to `limit` feeds that are due, the most urgent first, to `owner` for `lease_for`.

    Leaves out feeds that are disabled, gone, leased to someone, or on a host that asked to be left alone.
    `ignore_due` takes feeds before their time, and nothing else. `host_limit` (see above) also takes hosts in
    turn: the most urgent feed of each, then the second ones.
    """
    due = _due(now, slugs, ignore_due, kinds)
    if host_limit is None:
        ids = _most_urgent(connection, due, limit)
    else:
        ids = _by_hosts(connection, due, owner, now, limit, host_limit)
    if not ids:
        return []
    expires_at = now + lease_for
    values = {"lease_owner": owner, "lease_until": expires_at, "fence": feeds.c.fence + 1}
    connection.execute(sa.update(feeds).where(feeds.c.id.in_(ids)).values(**values))
    rows = (
        connection.execute(
            sa.select(feeds, outlets.c.name.label("outlet_name"), outlets.c.language.label("outlet_language"))
            .join(outlets, outlets.c.id == feeds.c.outlet_id)
            .where(feeds.c.id.in_(ids))
        )
        .mappings()
        .all()
    )
    shared = _shared_hosts(connection, {row["host"] for row in rows}) if host_limit is not None else {}
    by_id = {
        row["id"]: lease_of(
            row,
            owner,
            expires_at,
            shares_host=row["host"] in shared,
            not_before=_later(shared.get(row["host"]), now),
        )
        for row in rows
    }
    return [by_id[feed_id] for feed_id in ids]


def _later(at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    return at if at is not None and at > now else None


def _due(
    now: dt.datetime, slugs: Collection[str] | None, ignore_due: bool, kinds: Collection[str] | None
) -> list[sa.ColumnElement[bool]]:
    stopped = sa.select(hosts.c.host).where(hosts.c.stopped_until > now)
    due = [
        feeds.c.enabled,
        feeds.c.gone_at.is_(None),
        sa.or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now),
        feeds.c.host.not_in(stopped),
    ]
    if not ignore_due:
        due.append(sa.or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at <= now))
    if slugs is not None:
        due.append(feeds.c.slug.in_(list(slugs)))
    if kinds is not None:
        due.append(feeds.c.kind.in_([str(kind) for kind in kinds]))
    return due


def _most_urgent(connection: Connection, due: Sequence[sa.ColumnElement[bool]], limit: int) -> list[int]:
    query = sa.select(feeds.c.id).where(*due)
    query = query.order_by(feeds.c.priority.desc(), feeds.c.next_poll_at, feeds.c.id).limit(limit)
    return list(connection.execute(query.with_for_update(skip_locked=True, of=feeds)).scalars())


def _by_hosts(
    connection: Connection,
    due: Sequence[sa.ColumnElement[bool]],
    owner: str,
    now: dt.datetime,
    limit: int,
    host_limit: int,
) -> list[int]:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEASE_KEY})
    # ranking all that is due, again for each few hundred leases, is most of the work where thousands are
    ids = _in_turn(connection, due, owner, now, limit, host_limit, among=max(CANDIDATES, 4 * limit))
    if len(ids) < limit:
        # a platform may be all of the most urgent ones
        ids = _in_turn(connection, due, owner, now, limit, host_limit, among=None)
    if connection.dialect.name != "postgresql" or not ids:
        return ids
    # a lease without hosts, or a person's command, may have been quicker
    lock = sa.select(feeds.c.id).where(feeds.c.id.in_(ids), *due).with_for_update(skip_locked=True, of=feeds)
    free = set(connection.execute(lock).scalars())
    return [feed_id for feed_id in ids if feed_id in free]


def _in_turn(
    connection: Connection,
    due: Sequence[sa.ColumnElement[bool]],
    owner: str,
    now: dt.datetime,
    limit: int,
    host_limit: int,
    *,
    among: int | None,
) -> list[int]:
    """Feeds that `owner` may have, hosts in turn, of the `among` most urgent ones (None: of all)."""
    theirs = sa.func.sum(sa.case((feeds.c.lease_owner != owner, 1), else_=0))
    held = (
        sa.select(feeds.c.host, sa.func.count().label("out"), theirs.label("theirs"))
        .where(feeds.c.lease_until > now)
        .group_by(feeds.c.host)
        .cte("held")
    )
    urgent = sa.select(feeds.c.id, feeds.c.host, feeds.c.priority, feeds.c.next_poll_at).where(*due)
    urgent = urgent.order_by(feeds.c.priority.desc(), feeds.c.next_poll_at, feeds.c.id).limit(among)
    found = urgent.cte("urgent")
    urgency = (found.c.priority.desc(), found.c.next_poll_at, found.c.id)
    turn = sa.func.row_number().over(partition_by=found.c.host, order_by=urgency)
    ranked = sa.select(*found.c, turn.label("turn")).cte("ranked")
    query = (
        sa.select(ranked.c.id)
        .outerjoin(held, held.c.host == ranked.c.host)
        .where(
            sa.func.coalesce(held.c.theirs, 0) == 0,
            ranked.c.turn + sa.func.coalesce(held.c.out, 0) <= host_limit,
        )
        .order_by(ranked.c.priority.desc(), ranked.c.turn, ranked.c.next_poll_at, ranked.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _shared_hosts(connection: Connection, names: Collection[str]) -> dict[str, dt.datetime | None]:
    """Those of the hosts that have several feeds, and when the worker that had them last leaves them free."""
    count = sa.func.count()
    query = (
        sa.select(feeds.c.host, hosts.c.next_start_at)
        .outerjoin(hosts, hosts.c.host == feeds.c.host)
        .where(feeds.c.host.in_(list(names)), feeds.c.enabled)
        .group_by(feeds.c.host, hosts.c.next_start_at)
        .having(count > 1)
    )
    return {row.host: row.next_start_at for row in connection.execute(query)}


def leave_hosts(connection: Connection, free_at: Mapping[str, dt.datetime], now: dt.datetime) -> None:
    """Note when hosts may be asked again by another worker; a later time that is there already stays."""
    # in one order, so that two workers never wait for each other
    rows = [{"host": host, "next_start_at": at, "updated_at": now} for host, at in sorted(free_at.items())]
    if not rows:
        return
    statement = insert(connection, hosts)
    statement = statement.on_conflict_do_update(
        index_elements=["host"],
        set_={"next_start_at": statement.excluded.next_start_at},
        where=sa.func.coalesce(hosts.c.next_start_at, statement.excluded.next_start_at)
        <= statement.excluded.next_start_at,
    )
    connection.execute(statement, rows)


def release(connection: Connection, leases: Iterable[FeedLease]) -> int:
    """Give leases back without a result: the feeds stay due. Leases that others took over are left alone."""
    released = 0
    for lease in leases:
        held = sa.and_(
            feeds.c.id == lease.feed_id, feeds.c.fence == lease.fence, feeds.c.lease_owner == lease.owner
        )
        values = {"lease_owner": None, "lease_until": None}
        released += connection.execute(sa.update(feeds).where(held).values(**values)).rowcount
    return released


def extend(connection: Connection, leases: Sequence[FeedLease], until: dt.datetime) -> list[int]:
    """Keep leases until a later time; the ids of feeds whose lease is still held."""
    kept = []
    for lease in leases:
        held = sa.and_(
            feeds.c.id == lease.feed_id, feeds.c.fence == lease.fence, feeds.c.lease_owner == lease.owner
        )
        if connection.execute(sa.update(feeds).where(held).values(lease_until=until)).rowcount:
            kept.append(lease.feed_id)
    return kept
