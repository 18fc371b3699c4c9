"""rollups: days whose counts may be out of date are counted anew, after analysis and before a report."""

from __future__ import annotations

from collections.abc import Callable

from monitor.store import Store

Progress = Callable[[int, int], None]
"""Called with days done and all."""


def refresh_rollups(store: Store, *, rebuild: bool = False, progress: Progress | None = None) -> int:
    """Count marked days anew, the newest first, each in a transaction of its own; how many.

    With `rebuild` every day is marked first. Stop it anywhere: the days left stay marked, and the views count them.
    """
    if rebuild:
        store.mark_rollups()
    days, done = store.marked_days(), 0
    for number, day in enumerate(days, start=1):
        done += store.refresh_rollup(day)
        if progress is not None:
            progress(number, len(days))
    return done
