"""Entries are placed in stories, and stories merged, as `group` decided.

On a merge the smallest id survives and a redirect keeps the other. Until clusters are made by evidence each story
has its own; when stories merge, so do their clusters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.cluster_ids import stale
from monitor.store.feed_lines import save_lines
from monitor.store.known import CHUNK, chunks
from monitor.store.merging import final_ids, merge_stories
from monitor.store.schema.entries import entries
from monitor.store.schema.grouping import clusters, stories, story_decisions
from monitor.store.stories import save_fingerprints
from monitor.types.grouping import FeedLines, Fingerprint, StoryDecision, StoryItem
from monitor.types.storage import StoryCounts


def save_stories(
    connection: Connection,
    items: Sequence[StoryItem],
    prints: Sequence[Fingerprint],
    decisions: Sequence[StoryDecision],
    now: dt.datetime,
    lines: Sequence[FeedLines] = (),
) -> StoryCounts:
    """Write fingerprints and decisions, open and join stories. Entries that have a story already keep it.

    `lines` are the counts of their feeds' edge lines; they are written with the first decisions on an entry only.
    """
    rows = _lock(connection, [decision.entry_id for decision in decisions])
    todo = {
        decision.entry_id: decision
        for decision in decisions
        if decision.entry_id in rows and rows[decision.entry_id]["story_id"] is None
    }
    if todo:
        save_lines(connection, lines)
    times = {entry_id: row["effective_at"] for entry_id, row in rows.items()}
    save_fingerprints(connection, [one for one in prints if one.entry_id in todo], times)
    placed = _stories_of(connection, todo)
    roots = {entry_id: _root(entry_id, todo, placed) for entry_id in todo}
    opening = sorted({root for root in roots.values() if root in todo}, key=lambda key: _order(rows[key]))
    placed |= _open(connection, [rows[entry_id] for entry_id in opening], now)
    homes = {entry_id: placed[root] for entry_id, root in roots.items()}
    equal = [{homes[entry_id], *decision.merges} for entry_id, decision in todo.items() if decision.merges]
    survivors, merged = merge_stories(connection, equal, now)
    homes = {entry_id: survivors.get(story, story) for entry_id, story in homes.items()}
    _settle(connection, homes)
    # a story of one entry says all that there is to say since it was opened
    opened = set(opening)
    grown = {story for entry_id, story in homes.items() if entry_id not in opened}
    refresh(connection, grown | set(survivors.values()))
    _outdate(connection, grown, now)
    _write_decisions(connection, todo, homes, now)
    return StoryCounts(new=len(opening), joined=len(todo) - len(opening), merged=merged)


def _lock(connection: Connection, entry_ids: Sequence[int]) -> dict[int, RowMapping]:
    found: dict[int, RowMapping] = {}
    columns = [entries.c[name] for name in ("id", "uid", "story_id", "language", "effective_at")]
    for chunk in chunks(sorted(set(entry_ids)), CHUNK):
        query = sa.select(*columns).where(entries.c.id.in_(chunk)).order_by(entries.c.id).with_for_update()
        found |= {row["id"]: row for row in connection.execute(query).mappings()}
    return found


def _order(row: RowMapping) -> tuple[dt.datetime, str]:
    return row["effective_at"], row["uid"]


def _stories_of(connection: Connection, todo: Mapping[int, StoryDecision]) -> dict[int, int]:
    """Story by entry, of stored entries that are to be joined."""
    joined = {decision.joined for decision in todo.values() if decision.joined is not None} - set(todo)
    found: dict[int, int] = {}
    for chunk in chunks(sorted(joined), CHUNK):
        query = sa.select(entries.c.id, entries.c.story_id)
        query = query.where(entries.c.id.in_(chunk), entries.c.story_id.is_not(None))
        found |= {row.id: row.story_id for row in connection.execute(query)}
    return found


def _root(entry_id: int, todo: Mapping[int, StoryDecision], placed: Mapping[int, int]) -> int:
    """The entry at the end of the joins: one that has a story, or one that opens one."""
    path = [entry_id]
    while path[-1] in todo:
        target = todo[path[-1]].joined
        if target is None or (target not in todo and target not in placed):
            return path[-1]
        if target in path:  # joined in a ring: one story, opened by the smallest
            return min(path[path.index(target) :])
        path.append(target)
    return path[-1]


def _open(connection: Connection, rows: Sequence[RowMapping], now: dt.datetime) -> dict[int, int]:
    """New stories, each in a cluster of its own; story by its first entry."""
    if not rows:
        return {}
    blank = [{"created_at": now, "changed_at": now} for _ in rows]
    cluster_ids = sorted(connection.execute(sa.insert(clusters).returning(clusters.c.id), blank).scalars())
    values = [
        {
            "cluster_id": cluster_id,
            "language": row["language"] or "und",
            "first_entry_id": row["id"],
            "first_seen_at": row["effective_at"],
            "last_seen_at": row["effective_at"],
            "created_at": now,
        }
        for cluster_id, row in zip(cluster_ids, rows, strict=True)
    ]
    statement = sa.insert(stories).returning(
        stories.c.first_entry_id, stories.c.id, sort_by_parameter_order=True
    )
    return {row.first_entry_id: row.id for row in connection.execute(statement, values)}


def _settle(connection: Connection, homes: Mapping[int, int]) -> None:
    if homes:
        statement = (
            sa.update(entries)
            .where(entries.c.id == sa.bindparam("b_id"))
            .values(story_id=sa.bindparam("b_story"))
        )
        rows = [{"b_id": entry_id, "b_story": story} for entry_id, story in sorted(homes.items())]
        connection.execute(statement, rows)


def _outdate(connection: Connection, story_ids: Iterable[int], now: dt.datetime) -> None:
    """Clusters of stories that gained an entry count their sources anew."""
    for chunk in chunks(sorted(story_ids), CHUNK):
        query = sa.select(stories.c.cluster_id).where(stories.c.id.in_(chunk)).distinct()
        stale(connection, set(connection.execute(query).scalars()), now)


def refresh(connection: Connection, story_ids: Iterable[int]) -> None:
    """Recompute first entry, span of time and language of stories from their entries."""
    updates: list[dict[str, Any]] = []
    for chunk in chunks(sorted(story_ids), CHUNK):
        query = sa.select(entries.c.story_id, entries.c.id, entries.c.effective_at, entries.c.language)
        by_story: dict[int, list[Any]] = {}
        for row in connection.execute(query.where(entries.c.story_id.in_(chunk))):
            by_story.setdefault(row.story_id, []).append(row)
        updates += [_summary(story_id, members) for story_id, members in sorted(by_story.items())]
    if updates:
        names = [name for name in updates[0] if name != "b_id"]
        values: dict[str, Any] = {name.removeprefix("b_"): sa.bindparam(name) for name in names}
        connection.execute(
            sa.update(stories).where(stories.c.id == sa.bindparam("b_id")).values(values), updates
        )


def _summary(story_id: int, members: Sequence[Any]) -> dict[str, Any]:
    ordered = sorted(members, key=lambda row: (row.effective_at, row.id))
    known = [row.language for row in ordered if row.language not in {None, "und"}]
    return {
        "b_id": story_id,
        "b_first_entry_id": ordered[0].id,
        "b_first_seen_at": ordered[0].effective_at,
        "b_last_seen_at": ordered[-1].effective_at,
        "b_language": known[0] if known else "und",
    }


def _write_decisions(
    connection: Connection, todo: Mapping[int, StoryDecision], homes: Mapping[int, int], now: dt.datetime
) -> None:
    rows = [
        {
            "entry_id": entry_id,
            "story_id": homes[entry_id],
            "joined_entry_id": decision.joined,
            "rule": decision.rule,
            "score": decision.score,
            "version": decision.version,
            "merges": sorted(decision.merges),
            "decided_at": now,
        }
        for entry_id, decision in sorted(todo.items())
    ]
    if rows:
        connection.execute(sa.insert(story_decisions), rows)


__all__ = ["final_ids", "refresh", "save_stories"]
