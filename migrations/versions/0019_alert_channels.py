"""What each channel was told of an alert, as deliveries keep it of a digest.

Channels that took an alert which still waits are carried over from its `reason`, so that none is told again.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from migrations.v0001.types import Id, Utc

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with the channels that took alerts that wait."""
    table = op.create_table(
        "alert_deliveries",
        sa.Column("alert_id", Id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ready'"), nullable=False),
        sa.Column("handed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("state IN ('ready', 'sent', 'failed')", name=op.f("ck_alert_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_deliveries_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "channel", name=op.f("pk_alert_deliveries")),
    )
    waiting = sa.text("SELECT id, reason, fired_at FROM alerts WHERE state IN ('ready', 'sending')")
    rows = [
        {"alert_id": row.id, "channel": channel, "state": "sent", "handed": 1, "sent_at": row.fired_at}
        for row in op.get_bind().execute(waiting)
        for channel in dict.fromkeys(json.loads(row.reason).get("delivered", ()))
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    """Drop it: an alert that waits may be told again to channels that took it."""
    op.drop_table("alert_deliveries")
