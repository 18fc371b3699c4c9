"""Entries, their texts as revisions, and what is kept of the evidence."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from monitor.store.columns import (
    BigId,
    big,
    day,
    flag,
    json_list,
    listing,
    metadata,
    number,
    one_of,
    pk,
    ref,
    text,
    when,
    where,
)

entries = sa.Table(
    "entries",
    metadata,
    pk(),
    # derives from feed kind, address and external id: the key of an entry (store/keys.py)
    text("uid"),
    ref("feed_id", "feeds", on_delete="RESTRICT"),
    text("external_id"),
    text("key_source"),
    text("kind"),
    text("url", null=True),
    text("url_raw", null=True),
    # 64 bits of the canonical URL and of the feed's latest text, to find an entry by either
    big("url_key", null=True),
    big("text_key"),
    text("language_declared", null=True),
    when("published_at", null=True),
    text("published_raw", null=True),
    text("date_source"),
    when("observed_at"),
    when("effective_at"),
    day(),
    flag("backlog"),
    text("author", default=""),
    listing("categories"),
    json_list("links"),
    text("source_url", null=True),
    text("forward_channel", null=True),
    big("forward_post", null=True),
    text("forward_name", null=True),
    json_list("album_ids"),
    text("reply_to", null=True),
    listing("media"),
    big("views_first", null=True),
    big("views_last", null=True),
    when("gone_at", null=True),
    # set while the current revision waits for analysis
    when("pending_at", null=True),
    # of the current annotation; null before the first
    text("language", null=True),
    sa.Column("story_id", BigId, sa.ForeignKey("stories.id"), nullable=True),
    sa.UniqueConstraint("uid"),
    one_of("kind", "rss", "telegram"),
    one_of("key_source", "guid", "link", "hash"),
    one_of("date_source", "published", "updated", "missing", "unreadable", "future", "implausible"),
    sa.Index("ix_entries_url", "url_key", "feed_id"),
    sa.Index("ix_entries_text", "text_key", "feed_id"),
    sa.Index("ix_entries_feed_day", "feed_id", "day"),
    sa.Index("ix_entries_day", "day"),
    sa.Index("ix_entries_observed_at", "observed_at"),
    sa.Index("ix_entries_story", "story_id"),
    sa.Index("ix_entries_pending", "id", **where("pending_at IS NOT NULL")),
    sa.Index("ix_entries_ungrouped", "id", **where("story_id IS NULL AND language IS NOT NULL")),
    sqlite_autoincrement=True,
)

revisions = sa.Table(
    "revisions",
    metadata,
    pk(),
    ref("entry_id", "entries"),
    number("number"),
    # the text that analysis and views read: one an entry
    flag("is_current"),
    # the latest of its source: what a new text is compared with
    flag("is_latest"),
    text("source"),
    text("title"),
    text("body"),
    when("observed_at"),
    text("sha256"),
    # set when retention took the text away; body is empty then, the title stays as the name of the link
    when("purged_at", null=True),
    sa.UniqueConstraint("entry_id", "number"),
    sa.UniqueConstraint("entry_id", "sha256", "source"),
    one_of("source", "feed", "article"),
    sa.Index("uq_revisions_current", "entry_id", unique=True, **where("is_current")),
)

captures = sa.Table(
    "captures",
    metadata,
    pk(),
    ref("entry_id", "entries", on_delete="RESTRICT"),
    text("reason"),
    text("url"),
    when("captured_at"),
    number("status", null=True),
    json_list("headers"),
    text("path"),
    text("sha256"),
    big("size"),
    # the text that was read from it; `sha256` and `size` are of the file, this is of the answer's body
    sa.Column("revision_id", BigId, nullable=True),
    text("body_sha256", null=True),
    # what a public archive answered, where one is asked: `taken`, or why not
    text("archive_state", null=True),
    text("archive_url", null=True),
    one_of("reason", "claim", "pin", "decision"),
    sa.Index("ix_captures_entry", "entry_id"),
)

capture_manifest = sa.Table(
    "capture_manifest",
    metadata,
    pk(),
    ref("capture_id", "captures", on_delete="RESTRICT"),
    when("at"),
    text("sha256"),
    # hash of the line before, so that a line taken out shows
    text("previous", null=True),
    sa.UniqueConstraint("capture_id"),
)

holds = sa.Table(
    "holds",
    metadata,
    pk(),
    text("object_kind"),
    text("object_key"),
    text("reason"),
    text("who"),
    when("at"),
    when("released_at", null=True),
    sa.Index("uq_holds_active", "object_kind", "object_key", unique=True, **where("released_at IS NULL")),
)

# what search finds an entry by: tokens of its current text (monitor/text/searching.py), separated by blanks.
# SQLite reads `title`, `body` and `meta` through the virtual table `search_index`, which triggers keep (migration
# 0013); PostgreSQL reads `document`, by an index of its own, and leaves the others empty
search_documents = sa.Table(
    "search_documents",
    metadata,
    sa.Column("entry_id", BigId, sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    ref("revision_id", "revisions"),
    text("version"),
    text("title"),
    text("body"),
    text("meta"),
    sa.Column("document", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
)
