"""Smaller rows for MinHash bands, and the lines from which a feed's boilerplate is learnt.

`story_bands`, what grouping writes most, is made anew from `fingerprints.bands`: without its second index and
foreign key, with times as seconds, a third of the size. `fingerprints.facts` was never read and goes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the bands anew, drop the facts, make the table of lines, empty: boilerplate is learnt from now on."""
    op.drop_table("story_bands")
    op.create_table(
        "story_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", Id(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "effective_at", "entry_id", name="pk_story_bands"),
        sqlite_with_rowid=False,
    )
    _fill(
        "CAST(floor(extract(epoch FROM e.effective_at)) AS BIGINT)"
        if _postgresql()
        else "CAST(strftime('%s', e.effective_at) AS INTEGER)"
    )
    op.drop_column("fingerprints", "facts")
    op.create_table(
        "feed_lines",
        sa.Column("feed_id", Id(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_lines_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_lines"),
    )


def downgrade() -> None:
    """The old rows; facts come back empty, and what was learnt is forgotten."""
    op.drop_table("feed_lines")
    op.add_column(
        "fingerprints", sa.Column("facts", sa.Text(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.drop_table("story_bands")
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
    _fill("e.effective_at")
    op.create_index("ix_story_bands_entry", "story_bands", ["entry_id"])


def _fill(time: str) -> None:
    value, rows = (
        ("b.value::bigint", "json_array_elements_text(f.bands::json) AS b(value)")
        if _postgresql()
        else ("b.value", "json_each(f.bands) AS b")
    )
    op.execute(
        "INSERT INTO story_bands (band, effective_at, entry_id)"  # noqa: S608 - constants
        f" SELECT DISTINCT {value}, {time}, f.entry_id"
        f" FROM fingerprints f JOIN entries e ON e.id = f.entry_id CROSS JOIN {rows} ORDER BY 1, 2, 3"
    )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
