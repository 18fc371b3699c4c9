"""What the rules said of a tag stands beside what a person decided. Seconds on a million entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("entry_topics", sa.Column("rules_accepted", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Put back what the rules said, and drop it. Decisions stay and are applied again after an upgrade and a re-tag."""
    op.execute("UPDATE entry_topics SET accepted = rules_accepted WHERE rules_accepted IS NOT NULL")
    op.drop_column("entry_topics", "rules_accepted")
