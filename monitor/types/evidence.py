"""Captures of what was seen, and what a bundle of evidence is made from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

CaptureReason = Literal["claim", "pin", "decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncaptured:
    """An entry whose current text has a claim and no capture, or that a person pinned."""

    entry_id: int
    revision_id: int
    uid: str
    reason: CaptureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One raw answer kept as a WARC file. `path` is relative to the folder of evidence; `sha256` and `size` are of
    that file, `body_sha256` of the answer's body as it came."""

    entry_id: int
    uid: str
    revision_id: int
    reason: CaptureReason
    url: str
    captured_at: dt.datetime
    status: int | None
    headers: tuple[tuple[str, str], ...]
    path: str
    sha256: str
    size: int
    body_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLine:
    """One line of the manifest of captures. `sha256` covers all else, the hash of the line before included, so that a
    line that was taken out or changed shows."""

    number: int
    at: str
    entry: str
    reason: str
    url: str
    captured_at: str
    path: str
    file_sha256: str
    body_sha256: str
    previous: str
    sha256: str = ""

    def content(self) -> dict[str, Any]:
        """All but the hash."""
        names = (
            "number", "at", "entry", "reason", "url", "captured_at", "path", "file_sha256", "body_sha256", "previous",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def expected(self) -> str:
        """SHA-256 of the content as compact JSON with sorted keys."""
        text = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that is known of one claim or entry, as rows of the views. `files`: captures by name, as on disk."""

    uid: str
    kind: Literal["claim", "entry"]
    made_at: dt.datetime
    entry: Mapping[str, Any]
    text: Mapping[str, Any]
    claims: Sequence[Mapping[str, Any]] = ()
    citations: Sequence[Mapping[str, Any]] = ()
    ledger: Sequence[Mapping[str, Any]] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    revisions: Sequence[Mapping[str, Any]] = ()
    annotations: Sequence[Mapping[str, Any]] = ()
    history: Sequence[Mapping[str, Any]] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    captures: Sequence[Mapping[str, Any]] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    software: str = ""
    notes: tuple[str, ...] = ()
