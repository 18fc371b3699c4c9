"""Merge stories that turned out to be one report: the smallest id survives, a redirect keeps the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.schema.entries import entries
from monitor.store.schema.grouping import (
    cluster_evidence,
    cluster_redirects,
    cluster_sources,
    clusters,
    stories,
    story_embeddings,
    story_opinions,
    story_redirects,
)


def final_ids(connection: Connection, story_ids: Collection[int]) -> dict[int, int]:
    """Where ids lead today: an id that was merged away to its survivor, any other to itself."""
    query = sa.select(story_redirects.c.old_id, story_redirects.c.story_id)
    query = query.where(story_redirects.c.old_id.in_(list(story_ids)))
    return {story: story for story in story_ids} | {
        row.old_id: row.story_id for row in connection.execute(query)
    }


def merge_stories(
    connection: Connection, equal: Sequence[Collection[int]], now: dt.datetime
) -> tuple[dict[int, int], int]:
    """Make each set of stories one; (old id to survivor for every id named, how many stories went)."""
    named = {story for group in equal for story in group}
    if not named:
        return {}, 0
    today = final_ids(connection, named)
    present = set(
        connection.execute(sa.select(stories.c.id).where(stories.c.id.in_(list(today.values())))).scalars()
    )
    survivors = union([{today[s] for s in group if today[s] in present} for group in equal])
    losers = {old: new for old, new in survivors.items() if old != new}
    for old, new in sorted(losers.items()):
        _merge_clusters(connection, old, new, now)
        _move(connection, old, new, now)
    return {story: survivors.get(today[story], today[story]) for story in named}, len(losers)


def union(groups: Sequence[Collection[int]]) -> dict[int, int]:
    """Each member of overlapping groups to the smallest of them all."""
    parent: dict[int, int] = {}

    def find(story: int) -> int:
        while parent.setdefault(story, story) != story:
            story = parent[story]
        return story

    for group in groups:
        for story in group:
            first, second = sorted((find(min(group)), find(story)))
            parent[second] = first
    return {story: find(story) for story in list(parent)}


def _move(connection: Connection, old: int, new: int, now: dt.datetime) -> None:
    run = connection.execute
    run(sa.update(entries).where(entries.c.story_id == old).values(story_id=new))
    run(sa.update(story_redirects).where(story_redirects.c.story_id == old).values(story_id=new))
    run(sa.update(cluster_evidence).where(cluster_evidence.c.story_id == old).values(story_id=new))
    run(sa.delete(story_embeddings).where(story_embeddings.c.story_id == old))
    run(sa.delete(story_opinions).where(story_opinions.c.story_id == old))
    run(sa.delete(stories).where(stories.c.id == old))
    run(sa.insert(story_redirects).values(old_id=old, story_id=new, at=now))


def _merge_clusters(connection: Connection, first: int, second: int, now: dt.datetime) -> None:
    query = sa.select(stories.c.cluster_id).where(stories.c.id.in_([first, second])).distinct()
    found = sorted(connection.execute(query).scalars())
    if len(found) < 2:
        return
    new, old = found
    run = connection.execute
    run(sa.update(stories).where(stories.c.cluster_id == old).values(cluster_id=new))
    run(sa.update(cluster_evidence).where(cluster_evidence.c.cluster_id == old).values(cluster_id=new))
    run(sa.update(cluster_redirects).where(cluster_redirects.c.cluster_id == old).values(cluster_id=new))
    # folded anew from the entries of both
    run(sa.delete(cluster_sources).where(cluster_sources.c.cluster_id.in_([old, new])))
    run(sa.delete(clusters).where(clusters.c.id == old))
    values = {"changed_at": now, "independent_sources": None, "unresolved_sources": None}
    run(sa.update(clusters).where(clusters.c.id == new).values(**values))
    run(sa.insert(cluster_redirects).values(old_id=old, cluster_id=new, at=now))
