"""What backups, copies and archives say of what they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[str, int], None]
"""Called with what is being done and how many rows are."""


def no_progress(_what: str, _rows: int) -> None:
    """Says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSum:
    """A table's rows: how many, and a sum of their hashes that does not depend on their order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """A backup that was written and checked. `kind`: `sqlite`, `pg_dump` or `portable`."""

    path: Path
    kind: str
    revision: str
    size: int
    tables: Mapping[str, int]

    @property
    def line(self) -> str:
        """For a person."""
        rows = sum(self.tables.values())
        return f"{self.path}: {self.kind} backup of {rows} rows, {self.size / 1e6:.1f} MB, revision {self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedText:
    """One text taken out of the database, by natural keys: everything needed to put it back, and to read it."""

    uid: str
    feed: str
    url: str | None
    language: str | None
    published_at: dt.datetime | None
    source: str
    number: int
    sha256: str
    observed_at: dt.datetime
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedMention:
    """One mention taken out, by natural keys. `revision`: the text's SHA-256 and source."""

    uid: str
    revision_sha256: str
    revision_source: str
    taxonomy_version: str
    code_version: str
    valid_from: dt.datetime
    position: int
    topic: str
    term: str
    field: str
    start_char: int
    end_char: int
    rule: str
