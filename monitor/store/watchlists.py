"""Watched names as rows, and where they were found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.retagging import TEXT
from monitor.store.schema.analysis import watchlist_entries, watchlist_hits
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds, outlets
from monitor.store.upsert import insert
from monitor.types.annotations import EntryText
from monitor.types.watchlist import FirstHit, Watchlist, WatchlistHit


def sync(connection: Connection, lists: Sequence[Watchlist], now: dt.datetime) -> dict[str, tuple[int, int]]:
    """Make the names watched those of `lists`; (added, removed) by list. What was removed keeps its hits."""
    counts: dict[str, tuple[int, int]] = {}
    known = sa.select(watchlist_entries).where(watchlist_entries.c.removed_at.is_(None))
    before: dict[str, set[str]] = {}
    for row in connection.execute(known).mappings():
        before.setdefault(row["watchlist"], set()).add(row["external_id"])
    for one in lists:
        _upsert(connection, one, now)
        listed = {entry.external_id for entry in one.entries}
        gone = before.get(one.name, set()) - listed
        _remove(connection, one.name, sorted(gone), now)
        counts[one.name] = (len(listed - before.get(one.name, set())), len(gone))
    for name in sorted(set(before) - {one.name for one in lists}):
        _remove(connection, name, sorted(before[name]), now)
        counts[name] = (0, len(before[name]))
    return counts


def _upsert(connection: Connection, one: Watchlist, now: dt.datetime) -> None:
    rows = [
        {
            "watchlist": one.name,
            "external_id": entry.external_id,
            "name": entry.name,
            "schema_name": entry.schema,
            "aliases": entry.aliases,
            "identifiers": {kind: list(codes) for kind, codes in entry.identifiers.items()},
            "added_at": now,
            "removed_at": None,
        }
        for entry in one.entries
    ]
    if not rows:
        return
    statement = insert(connection, watchlist_entries)
    names = ("name", "schema_name", "aliases", "identifiers", "removed_at")
    statement = statement.on_conflict_do_update(
        index_elements=["watchlist", "external_id"], set_={name: statement.excluded[name] for name in names}
    )
    connection.execute(statement, rows)


def _remove(connection: Connection, name: str, external_ids: Sequence[str], now: dt.datetime) -> None:
    for chunk in chunks(external_ids, CHUNK):
        statement = sa.update(watchlist_entries).where(
            watchlist_entries.c.watchlist == name, watchlist_entries.c.external_id.in_(chunk)
        )
        connection.execute(statement.values(removed_at=now))


def save_hits(connection: Connection, hits: Sequence[WatchlistHit], now: dt.datetime) -> int:
    """Store hits of names that are watched; how many are new."""
    if not hits:
        return 0
    query = sa.select(watchlist_entries.c.watchlist, watchlist_entries.c.external_id, watchlist_entries.c.id)
    wanted = sorted({hit.external_id for hit in hits})
    ids: dict[tuple[str, str], int] = {}
    for chunk in chunks(wanted, CHUNK):
        found = connection.execute(query.where(watchlist_entries.c.external_id.in_(chunk)))
        ids |= {(row.watchlist, row.external_id): row.id for row in found}
    rows = [
        {
            "watchlist_entry_id": ids[(hit.watchlist, hit.external_id)],
            "entry_id": hit.entry_id,
            "revision_id": hit.revision_id,
            "term": hit.term,
            "field": hit.field,
            "start_char": hit.start_char,
            "end_char": hit.end_char,
            "observed_at": now,
        }
        for hit in hits
        if (hit.watchlist, hit.external_id) in ids
    ]
    before = connection.execute(sa.select(sa.func.count()).select_from(watchlist_hits)).scalar_one()
    if rows:
        connection.execute(insert(connection, watchlist_hits).on_conflict_do_nothing(), rows)
    return connection.execute(sa.select(sa.func.count()).select_from(watchlist_hits)).scalar_one() - before


def texts(connection: Connection, *, limit: int, since: dt.datetime | None, after: int) -> list[EntryText]:
    """Current texts by entry id from `after`; a text that retention took away is left out."""
    query = (
        sa.select(*TEXT)
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(entries.c.id > after, revisions.c.purged_at.is_(None))
        .order_by(entries.c.id)
        .limit(limit)
    )
    if since is not None:
        query = query.where(entries.c.observed_at >= since)
    return [
        EntryText(**{**row, "links": tuple(row["links"])}) for row in connection.execute(query).mappings()
    ]


def first_hits(connection: Connection, *, since: dt.datetime | None, limit: int) -> list[FirstHit]:
    """Each watched name's first hit, by when it was found; names first found before `since` are left out."""
    hits, watched = watchlist_hits, watchlist_entries
    first = (
        sa.select(
            hits.c.watchlist_entry_id, sa.func.min(hits.c.id).label("id"), sa.func.count().label("hits")
        ).group_by(hits.c.watchlist_entry_id)
    ).subquery()
    query = (
        sa.select(
            watched.c.watchlist,
            watched.c.external_id,
            watched.c.name,
            entries.c.uid.label("entry_uid"),
            outlets.c.name.label("outlet"),
            entries.c.language,
            revisions.c.title,
            entries.c.url,
            hits.c.term,
            hits.c.observed_at.label("first_at"),
            first.c.hits,
        )
        .select_from(hits)
        .join(first, first.c.id == hits.c.id)
        .join(watched, watched.c.id == hits.c.watchlist_entry_id)
        .join(entries, entries.c.id == hits.c.entry_id)
        .join(revisions, revisions.c.id == hits.c.revision_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(watched.c.removed_at.is_(None))
        .order_by(hits.c.observed_at.desc(), hits.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(hits.c.observed_at >= since)
    return [FirstHit(**row) for row in connection.execute(query).mappings()]
