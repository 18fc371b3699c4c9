"""Clusters of a window computed anew: the stories read in order, and clusters parted and joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.cluster_ids import split_off, unite
from monitor.store.clusters import story_homes
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.grouping import cluster_evidence, stories
from monitor.store.story_texts import story_texts
from monitor.types.clusters import StoryText


def stories_since(
    connection: Connection, since: dt.datetime, *, limit: int, after: tuple[dt.datetime, int] | None
) -> list[StoryText]:
    """Stories that have been clustered and were first seen since, by (first_seen_at, id)."""
    done = sa.select(cluster_evidence.c.id).where(cluster_evidence.c.story_id == stories.c.id).exists()
    query = sa.select(stories).where(done, stories.c.first_seen_at >= since)
    if after is not None:
        moment, story = after
        query = query.where(
            sa.or_(
                stories.c.first_seen_at > moment,
                sa.and_(stories.c.first_seen_at == moment, stories.c.id > story),
            )
        )
    query = query.order_by(stories.c.first_seen_at, stories.c.id).limit(limit)
    rows = {row["id"]: row for row in connection.execute(query).mappings()}
    return sorted(story_texts(connection, rows), key=lambda text: (text.first_seen_at, text.story_id))


def standing_stories(
    connection: Connection, cluster_ids: Collection[int], before: tuple[dt.datetime, int]
) -> dict[int, int]:
    """How many stories of each cluster come before a (first_seen_at, id)."""
    moment, story = before
    earlier = sa.or_(
        stories.c.first_seen_at < moment, sa.and_(stories.c.first_seen_at == moment, stories.c.id < story)
    )
    found: dict[int, int] = {}
    for chunk in chunks(sorted(cluster_ids), CHUNK):
        query = sa.select(stories.c.cluster_id, sa.func.count().label("count")).where(
            stories.c.cluster_id.in_(chunk), earlier
        )
        found |= {row[0]: row[1] for row in connection.execute(query.group_by(stories.c.cluster_id))}
    return found


def regroup(
    connection: Connection, pieces: Mapping[int, Sequence[tuple[int, Sequence[int]]]], now: dt.datetime
) -> tuple[dict[int, int], int, int]:
    """Split pieces off their clusters, then unite those of a group; (homes of stories, parts that left, clusters gone).

    Of each split the larger part keeps the id, of each union the smallest survives.
    """
    groups: dict[int, set[int]] = {}
    parted = 0
    for cluster, parts in sorted(pieces.items()):
        rest = cluster
        for group, story_ids in parts[:-1]:
            own, rest = split_off(connection, rest, story_ids, now)
            groups.setdefault(group, set()).add(own)
            parted += 1
        groups.setdefault(parts[-1][0], set()).add(rest)
    _, merged = unite(connection, list(groups.values()), now)
    touched = [story for parts in pieces.values() for _, story_ids in parts for story in story_ids]
    return story_homes(connection, sorted(touched)), parted, merged
