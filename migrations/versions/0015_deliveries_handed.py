"""Deliveries count how often a mail was handed over without an answer being known.

What was leased or tried before counts as never handed over: at most one more copy of such a mail.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, 0 for what is there."""
    op.add_column(
        "deliveries", sa.Column("handed", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("deliveries", "handed")
