"""Runs, issues, decisions of people, leases, settings, rollups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc


def create() -> None:
    """Make the tables and their indexes."""
    _runs()
    _issues()
    _decisions()
    _leases()
    _settings()
    _rollup_topics_daily()
    _rollup_coverage_daily()


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("counts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'partial', 'failed')", name=op.f("ck_runs_outcome")),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_kind", "runs", ["kind", "started_at"])


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", Id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("feed_id", Id(), nullable=True),
        sa.Column("entry_id", Id(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.CheckConstraint("severity IN ('info', 'warning', 'error')", name=op.f("ck_issues_severity")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_issues_entry_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_issues_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_issues"),
        sa.UniqueConstraint("key", name="uq_issues_key"),
    )
    op.create_index("ix_issues_entry", "issues", ["entry_id"])
    op.create_index("ix_issues_feed", "issues", ["feed_id", "resolved_at"])
    op.create_index("ix_issues_last_seen_at", "issues", ["last_seen_at"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", Id(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "object_kind IN ('topic', 'story', 'cluster', 'citation', 'claim', 'entry', 'feed')",
            name=op.f("ck_decisions_object_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_object", "decisions", ["object_kind", "object_key", "id"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("until", Utc(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("(owner IS NULL) = (until IS NULL)", name=op.f("ck_leases_lease")),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )


def _rollup_topics_daily() -> None:
    op.create_table(
        "rollup_topics_daily",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("all_stories", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "topic", "language", "country", "ownership", name="pk_rollup_topics_daily"
        ),
    )


def _rollup_coverage_daily() -> None:
    op.create_table(
        "rollup_coverage_daily",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("panel_change", sa.Text(), nullable=True),
        sa.Column("backfill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_rollup_coverage_daily_feed_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "feed_id", name="pk_rollup_coverage_daily"),
    )
    op.create_index("ix_rollup_coverage_daily_feed", "rollup_coverage_daily", ["feed_id"])
