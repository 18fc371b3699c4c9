"""What the store already holds of the items that a batch of feeds just showed, in few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.keys import entry_uid, hex64, key64
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.sources import feeds
from monitor.types.plans import KnownEntry
from monitor.types.storage import KnownQuery

CHUNK = 10_000
"""Values in one IN list; SQLite allows 32,766 and PostgreSQL 65,535 parameters."""


def known_entries(connection: Connection, requests: Mapping[int, KnownQuery]) -> dict[int, list[KnownEntry]]:
    """For each feed id the stored entries that share an external id, a canonical URL or a current text.

    Ordered by entry id; a feed without any has an empty list.
    """
    found: dict[int, dict[int, KnownEntry]] = {feed_id: {} for feed_id in requests}
    uids, urls, texts = _keys(connection, requests)
    for feed_id, entry in _by(connection, entries.c.uid, uids, requests):
        found[feed_id][entry.entry_id] = entry
    # 64-bit keys may collide, so the values themselves are compared as well
    for feed_id, entry in _by(connection, entries.c.url_key, urls, requests):
        if entry.url in urls[key64(entry.url or "")]:
            found[feed_id][entry.entry_id] = entry
    for feed_id, entry in _by(connection, entries.c.text_key, texts, requests):
        found[feed_id][entry.entry_id] = entry
    return {
        feed_id: [
            entry
            for _, entry in sorted(rows.items())
            if entry.external_id in (asked := requests[feed_id]).external_ids
            or entry.url in asked.urls
            or entry.sha256 in asked.hashes
        ]
        for feed_id, rows in found.items()
    }


def _keys(
    connection: Connection, requests: Mapping[int, KnownQuery]
) -> tuple[list[str], dict[int, set[str]], list[int]]:
    identity = sa.select(feeds.c.id, feeds.c.kind, feeds.c.address).where(feeds.c.id.in_(list(requests)))
    uids: list[str] = []
    urls: dict[int, set[str]] = {}
    texts: list[int] = []
    for feed_id, kind, address in connection.execute(identity):
        asked = requests[feed_id]
        uids += [entry_uid(kind, address, external_id) for external_id in asked.external_ids]
        texts += [hex64(sha256) for sha256 in asked.hashes]
        for url in asked.urls:
            urls.setdefault(key64(url), set()).add(url)
    return uids, urls, texts


def _by(
    connection: Connection, column: sa.Column[Any], values: Collection[Any], feed_ids: Collection[int]
) -> Iterator[tuple[int, KnownEntry]]:
    query = (
        sa.select(
            entries.c.feed_id,
            entries.c.id.label("entry_id"),
            entries.c.external_id,
            entries.c.url,
            revisions.c.sha256,
            entries.c.effective_at,
        )
        .join(revisions, revisions.c.entry_id == entries.c.id)
        .where(revisions.c.source == "feed", revisions.c.is_latest)
    )
    if column is not entries.c.uid:
        query = query.where(entries.c.feed_id.in_(list(feed_ids)))
    for chunk in chunks(list(values), CHUNK):
        for row in connection.execute(query.where(column.in_(chunk))).mappings():
            values_of = dict(row)
            feed_id = values_of.pop("feed_id")
            if feed_id in feed_ids:
                yield feed_id, KnownEntry(**values_of)


def chunks(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
