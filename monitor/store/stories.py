"""Stories: entries that wait for one, stored items that may be copies, and decisions written down."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.group.learning import learnt
from monitor.store.feed_lines import read_lines
from monitor.store.keys import key64, signed64
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entities
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import fingerprints, story_bands, story_keys
from monitor.store.schema.operations import settings
from monitor.store.schema.sources import feeds, outlets
from monitor.store.upsert import add_rows, insert
from monitor.types.grouping import SHORT_TEXT, UNCASED, Candidate, Fingerprint, StoryItem

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
    return complete(connection, [_item(row) for row in connection.execute(query).mappings()])


def complete(connection: Connection, items: Sequence[StoryItem]) -> list[StoryItem]:
    """Items with what else is known of them: their feeds' boilerplate, and the places that short ones name."""
    return with_habits(connection, with_places(connection, items))


def with_places(connection: Connection, items: Sequence[StoryItem]) -> list[StoryItem]:
    """Items with the states, groups and places that annotation found: short texts in scripts without capitals."""
    short = [
        item.entry_id
        for item in items
        if item.language in UNCASED and len(item.title) + len(item.body) <= SHORT_TEXT
    ]
    found: dict[int, set[str]] = {}
    for chunk in chunks(short, CHUNK):
        query = (
            sa.select(annotated.c.entry_id, entities.c.code)
            .join(entities, entities.c.annotation_id == annotated.c.id)
            .where(annotated.c.valid_to.is_(None), annotated.c.entry_id.in_(chunk))
            .where(entities.c.kind.in_(("actor", "place")))
        )
        for entry_id, code in connection.execute(query):
            found.setdefault(entry_id, set()).add(code)
    return [
        replace(item, places=frozenset(found[item.entry_id])) if item.entry_id in found else item
        for item in items
    ]


def with_habits(connection: Connection, items: Sequence[StoryItem]) -> list[StoryItem]:
    """Items with the lines that are known as boilerplate of their feeds."""
    known = read_lines(connection, {item.feed_id for item in items})
    habits = {feed: found for feed, lines in known.items() if (found := learnt(lines))}
    return [replace(i, habits=habits[i.feed_id]) if i.feed_id in habits else i for i in items]


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
        ).where(entries.c.id.in_(chunk))
        if languages is not None:
            query = query.where(entries.c.language.in_(list(languages)))
        rows = connection.execute(query.order_by(entries.c.id)).mappings()
        found += [Candidate(item=_item(row), fingerprint=_fingerprint(row)) for row in rows]
    items = complete(connection, [one.item for one in found])
    return [replace(one, item=item) for one, item in zip(found, items, strict=True)]


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
        }
        for one in prints
    ]
    statement = insert(connection, fingerprints)
    names = ("keys", "bands", "signature", "shingles")
    statement = statement.on_conflict_do_update(
        index_elements=["entry_id"], set_={name: statement.excluded[name] for name in names}
    )
    forget_rows(connection, [one.entry_id for one in prints])
    connection.execute(statement, rows)
    # in the order of the index: each of its pages is touched once
    keys = sorted({(key64(key), times[one.entry_id], one.entry_id) for one in prints for key in one.keys})
    bands = sorted(
        {(signed64(band), times[one.entry_id], one.entry_id) for one in prints for band in one.bands}
    )
    add_rows(connection, story_keys, keys)
    add_rows(connection, story_bands, bands)


def forget_rows(connection: Connection, entry_ids: Sequence[int], *, keys: bool = True) -> None:
    """Take the bands, and the keys, of these entries out of the index. The fingerprints themselves stay."""
    known: list[dict[str, Any]] = []
    for chunk in chunks(entry_ids, CHUNK):
        query = sa.select(fingerprints.c.entry_id, fingerprints.c.bands, entries.c.effective_at)
        query = query.join(entries, entries.c.id == fingerprints.c.entry_id)
        known += map(dict, connection.execute(query.where(fingerprints.c.entry_id.in_(chunk))).mappings())
    if known:
        ids = [row["entry_id"] for row in known]
        for chunk in chunks(ids if keys else [], CHUNK):
            connection.execute(sa.delete(story_keys).where(story_keys.c.entry_id.in_(chunk)))
        gone = [
            {"b_band": signed64(band), "b_at": row["effective_at"], "b_entry": row["entry_id"]}
            for row in known
            for band in row["bands"]
        ]
        if gone:
            columns = story_bands.c
            one = sa.and_(
                columns.band == sa.bindparam("b_band"),
                columns.effective_at == sa.bindparam("b_at"),
                columns.entry_id == sa.bindparam("b_entry"),
            )
            connection.execute(sa.delete(story_bands).where(one), gone)


BANDS_THROUGH = "story_bands_pruned_through"


def prune_bands(connection: Connection, before: dt.datetime, now: dt.datetime, *, limit: int = 10_000) -> int:
    """Forget bands of items that neither happened nor were seen since `before`, at most `limit` entries a call.

    Entries are looked at in the order in which they were stored, from where the last call stopped.
    """
    through = connection.execute(sa.select(settings.c.value).where(settings.c.key == BANDS_THROUGH)).scalar()
    ids = _outdated(connection, int(through or 0), before, limit)
    if ids:
        forget_rows(connection, ids, keys=False)
        statement = insert(connection, settings).values(key=BANDS_THROUGH, value=str(ids[-1]), updated_at=now)
        changed = {name: statement.excluded[name] for name in ("value", "updated_at")}
        connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changed))
    return len(ids)


def prune_fingerprints(connection: Connection, before: dt.datetime, *, limit: int = 10_000) -> int:
    """Forget fingerprints, keys and bands of such items, at most `limit` entries a call."""
    ids = _outdated(connection, 0, before, limit)
    forget_rows(connection, ids)
    for chunk in chunks(ids, CHUNK):
        connection.execute(sa.delete(fingerprints).where(fingerprints.c.entry_id.in_(chunk)))
    return len(ids)


def _outdated(connection: Connection, after: int, before: dt.datetime, limit: int) -> list[int]:
    """The first entries with a fingerprint, by id beyond `after`, up to the first that is still in the window.

    Ids grow with the time of storing, so that what is looked at and not taken is one entry.
    """
    query = sa.select(fingerprints.c.entry_id, entries.c.effective_at, entries.c.observed_at)
    query = query.join(entries, entries.c.id == fingerprints.c.entry_id)
    rows = connection.execute(
        query.where(fingerprints.c.entry_id > after).order_by(fingerprints.c.entry_id).limit(limit)
    )
    old = takewhile(lambda row: row.observed_at < before and row.effective_at < before, rows)
    return [row.entry_id for row in old]
