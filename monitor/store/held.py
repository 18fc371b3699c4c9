"""Which entries must stay whole: a claim, a decision of a person, a pin, a capture or a hold rests on them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import captures, entries, holds
from monitor.store.schema.grouping import stories
from monitor.store.schema.operations import decisions


def held_entries(connection: Connection, entry_ids: Collection[int]) -> set[int]:
    """Those of these entries of which nothing may be taken away."""
    held: set[int] = set()
    for chunk in chunks(sorted(entry_ids), CHUNK):
        held |= _by_row(connection, chunk)
        held |= _by_name(connection, [one for one in chunk if one not in held])
    return held


def _by_row(connection: Connection, chunk: Collection[int]) -> set[int]:
    """Claims, of whatever time, and captures."""
    found: set[int] = set()
    for table in (claims, captures):
        query = sa.select(table.c.entry_id).where(table.c.entry_id.in_(chunk)).distinct()
        found |= set(connection.execute(query).scalars())
    return found


def _by_name(connection: Connection, chunk: Collection[int]) -> set[int]:
    """Holds on the entry, its story, its cluster or its feed, and decisions that name the entry or its story."""
    query = (
        sa.select(entries.c.id, entries.c.uid, entries.c.feed_id, entries.c.story_id, stories.c.cluster_id)
        .outerjoin(stories, stories.c.id == entries.c.story_id)
        .where(entries.c.id.in_(chunk))
    )
    rows = connection.execute(query).mappings().all()
    if not rows:
        return set()
    on_hold, decided = _active_holds(connection), _decided(connection)
    found = set()
    for row in rows:
        names = {
            ("entry", row["uid"]),
            ("story", str(row["story_id"])),
            ("cluster", str(row["cluster_id"])),
            ("feed", str(row["feed_id"])),
        }
        if names & on_hold or row["uid"] in decided or ("story", str(row["story_id"])) in decided:
            found.add(row["id"])
    return found


def _active_holds(connection: Connection) -> set[tuple[str, str]]:
    query = sa.select(holds.c.object_kind, holds.c.object_key).where(holds.c.released_at.is_(None))
    return {(row.object_kind, row.object_key) for row in connection.execute(query)}


def _decided(connection: Connection) -> set[Any]:
    """Every name that a decision holds, whatever its kind: keys (`uid`, `uid:topic`) and values."""
    query = sa.select(decisions.c.object_kind, decisions.c.object_key, decisions.c.old, decisions.c.new)
    found: set[Any] = set()
    for row in connection.execute(query.execution_options(yield_per=1000)):
        found.add((row.object_kind, row.object_key))
        found |= set(row.object_key.split(":"))
        for value in (row.old, row.new):
            found |= set(_names(value))
    return found


def _names(value: str | None) -> Iterator[str]:
    try:
        waiting = [json.loads(value)] if value else []
    except ValueError:
        waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
