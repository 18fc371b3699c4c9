"""Tags as people decided: written over what the rules say, which is kept beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import entry_topics
from monitor.store.schema.operations import decisions
from monitor.store.verdicts import OPEN

PERSON = "person"


def put_tag(connection: Connection, annotation_id: int, topic: str, row: Mapping[str, Any], new: str) -> None:
    """Make one tag of a current annotation what a decision says. `row` is the tag as it is, nulls where it is not."""
    here = sa.and_(entry_topics.c.annotation_id == annotation_id, entry_topics.c.topic == topic)
    said = row["rules_accepted"] if row["rules_accepted"] is not None else row["accepted"]
    if row["score"] is None:
        if new == "confirmed":
            values = _added(annotation_id, topic)
            connection.execute(sa.insert(entry_topics).values(**values))
    elif new == OPEN and row["rules"] == [PERSON]:
        connection.execute(sa.delete(entry_topics).where(here))
    elif new == OPEN:
        connection.execute(
            sa.update(entry_topics).where(here).values(accepted=bool(said), rules_accepted=None)
        )
    else:
        values = {"accepted": new == "confirmed", "rules_accepted": bool(said)}
        connection.execute(sa.update(entry_topics).where(here).values(**values))


def _added(annotation_id: int, topic: str) -> dict[str, Any]:
    return {
        "annotation_id": annotation_id, "topic": topic, "score": 1.0, "accepted": True, "rules": [PERSON],
        "rules_accepted": False,
    }  # fmt: skip


def decided_tags(
    connection: Connection, rows: Sequence[Mapping[str, Any]], uids: Mapping[int, str]
) -> list[dict[str, Any]]:
    """New rows of tags as people decided of their entries. `uids`: entry uid by annotation."""
    said = _of_entries(connection, set(uids.values()))
    if not said:
        return [dict(row) for row in rows]
    found, seen = [], set()
    for row in rows:
        uid, topic = uids[row["annotation_id"]], row["topic"]
        seen.add((uid, topic))
        new = said.get((uid, topic))
        values = {} if new is None else {"accepted": new == "confirmed", "rules_accepted": row["accepted"]}
        found.append({"rules_accepted": None} | dict(row) | values)
    annotation_of = {uid: annotation for annotation, uid in uids.items()}
    for (uid, topic), new in sorted(said.items()):
        if new == "confirmed" and (uid, topic) not in seen:
            found.append(_added(annotation_of[uid], topic))
    return found


def _of_entries(connection: Connection, uids: set[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    named = sa.func.substr(decisions.c.object_key, 1, 32)
    for chunk in chunks(sorted(uids), CHUNK):
        query = sa.select(decisions.c.object_key, decisions.c.new).where(
            decisions.c.object_kind == "topic", named.in_(chunk)
        )
        for row in connection.execute(query.order_by(decisions.c.id)):
            uid, _, topic = row.object_key.partition(":")
            found[(uid, topic)] = row.new
    return {key: new for key, new in found.items() if new != OPEN}
