"""review: what waits for a person, what a person decided, and both as a workbook or lines for programs.

Decisions are taken in batches; the clusters concerned are settled at once where grouping is not at work, else by the
next analysis.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from monitor.errors import UsageError
from monitor.pipeline.clustering import fold_stale
from monitor.pipeline.workspace import Workspace
from monitor.report.review_book import read_review, review_book
from monitor.report.tables import csv_bytes
from monitor.types.review import ReviewResult, Taken, Verdict

LEASE = dt.timedelta(minutes=5)
BATCH = 500
#: Rows of one sheet: what a person can look at.
MOST_ROWS = 20_000
LISTS = ("supplier", "recipient", "via", "items")

_CLAIMS = """\
select c.*, e.title, e.observed_at from report_claims c join report_entries e on e.entry_id = c.entry_id
 where e.observed_at >= :since {undecided} order by e.observed_at desc, c.claim_id limit :most"""
_CITATIONS = """\
select e.uid, c.*, e.title, e.url, e.observed_at from report_citations c
  join report_entries e on e.entry_id = c.entry_id
 where c.kind = 'media' and e.observed_at >= :since {undecided}
 order by e.observed_at desc, c.entry_id, c.start_char limit :most"""
_TAGS = """\
select e.uid, t.*, e.outlet, e.title, e.url, e.published_at, e.observed_at from report_topics t
  join report_entries e on e.entry_id = t.entry_id
 where e.observed_at >= :since {undecided} order by e.observed_at desc, t.entry_id, t.topic limit :most"""


def open_claims(
    workspace: Workspace, *, since: dt.datetime, everything: bool = False, limit: int = MOST_ROWS
) -> list[dict[str, Any]]:
    """Claims observed since a time, the newest first; without `everything` those that nobody decided on."""
    return [plain(row) for row in _read(workspace, _CLAIMS, since, everything, limit).to_dict("records")]


def claim(workspace: Workspace, uid: str) -> dict[str, Any]:
    """One current claim. UsageError where there is none, with its successor where it is read otherwise now."""
    rows = workspace.store.frame(
        "select c.*, e.title from report_claims c join report_entries e on e.entry_id = c.entry_id"
        " where c.uid = :uid",
        {"uid": uid},
    ).to_dict("records")
    if not rows:
        raise UsageError(f"there is no claim {uid}", hint="`monitor claims list` shows them with their uids")
    return plain(rows[0])


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a view as JSON has it: lists as lists, whole numbers whole, nothing as null."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, pd.Timestamp):
            found[str(name)] = value.to_pydatetime()
        elif value is None or value is pd.NaT or value != value:  # noqa: PLR0124 -- NaN is not itself
            found[str(name)] = None
        elif name in LISTS and str(value).startswith("["):  # a party of the ledger is no list
            found[str(name)] = json.loads(value)
        else:
            found[str(name)] = (
                int(value)
                if isinstance(value, float) and value.is_integer() and name != "confidence"
                else value
            )
    return found


def decide(workspace: Workspace, verdicts: Sequence[Verdict], *, who: str) -> list[Taken]:
    """Take verdicts, and settle the clusters concerned."""
    taken: list[Taken] = []
    for start in range(0, len(verdicts), BATCH):
        taken += workspace.store.decide(verdicts[start : start + BATCH], who=who, now=workspace.clock())
    if any(one.recorded for one in taken):
        _settle(workspace)
    return taken


def _settle(workspace: Workspace) -> None:
    store = workspace.store
    lease = store.lease_named("group", owner=workspace.owner, now=workspace.clock(), lease_for=LEASE)
    if lease is None:
        return  # grouping is at work, and settles what is marked
    try:
        fold_stale(workspace, lease)
    finally:
        store.release_named(lease)


def export_review(
    workspace: Workspace, *, since: dt.datetime, everything: bool = False
) -> tuple[bytes, dict[str, int]]:
    """The workbook, and how many rows each sheet has (at most 20,000, the newest)."""
    frames = {
        "claims": _read(workspace, _CLAIMS, since, everything, MOST_ROWS),
        "citations": _read(workspace, _CITATIONS, since, everything, MOST_ROWS),
        "tags": _read(workspace, _TAGS, since, everything, MOST_ROWS),
    }
    return review_book(frames), {name: len(frame) for name, frame in frames.items()}


def _read(workspace: Workspace, query: str, since: dt.datetime, everything: bool, limit: int) -> pd.DataFrame:
    undecided = "" if everything else f"and {'t' if query is _TAGS else 'c'}.decision is null"
    text = query.format(undecided=undecided)
    return workspace.store.frame(text, {"since": since, "most": limit})


def import_review(workspace: Workspace, body: bytes, *, who: str) -> ReviewResult:
    """Take the decisions of a workbook; rows that cannot be taken are named, the others are taken. UsageError where
    it is no such workbook."""
    known = _Known(workspace)
    try:
        rows = list(read_review(body, known))
    except ValueError as error:
        raise UsageError(str(error)) from error
    read = [row for row in rows if row.verdict is not None]
    taken = decide(workspace, [row.verdict for row in read if row.verdict is not None], who=who)
    problems = [(row.sheet, row.row, row.problem) for row in rows if row.problem]
    problems += [
        (row.sheet, row.row, one.problem) for row, one in zip(read, taken, strict=True) if one.problem
    ]
    return ReviewResult(
        recorded=sum(one.recorded for one in taken),
        unchanged=sum(not one.recorded and not one.problem for one in taken),
        problems=tuple(f"{sheet} row {number}: {problem}" for sheet, number, problem in sorted(problems)),
    )


class _Known(Mapping[str, Mapping[str, object]]):
    """Claims by uid, read when one is asked for: a workbook names few."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._found: dict[str, Mapping[str, object]] = {}

    def __getitem__(self, uid: str) -> Mapping[str, object]:
        if uid not in self._found:
            rows = self._workspace.store.frame("select * from report_claims where uid = :uid", {"uid": uid})
            if rows.empty:
                raise KeyError(uid)
            self._found[uid] = {str(name): value for name, value in rows.to_dict("records")[0].items()}
        return self._found[uid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def export_claims(workspace: Workspace, *, since: dt.datetime, form: str) -> Iterable[bytes]:
    """Claims observed since a time as JSON lines (`jsonl`) or `csv`, in pieces so that memory stays bounded."""
    after, first = 0, True
    while True:
        frame = workspace.store.frame(
            "select c.* from report_claims c join report_entries e on e.entry_id = c.entry_id"
            " where c.claim_id > :after and e.observed_at >= :since order by c.claim_id limit :most",
            {"after": after, "since": since, "most": 5_000},
        )
        if frame.empty and not first:
            return
        if form == "csv":
            body = csv_bytes(frame)
            yield body if first else body[3:].split(b"\r\n", 1)[1]
        else:
            yield "".join(_line(row) for row in frame.to_dict("records")).encode()
        if frame.empty:
            return
        first, after = False, int(frame["claim_id"].max())


def _line(row: Mapping[Any, Any]) -> str:
    said = {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in plain(row).items()
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n"
