"""Feeds follow the configuration; hosts that want to be left alone, and feeds that are silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.errors import StoreError
from monitor.store.feed_rows import condition, configured_values, new_values, rights_values, state_of
from monitor.store.schema.entries import entries
from monitor.store.schema.sources import feeds, hosts, outlets
from monitor.types.source import FeedSource, Outlet
from monitor.types.storage import QuietFeed, SyncReport

SYNC_KEY = 728_302
COMPARED = (
    "id", "kind", "address", "enabled", "outlet_id", "slug", "config_language", "full_text", "expect_per_day",
    "proxy", "priority",
)  # fmt: skip
"""Columns that tell whether a feed is as configured: all of ten thousand feeds, at each poll."""


def sync_sources(connection: Connection, sources: Sequence[FeedSource], now: dt.datetime) -> SyncReport:
    """Make the feeds those of the configuration. A feed gone from it is disabled, its entries stay."""
    _refuse_repeats(sources)
    if connection.dialect.name == "postgresql":
        # two workers that start at once must not both add the same outlet
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": SYNC_KEY})
    outlet_ids = _sync_outlets(connection, [source.outlet for source in sources])
    query = sa.select(*(feeds.c[name] for name in COMPARED))
    stored = {(row["kind"], row["address"]): row for row in connection.execute(query).mappings().all()}
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
        values["rights"] = rights_values(outlet.rights)
        row = stored.get(outlet.slug)
        if row is None:
            added.append(values)
        elif any(row[name] != value for name, value in values.items()):
            connection.execute(sa.update(outlets).where(outlets.c.id == row["id"]).values(**values))
    if added:
        insert = sa.insert(outlets).returning(outlets.c.slug, outlets.c.id)
        ids |= dict(connection.execute(insert, added).tuples().all())
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
        changed |= _enabled_again(connection, row["id"], now)
    if not changed:
        return "kept"
    connection.execute(sa.update(feeds).where(feeds.c.id == row["id"]).values(**changed))
    return "changed"


def _enabled_again(connection: Connection, feed_id: int, now: dt.datetime) -> dict[str, Any]:
    row = connection.execute(sa.select(feeds).where(feeds.c.id == feed_id)).mappings().one()
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


def stopped_hosts(connection: Connection, now: dt.datetime) -> dict[str, dt.datetime]:
    """Hosts that asked to be left alone, and until when."""
    query = sa.select(hosts.c.host, hosts.c.stopped_until).where(hosts.c.stopped_until > now)
    return {row.host: row.stopped_until for row in connection.execute(query)}


def quiet_feeds(connection: Connection, now: dt.datetime, *, quiet_for: dt.timedelta) -> list[QuietFeed]:
    """Feeds without a new entry for `quiet_for`, those held to a rate, and those that are silent already."""
    week = sa.select(sa.func.count()).where(
        entries.c.feed_id == feeds.c.id, entries.c.observed_at >= now - dt.timedelta(days=7)
    )
    expected = feeds.c.expect_per_day.is_not(None)
    query = sa.select(
        feeds.c.id.label("feed_id"),
        *(feeds.c[name] for name in ("slug", "silent", "expect_per_day", "gap_p95_s")),
        feeds.c.first_success_at,
        feeds.c.last_new_entry_at,
        sa.case((expected, week.scalar_subquery())).label("entries_7d"),
    ).where(
        feeds.c.enabled,
        feeds.c.first_success_at.is_not(None),
        sa.or_(
            feeds.c.silent,
            expected,
            sa.func.coalesce(feeds.c.last_new_entry_at, feeds.c.first_success_at) < now - quiet_for,
        ),
    )
    return [QuietFeed(**row) for row in connection.execute(query.order_by(feeds.c.id)).mappings()]


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
