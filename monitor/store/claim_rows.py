"""Claims keep their public id when a text is read again; one that is read differently names its successor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.annotation_rows import claim_values
from monitor.store.keys import claim_uids
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.claims import claim_items, claim_parties, claims
from monitor.types.annotations import Annotation


def store_claims(
    connection: Connection,
    fresh: Sequence[Annotation],
    annotation_ids: Mapping[int, int],
    entry_uids: Mapping[int, str],
    now: dt.datetime,
) -> None:
    """Close the claims of the entries' earlier annotations and store those of the new ones."""
    before = _current(connection, [said.entry_id for said in fresh])
    rows: list[dict[str, Any]] = []
    closed: list[dict[str, Any]] = []
    for said in fresh:
        uids = claim_uids(entry_uids[said.entry_id], said.claims)
        new = [
            claim_values(claim)
            | {
                "uid": uid,
                "entry_id": said.entry_id,
                "revision_id": said.revision_id,
                "annotation_id": annotation_ids[said.entry_id],
                "valid_from": now,
            }
            for uid, claim in zip(uids, said.claims, strict=True)
        ]
        rows += new
        for old in before.get(said.entry_id, []):
            closed.append({"b_id": old["id"], "b_to": now, "b_by": _successor(old, new)})
    _close(connection, closed)
    _insert(connection, rows)


def _current(connection: Connection, entry_ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for chunk in chunks(entry_ids, CHUNK):
        query = sa.select(claims).where(claims.c.entry_id.in_(chunk), claims.c.valid_to.is_(None))
        for row in connection.execute(query).mappings():
            found.setdefault(row["entry_id"], []).append(row)
    return found


def _successor(old: RowMapping, new: Sequence[Mapping[str, Any]]) -> str | None:
    """The uid that says now what `old` said: null where the same uid goes on, or nothing says it any more."""
    if any(row["uid"] == old["uid"] for row in new):
        return None
    same_place = [
        row
        for row in new
        if row["field"] == old["field"]
        and row["start_char"] < old["end_char"]
        and old["start_char"] < row["end_char"]
    ]
    same_parties = [
        row
        for row in new
        if sorted(row["supplier"]) == old["supplier"] and sorted(row["recipient"]) == old["recipient"]
    ]
    both = [row for row in same_place if row in same_parties]
    for candidates in (both, same_parties, same_place):
        if candidates:
            return str(candidates[0]["uid"])
    return None


def _close(connection: Connection, closed: Sequence[Mapping[str, Any]]) -> None:
    if closed:
        statement = (
            sa.update(claims)
            .where(claims.c.id == sa.bindparam("b_id"))
            .values(valid_to=sa.bindparam("b_to"), superseded_by=sa.bindparam("b_by"))
        )
        connection.execute(statement, list(closed))


def _insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    statement = sa.insert(claims).returning(claims.c.uid, claims.c.id)
    ids = {row.uid: row.id for row in connection.execute(statement, list(rows))}
    parties = [
        {"claim_id": ids[row["uid"]], "role": role, "party": party}
        for row in rows
        for role in ("supplier", "recipient", "via")
        for party in sorted(set(row[role]))
    ]
    items = [
        {"claim_id": ids[row["uid"]], "item": item} for row in rows for item in sorted(set(row["items"]))
    ]
    if parties:
        connection.execute(sa.insert(claim_parties), parties)
    if items:
        connection.execute(sa.insert(claim_items), items)
