"""Cluster ids over time.

On a merge the smallest survives and a redirect keeps the others; on a split the larger part keeps it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.merging import union
from monitor.store.schema.grouping import (
    cluster_evidence,
    cluster_redirects,
    cluster_sources,
    clusters,
    stories,
)


def final_clusters(connection: Connection, cluster_ids: Collection[int]) -> dict[int, int]:
    """Where ids lead today: an id that was merged away to its survivor, any other to itself."""
    found = {cluster: cluster for cluster in cluster_ids}
    for chunk in chunks(sorted(found), CHUNK):
        query = sa.select(cluster_redirects.c.old_id, cluster_redirects.c.cluster_id)
        query = query.where(cluster_redirects.c.old_id.in_(chunk))
        found |= {row.old_id: row.cluster_id for row in connection.execute(query)}
    return found


def unite(
    connection: Connection, groups: Sequence[Collection[int]], now: dt.datetime
) -> tuple[dict[int, int], int]:
    """Make each set of clusters one; (every id named to its survivor, how many clusters went)."""
    named = {cluster for group in groups for cluster in group}
    if not named:
        return {}, 0
    today = final_clusters(connection, named)
    present: set[int] = set()
    for chunk in chunks(sorted(set(today.values())), CHUNK):
        present.update(connection.execute(sa.select(clusters.c.id).where(clusters.c.id.in_(chunk))).scalars())
    survivors = union([{today[c] for c in group if today[c] in present} for group in groups])
    losers = {old: new for old, new in survivors.items() if old != new}
    if losers:
        _move(connection, losers, now)
    return {cluster: survivors.get(today[cluster], today[cluster]) for cluster in named}, len(losers)


def _move(connection: Connection, losers: dict[int, int], now: dt.datetime) -> None:
    moves = [{"b_old": old, "b_new": new} for old, new in sorted(losers.items())]
    for table in (stories, cluster_evidence, cluster_redirects):
        statement = sa.update(table).where(table.c.cluster_id == sa.bindparam("b_old"))
        connection.execute(statement.values(cluster_id=sa.bindparam("b_new")), moves)
    touched = sorted({*losers, *losers.values()})
    for chunk in chunks(touched, CHUNK):
        # folded anew from the entries of all
        connection.execute(sa.delete(cluster_sources).where(cluster_sources.c.cluster_id.in_(chunk)))
    for chunk in chunks(sorted(losers), CHUNK):
        connection.execute(sa.delete(clusters).where(clusters.c.id.in_(chunk)))
    redirects = [{"old_id": old, "cluster_id": new, "at": now} for old, new in sorted(losers.items())]
    connection.execute(sa.insert(cluster_redirects), redirects)
    stale(connection, set(losers.values()), now)


def stale(connection: Connection, cluster_ids: Collection[int], now: dt.datetime) -> None:
    """Mark clusters whose sources must be folded anew."""
    values = {"changed_at": now, "independent_sources": None, "unresolved_sources": None}
    for chunk in chunks(sorted(cluster_ids), CHUNK):
        connection.execute(sa.update(clusters).where(clusters.c.id.in_(chunk)).values(**values))


def split_off(
    connection: Connection, cluster_id: int, story_ids: Collection[int], now: dt.datetime
) -> tuple[int, int]:
    """Part a cluster; (the id of the part named, the id of the rest). The larger part keeps the id.

    Where both are as large, the part with the earliest story does.
    """
    query = sa.select(stories.c.id, stories.c.first_seen_at).where(stories.c.cluster_id == cluster_id)
    rows = connection.execute(query.order_by(stories.c.first_seen_at, stories.c.id)).all()
    order = [row.id for row in rows]
    named = [story for story in order if story in set(story_ids)]
    rest = [story for story in order if story not in set(story_ids)]
    larger = max((rest, named), key=lambda part: (len(part), order[0] in part))
    leaving = named if larger is rest else rest
    fresh = connection.execute(
        sa.insert(clusters).values(created_at=now, changed_at=now).returning(clusters.c.id)
    ).scalar_one()
    for table, column in ((stories, stories.c.id), (cluster_evidence, cluster_evidence.c.story_id)):
        connection.execute(sa.update(table).where(column.in_(leaving)).values(cluster_id=fresh))
    connection.execute(sa.delete(cluster_sources).where(cluster_sources.c.cluster_id == cluster_id))
    stale(connection, {cluster_id, fresh}, now)
    return (fresh, cluster_id) if leaving is named else (cluster_id, fresh)
