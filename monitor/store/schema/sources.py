"""Outlets, feeds with their polling state and lease, hosts, and the log of fetches."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    BigId,
    big,
    day,
    flag,
    json_list,
    json_object,
    metadata,
    number,
    one_of,
    pk,
    real,
    ref,
    text,
    when,
    where,
)

outlets = sa.Table(
    "outlets",
    metadata,
    pk(),
    text("slug"),
    text("name"),
    text("country", null=True),
    text("ownership", default="unknown"),
    text("typology", null=True),
    text("owner", null=True),
    text("language", null=True),
    # licence, excerpt length, retention, machine learning allowed
    json_object("rights"),
    sa.UniqueConstraint("slug"),
    one_of("ownership", "private", "public", "state", "party", "unknown"),
)

feeds = sa.Table(
    "feeds",
    metadata,
    pk(),
    ref("outlet_id", "outlets", on_delete="RESTRICT"),
    text("kind"),
    # with `kind` the identity of a feed: canonical URL, or folded channel name
    text("address"),
    text("slug"),
    # where it is asked now: a permanent move changes this and nothing else
    text("current_url"),
    text("host"),
    text("title", default=""),
    text("config_language", null=True),
    flag("full_text"),
    real("expect_per_day", null=True),
    text("proxy", null=True),
    number("priority", default=0),
    flag("enabled", default=True),
    text("state", default="new"),
    flag("silent"),
    # whether the feed counts in the panel that trends are measured against
    flag("panel", default=True),
    when("created_at"),
    when("disabled_at", null=True),
    when("state_changed_at", null=True),
    # FeedState, field by field
    text("etag", null=True),
    text("last_modified", null=True),
    text("body_sha256", null=True),
    number("failures", default=0),
    real("failure_weight", default=0.0),
    real("interval_s", default=600.0),
    when("next_poll_at", null=True),
    when("first_success_at", null=True),
    when("last_success_at", null=True),
    when("last_full_fetch_at", null=True),
    when("last_new_entry_at", null=True),
    text("last_error", null=True),
    when("gone_at", null=True),
    text("moved_to", null=True),
    when("moved_seen_at", null=True),
    real("gap_p95_s", null=True),
    text("cursor", null=True),
    when("unread_since", null=True),
    real("hint_interval_s", default=0.0),
    json_list("skip_hours"),
    json_list("skip_days"),
    # how many entries are stored, kept with every plan so that leasing needs no count
    big("entries_stored", default=0),
    text("lease_owner", null=True),
    when("lease_until", null=True),
    big("fence", default=0),
    sa.UniqueConstraint("kind", "address"),
    sa.UniqueConstraint("slug"),
    one_of("kind", "rss", "telegram"),
    one_of("state", "new", "healthy", "failing", "dead", "gone", "blocked", "disabled"),
    sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease"),
    sa.Index("ix_feeds_outlet", "outlet_id"),
    sa.Index("ix_feeds_due", "next_poll_at", **where("enabled")),
    sa.Index("ix_feeds_host", "host"),
)

hosts = sa.Table(
    "hosts",
    metadata,
    text("host", primary=True),
    when("stopped_until", null=True),
    text("reason", default=""),
    when("next_start_at", null=True),
    text("robots", null=True),
    when("robots_at", null=True),
    when("updated_at"),
)

fetches = sa.Table(
    "fetches",
    metadata,
    pk(),
    ref("feed_id", "feeds"),
    # with `started_at` it tells a repeated plan from a new one
    big("fence"),
    when("started_at"),
    day(),
    text("outcome"),
    text("url"),
    text("code", default=""),
    text("detail", default=""),
    number("status", null=True),
    big("wire_bytes", default=0),
    real("elapsed_s", default=0.0),
    text("format", default=""),
    number("seen", default=0),
    number("new", default=0),
    number("revised", default=0),
    number("known", default=0),
    number("rejected", default=0),
    json_object("rejected_reasons"),
    sa.UniqueConstraint("feed_id", "fence", "started_at"),
    one_of("outcome", "stored", "unchanged", "failed"),
    sa.CheckConstraint("seen = new + revised + known + rejected", name="counts_add_up"),
    sa.Index("ix_fetches_started_at", "started_at"),
    sa.Index("ix_fetches_feed_day", "feed_id", "day"),
)

# sums of what retention took out of `fetches`, so that coverage stays true
fetches_daily = sa.Table(
    "fetches_daily",
    metadata,
    sa.Column("feed_id", BigId, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("day", sa.Date(), primary_key=True),
    number("fetches"),
    number("answered"),
    big("seen"),
    big("new"),
    big("revised"),
    big("known"),
    big("rejected"),
    big("wire_bytes"),
)

raw_bodies = sa.Table(
    "raw_bodies",
    metadata,
    pk(),
    ref("feed_id", "feeds"),
    when("observed_at"),
    text("url"),
    text("sha256"),
    text("codec"),
    big("size"),
    sa.Column("body", sa.LargeBinary(), nullable=False),
    json_list("headers"),
    number("status", null=True),
    # when its entries were stored: `observed_at` of the entries and revisions that were read from it
    when("stored_at", null=True),
    # it could not be read, and is kept for a person to look at
    flag("failed"),
    sa.UniqueConstraint("feed_id", "observed_at", "sha256"),
    one_of("codec", "zlib", "zstd", "none"),
    sa.Index("ix_raw_bodies_observed_at", "observed_at"),
    sa.Index("ix_raw_bodies_feed_stored", "feed_id", "stored_at"),
)

# the page that an entry's full text was read from
raw_pages = sa.Table(
    "raw_pages",
    metadata,
    sa.Column("entry_id", BigId, sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    when("observed_at"),
    text("url"),
    number("status", null=True),
    json_list("headers"),
    text("sha256"),
    text("codec"),
    big("size"),
    sa.Column("body", sa.LargeBinary(), nullable=False),
    one_of("codec", "zlib", "zstd", "none"),
    sa.Index("ix_raw_pages_observed_at", "observed_at"),
)
