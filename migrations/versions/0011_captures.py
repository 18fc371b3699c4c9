"""Captures name the text that was read from them, the body's hash, and what a public archive answered.

The table was never filled before; nothing moves.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COLUMNS = ("body_sha256", "archive_state", "archive_url")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("captures", sa.Column("revision_id", Id(), nullable=True))
    for name in _COLUMNS:
        op.add_column("captures", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them; files and manifest stay."""
    for name in (*_COLUMNS, "revision_id"):
        op.drop_column("captures", name)
