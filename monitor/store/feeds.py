"""Feeds follow the configuration, and are leased to one worker at a time.

A lease is a row's owner, end and fencing number. PostgreSQL takes rows with FOR UPDATE SKIP LOCKED, SQLite in one
immediate transaction; either way the number rises with every lease, and a plan made under an older one is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.errors import StoreError
from monitor.store.feed_rows import condition, configured_values, lease_of, new_values, state_of
from monitor.store.schema.sources import feeds, hosts, outlets
from monitor.types.source import FeedLease, FeedSource, Outlet
from monitor.types.storage import SyncReport

SYNC_KEY = 728_302


def sync_sources(connection: Connection, sources: Sequence[FeedSource], now: dt.datetime) -> SyncReport:
    """Make the feeds those of the configuration. A feed gone from it is disabled, its entries stay."""
    _refuse_repeats(sources)
    if connection.dialect.name == "postgresql":
        # two workers that start at once must not both add the same outlet
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": SYNC_KEY})
    outlet_ids = _sync_outlets(connection, [source.outlet for source in sources])
    stored = {
        (row["kind"], row["address"]): row for row in connection.execute(sa.select(feeds)).mappings().all()
    }
    wanted = {(source.kind.value, source.address): source for source in sources}
    _free_slugs(connection, stored, wanted)
    report: dict[str, list[str]] = {"added": [], "changed": [], "disabled": [], "kept": []}
    added = []
    for key, source in wanted.items():
        row, outlet_id = stored.get(key), outlet_ids[source.outlet.slug]
        if row is None:
            added.append(new_values(source, outlet_id, now))
            report["added"].append(source.slug)
        else:
            report[_sync_feed(connection, source, row, outlet_id, now)].append(source.slug)
    if added:
        connection.execute(sa.insert(feeds), added)
    for key, row in stored.items():
        if key not in wanted:
            _disable(connection, row, now)
            if row["enabled"]:
                report["disabled"].append(row["slug"])
    return SyncReport(**{name: tuple(slugs) for name, slugs in report.items()})


def _refuse_repeats(sources: Sequence[FeedSource]) -> None:
    for what, keys in (
        ("slug", [source.slug for source in sources]),
        ("address", [f"{source.kind.value} {source.address}" for source in sources]),
    ):
        seen: set[str] = set()
        for key in keys:
            if key in seen:
                raise StoreError(
                    f"two feeds have the {what} {key}", hint="give each feed once, with its own slug"
                )
            seen.add(key)


def _sync_outlets(connection: Connection, wanted: Iterable[Outlet]) -> dict[str, int]:
    stored = {row["slug"]: row for row in connection.execute(sa.select(outlets)).mappings()}
    ids = {slug: int(row["id"]) for slug, row in stored.items()}
    added = []
    for outlet in {outlet.slug: outlet for outlet in wanted}.values():
        values = {name: getattr(outlet, name) for name in Outlet.__dataclass_fields__}
        values["ownership"] = outlet.ownership.value
        row = stored.get(outlet.slug)
        if row is None:
            added.append(values)
        elif any(row[name] != value for name, value in values.items()):
            connection.execute(sa.update(outlets).where(outlets.c.id == row["id"]).values(**values))
    if added:
        insert = sa.insert(outlets).returning(outlets.c.slug, outlets.c.id)
        ids |= {slug: outlet_id for slug, outlet_id in connection.execute(insert, added).tuples()}
    return ids


def _free_slugs(
    connection: Connection,
    stored: Mapping[tuple[str, str], RowMapping],
    wanted: Mapping[tuple[str, str], FeedSource],
) -> None:
    """Slugs are unique but may change hands: first let go of those that do."""
    taken = {source.slug: key for key, source in wanted.items()}
    for key, row in stored.items():
        if taken.get(row["slug"], key) != key:
            values = {"slug": f"{row['slug']}~{row['id']}"}
            connection.execute(sa.update(feeds).where(feeds.c.id == row["id"]).values(**values))


def _sync_feed(
    connection: Connection, source: FeedSource, row: RowMapping, outlet_id: int, now: dt.datetime
) -> str:
    values = configured_values(source, outlet_id)
    changed = {name: value for name, value in values.items() if row[name] != value}
    if not row["enabled"]:
        changed |= _enabled_again(row, now)
    if not changed:
        return "kept"
    connection.execute(sa.update(feeds).where(feeds.c.id == row["id"]).values(**changed))
    return "changed"


def _enabled_again(row: RowMapping, now: dt.datetime) -> dict[str, Any]:
    return {
        "enabled": True,
        "disabled_at": None,
        "state": condition(state_of(row)),
        "state_changed_at": now,
    }


def _disable(connection: Connection, row: RowMapping, now: dt.datetime) -> None:
    if not row["enabled"]:
        return
    values = {"enabled": False, "state": "disabled", "disabled_at": now, "state_changed_at": now}
    connection.execute(sa.update(feeds).where(feeds.c.id == row["id"]).values(**values))


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
) -> list[FeedLease]:
    """Lease up to `limit` feeds that are due, the most urgent first, to `owner` for `lease_for`.

    Leaves out feeds that are disabled, gone, leased to someone, or on a host that asked to be left alone.
    `ignore_due` takes feeds before their time, and nothing else.
    """
    ids = _due_ids(connection, now, limit, slugs, ignore_due, kinds)
    if not ids:
        return []
    expires_at = now + lease_for
    taken = sa.update(feeds).where(feeds.c.id.in_(ids))
    values = {"lease_owner": owner, "lease_until": expires_at, "fence": feeds.c.fence + 1}
    connection.execute(taken.values(**values))
    rows = connection.execute(
        sa.select(feeds, outlets.c.name.label("outlet_name"), outlets.c.language.label("outlet_language"))
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(feeds.c.id.in_(ids))
    ).mappings()
    by_id = {row["id"]: lease_of(row, owner, expires_at) for row in rows}
    return [by_id[feed_id] for feed_id in ids]


def _due_ids(
    connection: Connection,
    now: dt.datetime,
    limit: int,
    slugs: Collection[str] | None,
    ignore_due: bool,
    kinds: Collection[str] | None,
) -> list[int]:
    stopped = sa.select(hosts.c.host).where(hosts.c.stopped_until > now)
    query = sa.select(feeds.c.id).where(
        feeds.c.enabled,
        feeds.c.gone_at.is_(None),
        sa.or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now),
        feeds.c.host.not_in(stopped),
    )
    if not ignore_due:
        query = query.where(sa.or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at <= now))
    if slugs is not None:
        query = query.where(feeds.c.slug.in_(list(slugs)))
    if kinds is not None:
        query = query.where(feeds.c.kind.in_([str(kind) for kind in kinds]))
    query = query.order_by(feeds.c.priority.desc(), feeds.c.next_poll_at, feeds.c.id).limit(limit)
    return list(connection.execute(query.with_for_update(skip_locked=True, of=feeds)).scalars())


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


def stopped_hosts(connection: Connection, now: dt.datetime) -> dict[str, dt.datetime]:
    """Hosts that asked to be left alone, and until when."""
    query = sa.select(hosts.c.host, hosts.c.stopped_until).where(hosts.c.stopped_until > now)
    return {row.host: row.stopped_until for row in connection.execute(query)}


def mark_silent(connection: Connection, silent: Mapping[int, bool]) -> int:
    """Note which feeds are silent (feed id to yes or no); how many changed."""
    changed = 0
    for value in (True, False):
        ids = [feed_id for feed_id, is_silent in silent.items() if is_silent is value]
        if ids:
            differs = sa.and_(feeds.c.id.in_(ids), feeds.c.silent.is_not(sa.true() if value else sa.false()))
            changed += connection.execute(sa.update(feeds).where(differs).values(silent=value)).rowcount
    return changed


def restore(connection: Connection, slug: str, now: dt.datetime) -> bool:
    """A person asks for a gone or dead feed again: forget its failures, due at once. False if there is none."""
    values = {
        "gone_at": None,
        "failures": 0,
        "failure_weight": 0.0,
        "last_error": None,
        "next_poll_at": now,
        "state": "new",
        "state_changed_at": now,
    }
    query = sa.update(feeds).where(feeds.c.slug == slug, feeds.c.enabled).values(**values)
    return connection.execute(query).rowcount == 1
