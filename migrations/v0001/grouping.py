"""Fingerprints, keys and bands, decisions and evidence of grouping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc


def create() -> None:
    """Make the tables and their indexes."""
    _fingerprints()
    _story_keys()
    _story_bands()
    _story_decisions()
    _story_embeddings()
    _cluster_evidence()
    _cluster_sources()


def _fingerprints() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("keys", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("bands", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("shingles", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_fingerprints_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_fingerprints"),
    )


def _story_keys() -> None:
    op.create_table(
        "story_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", Utc(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_story_keys_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "effective_at", "entry_id", name="pk_story_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_keys_entry", "story_keys", ["entry_id"])


def _story_bands() -> None:
    op.create_table(
        "story_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", Utc(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_story_bands_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "effective_at", "entry_id", name="pk_story_bands"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_bands_entry", "story_bands", ["entry_id"])


def _story_decisions() -> None:
    op.create_table(
        "story_decisions",
        sa.Column("id", Id(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("story_id", Id(), nullable=False),
        sa.Column("joined_entry_id", Id(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("merges", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_story_decisions_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_story_decisions"),
    )
    op.create_index("ix_story_decisions_entry", "story_decisions", ["entry_id"])
    op.create_index("ix_story_decisions_story", "story_decisions", ["story_id"])


def _story_embeddings() -> None:
    op.create_table(
        "story_embeddings",
        sa.Column("story_id", Id(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("effective_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_story_embeddings_story_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "model", name="pk_story_embeddings"),
    )
    op.create_index("ix_story_embeddings_window", "story_embeddings", ["model", "effective_at"])


def _cluster_evidence() -> None:
    op.create_table(
        "cluster_evidence",
        sa.Column("id", Id(), nullable=False),
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("story_id", Id(), nullable=False),
        sa.Column("other_story_id", Id(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_cluster_evidence_cluster_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_cluster_evidence_story_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_evidence"),
    )
    op.create_index("ix_cluster_evidence_cluster", "cluster_evidence", ["cluster_id"])
    op.create_index("ix_cluster_evidence_story", "cluster_evidence", ["story_id"])


def _cluster_sources() -> None:
    op.create_table(
        "cluster_sources",
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("folded_into", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entry_uids", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_cluster_sources_cluster_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cluster_id", "outlet", name="pk_cluster_sources"),
    )
