"""Stories by day, first feed, topic and language: what bursts are looked for in.

Days with entries are marked, so that the view counts them until a refresh makes their rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty, and mark every day that has entries."""
    op.create_table(
        "rollup_feeds_daily",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_rollup_feeds_daily_feed_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "feed_id", "topic", "language", name="pk_rollup_feeds_daily"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollup_feeds_daily_feed", "rollup_feeds_daily", ["feed_id"])
    op.execute(
        "INSERT INTO rollup_marks (day, mark) SELECT DISTINCT e.day, 0 FROM entries e"
        " WHERE NOT EXISTS (SELECT 1 FROM rollup_marks m WHERE m.day = e.day AND m.mark = 0)"
    )


def downgrade() -> None:
    """Drop it. Nothing is lost: it is counted from entries."""
    op.drop_table("rollup_feeds_daily")
