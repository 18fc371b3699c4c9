"""Rows of `entries` and `revisions` made from normalised entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from monitor.store.keys import hex64, key64
from monitor.types.entries import Entry
from monitor.types.plans import EntryChange

EMPTY = (None, "", (), False)
"""What the database fills in by itself where a column is not named."""
OPTIONAL = frozenset(
    {
        "url_raw", "language_declared", "author", "categories", "links", "source_url",
        "forward_channel", "forward_post", "forward_name", "album_ids", "reply_to", "media",
        "views_first", "views_last", "backlog", "published_raw",
    }
)  # fmt: skip


def slim(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without optional columns that all of them leave empty: fewer values to bind and send."""
    unused = [name for name in OPTIONAL if all(row[name] in EMPTY for row in rows)]
    for row in rows:
        for name in unused:
            del row[name]
    return list(rows)


def entry_row(change: EntryChange, uid: str, feed_id: int, now: dt.datetime) -> dict[str, Any]:
    """The row of an entry seen for the first time at `now`."""
    entry = change.entry
    effective_at = entry.published_at or now
    return content_values(entry) | {
        "uid": uid,
        "feed_id": feed_id,
        "external_id": entry.external_id,
        "key_source": entry.key_source.value,
        "kind": entry.kind.value,
        "published_at": entry.published_at,
        "published_raw": entry.published_raw,
        "date_source": entry.date_source.value,
        "observed_at": now,
        "effective_at": effective_at,
        "day": effective_at.astimezone(dt.UTC).date(),
        "backlog": change.backlog,
        "views_first": entry.views,
        "pending_at": now,
    }


def content_values(entry: Entry) -> dict[str, Any]:
    """What an edit may change: everything but identity and times, which stay as they were first seen."""
    forward = entry.forward
    return {
        "url": entry.url,
        "url_raw": entry.url_raw,
        "url_key": None if entry.url is None else key64(entry.url),
        "text_key": hex64(entry.sha256),
        "language_declared": entry.language,
        "author": entry.author,
        "categories": entry.categories,
        "links": entry.links,
        "source_url": entry.source_url,
        "forward_channel": forward.channel if forward else None,
        "forward_post": forward.post_id if forward else None,
        "forward_name": forward.name if forward else None,
        "album_ids": entry.album_ids,
        "reply_to": entry.reply_to,
        "media": entry.media,
        "views_last": entry.views,
    }


def revision_row(
    entry: Entry, entry_id: int, number: int, now: dt.datetime, *, current: bool
) -> dict[str, Any]:
    """The row of a text as the feed gave it at `now`."""
    return {
        "entry_id": entry_id,
        "number": number,
        "is_current": current,
        "is_latest": True,
        "source": "feed",
        "title": entry.title,
        "body": entry.body,
        "observed_at": now,
        "sha256": entry.sha256,
    }
