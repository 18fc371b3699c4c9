"""The feeds that a run holds: taken in turn by host, kept while it lives, given back when it ends.

A host's feeds go out a few at a time (HOST_FEEDS), so that a platform with thousands of feeds leaves room for others.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Collection, Sequence

from monitor.pipeline.storing import StoreThread
from monitor.pipeline.workspace import Workspace
from monitor.types.source import FeedKind, FeedLease

#: A lease lasts this long unless its worker extends it: a killed worker's feeds return within minutes.
LEASE = dt.timedelta(minutes=4)
#: How often (seconds) a living worker extends its leases.
HEARTBEAT = 60.0
#: Feeds of one host that are out at a time: a minute's work at one start every five seconds.
HOST_FEEDS = 12
#: Names that are looked up in one question.
NAMES = 500


class Leases:
    """Leases of one run. `slugs` names feeds, each is taken once at most; None means whatever is due."""

    def __init__(
        self,
        workspace: Workspace,
        in_store: StoreThread,
        slugs: Sequence[str] | None,
        *,
        ignore_due: bool,
        limit: int | None,
    ) -> None:
        self._store = workspace.store
        self._in_store = in_store
        self._owner = workspace.owner
        self._clock = workspace.clock
        self._ignore_due = ignore_due
        self._left = limit
        self._held: dict[int, FeedLease] = {}
        self._named = _Names(slugs) if slugs is not None else None

    async def take(self, room: int) -> list[FeedLease]:
        """Up to `room` more feeds; none where nothing is free now."""
        room = room if self._left is None else min(room, self._left)
        if room <= 0:
            return []
        leases = await self._in_store(lambda: self._take(room))
        self._held.update({lease.feed_id: lease for lease in leases})
        if self._left is not None:
            self._left -= len(leases)
        return leases

    def _take(self, room: int) -> list[FeedLease]:
        if self._named is None:
            return self._due(room, None)
        taken: list[FeedLease] = []
        for _ in range(self._named.questions):
            names = self._named.next()
            found = self._due(room - len(taken), names)
            self._named.without({lease.slug for lease in found})
            taken += found
            if len(taken) >= room:
                break
        return taken

    def _due(self, room: int, slugs: Collection[str] | None) -> list[FeedLease]:
        return self._store.lease_due(
            owner=self._owner,
            now=self._clock(),
            limit=room,
            lease_for=LEASE,
            slugs=slugs,
            # channels have a run of their own (pipeline/telegram.py)
            kinds=(FeedKind.RSS,),
            ignore_due=self._ignore_due,
            host_limit=HOST_FEEDS,
        )

    def done(self, feed_id: int) -> None:
        """The feed's plan was applied, which ended its lease."""
        self._held.pop(feed_id, None)

    async def keep(self) -> None:
        """Extend the leases until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            held = list(self._held.values())
            if held:
                await self._in_store(lambda held=held: self._store.extend(held, until=self._clock() + LEASE))  # type: ignore[misc]

    async def give_back(self) -> None:
        """Leases that came to nothing: their feeds stay due."""
        held = list(self._held.values())
        if held:
            await self._in_store(lambda: self._store.release(held, now=self._clock()))


class _Names:
    """Names that were not taken yet, asked for in chunks by turns."""

    def __init__(self, slugs: Sequence[str]) -> None:
        names = list(dict.fromkeys(slugs))
        self._chunks = deque(set(names[start : start + NAMES]) for start in range(0, len(names), NAMES))

    @property
    def questions(self) -> int:
        """How many chunks there are."""
        return len(self._chunks)

    def next(self) -> Collection[str]:
        """The names that waited longest."""
        self._chunks.rotate(-1)
        return self._chunks[-1]

    def without(self, taken: set[str]) -> None:
        """Forget names of the chunk just asked for."""
        self._chunks[-1] -= taken
        if not self._chunks[-1]:
            self._chunks.pop()
