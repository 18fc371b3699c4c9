"""What people decided, append-only: every recomputation asks here first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.errors import UsageError
from monitor.store.cluster_ids import final_clusters, split_off, unite
from monitor.store.schema.entries import entries
from monitor.store.schema.grouping import cluster_evidence, stories, story_redirects
from monitor.store.schema.operations import decisions
from monitor.types.clusters import Ruling

VERSION = "person"


def rulings(connection: Connection) -> list[Ruling]:
    """All that people ruled on clusters, oldest first."""
    query = sa.select(decisions.c.new).where(decisions.c.object_kind == "cluster").order_by(decisions.c.id)
    found = []
    for value in connection.execute(query).scalars():
        said = json.loads(value) if value else {}
        if said.get("verdict") in {"together", "apart"}:
            groups = tuple(tuple(group) for group in said["entries"])
            found.append(Ruling(verdict=said["verdict"], groups=groups))
    return found


def split_cluster(
    connection: Connection,
    cluster_id: int,
    story_ids: Collection[int],
    *,
    who: str,
    reason: str,
    now: dt.datetime,
) -> tuple[int, int]:
    """Part the stories from the rest of the cluster, now and for ever; (their cluster, the rest's).

    UsageError where the stories are not a part of the cluster.
    """
    cluster = _known(connection, cluster_id)
    wanted = _final_stories(connection, story_ids)
    members = _members(connection, cluster)
    if not wanted or not wanted < set(members):
        listed = ", ".join(map(str, members))
        raise UsageError(
            f"stories {sorted(wanted)} are no part of cluster {cluster}",
            hint=f"name some, not all, of its stories: {listed}",
        )
    rest = [story for story in members if story not in wanted]
    groups = [_uids(connection, sorted(wanted)), _uids(connection, rest)]
    new, left = split_off(connection, cluster, wanted, now)
    _record(connection, cluster, "apart", groups, {"clusters": sorted({new, left})}, who, reason, now)
    _explain(connection, new, sorted(wanted), "person", now)
    return new, left


def merge_clusters(
    connection: Connection, cluster_ids: Collection[int], *, who: str, reason: str, now: dt.datetime
) -> int:
    """Make clusters one, now and for ever; its id. UsageError where there are not two."""
    named = {_known(connection, cluster) for cluster in cluster_ids}
    if len(named) < 2:
        raise UsageError(
            "a merge takes two clusters or more", hint="ids that were merged before lead to one cluster"
        )
    groups = [_uids(connection, _members(connection, cluster)) for cluster in sorted(named)]
    moved = {cluster: _members(connection, cluster) for cluster in sorted(named)}
    survivors, _ = unite(connection, [named], now)
    [home] = set(survivors.values())
    _record(connection, home, "together", groups, {"clusters": [home]}, who, reason, now, sorted(named))
    for cluster, members in moved.items():
        if cluster != home:
            _explain(connection, home, members, "person", now)
    return home


def _known(connection: Connection, cluster_id: int) -> int:
    today = final_clusters(connection, [cluster_id])[cluster_id]
    if not _members(connection, today):
        raise UsageError(
            f"there is no cluster {cluster_id}", hint="`report_clusters` lists them with their ids"
        )
    return today


def _final_stories(connection: Connection, story_ids: Collection[int]) -> set[int]:
    query = sa.select(story_redirects.c.old_id, story_redirects.c.story_id)
    query = query.where(story_redirects.c.old_id.in_(list(story_ids)))
    moved = {row.old_id: row.story_id for row in connection.execute(query)}
    return {moved.get(story, story) for story in story_ids}


def _members(connection: Connection, cluster_id: int) -> list[int]:
    query = sa.select(stories.c.id).where(stories.c.cluster_id == cluster_id).order_by(stories.c.id)
    return list(connection.execute(query).scalars())


def _uids(connection: Connection, story_ids: Sequence[int]) -> list[str]:
    """The entries of stories: ids of stories and clusters may change, those of entries do not."""
    query = sa.select(entries.c.uid).where(entries.c.story_id.in_(list(story_ids))).order_by(entries.c.uid)
    return list(connection.execute(query).scalars())


def _record(
    connection: Connection,
    cluster_id: int,
    verdict: str,
    groups: Sequence[Sequence[str]],
    result: dict[str, list[int]],
    who: str,
    reason: str,
    now: dt.datetime,
    before: Sequence[int] = (),
) -> None:
    said = {"verdict": verdict, "entries": [list(group) for group in groups], **result}
    connection.execute(
        sa.insert(decisions).values(
            object_kind="cluster",
            object_key=str(cluster_id),
            old=json.dumps({"clusters": list(before) or [cluster_id]}),
            new=json.dumps(said, sort_keys=True),
            who=who,
            at=now,
            reason=reason,
            versions={},
        )
    )


def _explain(
    connection: Connection, cluster_id: int, story_ids: Sequence[int], rule: str, now: dt.datetime
) -> None:
    rows: list[dict[str, object]] = [
        {
            "cluster_id": cluster_id, "story_id": story, "other_story_id": None, "rule": rule, "score": 1.0,
            "version": VERSION, "evidence": {}, "decided_at": now,
        }
        for story in story_ids
    ]  # fmt: skip
    connection.execute(sa.insert(cluster_evidence), rows)
