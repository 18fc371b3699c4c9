"""The second opinion on the topics of stories: a classifier's score beside the rules'.

Empty at first: stories get theirs when they are clustered. Nothing else reads it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "story_opinions",
        sa.Column("story_id", Id(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_story_opinions_story_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "topic", name="pk_story_opinions"),
    )


def downgrade() -> None:
    """Drop it: it can be made anew from the texts."""
    op.drop_table("story_opinions")
