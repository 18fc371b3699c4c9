"""Retention: what is old goes in batches, each a transaction; what something rests on stays, and counts stay true.

full text  bodies of revisions are emptied; entry, title, hash, stories, topics, citations stay
mentions   places of terms in texts; the topics that they led to stay
raw pages  pages of articles as they came        raw bodies  answers of feeds as they came
logs       cached translations, fetches (their daily sums stay, as rollups), ended runs, resolved issues
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.held import held_entries
from monitor.store.schema.analysis import annotated, mentions
from monitor.store.schema.entries import entries, revisions, search_documents
from monitor.store.schema.operations import settings
from monitor.store.schema.publishing import translations
from monitor.store.schema.sources import fetches, raw_bodies, raw_pages
from monitor.store.upsert import insert

BATCH = 1000
"""Entries in one transaction."""
AGAIN = dt.timedelta(days=30)
"""How often all old entries are looked at anew: a hold may have been released, an old text edited."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did; `more` says that the next may find more."""

    removed: int = 0
    held: int = 0
    more: bool = False


def empty_texts(connection: Connection, before: dt.datetime, now: dt.datetime) -> Batch:
    """Empty the bodies of one batch of entries first seen before a time."""

    def work(ids: Sequence[int]) -> int:
        old = sa.and_(revisions.c.entry_id.in_(ids), revisions.c.purged_at.is_(None), revisions.c.body != "")
        connection.execute(sa.delete(search_documents).where(search_documents.c.entry_id.in_(ids)))
        return connection.execute(sa.update(revisions).where(old).values(body="", purged_at=now)).rowcount

    return _walk(connection, "full_text", before, now, work)


def drop_mentions(connection: Connection, before: dt.datetime, now: dt.datetime) -> Batch:
    """Delete the mentions of one batch of entries first seen before a time."""

    def work(ids: Sequence[int]) -> int:
        of_entries = sa.select(annotated.c.id).where(annotated.c.entry_id.in_(ids))
        return connection.execute(
            sa.delete(mentions).where(mentions.c.annotation_id.in_(of_entries))
        ).rowcount

    return _walk(connection, "mentions", before, now, work)


def _walk(
    connection: Connection,
    kind: str,
    before: dt.datetime,
    now: dt.datetime,
    work: Callable[[Sequence[int]], int],
) -> Batch:
    """One batch of old entries from where the last one ended; what waits for analysis is left for then."""
    began, seen_at, seen_id = _cursor(connection, kind, now)
    after = sa.or_(
        entries.c.observed_at > seen_at,
        sa.and_(entries.c.observed_at == seen_at, entries.c.id > seen_id),
    )
    query = (
        sa.select(entries.c.id, entries.c.observed_at, entries.c.pending_at)
        .where(entries.c.observed_at < before, entries.c.observed_at >= seen_at, after)
        .order_by(entries.c.observed_at, entries.c.id)
        .limit(BATCH)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Batch()
    held = held_entries(connection, [row.id for row in rows])
    removed = work([row.id for row in rows if row.id not in held and row.pending_at is None])
    _keep_cursor(connection, kind, began, rows[-1].observed_at, rows[-1].id, now)
    return Batch(removed, len(held), more=len(rows) == BATCH)


def _cursor(connection: Connection, kind: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime, int]:
    """When this pass over the archive began, and the last entry that it looked at."""
    query = sa.select(settings.c.value).where(settings.c.key == f"retention_{kind}")
    stored = connection.execute(query).scalar_one_or_none()
    start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    if stored is None:
        return now, start, 0
    began, seen_at, seen_id = stored.split(" ")
    # a clock that went back would otherwise keep a pass for ever
    if not dt.timedelta(0) <= now - dt.datetime.fromisoformat(began) < AGAIN:
        return now, start, 0
    return dt.datetime.fromisoformat(began), dt.datetime.fromisoformat(seen_at), int(seen_id)


def _keep_cursor(
    connection: Connection,
    kind: str,
    began: dt.datetime,
    seen_at: dt.datetime,
    seen_id: int,
    now: dt.datetime,
) -> None:
    value = f"{began.isoformat()} {seen_at.isoformat()} {seen_id}"
    row = {"key": f"retention_{kind}", "value": value, "updated_at": now}
    statement = insert(connection, settings).values(**row)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"value": statement.excluded.value, "updated_at": now}
    )
    connection.execute(statement)


def drop_pages(connection: Connection, before: dt.datetime, now: dt.datetime) -> Batch:
    """Delete the oldest raw pages of before a time, but those of entries on which something rests."""
    began, seen_at, seen_id = _cursor(connection, "raw_pages", now)
    query = (
        sa.select(raw_pages.c.entry_id, raw_pages.c.observed_at)
        .where(raw_pages.c.observed_at < before, raw_pages.c.observed_at >= seen_at)
        .where(sa.or_(raw_pages.c.observed_at > seen_at, raw_pages.c.entry_id > seen_id))
        .order_by(raw_pages.c.observed_at, raw_pages.c.entry_id)
        .limit(BATCH)
    )
    rows = connection.execute(query).all()
    if not rows:
        return Batch()
    held = held_entries(connection, [row.entry_id for row in rows])
    free = [row.entry_id for row in rows if row.entry_id not in held]
    connection.execute(sa.delete(raw_pages).where(raw_pages.c.entry_id.in_(free)))
    _keep_cursor(connection, "raw_pages", began, rows[-1].observed_at, rows[-1].entry_id, now)
    return Batch(len(free), len(held), more=len(rows) == BATCH)


def drop_bodies(connection: Connection, before: dt.datetime, _: dt.datetime) -> Batch:
    """Delete raw answers of feeds of before a time. What a claim rests on was captured when it was found."""
    query = sa.select(raw_bodies.c.id).where(raw_bodies.c.observed_at < before)
    ids = list(connection.execute(query.order_by(raw_bodies.c.observed_at).limit(BATCH)).scalars())
    connection.execute(sa.delete(raw_bodies).where(raw_bodies.c.id.in_(ids)))
    return Batch(len(ids), more=len(ids) == BATCH)


def drop_translations(connection: Connection, before: dt.datetime, _: dt.datetime) -> Batch:
    """Delete cached translations of before a time; what is told again is translated anew."""
    gone = connection.execute(sa.delete(translations).where(translations.c.made_at < before)).rowcount
    return Batch(gone)


def drop_fetches(connection: Connection, before: dt.datetime, _: dt.datetime) -> Batch:
    """Delete the oldest whole day of the log of fetches, if it ended before a time. Its sums stay as rollups."""
    oldest = connection.execute(sa.select(sa.func.min(fetches.c.day))).scalar_one_or_none()
    if oldest is None or oldest >= before.astimezone(dt.UTC).date():
        return Batch()
    removed = connection.execute(sa.delete(fetches).where(fetches.c.day == oldest)).rowcount
    return Batch(removed, more=True)
