"""The part of `Store` that serves annotation: what waits, in shares that workers lease, and what was said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from monitor.store import annotating, leases
from monitor.store.annotating import Share
from monitor.store.engine import Database
from monitor.types.annotations import Annotation, EntryText
from monitor.types.storage import NamedLease


class AnnotatingStore:
    """Texts to annotations; `Store` is the whole."""

    _database: Database

    def pending_texts(
        self,
        *,
        limit: int,
        since: dt.datetime | None = None,
        versions: tuple[str, str] | None = None,
        after: int = 0,
        share: Share | None = None,
    ) -> list[EntryText]:
        """Entries whose current text waits for analysis, by id from `after`, of one share where given.

        With `versions` (taxonomy, code) also those analysed under others, observed since `since`: re-tagging.
        """
        return self._database.read(
            lambda c: annotating.pending_texts(
                c, limit=limit, since=since, versions=versions, after=after, share=share
            )
        )

    def pending_shares(self, *, of: int, since: dt.datetime | None = None) -> list[int]:
        """Which of so many shares of the archive hold texts that wait for analysis."""
        return self._database.read(lambda c: annotating.pending_shares(c, of=of, since=since))

    def count_pending(self) -> int:
        """How many entries wait for analysis."""
        return self._database.read(annotating.count_pending)

    def save_taxonomy(self, version: str, content: Mapping[str, Any], *, now: dt.datetime) -> None:
        """Keep what a taxonomy version says."""
        self._database.write(lambda c: annotating.save_taxonomy(c, version, content, now))

    def save_annotations(
        self, batch: Sequence[Annotation], *, now: dt.datetime, lease: NamedLease | None = None
    ) -> int:
        """Make these the current annotations; how many changed anything. The same said again changes nothing."""

        def work(connection: Connection) -> int:
            leases.require(connection, lease)
            return annotating.save_annotations(connection, batch, now)

        return self._database.write(work)
