"""Clusters and stories, with what became of merged ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc


def create() -> None:
    """Make the tables and their indexes."""
    _clusters()
    _stories()
    _story_redirects()
    _cluster_redirects()


def _clusters() -> None:
    op.create_table(
        "clusters",
        sa.Column("id", Id(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("independent_sources", sa.Integer(), nullable=True),
        sa.Column("unresolved_sources", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_clusters"),
        sqlite_autoincrement=True,
    )


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", Id(), nullable=False),
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("first_entry_id", Id(), nullable=True),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_stories_cluster_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["first_entry_id"], ["entries.id"], name="fk_stories_first_entry_id", use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stories_cluster", "stories", ["cluster_id"])
    op.create_index("ix_stories_first_entry", "stories", ["first_entry_id"])
    op.create_index("ix_stories_first_seen_at", "stories", ["first_seen_at"])


def _story_redirects() -> None:
    op.create_table(
        "story_redirects",
        sa.Column("old_id", Id(), autoincrement=False, nullable=False),
        sa.Column("story_id", Id(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_story_redirects_story_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("old_id", name="pk_story_redirects"),
    )
    op.create_index("ix_story_redirects_story", "story_redirects", ["story_id"])


def _cluster_redirects() -> None:
    op.create_table(
        "cluster_redirects",
        sa.Column("old_id", Id(), autoincrement=False, nullable=False),
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_cluster_redirects_cluster_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("old_id", name="pk_cluster_redirects"),
    )
    op.create_index("ix_cluster_redirects_cluster", "cluster_redirects", ["cluster_id"])
