"""The archive for re-tagging: analysed texts whose annotation is of other versions, in order of id.

What waits for analysis is left to it: the next one uses the current taxonomy anyway. A text that retention took
away keeps the annotation that it has, for there is nothing left to read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entry_topics
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds, outlets
from monitor.types.annotations import EntryText
from monitor.types.retagging import Archived, IdRange, Versions

TEXT = (
    entries.c.id.label("entry_id"),
    revisions.c.id.label("revision_id"),
    entries.c.uid,
    entries.c.kind,
    revisions.c.title,
    revisions.c.body,
    outlets.c.name.label("outlet"),
    sa.func.coalesce(entries.c.language_declared, feeds.c.config_language, outlets.c.language).label(
        "language_hint"
    ),
    entries.c.url,
    entries.c.published_at,
    entries.c.links,
    entries.c.forward_channel,
    entries.c.forward_name,
)


def archived_texts(
    connection: Connection,
    *,
    limit: int,
    since: dt.datetime | None,
    versions: Versions | None,
    within: IdRange,
    every: int = 1,
) -> list[Archived]:
    """At most `limit` texts by entry id within a range, observed since `since`, with what is said of them.

    Those annotated under other versions than `versions`; all of them where that is None. `every` n takes only
    the entries whose id divides by n: a sample that is the same each time.
    """
    query = _stale(
        sa.select(*TEXT, annotated.c.id.label("annotation_id"), annotated.c.language), since, versions
    )
    query = _inside(query, within).order_by(entries.c.id).limit(limit)
    if every > 1:
        query = query.where(entries.c.id % every == 0)
    rows = connection.execute(query).mappings().all()
    topics = _accepted(connection, [row["annotation_id"] for row in rows])
    names = [column.key for column in TEXT]
    return [
        Archived(
            text=EntryText(**{**{name: row[name] for name in names}, "links": tuple(row["links"])}),
            topics=frozenset(topics.get(row["annotation_id"], ())),
            language=row["language"],
        )
        for row in rows
    ]


def count_archived(
    connection: Connection, *, since: dt.datetime | None, versions: Versions | None, within: IdRange
) -> int:
    """How many texts `archived_texts` would give in all."""
    query = _inside(_stale(sa.select(sa.func.count()), since, versions), within)
    found: int = connection.execute(query).scalar_one()
    return found


def last_entry_id(connection: Connection) -> int:
    """The highest entry id, 0 in an empty archive."""
    found: int = connection.execute(sa.select(sa.func.coalesce(sa.func.max(entries.c.id), 0))).scalar_one()
    return found


def id_ranges(
    connection: Connection, *, since: dt.datetime | None, versions: Versions | None, parts: int
) -> list[IdRange]:
    """Ranges of ids, at most `parts`, none empty, with about as many texts each; together they are the whole."""
    total = count_archived(connection, since=since, versions=versions, within=IdRange())
    size = -(-total // max(parts, 1))
    bounds = [0]
    for number in range(1, max(parts, 1)):
        query = _inside(_stale(sa.select(entries.c.id), since, versions), IdRange())
        query = query.order_by(entries.c.id).offset(number * size - 1).limit(1)
        bound = connection.execute(query).scalar_one_or_none() if size else None
        if bound is not None and number * size < total:
            bounds.append(bound)
    ends: list[int | None] = [*bounds[1:], None]
    return (
        [IdRange(after=after, until=until) for after, until in zip(bounds, ends, strict=True)]
        if total
        else []
    )


def _stale(query: sa.Select[Any], since: dt.datetime | None, versions: Versions | None) -> sa.Select[Any]:
    query = (
        query.select_from(entries)
        .join(annotated, sa.and_(annotated.c.entry_id == entries.c.id, annotated.c.valid_to.is_(None)))
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(entries.c.pending_at.is_(None), revisions.c.purged_at.is_(None))
    )
    if since is not None:
        query = query.where(entries.c.observed_at >= since)
    if versions is not None:
        said = sa.tuple_(annotated.c.taxonomy_version, annotated.c.code_version)
        query = query.where(said != sa.tuple_(*map(sa.literal, versions)))
    return query


def _inside(query: sa.Select[Any], within: IdRange) -> sa.Select[Any]:
    query = query.where(entries.c.id > within.after)
    return query if within.until is None else query.where(entries.c.id <= within.until)


def _accepted(connection: Connection, annotation_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chunk in chunks(annotation_ids, CHUNK):
        query = sa.select(entry_topics.c.annotation_id, entry_topics.c.topic)
        query = query.where(entry_topics.c.annotation_id.in_(chunk), entry_topics.c.accepted)
        for row in connection.execute(query):
            found.setdefault(row.annotation_id, []).append(row.topic)
    return found
