"""retag: annotate the archive again with the current taxonomy and code, and say what changes.

    archived texts ──► annotate in processes ──► difference ──► save, while the next batch is annotated
          └─ by entry id, in batches                  └─ gained and lost by topic, language, outlet

A batch is one transaction, and what it has read is no longer stale: a run that was killed goes on where it
stopped, and a run that is repeated finds nothing to do. Earlier annotations are closed, never deleted, so that
`monitor report --as-of` can show what was said before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from monitor.errors import MonitorError, UsageError
from monitor.pipeline.analysers import AnnotatorPool, annotator_pool, build_annotator
from monitor.pipeline.rollups import refresh_rollups
from monitor.pipeline.workspace import Workspace, open_workspace, recorded
from monitor.store import Store
from monitor.types.annotations import Annotation
from monitor.types.retagging import Archived, Difference, IdRange, RetagResult, Versions

#: Texts read, annotated and stored at once; bounds memory, and what a kill can cost.
RETAG_BATCH = 1_000
#: Entry ids that a worker of several takes at a time (`share`).
SHARE_BLOCK = 5_000
#: Texts that the question "what would the new taxonomy change?" reads, at about 500 a second and core.
SAMPLE = 1_000
#: After so many new annotations the database's statistics are made anew.
WORTH_OPTIMISING = 1_000

Part = tuple[int, int]
"""The Kth of N shares."""

Progress = Callable[[int, int], None]
"""Told (entries read so far, entries in all) after each batch."""


def retag(
    workspace: Workspace,
    *,
    since: dt.datetime | None = None,
    dry_run: bool = False,
    everything: bool = False,
    sample: int | None = None,
    within: IdRange | None = None,
    part: Part | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> RetagResult:
    """Annotate again what was annotated under another taxonomy or code, observed since `since`.

    With `dry_run` nothing is written. `everything` reads also what is of the current versions (the languages or the
    detector changed). `sample` reads about so many, spread over the archive, and implies `dry_run`. `within` takes
    a part of the archive, as `ranges` gives it, `part` (K, N) the share of one of N workers, as `share` says. Beside
    this process, which reads and stores, `processes` annotate, each of about 300 MB with ten languages.
    """
    if sample is not None and sample < 1:
        raise UsageError("a sample has at least one entry")
    if part is not None and not 1 <= part[0] <= part[1]:
        raise UsageError(
            f"range {part[0]}/{part[1]} is none", hint="--range 2/4 is the second of four shares"
        )
    dry_run = dry_run or sample is not None
    with recorded(workspace, "retag") as counts, _pool(workspace, processes) as pool:
        whole = share(workspace.store, *part) if part else [within or IdRange()]
        run = _Retag(workspace, pool, since, everything=everything, sample=sample, within=whole)
        run.go(dry_run=dry_run, progress=progress)
        result = run.result(dry_run=dry_run)
        counts |= {
            "read": result.read,
            "changed": result.changed,
            "written": result.written,
            "dry_run": dry_run,
        }
    if result.written >= WORTH_OPTIMISING:
        workspace.store.optimise()
    if not dry_run:
        refresh_rollups(workspace.store)
    return result


def retag_range(
    workspace: Workspace, within: IdRange, *, since: dt.datetime | None = None, processes: int = 1
) -> RetagResult:
    """Re-tag one of the ranges that `ranges` gave: for runs of their own, each of which can be killed and repeated."""
    return retag(workspace, since=since, within=within, processes=processes)


def share(store: Store, number: int, of: int) -> list[IdRange]:
    """The ids of worker `number` (from 1) among `of`: every `of`th block of SHARE_BLOCK ids.

    Blocks do not move while the archive grows, so workers that start at different times miss nothing between them.
    """
    last = store.last_entry_id()
    starts = range((number - 1) * SHARE_BLOCK, last, of * SHARE_BLOCK)
    return [IdRange(after=start, until=start + SHARE_BLOCK) for start in starts]


def _pool(workspace: Workspace, processes: int) -> AbstractContextManager[AnnotatorPool]:
    return annotator_pool(workspace.config, processes=processes, apart=True)


def ranges(
    store: Store, since: dt.datetime | None, parts: int, versions: Versions | None = None
) -> list[IdRange]:
    """The archive in at most `parts` ranges of about the same size, to be re-tagged by runs of their own.

    `versions` are the current ones (`current_versions`); without them the ranges cover everything.
    """
    return store.id_ranges(parts=parts, since=since, versions=versions)


def current_versions(workspace: Workspace) -> Versions:
    """Taxonomy and code version that an annotation made now would bear."""
    annotator = build_annotator(workspace.config)
    return annotator.taxonomy.version, annotator.code_version


def retag_notice(workspace: Workspace, *, sample: int = SAMPLE) -> str:
    """After an upgrade: how many tags a sample of the archive would gain and lose, and how to re-tag; else empty."""
    waiting = workspace.store.count_archived(versions=current_versions(workspace))
    if not waiting:
        return ""
    result = retag(workspace, sample=sample)
    gained, lost = sum(result.gained.values()), sum(result.lost.values())
    return (
        f"{waiting} entries were read with an earlier taxonomy: of {result.read} looked at, {result.changed} would"
        f" change ({gained} tags gained, {lost} lost)."
        " Look at `monitor retag --since all --dry-run`, then run it without --dry-run"
    )


def upgrade_notice(config_path: Path, *, sample: int = SAMPLE) -> str:
    """`retag_notice` of the configured archive; empty, too, where it cannot be told (`doctor` says why)."""
    try:
        with open_workspace(config_path) as workspace:
            return retag_notice(workspace, sample=sample)
    except MonitorError:
        return ""


class _Retag:
    """One pass over the archive."""

    def __init__(
        self,
        workspace: Workspace,
        pool: AnnotatorPool,
        since: dt.datetime | None,
        *,
        everything: bool,
        sample: int | None,
        within: Sequence[IdRange],
    ) -> None:
        self._workspace, self._store, self._pool = workspace, workspace.store, pool
        self._since, self._sample, self._within = since, sample, within
        self.versions = (pool.annotator.taxonomy.version, pool.annotator.code_version)
        self._filter = None if everything else self.versions
        self.waiting = sum(
            self._store.count_archived(since=since, versions=self._filter, within=one) for one in within
        )
        self._every = max(1, self.waiting // sample) if sample else 1
        self.difference = Difference()
        self.written = 0

    def go(self, *, dry_run: bool, progress: Progress | None) -> None:
        """Read all batches. While one is stored, the next is annotated: at most two are held at a time."""
        if not dry_run and self.waiting:
            taxonomy = self._pool.annotator.taxonomy
            content = {"topics": list(taxonomy.taxonomy.slugs)}
            self._store.save_taxonomy(taxonomy.version, content, now=self._workspace.clock())
        saving: Future[int] | None = None
        with ThreadPoolExecutor(1) as writer:
            for batch in self._batches():
                read = [one.text for one in batch]
                annotations = list(self._pool.annotate(read, more_to_come=self.waiting > len(batch)))
                for before, after in zip(batch, annotations, strict=True):
                    self.difference.add(before, after)
                if saving is not None:
                    self.written += saving.result()
                saving = None if dry_run else writer.submit(self._save, annotations)
                if progress is not None:
                    progress(self.difference.read, self._sample or self.waiting)
            if saving is not None:
                self.written += saving.result()

    def _batches(self) -> Iterator[list[Archived]]:
        left = self._sample
        for within in self._within:
            for batch in self._batches_of(within, left):
                yield batch
                left = None if left is None else left - len(batch)

    def _batches_of(self, within: IdRange, left: int | None) -> Iterator[list[Archived]]:
        after = within.after
        while left is None or left > 0:
            batch = self._store.archived_texts(
                limit=RETAG_BATCH if left is None else min(left, RETAG_BATCH),
                since=self._since,
                versions=self._filter,
                within=IdRange(after=after, until=within.until),
                every=self._every,
            )
            if not batch:
                return
            yield batch
            after = batch[-1].text.entry_id
            left = None if left is None else left - len(batch)

    def _save(self, annotations: Sequence[Annotation]) -> int:
        return self._store.save_annotations(annotations, now=self._workspace.clock())

    def result(self, *, dry_run: bool) -> RetagResult:
        """What was found so far."""
        found = self.difference
        return RetagResult(
            since=self._since,
            versions=self.versions,
            dry_run=dry_run,
            sample=self._sample,
            waiting=self.waiting,
            read=found.read,
            changed=found.changed,
            written=self.written,
            language_changed=found.language_changed,
            gained=dict(sorted(found.gained.items())),
            lost=dict(sorted(found.lost.items())),
            examples=found.examples,
        )
