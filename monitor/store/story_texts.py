"""What clustering reads of stories: the text of the entry that stands for each, its entities and claimed transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.articles import consent_of, page_columns
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, entities
from monitor.store.schema.articles import article_pages
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds, outlets
from monitor.types.clusters import StoryText, Transfer


def story_texts(connection: Connection, rows: Mapping[int, RowMapping]) -> list[StoryText]:
    """Rows of `stories` by id, with the text and entities of the entry that stands for each."""
    chosen, uids = first_entries(connection, list(rows))
    entry_ids = [row["entry_id"] for row in chosen.values()]
    codes, told = entity_codes(connection, entry_ids), claimed_transfers(connection, entry_ids)
    return [
        _story_text(
            rows[story_id], row, uids[story_id], codes.get(row["entry_id"], ()), told.get(row["entry_id"], ())
        )
        for story_id, row in sorted(chosen.items())
    ]


def first_entries(
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
