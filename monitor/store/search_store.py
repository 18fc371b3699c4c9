"""The part of `Store` that finds texts by their words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from monitor.store import search
from monitor.store.engine import Database
from monitor.types.search import Filters, Found, Query


class SearchStore:
    """Search over current texts; `Store` is the whole."""

    _database: Database

    def search(self, query: Query, filters: Filters, *, limit: int, now: dt.datetime) -> list[Found]:
        """What a query finds, the latest seen first."""
        return self._database.read(lambda c: search.search(c, query, filters, limit=limit, now=now))

    def unindexed(self, *, after: int = 0, limit: int = 1_000, everything: bool = False) -> list[int]:
        """Analysed entries whose document is missing or of another version (or all), by id from `after`."""
        return self._database.read(
            lambda c: search.unindexed(c, after=after, limit=limit, everything=everything)
        )

    def index_entries(self, entry_ids: Collection[int]) -> int:
        """Write the documents of these entries anew; how many have one."""
        return self._database.write(lambda c: search.index(c, entry_ids))
