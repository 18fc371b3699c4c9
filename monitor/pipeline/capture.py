"""capture: the answer on which a claim rests, or that a person pinned, as a WARC file that retention leaves alone.

    claims, pins ──► raw answer, kept since the poll ──► WARC file, synced ──► captures, manifest ──► manifest.jsonl

Raw answers of recent polls are in the database (`replay.keep`, `retention.raw_pages`), so the bytes are there when
analysis finds a claim later. The file is written first and named by what is in it: a run that was killed is done again
and ends in the same files and lines.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import monitor
from monitor.fetch import Fetcher, FetchRequest
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.workspace import Workspace
from monitor.pipeline.writing import write_files
from monitor.report.warc import warc_bytes
from monitor.types.evidence import Capture, ManifestLine, Uncaptured
from monitor.types.fetching import Fetched, FetchFailed
from monitor.types.raw import RawBody

BATCH = 200
MANIFEST = "manifest.jsonl"
SOFTWARE = f"monitor/{monitor.__version__}"


def evidence_folder(workspace: Workspace) -> Path:
    """Where captures are."""
    return workspace.config.path(workspace.config.evidence.dir)


def capture_pending(workspace: Workspace) -> int:
    """Capture what claims and pins rest on and is still kept; how many. Nothing where `capture` is off."""
    mode = workspace.config.capture
    if mode == "off":
        return 0
    captured, after = 0, 0
    since = workspace.clock() - _kept_for(workspace)
    while found := workspace.store.uncaptured(
        since=since, limit=BATCH, with_claims=mode == "claims", after=after
    ):
        captured += sum(_capture(workspace, one) for one in found)
        after = found[-1].entry_id
    if captured:
        write_manifest(workspace)
    return captured


def pin_entry(workspace: Workspace, uid: str, *, who: str, reason: str) -> str:
    """Hold an entry and capture it where it can be; what was done. UsageError where there is no such entry."""
    fresh = workspace.store.pin(uid, who=who, reason=reason, now=workspace.clock())
    capture_pending(workspace)
    held = "pinned" if fresh else "was pinned already"
    entry = workspace.store.frame("select entry_id from report_entries where uid = :uid", {"uid": uid})
    if workspace.store.captures_of(int(entry["entry_id"].iloc[0])):
        return f"{held}, its answer is captured"
    if workspace.config.capture == "off":
        return f"{held}; nothing is captured, for `capture` is off"
    return f"{held}; the answer it was read from is no longer kept, its text stays"


def release_entry(workspace: Workspace, uid: str) -> bool:
    """Let an entry go; False where it was not pinned. What was captured stays."""
    return workspace.store.unpin(uid, now=workspace.clock())


def _kept_for(workspace: Workspace) -> dt.timedelta:
    """How long ago an entry may have been seen whose answer may still be kept."""
    pages, bodies = workspace.config.retention.raw_pages, workspace.config.replay.keep
    return dt.timedelta(days=365 * 50) if pages is None else max(pages, bodies) + dt.timedelta(days=2)


def _capture(workspace: Workspace, one: Uncaptured) -> bool:
    raw = workspace.store.raw_body_for_entry(one.entry_id)
    if raw is None:
        return False
    folder = evidence_folder(workspace)
    name = f"{raw.observed_at:%Y-%m}/{raw.sha256}.warc.gz"
    path = folder / name
    if not path.exists():
        write_files(path.parent, {path.name: warc_bytes(raw, software=SOFTWARE)})
        _sync(path)
    body = path.read_bytes()
    return workspace.store.save_capture(_row(one, raw, name, body), now=workspace.clock())


def _row(one: Uncaptured, raw: RawBody, name: str, file: bytes) -> Capture:
    return Capture(
        entry_id=one.entry_id,
        uid=one.uid,
        revision_id=one.revision_id,
        reason=one.reason,
        url=raw.url,
        captured_at=raw.observed_at,
        status=raw.status,
        headers=raw.headers,
        path=name,
        sha256=hashlib.sha256(file).hexdigest(),
        size=len(file),
        body_sha256=raw.sha256,
    )


def _sync(path: Path) -> None:
    """The bytes are on disk before the database says so."""
    for target in (path, path.parent):
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_manifest(workspace: Workspace) -> None:
    """Append the lines that `manifest.jsonl` lacks."""
    path = evidence_folder(workspace) / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    after = _last_number(path)
    with path.open("a", encoding="utf-8") as file:
        while lines := workspace.store.manifest(after=after):
            for line in lines:
                said = json.dumps(dataclasses.asdict(line), ensure_ascii=False, sort_keys=True)
                file.write(said + "\n")
            after = lines[-1].number
        file.flush()
        os.fsync(file.fileno())


def _last_number(path: Path) -> int:
    """The number of the last whole line; a line that a kill cut short is taken off, it is written again."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return int(json.loads(whole.splitlines()[-1])["number"]) if whole else 0


@dataclass(frozen=True, slots=True)
class CaptureCheck:
    """What a check of all captures found; `problems` name the capture."""

    captures: int
    problems: tuple[str, ...] = ()


def check_captures(workspace: Workspace) -> CaptureCheck:
    """Compare every file with its hash, and every line of the manifest with the line before it."""
    count, problems, previous = 0, [], ""
    for line in _lines(workspace):
        count += 1
        if line.previous != previous or line.sha256 != line.expected():
            problems.append(
                f"capture {line.number}: its line of the manifest was changed, or one before it is gone"
            )
        previous = line.sha256
        path = evidence_folder(workspace) / line.path
        if not path.is_file():
            problems.append(f"capture {line.number}: {line.path} is gone")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != line.file_sha256:
            problems.append(f"capture {line.number}: {line.path} was changed")
    return CaptureCheck(count, tuple(problems))


def _lines(workspace: Workspace) -> Iterator[ManifestLine]:
    after = 0
    while lines := workspace.store.manifest(after=after):
        yield from lines
        after = lines[-1].number


async def submit_captures(workspace: Workspace, *, limit: int = 50) -> int:
    """Ask the public archive to keep the pages of captures, where the configuration opts in; how many it took.

    One request a page, by the guarded client with its gaps. What failed is noted and not tried again.
    """
    options = workspace.config.evidence
    if not options.archive_submit:
        return 0
    waiting = workspace.store.unsubmitted(limit=limit)
    if not waiting:
        return 0
    outcomes: list[tuple[int, str, str | None]] = []
    async with Fetcher(fetch_options(workspace)) as fetcher:
        for number, url in waiting:
            answer = await fetcher.fetch(
                FetchRequest(
                    url=f"{options.archive_url}{url}", unconditional=True, max_body=2_000_000, cut=True
                )
            )
            if isinstance(answer, Fetched):
                outcomes.append((number, "taken", answer.url))
            else:
                outcomes.append(
                    (number, answer.code if isinstance(answer, FetchFailed) else "unchanged", None)
                )
    workspace.store.note_submitted(outcomes)
    return sum(state == "taken" for _, state, _ in outcomes)
