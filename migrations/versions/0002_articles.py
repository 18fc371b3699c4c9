"""Pages of entries: attempts to fetch them, and what a page says of itself and permits.

No data moves: an entry without a row has not been tried. The rights of an outlet were given room in 0001
(`outlets.rights`). Its columns are of the types that 0001 knew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, empty."""
    _attempts()
    _pages()


def downgrade() -> None:
    """Drop them. Texts of pages stay as revisions; their pages would be tried again after an upgrade."""
    op.drop_table("article_pages")
    op.drop_table("article_attempts")


def _attempts() -> None:
    op.create_table(
        "article_attempts",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("tried_at", Utc(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("next_try_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('stored', 'fallback', 'withheld', 'disallowed', 'failed')",
            name=op.f("ck_article_attempts_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_article_attempts_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_article_attempts"),
    )
    op.create_index(
        "ix_article_attempts_next_try_at",
        "article_attempts",
        ["next_try_at"],
        **where("next_try_at IS NOT NULL"),
    )


def _pages() -> None:
    op.create_table(
        "article_pages",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("archive", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("snippet_length", sa.Integer(), nullable=True),
        sa.Column("machine_learning", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("text_mining", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("policy_url", sa.Text(), nullable=True),
        sa.Column("signals", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_article_pages_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_article_pages"),
    )
