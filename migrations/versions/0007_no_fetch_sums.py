"""The sums of 0004 go: the rollups of 0005 hold them. Going back makes the table again, empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the table."""
    op.drop_table("fetches_daily")


def downgrade() -> None:
    """Make it, empty."""
    op.create_table(
        "fetches_daily",
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("seen", "new", "revised", "known", "rejected", "wire_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_fetches_daily_feed_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_id", "day", name="pk_fetches_daily"),
    )
