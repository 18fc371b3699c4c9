"""One thread for all that a run asks of its store: the loop goes on meanwhile, and memory stays in one heap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class StoreThread:
    """`async with StoreThread() as in_store: await in_store(lambda: store.apply(plans, now=now))`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="store")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def __call__(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread; calls are done in their order."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
