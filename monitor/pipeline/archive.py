"""archive: old texts and mentions as Parquet files, and back.

old entries ─► parts/*.parquet, read again and compared ─► manifest.json ─► out of the database
A folder with a manifest is whole. Stopped before it, nothing left the database; after it, the next call goes on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from monitor.errors import StoreError, UsageError
from monitor.pipeline.workspace import Workspace
from monitor.types.backup import ArchivedMention, ArchivedText, Progress, no_progress

Row = TypeVar("Row", bound=ArchivedText | ArchivedMention)

MANIFEST = "manifest.json"
FORMAT = "news-monitor archive 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveResult:
    """What was written to an archive, or put back from one."""

    folder: Path
    texts: int = 0
    mentions: int = 0
    moved: int = 0

    @property
    def line(self) -> str:
        """For a person."""
        return f"{self.folder}: {self.texts} texts and {self.mentions} mentions; {self.moved} texts changed place"


def archive(
    workspace: Workspace, *, before: dt.datetime, folder: Path, progress: Progress = no_progress
) -> ArchiveResult:
    """Write texts and mentions of entries first seen before a time to a new folder, then take them out.

    What a claim, a decision, a pin or a hold rests on stays where it is. UsageError where the folder holds an archive.
    """
    if (folder / MANIFEST).exists():
        raise UsageError(f"{folder} holds an archive already", hint="name a new folder with -o")
    folder.mkdir(parents=True, exist_ok=True)
    texts = _Part(folder / "texts.parquet", ArchivedText)
    mentions = _Part(folder / "mentions.parquet", ArchivedMention)
    with texts, mentions:
        after: int | None = 0
        while after is not None:
            found, spans, after = workspace.store.archive_batch(before=before, after=after)
            texts.write(found)
            mentions.write(spans)
            progress("archive", texts.rows)
    _write_manifest(folder, before, texts, mentions)
    moved = 0
    for batch in _rows(folder / "texts.parquet", ArchivedText):
        moved += workspace.store.remove_archived(batch, now=workspace.clock())
        progress("remove", moved)
    return ArchiveResult(folder=folder, texts=texts.rows, mentions=mentions.rows, moved=moved)


def restore_archive(workspace: Workspace, folder: Path, *, progress: Progress = no_progress) -> ArchiveResult:
    """Put the texts and mentions of an archive back where their entries lack them. Repeating it changes nothing."""
    said = _checked(folder)
    back = 0
    for batch in _rows(folder / "texts.parquet", ArchivedText):
        back += workspace.store.put_back_texts(batch)
        progress("put back", back)
    mentions = sum(
        workspace.store.put_back_mentions(batch)
        for batch in _groups(folder / "mentions.parquet", ArchivedMention)
    )
    return ArchiveResult(folder=folder, texts=said["texts.parquet"]["rows"], mentions=mentions, moved=back)


class _Part:
    """A Parquet file in the making: under another name until it is whole."""

    def __init__(self, path: Path, kind: type[ArchivedText | ArchivedMention]) -> None:
        import pyarrow as pa  # noqa: PLC0415 -- slow to load, and only archives need it
        import pyarrow.parquet as pq  # noqa: PLC0415 -- the same

        times = pa.timestamp("us", tz="UTC")
        types = {
            "number": pa.int32(),
            "position": pa.int32(),
            "start_char": pa.int32(),
            "end_char": pa.int32(),
        }
        plain = {f.name: types.get(f.name, pa.string()) for f in fields(kind)}
        self._schema = pa.schema(
            [(name, times if name.endswith(("_at", "_from")) else one) for name, one in plain.items()]
        )
        self._pa = pa
        self.kind = kind
        self.path = path
        self._open = path.with_name(f".{path.name}.part")
        self._writer = pq.ParquetWriter(self._open, self._schema, compression="zstd")
        self.rows = 0

    def __enter__(self) -> _Part:
        return self

    def write(self, rows: Sequence[ArchivedText] | Sequence[ArchivedMention]) -> None:
        """Add rows as one row group."""
        if rows:
            self._writer.write_table(self._pa.Table.from_pylist([asdict(row) for row in rows], self._schema))
            self.rows += len(rows)

    def __exit__(self, kind: object, *_: object) -> None:
        self._writer.close()
        if kind is not None:
            self._open.unlink(missing_ok=True)
            return
        self._open.chmod(0o600)
        with self._open.open("rb+") as file:
            os.fsync(file.fileno())
        self._open.rename(self.path)


def _write_manifest(folder: Path, before: dt.datetime, *parts: _Part) -> None:
    """Read the files again, then say what they hold."""
    said: dict[str, Any] = {"format": FORMAT, "before": before.isoformat()}
    for part in parts:
        rows = sum(len(batch) for batch in _rows(part.path, part.kind))
        if rows != part.rows:
            raise StoreError(f"{part.path} holds {rows} of {part.rows} rows: is the disk sound?")
        said[part.path.name] = {"rows": rows, "sha256": _digest(part.path)}
    written = folder / f".{MANIFEST}.part"
    written.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    written.rename(folder / MANIFEST)


def _checked(folder: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder} holds no archive", hint="name the folder that `monitor archive` wrote"
        ) from error
    for name in ("texts.parquet", "mentions.parquet"):
        if _digest(folder / name) != said[name]["sha256"]:
            raise StoreError(
                f"{folder / name} is not as it was written", hint="take another copy of the archive"
            )
    return said


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows(path: Path, kind: type[Row]) -> Iterator[list[Row]]:
    """The rows of a file, a row group at a time and at most a thousand."""
    import pyarrow.parquet as pq  # noqa: PLC0415 -- see _Part

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1000):
            yield [kind(**row) for row in batch.to_pylist()]


def _groups(path: Path, kind: type[Row]) -> Iterator[list[Row]]:
    """The rows of a file by row group: the mentions of one text are all in one."""
    import pyarrow.parquet as pq  # noqa: PLC0415 -- see _Part

    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield [kind(**row) for row in file.read_row_group(number).to_pylist()]
