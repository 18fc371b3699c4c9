"""The part of `Store` that keeps the daily rollups."""

from __future__ import annotations

import datetime as dt

from monitor.store import rollups
from monitor.store.engine import Database


class RollupStore:
    """Daily counts; `Store` is the whole."""

    _database: Database

    def marked_days(self, *, limit: int = 10_000) -> list[dt.date]:
        """Days whose kept counts may be out of date, the newest first. The views count those themselves."""
        return self._database.read(lambda c: rollups.marked_days(c, limit=limit))

    def refresh_rollup(self, day: dt.date) -> bool:
        """Count a marked day anew, in one transaction; False where it is not marked."""
        return self._database.write(lambda c: rollups.refresh_day(c, day))

    def mark_rollups(self) -> int:
        """Mark all days, so that a refresh counts everything anew; how many days."""
        return self._database.write(rollups.mark_all)
