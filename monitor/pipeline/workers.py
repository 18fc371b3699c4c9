"""Parser processes with limits: a body that hangs or crashes one costs only its own feed.

pebble's pool is used because it kills a worker at a task's time limit and starts another, which
`concurrent.futures` does not.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
from concurrent.futures import TimeoutError as FutureTimeoutError
from types import TracebackType

from pebble import ProcessExpired, ProcessPool

from monitor.pipeline.reading import ReadFailed, ReadTask, read_body
from monitor.types.entries import ReadFeed

#: Seconds that one body may take; ordinary ones take hundredths (reliability.md B4).
READ_SECONDS = 10.0
#: Bytes of data that one worker may hold (reliability.md B4).
READ_MEMORY = 512 * 2**20


def _limit() -> None:
    """Run in each new worker: memory limit, and no reaction to the terminal's Ctrl-C (the parent decides)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (READ_MEMORY, READ_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class ParserPool:
    """Worker processes that read bodies. Use as a context manager; `size` defaults to one a core."""

    def __init__(self, size: int | None = None, seconds: float = READ_SECONDS) -> None:
        self.size = size or max(1, os.cpu_count() or 1)
        self._seconds = seconds
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["monitor.pipeline.reading"])
        self._pool = ProcessPool(max_workers=self.size, max_tasks=2000, initializer=_limit, context=context)

    def __enter__(self) -> ParserPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    async def read(self, task: ReadTask) -> ReadFeed | ReadFailed:
        """Read one body in a worker. A worker that hangs, crashes or grows too large is a `ReadFailed`."""
        try:
            future = self._pool.schedule(read_body, args=(task,), timeout=self._seconds)
            result: ReadFeed | ReadFailed = await asyncio.wrap_future(future)
        except (FutureTimeoutError, TimeoutError):
            return ReadFailed(code="parse_timeout", detail=f"reading took more than {self._seconds:g} s")
        except MemoryError:
            return ReadFailed(code="parse_memory", detail="reading took more memory than allowed")
        except ProcessExpired as error:
            return ReadFailed(code="parse_crash", detail=f"the reading process ended with {error.exitcode}")
        return result
