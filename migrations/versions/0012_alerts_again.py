"""When an alert is tried next; by which versions a day's entries were analysed.

Days with entries are marked, so that the view counts them until a refresh makes their rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty, and the table; mark every day that has entries."""
    op.add_column("alerts", sa.Column("next_attempt_at", Utc(), nullable=True))
    op.create_table(
        "rollup_versions_daily",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taxonomy_version", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "taxonomy_version", "code_version", name="pk_rollup_versions_daily"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO rollup_marks (day, mark) SELECT DISTINCT e.day, 0 FROM entries e"
        " WHERE NOT EXISTS (SELECT 1 FROM rollup_marks m WHERE m.day = e.day AND m.mark = 0)"
    )


def downgrade() -> None:
    """Drop both. The counts can be made again; an alert that waited is tried at once."""
    op.drop_table("rollup_versions_daily")
    op.drop_column("alerts", "next_attempt_at")
