"""The latest word of a person on claims, citations and tags.

`decisions.new` is `confirmed`, `rejected`, `open` (taken back), or says what is right: for a citation `=` and the
name, for a claim its values as JSON.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.operations import decisions

CORRECTED = "="
OPEN = "open"


def latest(connection: Connection, kind: str, keys: Collection[str]) -> dict[str, str]:
    """Key to the latest decision's `new`; keys without one, or with one taken back, are left out."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(set(keys)), CHUNK):
        query = sa.select(decisions.c.object_key, decisions.c.new).where(
            decisions.c.object_kind == kind, decisions.c.object_key.in_(chunk)
        )
        found |= {row.object_key: row.new for row in connection.execute(query.order_by(decisions.c.id))}
    return {key: new for key, new in found.items() if new and new != OPEN}
