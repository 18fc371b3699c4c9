"""Politeness in time: so many requests at once over all, so many a host, one start a host every few seconds.

A request waits for its host first and for a place among all last, so a slow or busy host holds no place
that another host could use. Waiting is first come, first served, by host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

_SWEEP_AT = 1024


class _Host:
    __slots__ = ("gate", "next_start", "places", "users")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.gate = asyncio.Lock()
        self.next_start = float("-inf")
        self.users = 0


class Spacing:
    """Hands out slots to start a request. `host_gap` is in seconds of `clock`; 0 switches the gap off."""

    def __init__(
        self,
        *,
        concurrency: int,
        per_host: int,
        host_gap: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._all = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._gap = host_gap
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP_AT

    def slot(self, host: str, *, gap: float | None = None) -> Slot:
        """Wait for, hold and give back a slot: `async with spacing.slot(host):`.

        `gap` lengthens the host's gap after this start (a robots.txt Crawl-delay).
        """
        return Slot(self, host, self._gap if gap is None else max(gap, self._gap))

    def __len__(self) -> int:
        return len(self._hosts)

    async def enter(self, name: str, gap: float) -> None:
        """Wait until a request to the host may start; a cancelled wait leaves no trace."""
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(self._per_host)
        host.users += 1
        try:
            await host.places.acquire()
        except BaseException:
            host.users -= 1
            raise
        try:
            async with host.gate:
                while (wait := host.next_start - self._clock()) > 0:
                    await self._sleep(wait)
                await self._all.acquire()
                host.next_start = self._clock() + gap
        except BaseException:
            host.places.release()
            host.users -= 1
            raise

    def leave(self, name: str) -> None:
        """Give the slot back and forget hosts that nobody needs to wait for."""
        host = self._hosts[name]
        self._all.release()
        host.places.release()
        host.users -= 1
        if host.users == 0 and host.next_start <= self._clock():
            del self._hosts[name]
        elif len(self._hosts) > self._sweep_at:
            self._sweep()

    def is_awaited(self, name: str) -> bool:
        """Whether anybody else uses the host or waits for it. To be asked by who holds a slot of it."""
        return self._hosts[name].users > 1

    def hold(self, name: str, seconds: float) -> None:
        """Let nobody start at the host for so long: another process asked it just now."""
        host = self._hosts.setdefault(name, _Host(self._per_host))
        host.next_start = max(host.next_start, self._clock() + seconds)

    def refund(self, name: str) -> None:
        """Say that the slot now held starts no request: the next one need not wait for the gap."""
        self._hosts[name].next_start = self._clock()

    def _sweep(self) -> None:
        now = self._clock()
        self._hosts = {k: h for k, h in self._hosts.items() if h.users or h.next_start > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._hosts))


class Slot:
    """One held place of `Spacing`."""

    __slots__ = ("_gap", "_host", "_spacing")

    def __init__(self, spacing: Spacing, host: str, gap: float) -> None:
        self._spacing = spacing
        self._host = host
        self._gap = gap

    async def __aenter__(self) -> None:
        await self._spacing.enter(self._host, self._gap)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spacing.leave(self._host)
