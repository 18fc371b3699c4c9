"""evidence: all that is known of one claim or entry, gathered from views, history and captures, as a ZIP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import monitor
from monitor.errors import UsageError
from monitor.pipeline.capture import evidence_folder
from monitor.pipeline.review import plain
from monitor.pipeline.workspace import Workspace
from monitor.report.evidence import bundle_zip
from monitor.types.evidence import Bundle

Row = dict[str, Any]


def evidence_zip(workspace: Workspace, uid: str) -> bytes:
    """The bundle of a claim's or entry's uid. UsageError where nothing has that uid."""
    return bundle_zip(gather(workspace, uid))


def gather(workspace: Workspace, uid: str) -> Bundle:
    """All rows about a claim or an entry. UsageError where nothing has that uid."""
    store = workspace.store
    history = store.claim_history(uid)
    entry = _one(workspace, "entry_id" if history else "uid", history[-1]["entry_id"] if history else uid)
    if entry is None:
        raise UsageError(
            f"nothing has the uid {uid!r}",
            hint="`monitor claims list` and `report_entries` show uids",
        )
    entry_id = entry["entry_id"]
    claims, notes = _claims(workspace, uid, history, entry_id)
    revisions = _rows(
        workspace, "select * from report_texts where entry_id = :entry order by number", entry=entry_id
    )
    wanted = claims[0]["revision_id"] if claims else None
    text = next((row for row in revisions if row["revision_id"] == wanted), None) or next(
        row for row in revisions if row["is_current"]
    )
    citations = _rows(
        workspace,
        "select * from report_citations where entry_id = :entry and kind = 'media' order by field desc, start_char",
        entry=entry_id,
    )
    captures, files, lost = _captures(workspace, entry_id)
    return Bundle(
        uid=uid,
        kind="claim" if history else "entry",
        made_at=workspace.clock(),
        entry=entry,
        text=text,
        claims=claims,
        citations=[row | {"chain": json.loads(row["chain"])} for row in citations],
        ledger=_ledger(workspace, entry, claims),
        sources=_sources(workspace, entry),
        revisions=revisions,
        annotations=store.annotation_history(entry_id),
        history=history,
        decisions=_decisions(workspace, entry["uid"], claims, uid),
        captures=captures,
        files=files,
        software=f"monitor {monitor.__version__}",
        notes=(*notes, *lost),
    )


def _rows(workspace: Workspace, query: str, **params: Any) -> list[Row]:
    return [plain(row) for row in workspace.store.frame(query, params).to_dict("records")]


def _one(workspace: Workspace, column: str, value: object) -> Row | None:
    query = f"select * from report_entries where {column} = :value"  # noqa: S608 -- one of two constants
    rows = _rows(workspace, query, value=value)
    return rows[0] if rows else None


def _claims(
    workspace: Workspace, uid: str, history: list[Row], entry_id: int
) -> tuple[list[Row], tuple[str, ...]]:
    """The claim, or the entry's claims, as they stand; of one that no longer stands its last row, and a note."""
    query = "select * from report_claims where entry_id = :entry order by field desc, start_char, claim_id"
    current = _rows(workspace, query, entry=entry_id)
    if not history:
        return current, ()
    same = [row for row in current if row["uid"] == uid]
    if same:
        return same, ()
    last = history[-1]
    after = f" The claim {last['superseded_by']} says it now." if last["superseded_by"] else ""
    note = f"This claim was read from the text until {last['valid_to']:%Y-%m-%d %H:%M} UTC and no longer is.{after}"
    named = {"root_outlet": last["root"], "decision": None}
    return [{**last, **named}], (note,)


def _ledger(workspace: Workspace, entry: Row, claims: list[Row]) -> list[Row]:
    if entry["cluster_id"] is None or not claims:
        return []
    lines = _rows(
        workspace, "select * from report_ledger where cluster_id = :cluster", cluster=entry["cluster_id"]
    )
    read = [
        row | {name: json.loads(row[name]) for name in ("history", "quantities", "roots")} for row in lines
    ]
    uids = {claim["uid"] for claim in claims}
    return [row for row in read if uids & {event["claim_uid"] for event in row["history"]}]


def _sources(workspace: Workspace, entry: Row) -> list[Row]:
    if entry["cluster_id"] is None:
        return []
    query = "select * from report_cluster_sources where cluster_id = :cluster order by outlet"
    return _rows(workspace, query, cluster=entry["cluster_id"])


def _decisions(workspace: Workspace, entry_uid: str, claims: list[Row], uid: str) -> list[Row]:
    """Decisions on the claims, and on the entry's citations and tags."""
    found: dict[int, Row] = {}
    for key in {uid, *(claim["uid"] for claim in claims)}:
        rows = _rows(workspace, "select * from report_decisions where key = :key", key=key)
        found |= {row["decision_id"]: row for row in rows}
    of_entry = _rows(
        workspace, "select * from report_decisions where substr(key, 1, 33) = :prefix", prefix=f"{entry_uid}:"
    )
    found |= {row["decision_id"]: row for row in of_entry}
    return [found[number] for number in sorted(found)]


def _captures(workspace: Workspace, entry_id: int) -> tuple[list[Row], dict[str, bytes], tuple[str, ...]]:
    """Captures with their files, under names of their own; those whose file is gone are said."""
    rows: list[Row] = []
    files: dict[str, bytes] = {}
    lost = []
    for number, capture in enumerate(workspace.store.captures_of(entry_id), start=1):
        name = f"{number:02}-{capture['captured_at']:%Y%m%dT%H%M%SZ}.warc.gz"
        path = evidence_folder(workspace) / capture["path"]
        if path.is_file():
            files[name] = path.read_bytes()
            rows.append(_without_id(capture) | {"file": name})
        else:
            lost.append(
                f"A capture of {capture['captured_at']:%Y-%m-%d %H:%M} UTC is noted, but its file is gone."
            )
    return rows, files, tuple(lost)


def _without_id(row: Mapping[str, Any]) -> Row:
    return {name: value for name, value in row.items() if name not in {"id", "entry_id"}}
