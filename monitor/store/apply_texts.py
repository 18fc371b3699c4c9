"""Texts become revisions: one for each text that was seen of an entry, known by its hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.entry_rows import content_values, revision_row
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries, revisions
from monitor.store.upsert import insert
from monitor.types.entries import Entry
from monitor.types.plans import EntryChange


def add_revisions(
    connection: Connection,
    first: Sequence[tuple[int, EntryChange]],
    edited: Mapping[int, Entry],
    now: dt.datetime,
) -> set[int]:
    """Store first texts of new entries and later texts of known ones; ids of entries whose text changed.

    A text that was there before (a publisher takes an edit back) is made the latest again, not stored twice.
    """
    rows = [revision_row(change.entry, entry_id, 1, now, current=True) for entry_id, change in first]
    held = _held(connection, list(edited))
    changed: set[int] = set()
    again_ids: dict[bool, list[int]] = {True: [], False: []}
    retired: dict[bool, list[int]] = {True: [], False: []}
    purged: list[int] = []
    for entry_id, entry in edited.items():
        before = held.get(entry_id, [])
        latest = next((row for row in before if row["source"] == "feed" and row["is_latest"]), None)
        if latest is not None and latest["sha256"] == entry.sha256:
            continue
        changed.add(entry_id)
        page = next((row for row in before if row["is_current"] and row["source"] == "article"), None)
        reads_article = page is not None and page["purged_at"] is None
        if page is not None and not reads_article:
            purged.append(page["id"])
        retired[reads_article].append(entry_id)
        again = next((r for r in before if r["source"] == "feed" and r["sha256"] == entry.sha256), None)
        if again is None:
            number = max((row["number"] for row in before), default=0) + 1
            rows.append(revision_row(entry, entry_id, number, now, current=not reads_article))
        else:
            again_ids[reads_article].append(again["id"])
    # an article's text that retention took away gives way to the feed's newer one
    for chunk in chunks(purged, CHUNK):
        connection.execute(sa.update(revisions).where(revisions.c.id.in_(chunk)).values(is_current=False))
    for reads_article in (True, False):
        _retire(connection, retired[reads_article], keep_current=reads_article)
        _bring_back(connection, again_ids[reads_article], current=not reads_article)
    if rows:
        connection.execute(insert(connection, revisions).on_conflict_do_nothing(), rows)
    _update_content(connection, {entry_id: edited[entry_id] for entry_id in changed}, now)
    return changed


def _held(connection: Connection, entry_ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    held: dict[int, list[RowMapping]] = {}
    columns = [revisions.c[name] for name in ("id", "entry_id", "number", "sha256", "source")]
    flags = [revisions.c.is_current, revisions.c.is_latest, revisions.c.purged_at]
    for chunk in chunks(entry_ids, CHUNK):
        query = sa.select(*columns, *flags).where(revisions.c.entry_id.in_(chunk))
        for row in connection.execute(query).mappings():
            held.setdefault(row["entry_id"], []).append(row)
    return held


def _retire(connection: Connection, entry_ids: Sequence[int], *, keep_current: bool) -> None:
    values: dict[str, Any] = (
        {"is_latest": False} if keep_current else {"is_latest": False, "is_current": False}
    )
    for chunk in chunks(entry_ids, CHUNK):
        of_feed = sa.and_(
            revisions.c.entry_id.in_(chunk), revisions.c.source == "feed", revisions.c.is_latest
        )
        connection.execute(sa.update(revisions).where(of_feed).values(**values))


def _bring_back(connection: Connection, revision_ids: Sequence[int], *, current: bool) -> None:
    for chunk in chunks(revision_ids, CHUNK):
        values = {"is_latest": True, "is_current": current}
        connection.execute(sa.update(revisions).where(revisions.c.id.in_(chunk)).values(**values))


def _update_content(connection: Connection, changed: Mapping[int, Entry], now: dt.datetime) -> None:
    if not changed:
        return
    rows = []
    for entry_id, entry in changed.items():
        values = content_values(entry) | {"pending_at": now}
        rows.append({f"b_{name}": value for name, value in values.items()} | {"b_id": entry_id})
    names = [name.removeprefix("b_") for name in rows[0] if name != "b_id"]
    statement = (
        sa.update(entries)
        .where(entries.c.id == sa.bindparam("b_id"))
        .values({name: sa.bindparam(f"b_{name}") for name in names})
    )
    connection.execute(statement, rows)


def store_article(
    connection: Connection, entry_id: int, title: str, body: str, sha256: str, now: dt.datetime
) -> bool:
    """Store the text of an entry's article page beside what the feed said, and let analysis read it.

    False where the very text is there already.
    """
    before = _held(connection, [entry_id]).get(entry_id, [])
    latest = next((r for r in before if r["source"] == "article" and r["is_latest"]), None)
    if latest is not None and latest["sha256"] == sha256:
        return False
    of_entry = revisions.c.entry_id == entry_id
    connection.execute(sa.update(revisions).where(of_entry).values(is_current=False))
    of_articles = sa.and_(of_entry, revisions.c.source == "article")
    connection.execute(sa.update(revisions).where(of_articles).values(is_latest=False))
    again = next((r for r in before if r["source"] == "article" and r["sha256"] == sha256), None)
    current = {"is_current": True, "is_latest": True}
    if again is not None:
        connection.execute(sa.update(revisions).where(revisions.c.id == again["id"]).values(**current))
    else:
        number = max((row["number"] for row in before), default=0) + 1
        row = {"entry_id": entry_id, "number": number, "source": "article", "title": title, "body": body}
        row |= current | {"observed_at": now, "sha256": sha256}
        connection.execute(sa.insert(revisions), row)
    connection.execute(sa.update(entries).where(entries.c.id == entry_id).values(pending_at=now))
    return True
