"""Raw answers: their status, when their entries were stored, and whether they could not be read; raw pages.

No data moves. What is in `raw_bodies` from before are pages of channels that could not be read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three columns, and the table of raw pages, empty."""
    op.add_column("raw_bodies", sa.Column("status", sa.Integer(), nullable=True))
    op.add_column("raw_bodies", sa.Column("stored_at", Utc(), nullable=True))
    op.add_column("raw_bodies", sa.Column("failed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE raw_bodies SET failed = true"))
    op.create_index("ix_raw_bodies_feed_stored", "raw_bodies", ["feed_id", "stored_at"])
    op.create_table(
        "raw_pages",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("codec IN ('zlib', 'zstd', 'none')", name=op.f("ck_raw_pages_codec")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_raw_pages_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_raw_pages"),
    )
    op.create_index("ix_raw_pages_observed_at", "raw_pages", ["observed_at"])


def downgrade() -> None:
    """Drop raw pages, and the answers that could be read: 0002 would take them for failures."""
    op.drop_table("raw_pages")
    op.execute(sa.text("DELETE FROM raw_bodies WHERE NOT failed"))
    op.drop_index("ix_raw_bodies_feed_stored", "raw_bodies")
    for name in ("failed", "stored_at", "status"):
        op.drop_column("raw_bodies", name)
