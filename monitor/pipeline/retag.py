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

from monitor.errors import UsageError
from monitor.pipeline.analysers import AnnotatorPool, annotator_pool, build_annotator
from monitor.pipeline.rollups import refresh_rollups
from monitor.pipeline.workspace import Workspace, recorded
from monitor.store import Store
from monitor.types.annotations import Annotation
from monitor.types.retagging import Archived, Difference, IdRange, RetagResult, Versions

#: Texts read, annotated and stored at once; bounds memory, and what a kill can cost.
RETAG_BATCH = 2_000
#: Texts that the question "what would the new taxonomy change?" reads, at about 500 a second and core.
SAMPLE = 1_000
#: After so many new annotations the database's statistics are made anew.
WORTH_OPTIMISING = 1_000

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
    progress: Progress | None = None,
) -> RetagResult:
    """Annotate again what was annotated under another taxonomy or code, observed since `since`.

    With `dry_run` nothing is written. `everything` reads also what is of the current versions (the languages or the
    detector changed). `sample` reads about so many, spread over the archive, and implies `dry_run`. `within` takes
    a part of the archive, as `ranges` gives it.
    """
    if sample is not None and sample < 1:
        raise UsageError("a sample has at least one entry")
    dry_run = dry_run or sample is not None
    with recorded(workspace, "retag") as counts, annotator_pool(workspace.config) as pool:
        run = _Retag(workspace, pool, since, everything=everything, sample=sample, within=within or IdRange())
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
        within: IdRange,
    ) -> None:
        self._workspace, self._store, self._pool = workspace, workspace.store, pool
        self._since, self._sample, self._within = since, sample, within
        self.versions = (pool.annotator.taxonomy.version, pool.annotator.code_version)
        self._filter = None if everything else self.versions
        self.waiting = self._store.count_archived(since=since, versions=self._filter, within=within)
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
        after, left = self._within.after, self._sample
        while left is None or left > 0:
            batch = self._store.archived_texts(
                limit=RETAG_BATCH if left is None else min(left, RETAG_BATCH),
                since=self._since,
                versions=self._filter,
                within=IdRange(after=after, until=self._within.until),
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
