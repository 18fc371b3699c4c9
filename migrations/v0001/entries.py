"""Entries, revisions, captures, holds, search documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where


def create() -> None:
    """Make the tables and their indexes."""
    _entries()
    _revisions()
    _captures()
    _capture_manifest()
    _holds()
    _search_documents()


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", Id(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("key_source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("url_raw", sa.Text(), nullable=True),
        sa.Column("url_key", sa.BigInteger(), nullable=True),
        sa.Column("text_key", sa.BigInteger(), nullable=False),
        sa.Column("language_declared", sa.Text(), nullable=True),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("published_raw", sa.Text(), nullable=True),
        sa.Column("date_source", sa.Text(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.Column("effective_at", Utc(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("author", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("categories", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("links", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("forward_channel", sa.Text(), nullable=True),
        sa.Column("forward_post", sa.BigInteger(), nullable=True),
        sa.Column("forward_name", sa.Text(), nullable=True),
        sa.Column("album_ids", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("media", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("views_first", sa.BigInteger(), nullable=True),
        sa.Column("views_last", sa.BigInteger(), nullable=True),
        sa.Column("gone_at", Utc(), nullable=True),
        sa.Column("pending_at", Utc(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("story_id", Id(), nullable=True),
        sa.CheckConstraint(
            "date_source IN ('published', 'updated', 'missing', 'unreadable', 'future', 'implausible')",
            name=op.f("ck_entries_date_source"),
        ),
        sa.CheckConstraint("key_source IN ('guid', 'link', 'hash')", name=op.f("ck_entries_key_source")),
        sa.CheckConstraint("kind IN ('rss', 'telegram')", name=op.f("ck_entries_kind")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_entries_feed_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_entries_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("uid", name="uq_entries_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_day", "entries", ["day"])
    op.create_index("ix_entries_feed_day", "entries", ["feed_id", "day"])
    op.create_index("ix_entries_observed_at", "entries", ["observed_at"])
    op.create_index("ix_entries_pending", "entries", ["id"], **where("pending_at IS NOT NULL"))
    op.create_index("ix_entries_story", "entries", ["story_id"])
    op.create_index("ix_entries_text", "entries", ["text_key", "feed_id"])
    op.create_index(
        "ix_entries_ungrouped", "entries", ["id"], **where("story_id IS NULL AND language IS NOT NULL")
    )
    op.create_index("ix_entries_url", "entries", ["url_key", "feed_id"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", Id(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("purged_at", Utc(), nullable=True),
        sa.CheckConstraint("source IN ('feed', 'article')", name=op.f("ck_revisions_source")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_revisions_entry_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("entry_id", "number", name="uq_revisions_entry_id_number"),
        sa.UniqueConstraint("entry_id", "sha256", "source", name="uq_revisions_entry_id_sha256_source"),
    )
    op.create_index("uq_revisions_current", "revisions", ["entry_id"], unique=True, **where("is_current"))


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", Id(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("captured_at", Utc(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reason IN ('claim', 'pin', 'decision')", name=op.f("ck_captures_reason")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_captures_entry_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
    )
    op.create_index("ix_captures_entry", "captures", ["entry_id"])


def _capture_manifest() -> None:
    op.create_table(
        "capture_manifest",
        sa.Column("id", Id(), nullable=False),
        sa.Column("capture_id", Id(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_capture_manifest_capture_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_capture_manifest"),
        sa.UniqueConstraint("capture_id", name="uq_capture_manifest_capture_id"),
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", Id(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("released_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index(
        "uq_holds_active", "holds", ["object_kind", "object_key"], unique=True, **where("released_at IS NULL")
    )


def _search_documents() -> None:
    op.create_table(
        "search_documents",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("revision_id", Id(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_search_documents_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name="fk_search_documents_revision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_search_documents"),
    )
