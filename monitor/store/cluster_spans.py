"""Rows of `cluster_spans` made anew from stories and sources, as clusters are folded."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.grouping import cluster_spans
from monitor.store.views.spans import COLUMNS, spans


def save_spans(connection: Connection, cluster_ids: Collection[int]) -> None:
    """Make the rows of these clusters anew."""
    for chunk in chunks(sorted(cluster_ids), CHUNK):
        connection.execute(sa.delete(cluster_spans).where(cluster_spans.c.cluster_id.in_(chunk)))
        listed = ", ".join(str(int(number)) for number in chunk)
        connection.exec_driver_sql(_insert(f"cluster_id IN ({listed})"))


def rebuild_spans(connection: Connection) -> None:
    """Make all rows anew."""
    connection.execute(sa.delete(cluster_spans))
    connection.exec_driver_sql(_insert("1 = 1"))


def _insert(condition: str) -> str:
    return f"INSERT INTO cluster_spans ({COLUMNS})\n{spans(condition)}"
