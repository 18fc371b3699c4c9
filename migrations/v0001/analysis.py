"""Taxonomies, annotations and what they hold, watchlists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where


def create() -> None:
    """Make the tables and their indexes."""
    _taxonomies()
    _annotations()
    _entry_topics()
    _mentions()
    _entities()
    _citations()
    _watchlist_entries()
    _watchlist_hits()


def _taxonomies() -> None:
    op.create_table(
        "taxonomies",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("first_used_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_taxonomies"),
    )


def _annotations() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", Id(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("revision_id", Id(), nullable=False),
        sa.Column("taxonomy_version", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("language_score", sa.Double(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("valid_from", Utc(), nullable=False),
        sa.Column("valid_to", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_annotations_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name="fk_annotations_revision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_version"], ["taxonomies.version"], name="fk_annotations_taxonomy_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
    )
    op.create_index("ix_annotations_entry", "annotations", ["entry_id"])
    op.create_index("ix_annotations_revision", "annotations", ["revision_id"])
    op.create_index(
        "uq_annotations_current", "annotations", ["entry_id"], unique=True, **where("valid_to IS NULL")
    )


def _entry_topics() -> None:
    op.create_table(
        "entry_topics",
        sa.Column("annotation_id", Id(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rules", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("classifier_score", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name="fk_entry_topics_annotation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", "topic", name="pk_entry_topics"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entry_topics_topic", "entry_topics", ["topic", "annotation_id"], **where("accepted"))


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("annotation_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.CheckConstraint("field IN ('title', 'body')", name=op.f("ck_mentions_field")),
        sa.CheckConstraint("0 <= start_char AND start_char < end_char", name=op.f("ck_mentions_span")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name="fk_mentions_annotation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", "position", name="pk_mentions"),
        sqlite_with_rowid=False,
    )


def _entities() -> None:
    op.create_table(
        "entities",
        sa.Column("annotation_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.CheckConstraint("field IN ('title', 'body')", name=op.f("ck_entities_field")),
        sa.CheckConstraint("0 <= start_char AND start_char < end_char", name=op.f("ck_entities_span")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name="fk_entities_annotation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", "position", name="pk_entities"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entities_code", "entities", ["kind", "code"])


def _citations() -> None:
    op.create_table(
        "citations",
        sa.Column("annotation_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cited", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("chain", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint("field IN ('title', 'body')", name=op.f("ck_citations_field")),
        sa.CheckConstraint(
            "kind IN ('media', 'official', 'think-tank', 'unnamed', 'other')", name=op.f("ck_citations_kind")
        ),
        sa.CheckConstraint("0 <= start_char AND start_char <= end_char", name=op.f("ck_citations_span")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name="fk_citations_annotation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", "position", name="pk_citations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_citations_cited", "citations", ["cited"])


def _watchlist_entries() -> None:
    op.create_table(
        "watchlist_entries",
        sa.Column("id", Id(), nullable=False),
        sa.Column("watchlist", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("schema_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("aliases", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("identifiers", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_watchlist_entries"),
        sa.UniqueConstraint("watchlist", "external_id", name="uq_watchlist_entries_watchlist_external_id"),
    )


def _watchlist_hits() -> None:
    op.create_table(
        "watchlist_hits",
        sa.Column("id", Id(), nullable=False),
        sa.Column("watchlist_entry_id", Id(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("revision_id", Id(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.CheckConstraint("field IN ('title', 'body')", name=op.f("ck_watchlist_hits_field")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_watchlist_hits_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name="fk_watchlist_hits_revision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["watchlist_entry_id"],
            ["watchlist_entries.id"],
            name="fk_watchlist_hits_watchlist_entry_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_watchlist_hits"),
        sa.UniqueConstraint(
            "watchlist_entry_id", "revision_id", "field", "start_char", name="uq_watchlist_hits_span"
        ),
    )
    op.create_index("ix_watchlist_hits_entry", "watchlist_hits", ["entry_id"])
