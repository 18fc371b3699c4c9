"""Clusters: stories that wait for one, those that may be of the same happening, and decisions written down.

Each story that has been clustered has a row in `cluster_evidence`, with its own evidence under `facts`: what later
stories are compared with, and what explains the cluster to a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.cluster_ids import stale, unite
from monitor.store.keys import key64
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries
from monitor.store.schema.grouping import (
    cluster_evidence,
    stories,
    story_embeddings,
    story_keys,
)
from monitor.store.schema.operations import settings
from monitor.store.stories import newest_of
from monitor.store.story_texts import first_entries, story_texts
from monitor.store.upsert import insert
from monitor.store.vectors import unpacked, write_vectors
from monitor.types.clusters import (
    KINDS,
    ClusterCounts,
    ClusterDecision,
    ClusterStory,
    Evidence,
    EvidenceRow,
    StoryText,
)
from monitor.types.embedding import Vectors

THROUGH = "clusters_through"
"""The setting that holds up to which story id clustering has come; ids only rise."""
NEWEST = 50
"""Stories taken of one key: the newest. A key that more share says little."""
MEMBERS = 48
"""Stories of one cluster that are loaded to compare with: the newest."""


def pending_clusters(connection: Connection, *, limit: int) -> list[StoryText]:
    """Stories that have not been clustered, by id, with the text and entities of the entry that tells them first.

    An entry that is not from Telegram is preferred, so that a story that a channel passed on can be embedded.
    """
    after = _through(connection)
    done = sa.select(cluster_evidence.c.id).where(cluster_evidence.c.story_id == stories.c.id)
    query = sa.select(stories).where(stories.c.id > after, ~done.exists()).order_by(stories.c.id).limit(limit)
    return story_texts(connection, {row["id"]: row for row in connection.execute(query).mappings()})


def _through(connection: Connection) -> int:
    value = connection.execute(
        sa.select(settings.c.value).where(settings.c.key == THROUGH)
    ).scalar_one_or_none()
    return int(value or 0)


def cluster_candidates(
    connection: Connection,
    *,
    keys: Collection[str],
    story_ids: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
    model: str | None,
    with_uids: bool = False,
) -> list[ClusterStory]:
    """Clustered stories that share a key, or are named, within [since, until], with all of their clusters.

    Vectors are as stored, not centred. `with_uids` fills in the entries' uids, which only rulings need.
    """
    hits = newest_of(connection, story_keys, "key", [_key(key) for key in keys], since, until, NEWEST)
    found = set(story_ids)
    for chunk in chunks(sorted(hits), CHUNK):
        query = sa.select(entries.c.story_id).where(entries.c.id.in_(chunk), entries.c.story_id.is_not(None))
        found.update(connection.execute(query).scalars())
    cluster_ids: set[int] = set()
    for chunk in chunks(sorted(found), CHUNK):
        cluster_ids.update(
            connection.execute(
                sa.select(stories.c.cluster_id).where(stories.c.id.in_(chunk)).distinct()
            ).scalars()
        )
    return _clustered(connection, cluster_ids, since, until, model, with_uids=with_uids)


def _clustered(
    connection: Connection,
    cluster_ids: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
    model: str | None,
    *,
    with_uids: bool,
) -> list[ClusterStory]:
    newest = sa.func.row_number().over(
        partition_by=stories.c.cluster_id, order_by=(stories.c.first_seen_at.desc(), stories.c.id.desc())
    )
    latest = (
        sa.select(cluster_evidence.c.story_id, sa.func.max(cluster_evidence.c.id).label("id"))
        .where(cluster_evidence.c.rule != "person")
        .group_by(cluster_evidence.c.story_id)
    )
    result: list[ClusterStory] = []
    for chunk in chunks(sorted(cluster_ids), 500):
        inside = sa.select(stories, newest.label("place")).where(
            stories.c.cluster_id.in_(chunk),
            stories.c.last_seen_at >= since,
            stories.c.first_seen_at <= until,
        )
        members = inside.subquery()
        recent = latest.where(
            cluster_evidence.c.story_id.in_(sa.select(members.c.id).where(members.c.place <= MEMBERS))
        ).subquery()
        query = (
            sa.select(
                members,
                cluster_evidence.c.evidence,
                entries.c.uid,
                entries.c.feed_id,
                story_embeddings.c.vector,
            )
            .join(recent, recent.c.story_id == members.c.id)
            .join(cluster_evidence, cluster_evidence.c.id == recent.c.id)
            .join(entries, entries.c.id == members.c.first_entry_id)
            .outerjoin(
                story_embeddings,
                sa.and_(
                    story_embeddings.c.story_id == members.c.id, story_embeddings.c.model == (model or "")
                ),
            )
        )
        rows = list(connection.execute(query).mappings())
        uids = first_entries(connection, [row["id"] for row in rows])[1] if with_uids else {}
        result += [_cluster_story(row, uids.get(row["id"], ())) for row in rows]
    return sorted(result, key=lambda story: story.story_id)


def _cluster_story(row: RowMapping, uids: Iterable[str]) -> ClusterStory:
    facts = row["evidence"].get("facts", {})
    return ClusterStory(
        story_id=row["id"],
        uid=row["uid"],
        language=row["language"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        evidence=Evidence(**{name: tuple(values) for name, values in facts.items()}),
        cluster_id=row["cluster_id"],
        vector=None if row["vector"] is None else unpacked(row["vector"]),
        uids=tuple(uids),
        feed_id=row["feed_id"],
    )


def save_clusters(
    connection: Connection,
    texts: Sequence[StoryText],
    evidence: Mapping[int, Evidence],
    keys: Mapping[int, Sequence[str]],
    decisions: Sequence[ClusterDecision],
    vectors: Mapping[int, Vectors],
    model: str | None,
    now: dt.datetime,
) -> ClusterCounts:
    """Write decisions, evidence, keys and vectors of stories, and bring clusters together, in one transaction.

    Stories that have been merged away since they were read are left out; repeated, nothing changes.
    """
    ids = [text.story_id for text in texts]
    homes = story_homes(connection, ids)
    groups: dict[int, set[int]] = {}
    for decision in decisions:
        if decision.story_id in homes:
            groups.setdefault(decision.cluster, set()).update((homes[decision.story_id], *decision.merges))
    survivors, merged = unite(connection, list(groups.values()), now)
    homes = {story: survivors.get(cluster, cluster) for story, cluster in homes.items()}
    write_placed(connection, texts, evidence, keys, decisions, vectors, model, homes, now)
    if ids:
        _move_on(connection, max(ids), now)
    joined = sum(1 for decision in decisions if decision.joined is not None)
    return ClusterCounts(stories=len(homes), joined=joined, merged=merged)


def write_placed(
    connection: Connection,
    texts: Sequence[StoryText],
    evidence: Mapping[int, Evidence],
    keys: Mapping[int, Sequence[str]],
    decisions: Sequence[ClusterDecision],
    vectors: Mapping[int, Vectors],
    model: str | None,
    homes: Mapping[int, int],
    now: dt.datetime,
) -> None:
    """Write what is known of stories that stand in `homes` now, and mark these clusters to be folded anew."""
    _write_evidence(connection, [d for d in decisions if d.story_id in homes], homes, evidence, now)
    kept = [text for text in texts if text.story_id in homes]
    _write_keys(connection, kept, keys)
    write_vectors(connection, kept, vectors, model)
    stale(connection, set(homes.values()), now)


def story_homes(connection: Connection, story_ids: Sequence[int]) -> dict[int, int]:
    """The cluster of each story."""
    found: dict[int, int] = {}
    for chunk in chunks(story_ids, CHUNK):
        query = sa.select(stories.c.id, stories.c.cluster_id).where(stories.c.id.in_(chunk))
        found |= {row.id: row.cluster_id for row in connection.execute(query)}
    return found


def _write_evidence(
    connection: Connection,
    decisions: Sequence[ClusterDecision],
    homes: Mapping[int, int],
    evidence: Mapping[int, Evidence],
    now: dt.datetime,
) -> None:
    rows = [
        {
            "cluster_id": homes[decision.story_id],
            "story_id": decision.story_id,
            "other_story_id": decision.joined,
            "rule": decision.rule,
            "score": decision.score,
            "version": decision.version,
            "evidence": {
                "facts": {n: v for n in KINDS if (v := getattr(evidence[decision.story_id], n))},
                **({"parts": dict(decision.parts)} if decision.parts else {}),
                **({"shared": {n: v for n, v in decision.shared.items() if v}} if decision.shared else {}),
            },
            "decided_at": now,
        }
        for decision in decisions
    ]
    if rows:
        connection.execute(sa.insert(cluster_evidence), rows)


def _write_keys(
    connection: Connection, texts: Sequence[StoryText], keys: Mapping[int, Sequence[str]]
) -> None:
    rows = [
        {"key": _key(key), "effective_at": text.first_seen_at, "entry_id": text.entry_id}
        for text in texts
        for key in keys.get(text.story_id, ())
    ]
    if rows:
        connection.execute(insert(connection, story_keys).on_conflict_do_nothing(), rows)


def _key(key: str) -> int:
    return key64(f"cluster\x1f{key}")


def _move_on(connection: Connection, through: int, now: dt.datetime) -> None:
    value = max(through, _through(connection))
    statement = insert(connection, settings).values(key=THROUGH, value=str(value), updated_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={"value": statement.excluded.value, "updated_at": statement.excluded.updated_at},
    )
    connection.execute(statement)


def evidence_rows(connection: Connection, cluster_id: int) -> dict[int, EvidenceRow]:
    """The latest evidence of each story that is in the cluster now."""
    query = (
        sa.select(stories.c.id, cluster_evidence)
        .outerjoin(cluster_evidence, cluster_evidence.c.story_id == stories.c.id)
        .where(stories.c.cluster_id == cluster_id)
        .order_by(cluster_evidence.c.id)
    )
    found: dict[int, EvidenceRow] = {}
    for row in connection.execute(query).mappings():
        shared = (row["evidence"] or {}).get("shared", {})
        found[row[stories.c.id]] = EvidenceRow(
            rule=row["rule"] or "waiting",
            score=row["score"] or 0.0,
            other_story_id=row["other_story_id"],
            why="; ".join(f"{kind} {', '.join(values)}" for kind, values in sorted(shared.items())),
        )
    return found
