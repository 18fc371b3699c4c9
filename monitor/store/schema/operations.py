"""Runs, issues, decisions of people, named leases, settings."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    big,
    json_object,
    metadata,
    number,
    one_of,
    pk,
    ref,
    text,
    when,
)

runs = sa.Table(
    "runs",
    metadata,
    pk(),
    text("kind"),
    text("key", null=True),
    when("started_at"),
    when("ended_at", null=True),
    text("outcome", null=True),
    json_object("counts"),
    text("error", default=""),
    one_of("outcome", "done", "partial", "failed"),
    sa.Index("ix_runs_kind", "kind", "started_at"),
)

issues = sa.Table(
    "issues",
    metadata,
    pk(),
    # hash of feed, item, code and detail: the same problem again only counts
    text("key"),
    ref("feed_id", "feeds", null=True),
    ref("entry_id", "entries", null=True),
    text("external_id", null=True),
    text("code"),
    text("detail"),
    text("severity"),
    when("first_seen_at"),
    when("last_seen_at"),
    number("count", default=1),
    when("resolved_at", null=True),
    sa.UniqueConstraint("key"),
    one_of("severity", "info", "warning", "error"),
    sa.Index("ix_issues_feed", "feed_id", "resolved_at"),
    sa.Index("ix_issues_entry", "entry_id"),
    sa.Index("ix_issues_last_seen_at", "last_seen_at"),
)

# append-only: triggers refuse UPDATE and DELETE on both databases (migration 0001)
decisions = sa.Table(
    "decisions",
    metadata,
    pk(),
    text("object_kind"),
    text("object_key"),
    text("old", null=True),
    text("new", null=True),
    text("who"),
    when("at"),
    text("reason"),
    json_object("versions"),
    one_of("object_kind", "topic", "story", "cluster", "citation", "claim", "entry", "feed"),
    sa.Index("ix_decisions_object", "object_kind", "object_key", "id"),
)

leases = sa.Table(
    "leases",
    metadata,
    text("name", primary=True),
    text("owner", null=True),
    when("until", null=True),
    big("fence", default=0),
    sa.CheckConstraint("(owner IS NULL) = (until IS NULL)", name="lease"),
)

settings = sa.Table(
    "settings",
    metadata,
    text("key", primary=True),
    text("value"),
    when("updated_at"),
)
