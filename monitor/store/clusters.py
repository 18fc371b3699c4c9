"""Clusters: stories that wait for one, those that may be of the same happening, and decisions written down.

Each story that has been clustered has a row in `cluster_evidence`, with its own evidence under `facts`: what later
stories are compared with, and what explains the cluster to a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.articles import consent_of, page_columns
from monitor.store.cluster_ids import stale, unite
from monitor.store.keys import key64
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entities
from monitor.store.schema.articles import article_pages
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import (
    cluster_evidence,
    stories,
    story_embeddings,
    story_keys,
)
from monitor.store.schema.operations import settings
from monitor.store.schema.sources import feeds, outlets
from monitor.store.stories import newest_of
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
    Transfer,
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


def story_texts(connection: Connection, rows: Mapping[int, RowMapping]) -> list[StoryText]:
    """Rows of `stories` by id, with the text and entities of the entry that stands for each."""
    chosen, uids = _first_entries(connection, list(rows))
    entry_ids = [row["entry_id"] for row in chosen.values()]
    codes, told = entity_codes(connection, entry_ids), claimed_transfers(connection, entry_ids)
    return [
        _story_text(
            rows[story_id], row, uids[story_id], codes.get(row["entry_id"], ()), told.get(row["entry_id"], ())
        )
        for story_id, row in sorted(chosen.items())
    ]


def _through(connection: Connection) -> int:
    value = connection.execute(
        sa.select(settings.c.value).where(settings.c.key == THROUGH)
    ).scalar_one_or_none()
    return int(value or 0)


def _first_entries(
    connection: Connection, story_ids: Sequence[int]
) -> tuple[dict[int, RowMapping], dict[int, list[str]]]:
    """For each story the entry that stands for it, and the uids of all its entries."""
    query = (
        sa.select(
            entries.c.story_id, entries.c.id.label("entry_id"), entries.c.uid, entries.c.kind,
            entries.c.feed_id, entries.c.url, entries.c.links, entries.c.effective_at,
            revisions.c.title, revisions.c.body, outlets.c.rights, revisions.c.source, *page_columns(),
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .outerjoin(article_pages, article_pages.c.entry_id == entries.c.id)
    )  # fmt: skip
    found: dict[int, list[RowMapping]] = {}
    for chunk in chunks(story_ids, CHUNK):
        for row in connection.execute(query.where(entries.c.story_id.in_(chunk))).mappings():
            found.setdefault(row["story_id"], []).append(row)
    for rows in found.values():
        rows.sort(
            key=lambda row: (
                row["kind"] == "telegram", not _learnable(row), row["effective_at"], row["entry_id"]
            )
        )  # fmt: skip
    return {key: rows[0] for key, rows in found.items()}, {
        key: sorted(row["uid"] for row in rows) for key, rows in found.items()
    }


def _learnable(row: RowMapping) -> bool:
    """Whether its outlet and, where its text is the page's, the page let models see it."""
    return consent_of(row).machine_learning


def entity_codes(
    connection: Connection, entry_ids: Sequence[int]
) -> dict[int, tuple[tuple[str, str, str, int], ...]]:
    """Entities of the current annotations by entry, as (kind, code, field, start)."""
    query = (
        sa.select(
            annotated.c.entry_id, entities.c.kind, entities.c.code, entities.c.field, entities.c.start_char
        )
        .join(entities, entities.c.annotation_id == annotated.c.id)
        .where(annotated.c.valid_to.is_(None))
        .order_by(annotated.c.entry_id, entities.c.position)
    )
    found: dict[int, list[tuple[str, str, str, int]]] = {}
    for chunk in chunks(entry_ids, CHUNK):
        for row in connection.execute(query.where(annotated.c.entry_id.in_(chunk))):
            found.setdefault(row.entry_id, []).append((row.kind, row.code, row.field, row.start_char))
    return {key: tuple(rows) for key, rows in found.items()}


def claimed_transfers(connection: Connection, entry_ids: Sequence[int]) -> dict[int, tuple[Transfer, ...]]:
    """What the claims in force of entries are about; those that lack a party tell too little."""
    columns = [
        claims.c[name]
        for name in ("entry_id", "supplier", "recipient", "items", "quantity_min", "quantity_max")
    ]
    found: dict[int, set[Transfer]] = {}
    for chunk in chunks(entry_ids, CHUNK):
        query = sa.select(*columns).where(claims.c.entry_id.in_(chunk), claims.c.valid_to.is_(None))
        for row in connection.execute(query):
            for supplier, recipient, item in product(row.supplier, row.recipient, row.items):
                number = row.quantity_min if row.quantity_min is not None else row.quantity_max
                parties = tuple(sorted((supplier, recipient)))
                found.setdefault(row.entry_id, set()).add(
                    Transfer(parties=parties, item=item, quantity=number)
                )
    return {entry: tuple(sorted(told, key=repr)) for entry, told in found.items()}


def _story_text(
    story: RowMapping,
    row: RowMapping,
    uids: Sequence[str],
    codes: tuple[tuple[str, str, str, int], ...],
    told: tuple[Transfer, ...],
) -> StoryText:
    return StoryText(
        story_id=story["id"],
        entry_id=row["entry_id"],
        uid=row["uid"],
        kind=row["kind"],
        language=story["language"],
        title=row["title"],
        body=row["body"],
        first_seen_at=story["first_seen_at"],
        last_seen_at=story["last_seen_at"],
        cluster_id=story["cluster_id"],
        feed_id=row["feed_id"],
        learnable=_learnable(row),
        url=row["url"],
        links=tuple(row["links"]),
        uids=tuple(uids),
        codes=codes,
        transfers=told,
    )


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
        uids = _first_entries(connection, [row["id"] for row in rows])[1] if with_uids else {}
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
