"""The ledger with its history and roots, what changes in it, and how a chain of citations ends.

Clusters with claims are marked to be counted anew: the next analysis fills their chains, lines and flows. Nothing else
moves; a million entries take seconds.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and the log of changes."""
    op.add_column("citations", sa.Column("chain_state", sa.Text(), nullable=True))
    for name in ("first_at", "last_at", "word_at"):
        op.add_column("ledger", sa.Column(name, Utc(), nullable=True))
    op.add_column("ledger", sa.Column("reviewed", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for table, name in (
        ("ledger", "roots"),
        ("ledger", "quantities"),
        ("ledger", "history"),
        ("flows", "quantities"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), server_default=sa.text("'[]'"), nullable=False))
    op.create_index("ix_ledger_flow", "ledger", ["supplier", "recipient", "item"])
    _changes()
    op.execute(
        "UPDATE clusters SET independent_sources = NULL, unresolved_sources = NULL WHERE id IN"
        " (SELECT s.cluster_id FROM claims c JOIN entries e ON e.id = c.entry_id"
        " JOIN stories s ON s.id = e.story_id WHERE c.valid_to IS NULL)"
    )


def downgrade() -> None:
    """Drop them. An upgrade computes all of it again but the log of changes."""
    op.drop_table("ledger_changes")
    op.drop_index("ix_ledger_flow", "ledger")
    for table, name in (
        ("flows", "quantities"),
        ("ledger", "history"),
        ("ledger", "quantities"),
        ("ledger", "roots"),
        ("ledger", "reviewed"),
        ("ledger", "word_at"),
        ("ledger", "last_at"),
        ("ledger", "first_at"),
        ("citations", "chain_state"),
    ):
        op.drop_column(table, name)


def _changes() -> None:
    op.create_table(
        "ledger_changes",
        sa.Column("id", Id(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("reported_at", Utc(), nullable=False),
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("old_status", sa.Text(), nullable=True),
        sa.Column("new_status", sa.Text(), nullable=False),
        sa.Column("claim_uid", sa.Text(), nullable=False),
        sa.Column("quantity_min", sa.BigInteger(), nullable=True),
        sa.Column("quantity_max", sa.BigInteger(), nullable=True),
        sa.Column("denied", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('new', 'denial', 'status', 'quantity')", name=op.f("ck_ledger_changes_kind")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_changes"),
    )
    op.create_index("ix_ledger_changes_at", "ledger_changes", ["at"])
    op.create_index("ix_ledger_changes_cluster", "ledger_changes", ["cluster_id"])
    op.create_index("ix_ledger_changes_claim", "ledger_changes", ["claim_uid"])
