"""Pages of entries: how the attempt at each ended, and what a page that was read says of itself and permits."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import BigId, flag, json_list, metadata, number, one_of, text, when, where

# one row an entry, of the latest attempt
article_attempts = sa.Table(
    "article_attempts",
    metadata,
    sa.Column("entry_id", BigId, sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    when("tried_at"),
    text("outcome"),
    text("code", default=""),
    text("detail", default=""),
    number("attempts", default=1),
    # set while the page is to be asked for once more
    when("next_try_at", null=True),
    one_of("outcome", "stored", "fallback", "withheld", "disallowed", "failed"),
    sa.Index("ix_article_attempts_next_try_at", "next_try_at", **where("next_try_at IS NOT NULL")),
)

# Consent, field by field, and what the page says of itself
article_pages = sa.Table(
    "article_pages",
    metadata,
    sa.Column("entry_id", BigId, sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    when("read_at"),
    text("url", null=True),
    when("published_at", null=True),
    text("language", null=True),
    flag("archive", default=True),
    # characters that may be quoted, null for no limit
    number("snippet_length", null=True),
    flag("machine_learning", default=True),
    flag("text_mining", default=True),
    text("policy_url", null=True),
    json_list("signals"),
)
