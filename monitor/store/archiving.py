"""Old texts and mentions taken out of the database to files, and put back: by natural keys, batch by batch.

read -> files written and checked -> removed, exactly what was written. Titles, stories and counts stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.held import held_entries
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, mentions
from monitor.store.schema.entries import entries, revisions, search_documents
from monitor.store.schema.sources import feeds
from monitor.types.backup import ArchivedMention, ArchivedText

BATCH = 1000


def old_entries(connection: Connection, before: dt.datetime, after: int) -> tuple[list[int], int | None]:
    """Of one batch of entries first seen before a time those that may go, by id from `after`; the id to go on from."""
    query = (
        sa.select(entries.c.id, entries.c.pending_at)
        .where(entries.c.id > after, entries.c.observed_at < before)
        .order_by(entries.c.id)
        .limit(BATCH)
    )
    rows = connection.execute(query).all()
    if not rows:
        return [], None
    held = held_entries(connection, [row.id for row in rows])
    return [row.id for row in rows if row.id not in held and row.pending_at is None], rows[-1].id


def texts_of(connection: Connection, ids: Sequence[int]) -> list[ArchivedText]:
    """Texts of these entries that are there."""
    query = (
        sa.select(
            entries.c.uid, feeds.c.slug.label("feed"), entries.c.url, entries.c.language,
            entries.c.published_at, revisions.c.source, revisions.c.number, revisions.c.sha256,
            revisions.c.observed_at, revisions.c.title, revisions.c.body,
        )
        .join(entries, entries.c.id == revisions.c.entry_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(revisions.c.purged_at.is_(None), revisions.c.body != "")
        .order_by(revisions.c.entry_id, revisions.c.number)
    )  # fmt: skip
    found: list[ArchivedText] = []
    for chunk in chunks(ids, CHUNK):
        rows = connection.execute(query.where(revisions.c.entry_id.in_(chunk))).mappings()
        found += [ArchivedText(**row) for row in rows]
    return found


def mentions_of(connection: Connection, ids: Sequence[int]) -> list[ArchivedMention]:
    """Mentions in texts of these entries, of all annotations."""
    query = (
        sa.select(
            entries.c.uid, revisions.c.sha256.label("revision_sha256"), revisions.c.source.label("revision_source"),
            annotated.c.taxonomy_version, annotated.c.code_version, annotated.c.valid_from,
            mentions.c.position, mentions.c.topic, mentions.c.term, mentions.c.field,
            mentions.c.start_char, mentions.c.end_char,
            mentions.c.rule,
        )
        .join(annotated, annotated.c.id == mentions.c.annotation_id)
        .join(entries, entries.c.id == annotated.c.entry_id)
        .join(revisions, revisions.c.id == annotated.c.revision_id)
        .order_by(mentions.c.annotation_id, mentions.c.position)
    )  # fmt: skip
    found: list[ArchivedMention] = []
    for chunk in chunks(ids, CHUNK):
        rows = connection.execute(query.where(annotated.c.entry_id.in_(chunk))).mappings()
        found += [ArchivedMention(**row) for row in rows]
    return found


def remove(connection: Connection, texts: Sequence[ArchivedText], now: dt.datetime) -> int:
    """Empty exactly these texts, and drop their entries' mentions, but for what a hold came to rest on since."""
    by_uid = _ids(connection, [text.uid for text in texts])
    held = held_entries(connection, by_uid.values())
    gone = 0
    for text in texts:
        entry_id = by_uid.get(text.uid)
        if entry_id is None or entry_id in held:
            continue
        this = sa.and_(
            revisions.c.entry_id == entry_id,
            revisions.c.sha256 == text.sha256,
            revisions.c.source == text.source,
            revisions.c.purged_at.is_(None),
        )
        gone += connection.execute(sa.update(revisions).where(this).values(body="", purged_at=now)).rowcount
    free = sorted(set(by_uid.values()) - held)
    for chunk in chunks(free, CHUNK):
        of_entries = sa.select(annotated.c.id).where(annotated.c.entry_id.in_(chunk))
        connection.execute(sa.delete(mentions).where(mentions.c.annotation_id.in_(of_entries)))
        connection.execute(sa.delete(search_documents).where(search_documents.c.entry_id.in_(chunk)))
    return gone


def put_back_texts(connection: Connection, texts: Sequence[ArchivedText]) -> int:
    """Put texts back where their entries still lack them; how many."""
    by_uid, back = _ids(connection, [text.uid for text in texts]), 0
    for text in texts:
        this = sa.and_(
            revisions.c.entry_id == by_uid.get(text.uid, -1),
            revisions.c.sha256 == text.sha256,
            revisions.c.source == text.source,
            revisions.c.purged_at.is_not(None),
        )
        values = {"title": text.title, "body": text.body, "purged_at": None}
        back += connection.execute(sa.update(revisions).where(this).values(**values)).rowcount
    return back


def put_back_mentions(connection: Connection, found: Sequence[ArchivedMention]) -> int:
    """Put mentions back under their annotations, where these have none; how many."""
    by_uid = _ids(connection, [one.uid for one in found])
    keys = _annotations(connection, sorted(set(by_uid.values())))
    empty = set(keys.values()) - _with_mentions(connection, sorted(set(keys.values())))
    rows = []
    for one in found:
        key = (
            by_uid.get(one.uid), one.revision_sha256, one.revision_source,
            one.taxonomy_version, one.code_version, one.valid_from,
        )  # fmt: skip
        annotation = keys.get(key)
        if annotation in empty:
            rows.append(
                {
                    "annotation_id": annotation,
                    "position": one.position,
                    "topic": one.topic,
                    "term": one.term,
                    "field": one.field,
                    "start_char": one.start_char,
                    "end_char": one.end_char,
                    "rule": one.rule,
                }
            )
    if rows:
        connection.execute(sa.insert(mentions), rows)
    return len(rows)


def _ids(connection: Connection, uids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(sorted(set(uids)), CHUNK):
        query = sa.select(entries.c.uid, entries.c.id).where(entries.c.uid.in_(chunk))
        found |= {row.uid: row.id for row in connection.execute(query)}
    return found


def _annotations(connection: Connection, ids: Sequence[int]) -> dict[tuple[object, ...], int]:
    query = sa.select(
        annotated.c.id, annotated.c.entry_id, revisions.c.sha256, revisions.c.source,
        annotated.c.taxonomy_version, annotated.c.code_version, annotated.c.valid_from,
    ).join(revisions, revisions.c.id == annotated.c.revision_id)  # fmt: skip
    found: dict[tuple[object, ...], int] = {}
    for chunk in chunks(ids, CHUNK):
        rows = connection.execute(query.where(annotated.c.entry_id.in_(chunk)))
        found |= {tuple(row[1:]): row.id for row in rows}
    return found


def _with_mentions(connection: Connection, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(ids, CHUNK):
        query = sa.select(mentions.c.annotation_id).where(mentions.c.annotation_id.in_(chunk)).distinct()
        found |= set(connection.execute(query).scalars())
    return found
