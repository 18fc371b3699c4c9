"""Translations of headlines, kept so that none is asked for twice.

Empty at first, and a cache: what is missing is translated anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "translations",
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("text_sha256", "source", "target", "engine", name="pk_translations"),
    )
    op.create_index("ix_translations_made_at", "translations", ["made_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("translations")
