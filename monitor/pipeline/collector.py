"""Python's cycle collector, held back while thousands of feeds are polled.

What a poll makes is let go of by reference counts; the collector finds little, but each of its full rounds walks all
that the process holds, the configuration of ten thousand feeds among it. Measured, 5,000 unchanged feeds: a quarter of
the poll's CPU (docs/reference/performance.md).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

#: Container objects made (less those let go of) before the young ones are looked through; Python's own value is 700.
YOUNG = 20_000

_lock = Lock()
_inside = 0
_before = gc.get_threshold()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Within the block, what was there at its beginning is not looked through, and the rest seldom.

    Of the whole process, so blocks that overlap (two polls in one loop) count as one.
    """
    global _inside, _before  # noqa: PLW0603 -- the collector is the process's
    with _lock:
        _inside += 1
        if _inside == 1:
            _before = gc.get_threshold()
            gc.freeze()
            gc.set_threshold(YOUNG, *_before[1:])
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                gc.set_threshold(*_before)
                gc.unfreeze()
