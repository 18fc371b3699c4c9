"""Daily sums of the log of fetches, which retention folds away. Empty at first; going back forgets the sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
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


def downgrade() -> None:
    """Drop it."""
    op.drop_table("fetches_daily")
