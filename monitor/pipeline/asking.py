"""One leased feed: asked, its body read in a worker, and older pages where its window shows a gap."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, replace
from functools import partial

from monitor.config import feed_proxies
from monitor.fetch import Fetcher, FetchRequest
from monitor.pipeline.paging import MAX_PAGES, joined, next_page
from monitor.pipeline.plans import Polled, query_of
from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.pipeline.storing import StoreThread
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace
from monitor.polling import how_to_ask
from monitor.text.urls import host_of
from monitor.types.entries import ReadFeed
from monitor.types.fetching import Fetched
from monitor.types.raw import RawBody, pack
from monitor.types.source import FeedLease

#: Bytes of bodies whose entries are not stored yet, from which on no further feed is asked.
PENDING_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class _Pages:
    """A window with what its older pages added, how many there were, why there are no more, and what is kept.

    `asked` counts those too that could not be had: the host has seen a request for them.
    """

    read: ReadFeed
    count: int = 0
    ended: str = ""
    bodies: tuple[RawBody, ...] = ()
    asked: int = 0


class Asker:
    """Asks feeds, one call each; what was fetched and is not `stored` yet is bounded."""

    def __init__(
        self, workspace: Workspace, in_store: StoreThread, fetcher: Fetcher, parsers: ParserPool
    ) -> None:
        self._store = workspace.store
        self._in_store = in_store
        self._clock = workspace.clock
        self._fetcher = fetcher
        self._parsers = parsers
        self._pending = _Pending(PENDING_BYTES)
        self._gap = workspace.config.polling.host_gap
        self._keep = bool(workspace.config.replay.keep)
        self._proxies = feed_proxies(workspace.config)

    def _proxy(self, lease: FeedLease) -> str | None:
        """With its password, which the database does not hold."""
        return self._proxies.get(lease.slug, lease.proxy)

    async def ask(self, lease: FeedLease) -> Polled:
        """The answer, and what became of its body; the body itself is let go."""
        await self._pending.room()
        now = self._clock()
        if lease.not_before is not None and lease.not_before > now:
            self._fetcher.hold(lease.current_url, (lease.not_before - now).total_seconds())
        validators, unconditional = how_to_ask(lease.state, now)
        outcome = await self._fetcher.fetch(
            FetchRequest(
                url=lease.current_url,
                validators=validators,
                unconditional=unconditional,
                proxy=self._proxy(lease),
            )
        )
        started = self._clock() - dt.timedelta(seconds=outcome.elapsed_s)
        polled = Polled(
            lease=lease,
            started_at=started,
            unconditional=unconditional,
            outcome=outcome,
            host_free_at=started + self._gap,
        )
        if isinstance(outcome, Fetched):
            size = len(outcome.body)
            self._pending.add(size)
            read = await self._read(lease, outcome)
            kept = await self._kept(outcome, started, read)
            polled = replace(polled, outcome=replace(outcome, body=b""), read=read, size=size, bodies=kept)
            if isinstance(read, ReadFeed) and read.next_url is not None and lease.entries_known > 0:
                return await self._with_pages(polled, read)
        return polled

    async def _kept(
        self, fetched: Fetched, started: dt.datetime, read: ReadFeed | ReadFailed
    ) -> tuple[RawBody, ...]:
        """The answer compressed, to be tried again after a parser fix; nothing where none are kept."""
        if not self._keep:
            return ()
        packed = partial(
            pack,
            fetched.body,
            url=fetched.url,
            observed_at=started,
            status=fetched.status,
            headers=fetched.headers,
            failed=isinstance(read, ReadFailed),
        )
        return (await asyncio.to_thread(packed),)

    async def _read(self, lease: FeedLease, fetched: Fetched) -> ReadFeed | ReadFailed:
        task = ReadTask(
            body=fetched.body,
            content_type=fetched.headers.get("content-type"),
            url=fetched.url,
            kind=lease.kind,
            feed_language=lease.language,
            now=self._clock(),
        )
        return await self._parsers.read(task)

    def stored(self, polled: Polled) -> None:
        """The answer is stored, or waits for the run's end: it does not count any more."""
        self._pending.add(-polled.size)

    async def _with_pages(self, polled: Polled, window: ReadFeed) -> Polled:
        pages = await self._older(polled.lease, polled.outcome.url, window)
        return replace(
            polled,
            read=pages.read,
            bodies=(*polled.bodies, *pages.bodies),
            pages=pages.count,
            pages_ended=pages.ended,
            # the host was asked for pages, too
            host_free_at=self._clock() + self._gap if pages.asked else polled.host_free_at,
        )

    async def _older(self, lease: FeedLease, feed_url: str, window: ReadFeed) -> _Pages:
        """Older pages until one shows what is stored."""
        read, page = window, window
        asked = [feed_url]
        kept: tuple[RawBody, ...] = ()
        while not await self._is_known(lease, page):
            url = next_page(page, feed_url, asked)
            if url is None or len(asked) > MAX_PAGES:
                ended = "there is no older page" if url is None else "older pages go on"
                return _Pages(read, len(asked) - 1, ended, kept, len(asked) - 1)
            asked.append(url)
            outcome = await self._fetcher.fetch(
                FetchRequest(url=url, unconditional=True, proxy=self._proxy(lease), keep_alive=True)
            )
            if not isinstance(outcome, Fetched) or host_of(outcome.url) != host_of(feed_url):
                code = getattr(outcome, "code", "") or "it leads to another host"
                why = f"an older page could not be had: {code}"
                return _Pages(read, len(asked) - 2, why, kept, len(asked) - 1)
            began = self._clock() - dt.timedelta(seconds=outcome.elapsed_s)
            found = await self._read(lease, outcome)
            kept += await self._kept(outcome, began, found)
            if isinstance(found, ReadFailed):
                why = f"an older page could not be read: {found.code}"
                return _Pages(read, len(asked) - 2, why, kept, len(asked) - 1)
            page = found
            read = joined(read, page)
        return _Pages(read, len(asked) - 1, bodies=kept, asked=len(asked) - 1)

    async def _is_known(self, lease: FeedLease, page: ReadFeed) -> bool:
        query = {lease.feed_id: query_of(page)}
        known = await self._in_store(lambda: self._store.known_entries(query))
        return bool(known[lease.feed_id])


class _Pending:
    """Bytes of what was fetched and is not stored: from `most` on nobody else starts."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Return when there is room for another body."""
        await self._room.wait()

    def add(self, size: int) -> None:
        """Count a body, or take it out again."""
        self._bytes += size
        if self._bytes < self._most:
            self._room.set()
        else:
            self._room.clear()
