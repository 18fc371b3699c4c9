"""The part of `Store` that keeps raw answers."""

from __future__ import annotations

import datetime as dt

from monitor.store import raw
from monitor.store.engine import Database
from monitor.types.raw import KeptBody, RawBody


class RawStore:
    """Raw answers of feeds and pages; `Store` is the whole."""

    _database: Database

    def raw_body_for_entry(self, entry_id: int) -> RawBody | None:
        """The answer that an entry's current text was read from (page or feed); None where it is not kept."""
        return self._database.read(lambda c: raw.body_for_entry(c, entry_id))

    def kept_bodies(self, *, limit: int, since: dt.datetime | None = None, after: int = 0) -> list[KeptBody]:
        """Kept answers of feeds, by id from `after`: what `monitor replay` reads again."""
        return self._database.read(lambda c: raw.kept_bodies(c, since=since, after=after, limit=limit))
