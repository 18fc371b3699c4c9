"""Fetchers that may ask loopback and nothing else, without spacing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from monitor.fetch import Fetcher, FetchOptions, networks

LOOPBACK = networks(["127.0.0.0/8"])


@pytest.fixture(autouse=True)
def _nothing_leaves(connects: list[tuple[str, int]]) -> None:
    """Each test here fails when a packet is about to leave the machine."""


MakeFetcher = Callable[..., Any]


@pytest_asyncio.fixture
async def make_fetcher() -> AsyncIterator[MakeFetcher]:
    """`fetcher = await make_fetcher(timeout=0.2)`: closed at the end of the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(*, lookup: Any = None, stops: Any = None, **changes: Any) -> Fetcher:
            options = {"allow_networks": LOOPBACK, "host_gap": 0.0, "per_host": 50, "timeout": 5.0, **changes}
            return await stack.enter_async_context(
                Fetcher(FetchOptions(**options), lookup=lookup, stops=stops)
            )

        yield make


@pytest_asyncio.fixture
async def fetcher(make_fetcher: MakeFetcher) -> Fetcher:
    """A fetcher with the usual limits that may ask loopback."""
    made: Fetcher = await make_fetcher()
    return made
