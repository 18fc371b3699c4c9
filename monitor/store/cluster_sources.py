"""Who tells of a cluster, when first, and how its sources were folded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.cluster_spans import save_spans
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import cluster_sources, clusters, stories
from monitor.store.schema.sources import feeds, outlets
from monitor.store.story_texts import entity_codes
from monitor.types.clusters import Appearance, FoldedSources

LEAD = 700
"""Characters of a text that are read for its source."""


def stale_clusters(connection: Connection, *, limit: int) -> list[int]:
    """Clusters whose sources are not folded, the newest first."""
    query = sa.select(clusters.c.id).where(clusters.c.independent_sources.is_(None))
    return list(connection.execute(query.order_by(clusters.c.id.desc()).limit(limit)).scalars())


def appearances(connection: Connection, cluster_ids: Collection[int]) -> dict[int, list[Appearance]]:
    """Every entry of each cluster, by entry id."""
    query = (
        sa.select(
            stories.c.cluster_id, entries.c.story_id, entries.c.id.label("entry_id"), entries.c.uid,
            entries.c.language, entries.c.published_at, entries.c.observed_at, entries.c.published_raw,
            entries.c.date_source, entries.c.url, entries.c.links, entries.c.forward_channel,
            revisions.c.title, sa.func.substr(revisions.c.body, 1, LEAD).label("lead"),
            outlets.c.name.label("outlet"), outlets.c.country, outlets.c.ownership, outlets.c.owner,
        )
        .join(stories, stories.c.id == entries.c.story_id)
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(outlets, outlets.c.id == feeds.c.outlet_id)
        .order_by(entries.c.id)
    )  # fmt: skip
    rows: list[RowMapping] = []
    for chunk in chunks(sorted(cluster_ids), CHUNK):
        rows += connection.execute(query.where(stories.c.cluster_id.in_(chunk))).mappings()
    codes = entity_codes(connection, [row["entry_id"] for row in rows])
    found: dict[int, list[Appearance]] = {cluster: [] for cluster in cluster_ids}
    for row in rows:
        found[row["cluster_id"]].append(_appearance(row, codes.get(row["entry_id"], ())))
    return found


def _appearance(row: RowMapping, codes: tuple[tuple[str, str, str, int], ...]) -> Appearance:
    values = {name: row[name] for name in Appearance.__dataclass_fields__ if name in row}
    changed = {
        "links": tuple(row["links"]),
        "forward": row["forward_channel"],
        "published_raw": row["published_raw"] or "",
        "language": row["language"] or "und",
        "codes": codes,
    }
    return Appearance(**{**values, **changed})


def save_sources(connection: Connection, folded: Sequence[FoldedSources], now: dt.datetime) -> None:
    """Write the sources of clusters in place of what was there."""
    for chunk in chunks([one.cluster_id for one in folded], CHUNK):
        connection.execute(sa.delete(cluster_sources).where(cluster_sources.c.cluster_id.in_(chunk)))
    there: set[int] = set()
    for chunk in chunks([one.cluster_id for one in folded], CHUNK):
        there.update(connection.execute(sa.select(clusters.c.id).where(clusters.c.id.in_(chunk))).scalars())
    rows = [
        {
            "cluster_id": one.cluster_id, "outlet": row.outlet, "folded_into": row.folded_into,
            "reason": row.reason, "entry_uids": row.entry_uids,
        }
        for one in folded
        if one.cluster_id in there
        for row in one.rows
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(cluster_sources), rows)
    save_spans(connection, there)
    counts = [
        {"b_id": one.cluster_id, "b_independent": one.independent, "b_unresolved": one.unresolved}
        for one in folded
        if one.cluster_id in there
    ]
    if counts:
        statement = sa.update(clusters).where(clusters.c.id == sa.bindparam("b_id"))
        connection.execute(
            statement.values(
                independent_sources=sa.bindparam("b_independent"),
                unresolved_sources=sa.bindparam("b_unresolved"),
                changed_at=now,
            ),
            counts,
        )


def independent_sources(connection: Connection, cluster_ids: Collection[int]) -> dict[int, int]:
    """How many sources at most each cluster of several outlets has; others, and those not folded, are left out."""
    found: dict[int, int] = {}
    outlets_of = (
        sa.select(sa.func.count())
        .select_from(cluster_sources)
        .where(cluster_sources.c.cluster_id == clusters.c.id)
        .scalar_subquery()
    )
    for chunk in chunks(sorted(cluster_ids), CHUNK):
        query = sa.select(clusters.c.id, clusters.c.independent_sources).where(
            clusters.c.id.in_(chunk), clusters.c.independent_sources.is_not(None), outlets_of > 1
        )
        found |= {row.id: row.independent_sources for row in connection.execute(query)}
    return found
