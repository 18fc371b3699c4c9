"""Claims that the ledger sets aside, with the reason, and how sure each line is.

Clusters with claims are marked to be counted anew: the next analysis fills both. Nothing else moves; a million entries
take seconds.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("claims", sa.Column("set_aside", sa.Text(), nullable=True))
    op.add_column("ledger", sa.Column("confidence", sa.Double(), server_default=sa.text("1"), nullable=False))
    op.execute(
        "UPDATE clusters SET independent_sources = NULL, unresolved_sources = NULL WHERE id IN"
        " (SELECT s.cluster_id FROM claims c JOIN entries e ON e.id = c.entry_id"
        " JOIN stories s ON s.id = e.story_id WHERE c.valid_to IS NULL)"
    )


def downgrade() -> None:
    """Drop them. An upgrade computes both again."""
    op.drop_column("ledger", "confidence")
    op.drop_column("claims", "set_aside")
