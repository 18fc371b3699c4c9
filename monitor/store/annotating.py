"""The analysis queue, and what analysis says: one current annotation an entry, the earlier ones kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store import search
from monitor.store.annotation_rows import part_rows
from monitor.store.claim_rows import store_claims
from monitor.store.cluster_ids import stale
from monitor.store.columns import dumps
from monitor.store.known import CHUNK, chunks
from monitor.store.ledger import clusters_of
from monitor.store.schema.analysis import annotated, citations, entities, entry_topics, mentions, taxonomies
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds, outlets
from monitor.store.tag_rows import decided_tags
from monitor.store.upsert import insert
from monitor.types.annotations import Annotation, EntryText

Versions = tuple[str, str]
"""Taxonomy version, code version."""

#: Entry ids in a row that belong to one share: what arrived together is annotated by several workers.
SHARE_BLOCK = 500

Share = tuple[int, int]
"""(number from 0, of how many): the blocks of ids that one worker takes, dealt out in turn."""


def pending_texts(
    connection: Connection,
    *,
    limit: int,
    since: dt.datetime | None = None,
    versions: Versions | None = None,
    after: int = 0,
    share: Share | None = None,
) -> list[EntryText]:
    """Entries whose current text has not been analysed, by id from `after`, at most `limit`, of one share if given.

    With `versions`, entries observed since `since` that were analysed under other versions as well (re-tagging).
    """
    query = (
        sa.select(
            entries.c.id.label("entry_id"),
            revisions.c.id.label("revision_id"),
            entries.c.uid,
            entries.c.kind,
            revisions.c.title,
            revisions.c.body,
            outlets.c.name.label("outlet"),
            sa.func.coalesce(entries.c.language_declared, feeds.c.config_language, outlets.c.language).label(
                "language_hint"
            ),
            entries.c.url,
            entries.c.published_at,
            entries.c.links,
            entries.c.forward_channel,
            entries.c.forward_name,
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .where(entries.c.id > after, _waits(since, versions))
        .order_by(entries.c.id)
        .limit(limit)
    )
    if share is not None:
        query = query.where(_share_of(share[1]) == share[0])
    return [_text(row) for row in connection.execute(query).mappings()]


def pending_shares(connection: Connection, *, of: int, since: dt.datetime | None = None) -> list[int]:
    """The shares, among `of`, in which an entry waits for analysis."""
    query = sa.select(_share_of(of)).where(_waits(since, None)).distinct()
    return sorted(connection.execute(query).scalars())


def _share_of(of: int) -> sa.ColumnElement[int]:
    return ((entries.c.id - 1) // SHARE_BLOCK) % of


def _waits(since: dt.datetime | None, versions: Versions | None) -> sa.ColumnElement[bool]:
    pending = entries.c.pending_at.is_not(None)
    if versions is None:
        return pending if since is None else sa.and_(pending, entries.c.observed_at >= since)
    current = sa.select(annotated.c.id).where(
        annotated.c.entry_id == entries.c.id,
        annotated.c.valid_to.is_(None),
        annotated.c.revision_id == revisions.c.id,
        annotated.c.taxonomy_version == versions[0],
        annotated.c.code_version == versions[1],
    )
    stale = ~current.exists()
    return stale if since is None else sa.and_(stale, entries.c.observed_at >= since)


def _text(row: RowMapping) -> EntryText:
    return EntryText(**{**row, "links": tuple(row["links"])})


def count_pending(connection: Connection) -> int:
    """How many entries wait for analysis."""
    query = sa.select(sa.func.count()).select_from(entries).where(entries.c.pending_at.is_not(None))
    return connection.execute(query).scalar_one()


def save_taxonomy(connection: Connection, version: str, content: Mapping[str, Any], now: dt.datetime) -> None:
    """Keep what a taxonomy version says, so that an old annotation can be explained."""
    statement = insert(connection, taxonomies).values(version=version, content=content, first_used_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["version"], set_={"content": statement.excluded.content}
    )
    connection.execute(statement)


def save_annotations(connection: Connection, batch: Sequence[Annotation], now: dt.datetime) -> int:
    """Make these the current annotations; how many changed anything.

    The one before is closed at `now`, not deleted. Saying the same again changes nothing. An annotation of a text
    that is no longer the entry's current one is left out: the newer text waits in the queue.
    """
    wanted = {annotation.entry_id: annotation for annotation in batch}
    readable = _current_revisions(connection, list(wanted))
    wanted = {key: said for key, said in wanted.items() if readable.get(key, (0, ""))[0] == said.revision_id}
    stored = _stored(connection, list(wanted))
    hashes = {entry_id: content_hash(annotation) for entry_id, annotation in wanted.items()}
    fresh = [said for key, said in sorted(wanted.items()) if not _same(stored.get(key), said, hashes[key])]
    if fresh:
        _register_taxonomies(connection, {said.taxonomy_version for said in fresh}, now)
        _close(connection, [stored[said.entry_id]["id"] for said in fresh if said.entry_id in stored], now)
        ids = _insert(connection, fresh, hashes, now)
        _insert_parts(connection, fresh, ids, {ids[key]: readable[key][1] for key in ids})
        store_claims(connection, fresh, ids, {key: uid for key, (_, uid) in readable.items()}, now)
        _outdate(connection, fresh, [row["id"] for key, row in stored.items() if key in ids], now)
    _mark_done(connection, list(wanted.values()))
    search.index(connection, [said.entry_id for said in fresh])
    return len(fresh)


def content_hash(annotation: Annotation) -> str:
    """SHA-256 of everything that an annotation says."""
    said = {
        "language": [
            annotation.language.language,
            round(annotation.language.score, 6),
            annotation.language.detector,
        ],
        **part_rows(annotation),
    }
    return hashlib.sha256(dumps(said).encode()).hexdigest()


def _current_revisions(connection: Connection, entry_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    found: dict[int, tuple[int, str]] = {}
    for chunk in chunks(sorted(entry_ids), CHUNK):
        query = (
            sa.select(entries.c.id, revisions.c.id.label("revision_id"), entries.c.uid)
            .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
            .where(entries.c.id.in_(chunk))
            .order_by(entries.c.id)
            .with_for_update(of=entries)
        )
        found |= {row.id: (row.revision_id, row.uid) for row in connection.execute(query)}
    return found


def _stored(connection: Connection, entry_ids: Sequence[int]) -> dict[int, RowMapping]:
    found: dict[int, RowMapping] = {}
    for chunk in chunks(entry_ids, CHUNK):
        query = sa.select(annotated).where(annotated.c.entry_id.in_(chunk), annotated.c.valid_to.is_(None))
        found |= {row["entry_id"]: row for row in connection.execute(query).mappings()}
    return found


def _same(row: RowMapping | None, annotation: Annotation, content_sha256: str) -> bool:
    return row is not None and (
        row["revision_id"],
        row["taxonomy_version"],
        row["code_version"],
        row["content_sha256"],
    ) == (annotation.revision_id, annotation.taxonomy_version, annotation.code_version, content_sha256)


def _register_taxonomies(connection: Connection, versions: set[str], now: dt.datetime) -> None:
    rows = [{"version": version, "first_used_at": now} for version in sorted(versions)]
    connection.execute(insert(connection, taxonomies).on_conflict_do_nothing(), rows)


def _close(connection: Connection, ids: Sequence[int], now: dt.datetime) -> None:
    for chunk in chunks(ids, CHUNK):
        statement = sa.update(annotated).where(annotated.c.id.in_(chunk)).values(valid_to=now)
        connection.execute(statement)


def _insert(
    connection: Connection, fresh: Sequence[Annotation], hashes: Mapping[int, str], now: dt.datetime
) -> dict[int, int]:
    rows = [
        {
            "entry_id": said.entry_id,
            "revision_id": said.revision_id,
            "taxonomy_version": said.taxonomy_version,
            "code_version": said.code_version,
            "language": said.language.language,
            "language_score": said.language.score,
            "detector": said.language.detector,
            "content_sha256": hashes[said.entry_id],
            "valid_from": now,
        }
        for said in fresh
    ]
    statement = sa.insert(annotated).returning(annotated.c.entry_id, annotated.c.id)
    return {row.entry_id: row.id for row in connection.execute(statement, rows)}


def _outdate(
    connection: Connection, fresh: Sequence[Annotation], closed: Sequence[int], now: dt.datetime
) -> None:
    """Clusters of entries that cite or claim, now or before, are settled anew (chains, ledger, sources)."""
    touched = {
        said.entry_id for said in fresh if said.claims or any(c.kind == "media" for c in said.citations)
    }
    for table in (citations, claims):
        for chunk in chunks(closed, CHUNK):
            query = sa.select(annotated.c.entry_id).join(table, table.c.annotation_id == annotated.c.id)
            touched.update(connection.execute(query.where(annotated.c.id.in_(chunk)).distinct()).scalars())
    stale(connection, clusters_of(connection, touched), now)


PARTS = {"topics": entry_topics, "mentions": mentions, "entities": entities, "citations": citations}


def _insert_parts(
    connection: Connection, fresh: Sequence[Annotation], ids: Mapping[int, int], uids: Mapping[int, str]
) -> None:
    collected: dict[str, list[dict[str, Any]]] = {name: [] for name in PARTS}
    for said in fresh:
        parts = part_rows(said)
        for name, rows in collected.items():
            rows += [{"annotation_id": ids[said.entry_id], **part} for part in parts[name]]
    collected["topics"] = decided_tags(connection, collected["topics"], uids)
    for name, rows in collected.items():
        if rows:
            connection.execute(sa.insert(PARTS[name]), rows)


def _mark_done(connection: Connection, done: Sequence[Annotation]) -> None:
    if not done:
        return
    rows = [{"b_id": said.entry_id, "b_language": said.language.language} for said in done]
    statement = (
        sa.update(entries)
        .where(entries.c.id == sa.bindparam("b_id"))
        .values(language=sa.bindparam("b_language"), pending_at=None)
    )
    connection.execute(statement, rows)
