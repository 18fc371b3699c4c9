"""Digests, outbox, held addresses, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where


def create() -> None:
    """Make the tables and their indexes."""
    _digests()
    _digest_items()
    _deliveries()
    _recipient_holds()
    _alerts()


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period_start", Utc(), nullable=False),
        sa.Column("period_end", Utc(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.CheckConstraint("period_start <= period_end", name=op.f("ck_digests_period")),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("name", "day", name="uq_digests_name_day"),
    )
    op.create_index("ix_digests_period", "digests", ["name", "period_end"])


def _digest_items() -> None:
    op.create_table(
        "digest_items",
        sa.Column("digest_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'story'"), nullable=False),
        sa.Column("entry_id", Id(), nullable=True),
        sa.Column("story_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name="fk_digest_items_digest_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_digest_items_entry_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("digest_id", "position", name="pk_digest_items"),
    )
    op.create_index("ix_digest_items_entry", "digest_items", ["entry_id"])
    op.create_index("ix_digest_items_story", "digest_items", ["story_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", Id(), nullable=False),
        sa.Column("digest_id", Id(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ready'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", Utc(), nullable=True),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_deliveries_sent")),
        sa.CheckConstraint(
            "state IN ('ready', 'sending', 'sent', 'failed', 'held')", name=op.f("ck_deliveries_state")
        ),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_deliveries_lease")),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name="fk_deliveries_digest_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("digest_id", "recipient", name="uq_deliveries_digest_id_recipient"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
    )
    op.create_index(
        "ix_deliveries_open", "deliveries", ["next_attempt_at"], **where("state IN ('ready', 'sending')")
    )


def _recipient_holds() -> None:
    op.create_table(
        "recipient_holds",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_recipient_holds"),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", Id(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fired_at", Utc(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ready'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'sending', 'sent', 'failed', 'held')", name=op.f("ck_alerts_state")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("rule", "key", name="uq_alerts_rule_key"),
    )
    op.create_index("ix_alerts_fired_at", "alerts", ["fired_at"])
