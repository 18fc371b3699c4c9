"""The part of `Store` that takes decisions on claims, citations and tags, and lists what waits for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from monitor.store import review
from monitor.store.engine import Database
from monitor.types.review import Taken, Verdict


class ReviewStore:
    """Decisions of people; `Store` is the whole."""

    _database: Database

    def decide(self, verdicts: Sequence[Verdict], *, who: str, now: dt.datetime) -> list[Taken]:
        """Take verdicts in one transaction; what became of each. The clusters concerned wait to be settled anew."""
        return self._database.write(lambda c: review.decide(c, verdicts, who, now))
