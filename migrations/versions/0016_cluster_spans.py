"""How wide each cluster of several stories or outlets is, kept as it is folded; an index of those not folded yet.

Lists of the widest clusters read these rows instead of every story of the archive.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc, where

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_FILL = """\
INSERT INTO cluster_spans (cluster_id, stories, outlets, first_seen_at, last_seen_at)
SELECT s.cluster_id, s.stories, COALESCE(o.outlets, 0), s.first_seen_at, s.last_seen_at
  FROM (SELECT cluster_id, COUNT(*) AS stories, MIN(first_seen_at) AS first_seen_at,
               MAX(last_seen_at) AS last_seen_at
          FROM stories GROUP BY cluster_id) s
  LEFT JOIN (SELECT cluster_id, COUNT(*) AS outlets FROM cluster_sources GROUP BY cluster_id) o
    ON o.cluster_id = s.cluster_id
 WHERE s.stories > 1 OR o.outlets > 1"""


def upgrade() -> None:
    """Make the table from stories and sources."""
    op.create_table(
        "cluster_spans",
        sa.Column("cluster_id", Id(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name="fk_cluster_spans_cluster_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cluster_id", name="pk_cluster_spans"),
    )
    op.execute(_FILL)
    op.create_index("ix_cluster_spans_last_seen_at", "cluster_spans", ["last_seen_at"])
    op.create_index("ix_clusters_unfolded", "clusters", ["id"], **where("independent_sources IS NULL"))


def downgrade() -> None:
    """Drop both. Nothing is lost: the rows are counted from stories and sources."""
    op.drop_index("ix_clusters_unfolded", "clusters")
    op.drop_table("cluster_spans")
