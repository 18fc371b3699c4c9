"""Digests, the outbox of their deliveries, held addresses, and alerts."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.store.columns import (
    BigId,
    big,
    day,
    json_object,
    metadata,
    number,
    one_of,
    pk,
    ref,
    text,
    when,
    where,
)

digests = sa.Table(
    "digests",
    metadata,
    pk(),
    text("name"),
    day(),
    when("period_start"),
    when("period_end"),
    text("subject"),
    text("html"),
    text("text"),
    sa.Column("message", sa.LargeBinary(), nullable=False),
    json_object("counts"),
    when("created_at"),
    sa.UniqueConstraint("name", "day"),
    sa.CheckConstraint("period_start <= period_end", name="period"),
    sa.Index("ix_digests_period", "name", "period_end"),
)

digest_items = sa.Table(
    "digest_items",
    metadata,
    sa.Column("digest_id", BigId, sa.ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
    text("section"),
    text("kind", default="story"),
    ref("entry_id", "entries", null=True, on_delete="SET NULL"),
    # no foreign key: a story may be merged away later (story_redirects)
    sa.Column("story_id", BigId, nullable=True),
    sa.Index("ix_digest_items_story", "story_id"),
    sa.Index("ix_digest_items_entry", "entry_id"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    pk(),
    ref("digest_id", "digests", on_delete="RESTRICT"),
    text("recipient"),
    text("message_id"),
    text("state", default="ready"),
    number("attempts", default=0),
    # attempts that handed the mail over and know of no answer, the one under way included
    number("handed", default=0),
    when("next_attempt_at", null=True),
    when("sent_at", null=True),
    text("last_error", default=""),
    text("lease_owner", null=True),
    when("lease_until", null=True),
    big("fence", default=0),
    sa.UniqueConstraint("digest_id", "recipient"),
    sa.UniqueConstraint("message_id"),
    one_of("state", "ready", "sending", "sent", "failed", "held"),
    sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease"),
    sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent"),
    sa.Index("ix_deliveries_open", "next_attempt_at", **where("state IN ('ready', 'sending')")),
)

recipient_holds = sa.Table(
    "recipient_holds",
    metadata,
    text("address", primary=True),
    text("reason"),
    when("at"),
)

# a cache: what is asked again is not translated again
translations = sa.Table(
    "translations",
    metadata,
    text("text_sha256", primary=True),
    text("source", primary=True),
    text("target", primary=True),
    text("engine", primary=True),
    text("translation"),
    when("made_at"),
    sa.Index("ix_translations_made_at", "made_at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    pk(),
    text("rule"),
    # what fired, so that it fires once
    text("key"),
    text("subject"),
    text("body"),
    json_object("reason"),
    when("fired_at"),
    text("state", default="ready"),
    number("attempts", default=0),
    when("next_attempt_at", null=True),
    when("sent_at", null=True),
    text("last_error", default=""),
    text("lease_owner", null=True),
    when("lease_until", null=True),
    big("fence", default=0),
    sa.UniqueConstraint("rule", "key"),
    one_of("state", "ready", "sending", "sent", "failed", "held"),
    sa.Index("ix_alerts_fired_at", "fired_at"),
)

alert_deliveries = sa.Table(
    "alert_deliveries",
    metadata,
    sa.Column("alert_id", BigId, sa.ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    # a mark of the address for webhooks and chat, which are secret
    text("channel", primary=True),
    text("state", default="ready"),
    # as in deliveries
    number("handed", default=0),
    when("sent_at", null=True),
    text("last_error", default=""),
    one_of("state", "ready", "sent", "failed"),
)
