"""The part of `Store` that keeps the database from growing with the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy.engine import Connection

from monitor.store import archiving, maintenance, retention, runs
from monitor.store.engine import Database
from monitor.store.held import held_entries
from monitor.types.backup import ArchivedMention, ArchivedText
from monitor.types.retention import Retained, RetentionLimits

Step = Callable[[Connection, dt.datetime, dt.datetime], retention.Batch]


class RetentionStore:
    """Retention by age and kind; `Store` is the whole."""

    _database: Database

    def held_entries(self, entry_ids: Collection[int]) -> set[int]:
        """Those of these entries on which a claim, a decision, a pin, a capture or a hold rests."""
        return self._database.read(lambda c: held_entries(c, entry_ids))

    def server_time(self) -> dt.datetime | None:
        """The database server's clock; None for SQLite."""
        return self._database.read(runs.server_time)

    def newest_time(self) -> dt.datetime | None:
        """The latest time that a poll or a run was noted with."""
        return self._database.read(runs.newest_time)

    def end_lost_runs(self, *, before: dt.datetime, now: dt.datetime) -> int:
        """Note as failed the runs that began before a time and never ended; how many."""
        return self._database.write(lambda c: runs.end_lost(c, before, now))

    def retain(self, limits: RetentionLimits, *, now: dt.datetime) -> Retained:
        """Take away what is older than its kind's limit, batch by batch; what something rests on stays.

        Can be stopped after any batch and called again: it goes on where it was.
        """
        removed: dict[str, int] = {}
        held: dict[str, int] = {}
        for kind, before, step in _steps(limits):
            while True:
                batch = self._database.write(lambda c, s=step, b=before: s(c, b, now))  # type: ignore[misc]
                removed[kind] = removed.get(kind, 0) + batch.removed
                held[kind] = held.get(kind, 0) + batch.held
                if not batch.more:
                    break
        return Retained(removed=removed, held=max(held.values(), default=0))

    def archive_batch(
        self, *, before: dt.datetime, after: int
    ) -> tuple[list[ArchivedText], list[ArchivedMention], int | None]:
        """Texts and mentions of one batch of entries first seen before a time that may go, and where to go on."""

        def work(connection: Connection) -> tuple[list[ArchivedText], list[ArchivedMention], int | None]:
            ids, last = archiving.old_entries(connection, before, after)
            return archiving.texts_of(connection, ids), archiving.mentions_of(connection, ids), last

        return self._database.read(work)

    def remove_archived(self, texts: Sequence[ArchivedText], *, now: dt.datetime) -> int:
        """Empty these texts and drop their entries' mentions; how many texts went. Held ones stay."""
        return self._database.write(lambda c: archiving.remove(c, texts, now))

    def put_back_texts(self, texts: Sequence[ArchivedText]) -> int:
        """Put archived texts back where they are lacking; how many."""
        return self._database.write(lambda c: archiving.put_back_texts(c, texts))

    def put_back_mentions(self, found: Sequence[ArchivedMention]) -> int:
        """Put archived mentions back under annotations that have none; how many."""
        return self._database.write(lambda c: archiving.put_back_mentions(c, found))


def _steps(limits: RetentionLimits) -> Iterator[tuple[str, dt.datetime, Step]]:
    steps: tuple[tuple[str, dt.datetime | None, Step], ...] = (
        ("texts", limits.full_text, retention.empty_texts),
        ("mentions", limits.mentions, retention.drop_mentions),
        ("raw_pages", limits.raw_pages, retention.drop_pages),
        ("raw_answers", limits.raw_bodies, retention.drop_bodies),
        ("fetches", limits.logs, retention.drop_fetches),
        ("translations", limits.logs, retention.drop_translations),
        ("issues", limits.logs, _pruned("issues")),
        ("runs", limits.logs, _pruned("runs")),
    )
    for kind, before, step in steps:
        if before is not None:
            yield kind, before, step


def _pruned(log: str) -> Step:
    def step(connection: Connection, before: dt.datetime, _: dt.datetime) -> retention.Batch:
        gone = maintenance.prune(connection, log, before, retention.BATCH)
        return retention.Batch(gone, more=gone == retention.BATCH)

    return step
