"""Posts of channels after they were stored: which still stand, which a claim rests on, which are gone.

A gone post stays, is shown as gone, and keeps its text unless `telegram.purge_gone` takes that away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.keys import entry_uid
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries, holds, revisions, search_documents
from monitor.store.schema.operations import decisions
from monitor.store.schema.sources import raw_bodies
from monitor.types.source import FeedKind


def standing(connection: Connection, channel: str, numbers: Collection[int]) -> set[int]:
    """Those of these post numbers that are stored and not gone."""
    found: set[int] = set()
    for chunk in chunks(_uids(channel, numbers), CHUNK):
        query = sa.select(entries.c.external_id).where(entries.c.uid.in_(chunk), entries.c.gone_at.is_(None))
        found |= {int(number) for number in connection.execute(query).scalars()}
    return found


def first_since(connection: Connection, feed_id: int, since: dt.datetime) -> int | None:
    """The lowest number of a post of the feed that was published since; None where there is none."""
    number = sa.func.min(sa.cast(entries.c.external_id, sa.BigInteger))
    query = sa.select(number).where(entries.c.feed_id == feed_id, entries.c.published_at >= since)
    return connection.execute(query).scalar()


def claimed(
    connection: Connection, feed_id: int, windows: Sequence[tuple[dt.datetime, dt.datetime]]
) -> list[int]:
    """Numbers of posts that a current claim rests on and that were first seen in one of the windows (after, to]."""
    if not windows:
        return []
    seen = sa.or_(
        *(sa.and_(entries.c.observed_at > after, entries.c.observed_at <= to) for after, to in windows)
    )
    rests = sa.exists().where(claims.c.entry_id == entries.c.id, claims.c.valid_to.is_(None))
    query = sa.select(entries.c.external_id).where(
        entries.c.feed_id == feed_id, entries.c.gone_at.is_(None), seen, rests
    )
    return sorted(int(number) for number in connection.execute(query).scalars())


def mark_gone(
    connection: Connection, channel: str, numbers: Collection[int], now: dt.datetime, *, purge: bool
) -> int:
    """Mark posts as gone; how many were not yet. With `purge` their texts are dropped, except those that are held."""
    changed = 0
    for chunk in chunks(_uids(channel, numbers), CHUNK):
        fresh = sa.and_(entries.c.uid.in_(chunk), entries.c.gone_at.is_(None))
        changed += connection.execute(sa.update(entries).where(fresh).values(gone_at=now)).rowcount
        if purge:
            _purge(connection, chunk, now)
    return changed


def mark_back(connection: Connection, channel: str, numbers: Collection[int]) -> int:
    """Posts that are shown again are not gone; how many were said to be."""
    changed = 0
    for chunk in chunks(_uids(channel, numbers), CHUNK):
        said = sa.and_(entries.c.uid.in_(chunk), entries.c.gone_at.is_not(None))
        changed += connection.execute(sa.update(entries).where(said).values(gone_at=None)).rowcount
    return changed


def _purge(connection: Connection, uids: Sequence[str], now: dt.datetime) -> None:
    """Empty the texts of posts that no claim, no decision and no hold needs."""
    needed = sa.or_(
        sa.exists().where(claims.c.entry_id == entries.c.id),
        sa.exists().where(decisions.c.object_kind == "entry", decisions.c.object_key == entries.c.uid),
        sa.exists().where(
            holds.c.object_kind == "entry", holds.c.object_key == entries.c.uid, holds.c.released_at.is_(None)
        ),
    )
    free = sa.select(entries.c.id).where(entries.c.uid.in_(uids), sa.not_(needed))
    texts = sa.and_(revisions.c.entry_id.in_(free), revisions.c.purged_at.is_(None))
    connection.execute(sa.delete(search_documents).where(search_documents.c.entry_id.in_(free)))
    connection.execute(sa.update(revisions).where(texts).values(title="", body="", purged_at=now))


def keep_bodies(connection: Connection, feed_id: int, most: int) -> int:
    """Keep only the newest pages of a feed that could not be read, `most` of them; how many went."""
    odd = sa.and_(raw_bodies.c.feed_id == feed_id, raw_bodies.c.failed)
    newest = (
        sa.select(raw_bodies.c.id)
        .where(odd)
        .order_by(raw_bodies.c.observed_at.desc(), raw_bodies.c.id.desc())
        .limit(most)
    )
    kept = list(connection.execute(newest).scalars())
    old = sa.and_(odd, raw_bodies.c.id.not_in(kept))
    return connection.execute(sa.delete(raw_bodies).where(old)).rowcount


def _uids(channel: str, numbers: Collection[int]) -> list[str]:
    return [entry_uid(FeedKind.TELEGRAM.value, channel, str(number)) for number in sorted(numbers)]
