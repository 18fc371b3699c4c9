"""Claims keep their public id when a text is read again; one that is read differently names its successor."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.annotation_rows import claim_values
from monitor.store.cluster_ids import stale
from monitor.store.keys import claim_uids
from monitor.store.known import CHUNK, chunks
from monitor.store.ledger import clusters_of
from monitor.store.schema.analysis import annotated
from monitor.store.schema.claims import claim_items, claim_parties, claims
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.operations import decisions
from monitor.store.verdicts import latest
from monitor.types.annotations import Annotation, Claim

CONTENT = (
    "supplier", "recipient", "via", "items", "status", "quantity_min", "quantity_max", "unit", "period", "speaker",
)  # fmt: skip
"""What a person may correct."""


def store_claims(
    connection: Connection,
    fresh: Sequence[Annotation],
    annotation_ids: Mapping[int, int],
    entry_uids: Mapping[int, str],
    now: dt.datetime,
) -> None:
    """Close the claims of the entries' earlier annotations and store those of the new ones.

    What people decided goes on: under the same uid as it was, else on the claim that says it now; a claim that a
    person confirmed or corrected stays although the rules no longer find it in the same text. A claim of a model stays
    with its text until the rules say the same: the model is not asked again.
    """
    before = _current(connection, [said.entry_id for said in fresh])
    verdicts = latest(connection, "claim", [row["uid"] for rows in before.values() for row in rows])
    carried: list[Carried] = []
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
        for old in before.get(said.entry_id, []):
            follower = _successor(old, new)
            word = verdicts.get(old["uid"])
            if word and follower is None and word != "rejected" and _kept(old, new, said):
                continue
            if (
                old["origin"] == "model"
                and _kept(old, new, said)
                and not any(_agrees(old, row) for row in new)
            ):
                continue
            if word and follower is not None and _goes_on(word, old, _named(follower, new)):
                carried.append(Carried(old["uid"], follower, word))
            closed.append({"b_id": old["id"], "b_to": now, "b_by": follower})
        rows += new
    given = verdicts | {one.to: one.word for one in carried}
    _close(connection, closed)
    insert_claims(connection, [_as_decided(row, given.get(row["uid"])) for row in rows])
    _carry(connection, carried, now)


def add_claims(
    connection: Connection, entry_uid: str, revision_id: int, found: Sequence[Claim], now: dt.datetime
) -> int:
    """Store further claims of a text beside those that stand; how many.

    What stands already under the same uid, or with the same parties, status and a common item, is not added. Nothing is
    where `revision_id` is no longer the entry's current text.
    """
    query = (
        sa.select(entries.c.id, annotated.c.id.label("annotation_id"))
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .join(annotated, sa.and_(annotated.c.entry_id == entries.c.id, annotated.c.valid_to.is_(None)))
        .where(entries.c.uid == entry_uid, revisions.c.id == revision_id)
        .where(annotated.c.revision_id == revision_id)
        .with_for_update(of=entries)
    )
    held = connection.execute(query).first()
    if held is None:
        return 0
    uids = claim_uids(entry_uid, found)
    standing = _current(connection, [held.id]).get(held.id, [])
    verdicts = latest(connection, "claim", uids)
    place = {"entry_id": held.id, "revision_id": revision_id, "annotation_id": held.annotation_id}
    rows = [
        _as_decided(claim_values(claim) | place | {"uid": uid, "valid_from": now}, verdicts.get(uid))
        for uid, claim in zip(uids, found, strict=True)
    ]
    rows = [row for row in rows if not any(row["uid"] == one["uid"] or _agrees(one, row) for one in standing)]
    insert_claims(connection, rows)
    if rows:
        stale(connection, clusters_of(connection, {held.id}), now)
    return len(rows)


def _agrees(one: Mapping[str, Any] | RowMapping, other: Mapping[str, Any]) -> bool:
    """Whether two rows say the same of the same line: parties, status, a common item."""
    same = all(sorted(one[name]) == sorted(other[name]) for name in ("supplier", "recipient"))
    return same and one["status"] == other["status"] and bool(set(one["items"]) & set(other["items"]))


class Carried(NamedTuple):
    """A decision that goes on to the claim that says it now."""

    of: str
    to: str
    word: str


def _kept(old: RowMapping, new: Sequence[Mapping[str, Any]], said: Annotation) -> bool:
    return old["revision_id"] == said.revision_id and all(row["uid"] != old["uid"] for row in new)


def _named(uid: str, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(row for row in rows if row["uid"] == uid)


def _goes_on(word: str, old: RowMapping, new: Mapping[str, Any]) -> bool:
    """A correction always; a plain word where the new claim has the same parties and status."""
    same = all(sorted(new[name]) == old[name] for name in ("supplier", "recipient"))
    return word not in {"confirmed", "rejected"} or (same and new["status"] == old["status"])


def _as_decided(row: Mapping[str, Any], word: str | None) -> dict[str, Any]:
    return corrected(row, json.loads(word)) if word and word.startswith("{") else dict(row)


def corrected(row: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """A claim's row with the content that a person gave it."""
    kept = {name: value for name, value in row.items() if name not in {"id", "valid_to", "superseded_by"}}
    return kept | {name: content[name] for name in CONTENT}


def _carry(connection: Connection, carried: Sequence[Carried], now: dt.datetime) -> None:
    rows: list[dict[str, Any]] = [
        {
            "object_kind": "claim", "object_key": one.to, "old": None, "new": one.word, "who": "monitor", "at": now,
            "reason": f"decided on {one.of}, which is read so now", "versions": {},
        }
        for one in carried
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(decisions), rows)


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


def insert_claims(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store claims with their parties and items."""
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
