"""The part of `Store` that goes back over the archive: re-tagging, reports as of a time, watchlists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager

from monitor.store import as_of, retagging, watchlists
from monitor.store.engine import Database
from monitor.types.annotations import EntryText
from monitor.types.retagging import Archived, IdRange, Versions
from monitor.types.watchlist import FirstHit, Watchlist, WatchlistHit


class ArchiveStore:
    """The archive and its history; `Store` is the whole."""

    _database: Database

    def archived_texts(
        self,
        *,
        limit: int,
        since: dt.datetime | None = None,
        versions: Versions | None = None,
        within: IdRange = IdRange(),  # noqa: B008 -- frozen
        every: int = 1,
    ) -> list[Archived]:
        """Texts annotated under other versions than these (all, if None), with what is said of them, by entry id.

        `every` n takes only entries whose id divides by n.
        """
        return self._database.read(
            lambda c: retagging.archived_texts(
                c, limit=limit, since=since, versions=versions, within=within, every=every
            )
        )

    def count_archived(
        self,
        *,
        since: dt.datetime | None = None,
        versions: Versions | None = None,
        within: IdRange = IdRange(),  # noqa: B008 -- frozen
    ) -> int:
        """How many texts there are to re-tag."""
        return self._database.read(
            lambda c: retagging.count_archived(c, since=since, versions=versions, within=within)
        )

    def last_entry_id(self) -> int:
        """The highest entry id, 0 in an empty archive."""
        return self._database.read(retagging.last_entry_id)

    def id_ranges(
        self, *, parts: int, since: dt.datetime | None = None, versions: Versions | None = None
    ) -> list[IdRange]:
        """The texts to re-tag as at most `parts` ranges of about the same size."""
        return self._database.read(
            lambda c: retagging.id_ranges(c, since=since, versions=versions, parts=parts)
        )

    def as_of(self, at: dt.datetime) -> AbstractContextManager[as_of.AsOf]:
        """The views as they were at a time, for the length of a block; see docs/explanation/versions.md."""
        return as_of.open_as_of(self._database.url, at)

    def sync_watchlists(self, lists: Sequence[Watchlist], *, now: dt.datetime) -> dict[str, tuple[int, int]]:
        """Make the watched names those of these lists; (added, removed) by list. Hits of removed ones stay."""
        return self._database.write(lambda c: watchlists.sync(c, lists, now))

    def save_hits(self, hits: Sequence[WatchlistHit], *, now: dt.datetime) -> int:
        """Store hits; how many are new. A hit that is there already stays as it is."""
        return self._database.write(lambda c: watchlists.save_hits(c, hits, now))

    def watchable_texts(
        self, *, limit: int, since: dt.datetime | None = None, after: int = 0
    ) -> list[EntryText]:
        """Current texts observed since `since`, by entry id from `after`, to look for watched names in."""
        return self._database.read(lambda c: watchlists.texts(c, limit=limit, since=since, after=after))

    def first_hits(self, *, since: dt.datetime | None = None, limit: int = 100) -> list[FirstHit]:
        """The first hit of each watched name found first since `since`, the newest first."""
        return self._database.read(lambda c: watchlists.first_hits(c, since=since, limit=limit))
