"""Captures, their manifest, and pins: what is kept of the evidence, and what still has to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.errors import UsageError
from monitor.store.columns import utc_text
from monitor.store.schema.analysis import annotated
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import capture_manifest, captures, entries, holds, revisions
from monitor.store.schema.sources import raw_bodies, raw_pages
from monitor.types.evidence import Capture, ManifestLine, Uncaptured


def uncaptured(
    connection: Connection, *, since: dt.datetime, limit: int, with_claims: bool, after: int = 0
) -> list[Uncaptured]:
    """Entries by id from `after`, observed since a time, whose answer is kept but not captured yet: those with a claim
    in their current text, and those pinned."""
    captured = sa.select(captures.c.id).where(
        captures.c.entry_id == entries.c.id, captures.c.revision_id == revisions.c.id
    )
    page = sa.select(raw_pages.c.entry_id).where(raw_pages.c.entry_id == entries.c.id)
    body = sa.select(raw_bodies.c.id).where(
        raw_bodies.c.feed_id == entries.c.feed_id,
        raw_bodies.c.stored_at.in_([entries.c.observed_at, revisions.c.observed_at]),
        sa.not_(raw_bodies.c.failed),
    )
    claimed = sa.select(claims.c.id).where(
        claims.c.entry_id == entries.c.id,
        claims.c.revision_id == revisions.c.id,
        claims.c.valid_to.is_(None),
    )
    pinned = sa.select(holds.c.id).where(
        holds.c.object_kind == "entry", holds.c.object_key == entries.c.uid, holds.c.released_at.is_(None)
    )
    wanted = sa.or_(claimed.exists(), pinned.exists()) if with_claims else pinned.exists()
    query = (
        sa.select(
            entries.c.id,
            entries.c.uid,
            revisions.c.id.label("revision_id"),
            claimed.exists().label("claimed"),
        )
        .join(revisions, sa.and_(revisions.c.entry_id == entries.c.id, revisions.c.is_current))
        .where(entries.c.id > after, revisions.c.observed_at >= since, wanted)
        .where(sa.or_(page.exists(), body.exists()), ~captured.exists())
        .order_by(entries.c.id)
        .limit(limit)
    )
    return [
        Uncaptured(
            entry_id=row.id,
            revision_id=row.revision_id,
            uid=row.uid,
            reason="claim" if row.claimed else "pin",
        )
        for row in connection.execute(query)
    ]


def save_capture(connection: Connection, capture: Capture, now: dt.datetime) -> bool:
    """Note a capture and its line of the manifest; False where that text of the entry is captured already."""
    if connection.dialect.name == "postgresql":
        # one line after the other: each holds the hash of the one before
        connection.exec_driver_sql("LOCK TABLE captures IN SHARE ROW EXCLUSIVE MODE")
    same = sa.select(captures.c.id).where(
        captures.c.entry_id == capture.entry_id, captures.c.revision_id == capture.revision_id
    )
    if connection.execute(same).first() is not None:
        return False
    row = {
        "entry_id": capture.entry_id, "revision_id": capture.revision_id, "reason": capture.reason,
        "url": capture.url, "captured_at": capture.captured_at, "status": capture.status,
        "headers": [list(header) for header in capture.headers], "path": capture.path, "sha256": capture.sha256,
        "size": capture.size, "body_sha256": capture.body_sha256,
    }  # fmt: skip
    number = connection.execute(sa.insert(captures).values(**row).returning(captures.c.id)).scalar_one()
    newest = sa.select(capture_manifest.c.sha256).order_by(capture_manifest.c.id.desc()).limit(1)
    previous = connection.execute(newest).scalar_one_or_none()
    line = _line(row | {"id": number, "uid": capture.uid, "at": now, "previous": previous})
    connection.execute(
        sa.insert(capture_manifest).values(
            capture_id=number, at=now, sha256=line.expected(), previous=previous
        )
    )
    return True


def manifest(connection: Connection, *, after: int = 0, limit: int = 1_000) -> list[ManifestLine]:
    """Lines of the manifest by number from `after`, with the hash that was noted."""
    query = (
        sa.select(
            captures, entries.c.uid, capture_manifest.c.at, capture_manifest.c.previous,
            capture_manifest.c.sha256.label("noted"),
        )
        .join(captures, captures.c.id == capture_manifest.c.capture_id)
        .join(entries, entries.c.id == captures.c.entry_id)
        .where(captures.c.id > after)
        .order_by(captures.c.id)
        .limit(limit)
    )  # fmt: skip
    rows = connection.execute(query).mappings()
    return [ManifestLine(**_line(dict(row)).content(), sha256=row["noted"]) for row in rows]


def _line(row: dict[str, Any]) -> ManifestLine:
    return ManifestLine(
        number=row["id"],
        at=utc_text(row["at"]),
        entry=row["uid"],
        reason=row["reason"],
        url=row["url"],
        captured_at=utc_text(row["captured_at"]),
        path=row["path"],
        file_sha256=row["sha256"],
        body_sha256=row["body_sha256"] or "",
        previous=row["previous"] or "",
    )


def captures_of(connection: Connection, entry_id: int) -> list[dict[str, Any]]:
    """Captures of an entry, the oldest first."""
    query = sa.select(captures).where(captures.c.entry_id == entry_id).order_by(captures.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def pin(connection: Connection, uid: str, who: str, reason: str, now: dt.datetime) -> bool:
    """Hold an entry as it is; False where it is held. UsageError where there is none."""
    _entry(connection, uid)
    if connection.execute(_active(uid)).first() is not None:
        return False
    values = {"object_kind": "entry", "object_key": uid, "reason": reason, "who": who, "at": now}
    connection.execute(sa.insert(holds).values(**values))
    return True


def unpin(connection: Connection, uid: str, now: dt.datetime) -> bool:
    """Release an entry; False where it is not held. What was captured stays."""
    _entry(connection, uid)
    held = sa.update(holds).where(
        holds.c.object_kind == "entry", holds.c.object_key == uid, holds.c.released_at.is_(None)
    )
    return connection.execute(held.values(released_at=now)).rowcount > 0


def _active(uid: str) -> sa.Select[Any]:
    return sa.select(holds.c.id).where(
        holds.c.object_kind == "entry", holds.c.object_key == uid, holds.c.released_at.is_(None)
    )


def _entry(connection: Connection, uid: str) -> int:
    found: int | None = connection.execute(
        sa.select(entries.c.id).where(entries.c.uid == uid)
    ).scalar_one_or_none()
    if found is None:
        raise UsageError(f"there is no entry {uid}", hint="`report_entries` lists them with their uids")
    return found


def claim_history(connection: Connection, uid: str) -> list[dict[str, Any]]:
    """Every row that a claim had, the oldest first: corrected, read again, superseded."""
    query = sa.select(claims).where(claims.c.uid == uid).order_by(claims.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def annotation_history(connection: Connection, entry_id: int) -> list[dict[str, Any]]:
    """When an entry was read, by which versions, and until when that held."""
    query = sa.select(
        annotated.c.revision_id, annotated.c.taxonomy_version, annotated.c.code_version, annotated.c.language,
        annotated.c.valid_from, annotated.c.valid_to,
    ).where(annotated.c.entry_id == entry_id).order_by(annotated.c.id)  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def unsubmitted(connection: Connection, *, limit: int) -> list[tuple[int, str]]:
    """Captures whose entry's page was not given to a public archive yet: id and address of the page."""
    query = (
        sa.select(captures.c.id, entries.c.url)
        .join(entries, entries.c.id == captures.c.entry_id)
        .where(captures.c.archive_state.is_(None), entries.c.url.is_not(None))
        .order_by(captures.c.id)
        .limit(limit)
    )
    return [(row.id, row.url) for row in connection.execute(query)]


def note_submitted(connection: Connection, outcomes: Sequence[tuple[int, str, str | None]]) -> None:
    """What a public archive answered: capture, state, address of its copy."""
    for number, state, address in outcomes:
        values = {"archive_state": state, "archive_url": address}
        connection.execute(sa.update(captures).where(captures.c.id == number).values(**values))
