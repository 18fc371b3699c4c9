"""Outlets, feeds, hosts, fetches, raw bodies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where


def create() -> None:
    """Make the tables and their indexes."""
    _outlets()
    _feeds()
    _hosts()
    _fetches()
    _raw_bodies()


def _outlets() -> None:
    op.create_table(
        "outlets",
        sa.Column("id", Id(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("ownership", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("typology", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("rights", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "ownership IN ('private', 'public', 'state', 'party', 'unknown')",
            name=op.f("ck_outlets_ownership"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outlets"),
        sa.UniqueConstraint("slug", name="uq_outlets_slug"),
    )


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", Id(), nullable=False),
        sa.Column("outlet_id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("current_url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("config_language", sa.Text(), nullable=True),
        sa.Column("full_text", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("expect_per_day", sa.Double(), nullable=True),
        sa.Column("proxy", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("panel", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("disabled_at", Utc(), nullable=True),
        sa.Column("state_changed_at", Utc(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_weight", sa.Double(), server_default=sa.text("0.0"), nullable=False),
        sa.Column("interval_s", sa.Double(), server_default=sa.text("600.0"), nullable=False),
        sa.Column("next_poll_at", Utc(), nullable=True),
        sa.Column("first_success_at", Utc(), nullable=True),
        sa.Column("last_success_at", Utc(), nullable=True),
        sa.Column("last_full_fetch_at", Utc(), nullable=True),
        sa.Column("last_new_entry_at", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("gone_at", Utc(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_seen_at", Utc(), nullable=True),
        sa.Column("gap_p95_s", sa.Double(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("unread_since", Utc(), nullable=True),
        sa.Column("hint_interval_s", sa.Double(), server_default=sa.text("0.0"), nullable=False),
        sa.Column("skip_hours", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("skip_days", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("entries_stored", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("kind IN ('rss', 'telegram')", name=op.f("ck_feeds_kind")),
        sa.CheckConstraint(
            "state IN ('new', 'healthy', 'failing', 'dead', 'gone', 'blocked', 'disabled')",
            name=op.f("ck_feeds_state"),
        ),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_feeds_lease")),
        sa.ForeignKeyConstraint(
            ["outlet_id"], ["outlets.id"], name="fk_feeds_outlet_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("kind", "address", name="uq_feeds_kind_address"),
        sa.UniqueConstraint("slug", name="uq_feeds_slug"),
    )
    op.create_index("ix_feeds_due", "feeds", ["next_poll_at"], **where("enabled"))
    op.create_index("ix_feeds_host", "feeds", ["host"])
    op.create_index("ix_feeds_outlet", "feeds", ["outlet_id"])


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("stopped_until", Utc(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("next_start_at", Utc(), nullable=True),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("robots_at", Utc(), nullable=True),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )


def _fetches() -> None:
    op.create_table(
        "fetches",
        sa.Column("id", Id(), nullable=False),
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("wire_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("elapsed_s", sa.Double(), server_default=sa.text("0.0"), nullable=False),
        sa.Column("format", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("seen", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("new", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("revised", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("known", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected_reasons", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("outcome IN ('stored', 'unchanged', 'failed')", name=op.f("ck_fetches_outcome")),
        sa.CheckConstraint("seen = new + revised + known + rejected", name=op.f("ck_fetches_counts_add_up")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_fetches_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
        sa.UniqueConstraint("feed_id", "fence", "started_at", name="uq_fetches_feed_id_fence_started_at"),
    )
    op.create_index("ix_fetches_feed_day", "fetches", ["feed_id", "day"])
    op.create_index("ix_fetches_started_at", "fetches", ["started_at"])


def _raw_bodies() -> None:
    op.create_table(
        "raw_bodies",
        sa.Column("id", Id(), nullable=False),
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint("codec IN ('zlib', 'zstd', 'none')", name=op.f("ck_raw_bodies_codec")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_raw_bodies_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_raw_bodies"),
        sa.UniqueConstraint(
            "feed_id", "observed_at", "sha256", name="uq_raw_bodies_feed_id_observed_at_sha256"
        ),
    )
    op.create_index("ix_raw_bodies_observed_at", "raw_bodies", ["observed_at"])
