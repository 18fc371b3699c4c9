"""Stories: entries that wait for one, stored items that may be copies, and decisions written down."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.keys import key64, signed64
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import fingerprints, story_bands, story_keys
from monitor.store.schema.sources import feeds, outlets
from monitor.store.upsert import insert
from monitor.types.grouping import Candidate, Fingerprint, StoryItem

COLUMNS = (
    entries.c.id.label("entry_id"),
    entries.c.uid,
    entries.c.kind,
    entries.c.language,
    revisions.c.title,
    revisions.c.body,
    entries.c.effective_at,
    outlets.c.name.label("outlet"),
    entries.c.feed_id,
    entries.c.url,
    entries.c.source_url,
    entries.c.links,
    entries.c.forward_channel,
    entries.c.forward_post,
    entries.c.story_id,
)


def _items() -> sa.Select[Any]:
    return (
        sa.select(*COLUMNS)
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
    )


def _item(row: RowMapping) -> StoryItem:
    values = {name: row[name] for name in StoryItem.__dataclass_fields__ if name in row}
    channel, post = row["forward_channel"], row["forward_post"]
    # an origin without a post id names a channel, not a report
    forward = f"{channel}/{post}" if channel and post is not None else None
    return StoryItem(**{**values, "links": tuple(row["links"]), "forward": forward})


def pending_stories(connection: Connection, *, limit: int, after: int = 0) -> list[StoryItem]:
    """Analysed entries without a story, by id from `after`."""
    query = (
        _items()
        .where(entries.c.story_id.is_(None), entries.c.language.is_not(None), entries.c.id > after)
        .order_by(entries.c.id)
        .limit(limit)
    )
    return [_item(row) for row in connection.execute(query).mappings()]


NEWEST = 64
"""Items taken of one key or band: the newest. What more share is a template, and its copies are among these."""


def candidates(
    connection: Connection,
    *,
    keys: Collection[str],
    bands: Collection[int],
    languages: Collection[str] | None,
    since: dt.datetime,
    until: dt.datetime,
    bands_since: dt.datetime | None = None,
) -> list[Candidate]:
    """Stored items with a fingerprint that share a key or a band, effective in [since, until], by entry id.

    `languages` limits the items; None takes every language. Bands are looked up from `bands_since` on, where given.
    At most the newest 64 of each key and band are taken.
    """
    ids = newest_of(connection, story_keys, "key", [key64(key) for key in keys], since, until, NEWEST)
    lately = since if bands_since is None else max(since, bands_since)
    ids |= newest_of(connection, story_bands, "band", [signed64(b) for b in bands], lately, until, NEWEST)
    found: list[Candidate] = []
    for chunk in chunks(sorted(ids), CHUNK):
        query = _items().join(fingerprints, fingerprints.c.entry_id == entries.c.id)
        query = query.add_columns(
            fingerprints.c["keys"],
            fingerprints.c.bands,
            fingerprints.c.signature,
            fingerprints.c.shingles,
            fingerprints.c.facts,
        ).where(entries.c.id.in_(chunk))
        if languages is not None:
            query = query.where(entries.c.language.in_(list(languages)))
        rows = connection.execute(query.order_by(entries.c.id)).mappings()
        found += [Candidate(item=_item(row), fingerprint=_fingerprint(row)) for row in rows]
    return found


def newest_of(
    connection: Connection,
    table: sa.Table,
    column: str,
    values: Iterable[int],
    since: dt.datetime,
    until: dt.datetime,
    most: int,
) -> set[int]:
    """Entry ids under each value of an index table, effective in [since, until]: the newest `most` of each value.

    The value's own time of its `most`-th newest row bounds the range that is read, so that a template that a
    million items share costs no more than any other. Rows of that very time come all.
    """
    wanted = sorted(set(values))
    if not wanted:
        return set()
    postgresql = connection.dialect.name == "postgresql"
    listed = "unnest(CAST(:wanted AS BIGINT[])) AS w(value)" if postgresql else "json_each(:wanted) AS w"
    statement = sa.text(
        f"SELECT t.entry_id FROM {listed} CROSS JOIN {table.name} t"  # noqa: S608 - constants
        f" WHERE t.{column} = w.value AND t.effective_at <= :until AND t.effective_at >= COALESCE("
        f"(SELECT n.effective_at FROM {table.name} n WHERE n.{column} = w.value"
        f" AND n.effective_at <= :until AND n.effective_at >= :since"
        f" ORDER BY n.effective_at DESC LIMIT 1 OFFSET {most - 1}), :since)"
    ).bindparams(
        sa.bindparam("since", since, table.c.effective_at.type),
        sa.bindparam("until", until, table.c.effective_at.type),
    )
    given = wanted if postgresql else json.dumps(wanted)
    return set(connection.execute(statement, {"wanted": given}).scalars())


def _fingerprint(row: RowMapping) -> Fingerprint:
    return Fingerprint(
        entry_id=row["entry_id"],
        keys=tuple(row[fingerprints.c["keys"]]),
        bands=tuple(row[fingerprints.c.bands]),
        signature=row[fingerprints.c.signature],
        shingles=row[fingerprints.c.shingles],
        facts={name: tuple(values) for name, values in row[fingerprints.c.facts].items()},
    )


def save_fingerprints(
    connection: Connection, prints: Sequence[Fingerprint], times: Mapping[int, dt.datetime]
) -> None:
    """Store fingerprints with their keys and bands as indexed rows. `times` is effective_at by entry id."""
    if not prints:
        return
    rows = [
        {
            "entry_id": one.entry_id,
            "keys": one.keys,
            "bands": one.bands,
            "signature": one.signature,
            "shingles": one.shingles,
            "facts": {name: list(values) for name, values in one.facts.items()},
        }
        for one in prints
    ]
    statement = insert(connection, fingerprints)
    names = ("keys", "bands", "signature", "shingles", "facts")
    statement = statement.on_conflict_do_update(
        index_elements=["entry_id"], set_={name: statement.excluded[name] for name in names}
    )
    connection.execute(statement, rows)
    ids = [one.entry_id for one in prints]
    for table in (story_keys, story_bands):
        for chunk in chunks(ids, CHUNK):
            connection.execute(sa.delete(table).where(table.c.entry_id.in_(chunk)))
    key_rows = [_indexed("key", key64(key), one.entry_id, times) for one in prints for key in one.keys]
    band_rows = [
        _indexed("band", signed64(band), one.entry_id, times) for one in prints for band in one.bands
    ]
    for table, indexed in ((story_keys, key_rows), (story_bands, band_rows)):
        if indexed:
            connection.execute(insert(connection, table).on_conflict_do_nothing(), indexed)


def _indexed(name: str, value: int, entry_id: int, times: Mapping[int, dt.datetime]) -> dict[str, Any]:
    return {name: value, "entry_id": entry_id, "effective_at": times[entry_id]}


def prune_fingerprints(connection: Connection, before: dt.datetime, *, limit: int = 10_000) -> int:
    """Forget keys and bands of items older than the window of grouping, at most `limit` entries a call."""
    old = sa.select(entries.c.id).where(entries.c.effective_at < before).subquery()
    query = sa.select(fingerprints.c.entry_id).where(fingerprints.c.entry_id.in_(sa.select(old.c.id)))
    ids = list(connection.execute(query.limit(limit)).scalars())
    for table in (story_keys, story_bands, fingerprints):
        for chunk in chunks(ids, CHUNK):
            connection.execute(sa.delete(table).where(table.c.entry_id.in_(chunk)))
    return len(ids)
