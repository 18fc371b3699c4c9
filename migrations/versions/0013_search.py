"""Search: documents of tokens with an index of their own kind on each database.

`search_documents` of 0001 was never filled. It is made anew, empty; `monitor db upgrade` then indexes the archive,
and can be stopped: the next run, or `monitor search --rebuild`, goes on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from migrations.v0001.entries import _search_documents
from migrations.v0001.types import Id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = "title, body, meta"
OLD, NEW = (", ".join(f"{row}.{name}" for name in COLUMNS.split(", ")) for row in ("OLD", "NEW"))
REMOVE = f"INSERT INTO search_index (search_index, rowid, {COLUMNS}) VALUES ('delete', OLD.entry_id, {OLD})"
ADD = f"INSERT INTO search_index (rowid, {COLUMNS}) VALUES (NEW.entry_id, {NEW})"
TRIGGERS = {
    "search_documents_insert": f"AFTER INSERT ON search_documents BEGIN {ADD}; END",
    "search_documents_delete": f"AFTER DELETE ON search_documents BEGIN {REMOVE}; END",
    "search_documents_update": f"AFTER UPDATE ON search_documents BEGIN {REMOVE}; {ADD}; END",
}


def upgrade() -> None:
    """Make the table; on SQLite the index beside it, and triggers that keep it."""
    op.drop_table("search_documents")
    op.create_table(
        "search_documents",
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("revision_id", Id(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("version", "title", "body", "meta")),
        sa.Column("document", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_search_documents_entry_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name="fk_search_documents_revision_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_search_documents"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_search_documents_document", "search_documents", ["document"], postgresql_using="gin"
        )
        return
    _require_fts5()
    # tokens hold letters and digits only: `ascii` splits them at the blanks and nowhere else
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5({COLUMNS}, content='search_documents',"
        " content_rowid='entry_id', tokenize='ascii', prefix='1 2')"
    )
    for name, body in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}")


def _require_fts5() -> None:
    options = {row[0] for row in op.get_bind().exec_driver_sql("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        raise RuntimeError(
            "this Python's SQLite was built without FTS5, which search needs:"
            " use a Python from python.org, Debian, Ubuntu or conda, or PostgreSQL"
        )


def downgrade() -> None:
    """Drop the index, and put back the empty table of 0001. Nothing is lost: documents are made from texts."""
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.drop_table("search_index")
    op.drop_table("search_documents")
    _search_documents()
