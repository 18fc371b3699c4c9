"""ingest: lease due feeds, fetch, read in worker processes, plan, apply. Any number of workers at once.

    lease ──► fetch ──► read (processes) ──► plan ──► apply (one transaction for up to 50 feeds)
      ▲                                                  │
      └────────── more while any are due ◄───────────────┘

Failures to connect, and permanent redirects, wait for the end of the run: only all of them together
show that the fault is ours, or that a captive portal answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from monitor import logs
from monitor.config import feed_sources
from monitor.errors import UsageError
from monitor.fetch import Fetcher, FetchOptions, FetchRequest, networks
from monitor.pipeline.plans import Polled, RunView, known_query, plan_feed
from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace
from monitor.polling import PollLimits, how_to_ask, is_ours, portals
from monitor.polling.moves import permanent_target
from monitor.polling.outage import UNREACHED
from monitor.types.entries import ReadFeed
from monitor.types.fetching import Fetched, FetchFailed, FetchOutcome
from monitor.types.plans import AppliedFeed, FeedPlan, Outcome
from monitor.types.results import FailedFeed, PollResult
from monitor.types.source import FeedLease, FeedState

T = TypeVar("T")

#: A lease lasts this long unless its worker extends it: a killed worker's feeds return within minutes.
LEASE = dt.timedelta(minutes=4)
#: How often (seconds) a living worker extends its leases.
HEARTBEAT = 60.0
#: Feeds applied in one transaction at most, and seconds that a plan may wait for company (design.md).
BATCH, BATCH_SECONDS = 50, 1.0
#: Bytes of bodies that may wait for a parser before no further feed is asked.
WAITING_BYTES = 64 * 2**20


async def poll(
    workspace: Workspace,
    *,
    slugs: Sequence[str] | None = None,
    ignore_due: bool = False,
    limit: int | None = None,
) -> PollResult:
    """Poll what is due (or what is named) and store its entries. Safe beside other workers.

    `limit` bounds the feeds of this call. UsageError names slugs that are not there.
    """
    sources = feed_sources(workspace.config)
    if unknown := sorted(set(slugs or ()) - {source.slug for source in sources}):
        raise UsageError(f"there is no feed {', '.join(unknown)}", hint="`monitor feeds list` names them")
    workspace.store.sync_sources(sources, now=workspace.clock())
    wanted = slugs if slugs is not None else [source.slug for source in sources] if ignore_due else None
    options = fetch_options(workspace)
    stops = workspace.store.stopped_hosts(now=workspace.clock())
    async with (
        ParserPool(workspace.config.polling.parsers) as parsers,
        Fetcher(options, stops=stops) as fetcher,
    ):
        run = _Run(workspace, fetcher, parsers, wanted, ignore_due, limit)
        return await run.result()


#: The flows' name for one bounded call.
poll_batch = poll


def fetch_options(workspace: Workspace) -> FetchOptions:
    """The configuration as plain options of fetching."""
    polling = workspace.config.polling
    return FetchOptions(
        contact=polling.contact,
        concurrency=polling.concurrency,
        per_host=polling.per_host,
        host_gap=polling.host_gap.total_seconds(),
        timeout=polling.timeout.total_seconds(),
        max_body=polling.max_body,
        max_wire=polling.max_body,
        allow_networks=networks(polling.allow_networks),
    )


class _Run:
    """One call of `poll`: the feeds in flight, the plans waiting, and what came of them."""

    def __init__(
        self,
        workspace: Workspace,
        fetcher: Fetcher,
        parsers: ParserPool,
        wanted: Sequence[str] | None,
        ignore_due: bool,
        limit: int | None,
    ) -> None:
        self._workspace = workspace
        self._fetcher = fetcher
        self._parsers = parsers
        self._ignore_due = ignore_due
        polling = workspace.config.polling
        self._limits = PollLimits(min_interval=polling.min_interval, max_interval=polling.max_interval)
        self._rng = Random(os.urandom(16))  # noqa: S311 -- jitter, not a secret
        self._window = max(2 * polling.concurrency, BATCH)
        self._waiting = _Waiting(WAITING_BYTES)
        self._chunks = _chunks(wanted, self._window)
        self._left = limit
        self._held: dict[int, FeedLease] = {}
        self._polled: asyncio.Queue[Polled | None] = asyncio.Queue(maxsize=4 * BATCH)
        self._seen: list[tuple[FeedState, FetchOutcome]] = []
        self._asked: list[tuple[str, FetchOutcome]] = []
        self._late: list[Polled] = []
        self._applied: list[tuple[Polled, AppliedFeed]] = []
        self._log = logs.logger(worker=workspace.owner)

    async def result(self) -> PollResult:
        """Poll until nothing is left; the writer and the heartbeat run beside."""
        try:
            async with asyncio.TaskGroup() as group:
                heartbeat = group.create_task(self._keep_leases())
                writer = group.create_task(self._write())
                await self._poll_all()
                await self._polled.put(None)
                await writer
                ours = await self._judge()
                heartbeat.cancel()
        except ExceptionGroup as errors:
            # one fault stops the run; its own error is clearer than a group around it
            raise errors.exceptions[0] from errors
        finally:
            await self._give_back()
        return self._summary(ours)

    async def _give_back(self) -> None:
        """Leases that came to nothing: their feeds stay due."""
        held = list(self._held.values())
        if held:
            await self._store(lambda: self._workspace.store.release(held, now=self._now()))

    def _now(self) -> dt.datetime:
        return self._workspace.clock()

    async def _store(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def _poll_all(self) -> None:
        running: set[asyncio.Task[None]] = set()
        more = True
        while more or running:
            if more and len(running) <= self._window // 2:
                leases = await self._lease(self._window - len(running))
                more = bool(leases)
                running |= {asyncio.create_task(self._poll_one(lease)) for lease in leases}
                continue
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _lease(self, room: int) -> list[FeedLease]:
        room = room if self._left is None else min(room, self._left)
        if room <= 0:
            return []
        for slugs in self._chunks:
            leases = await self._store(
                lambda slugs=slugs: self._workspace.store.lease_due(  # type: ignore[misc]
                    owner=self._workspace.owner,
                    now=self._now(),
                    limit=room if slugs is None else len(slugs),
                    lease_for=LEASE,
                    slugs=slugs,
                    ignore_due=self._ignore_due,
                )
            )
            if leases:
                self._held.update({lease.feed_id: lease for lease in leases})
                if self._left is not None:
                    self._left -= len(leases)
                return leases
            if slugs is None:
                return []
        return []

    async def _poll_one(self, lease: FeedLease) -> None:
        await self._waiting.room()
        started = self._now()
        validators, unconditional = how_to_ask(lease.state, started)
        outcome = await self._fetcher.fetch(
            FetchRequest(
                url=lease.current_url,
                validators=validators,
                unconditional=unconditional,
                proxy=lease.proxy,
            )
        )
        polled = Polled(lease=lease, started_at=started, unconditional=unconditional, outcome=outcome)
        if isinstance(outcome, Fetched):
            read = await self._read(lease, outcome)
            polled = replace(polled, outcome=replace(outcome, body=b""), read=read)
        await self._file(polled)

    async def _read(self, lease: FeedLease, fetched: Fetched) -> ReadFeed | ReadFailed:
        """Read a body in a worker; only so many wait in the pool's pipe, the others here."""
        task = ReadTask(
            body=fetched.body,
            content_type=fetched.headers.get("content-type"),
            url=fetched.url,
            kind=lease.kind,
            feed_language=lease.language,
            now=self._now(),
        )
        async with self._waiting.held(len(fetched.body)):
            return await self._parsers.read(task)

    async def _file(self, polled: Polled) -> None:
        """To the writer, or to those that the whole run must judge."""
        outcome = polled.outcome
        self._seen.append((polled.lease.state, outcome))
        unreached = isinstance(outcome, FetchFailed) and outcome.code in UNREACHED
        moved = permanent_target(outcome.redirects) is not None
        if moved:
            self._asked.append((polled.lease.current_url, outcome))
        if unreached or moved:
            self._late.append(polled)
        else:
            await self._polled.put(polled)

    async def _write(self) -> None:
        """Apply plans as they come, in batches by number or time."""
        finished = False
        while not finished:
            batch: list[Polled] = []
            deadline: float | None = None
            while len(batch) < BATCH:
                try:
                    async with asyncio.timeout_at(deadline):
                        polled = await self._polled.get()
                except TimeoutError:
                    break
                if polled is None:
                    finished = True
                    break
                batch.append(polled)
                deadline = deadline or asyncio.get_running_loop().time() + BATCH_SECONDS
            if batch:
                await self._apply(batch, RunView())

    async def _judge(self) -> bool:
        """Apply what had to wait for the run as a whole; whether the fault was ours."""
        view = RunView(ours=is_ours(self._seen), portals=portals(self._asked))
        for start in range(0, len(self._late), BATCH):
            await self._apply(self._late[start : start + BATCH], view)
        return view.ours

    async def _apply(self, batch: Sequence[Polled], view: RunView) -> None:
        applied = await self._store(lambda: self._plan_and_apply(batch, view))
        by_feed = {polled.lease.feed_id: polled for polled in batch}
        for done in applied:
            self._held.pop(done.feed_id, None)
            self._applied.append((_light(by_feed[done.feed_id]), done))
            if done.error:
                self._log.warning("plan refused", feed=done.slug, error=done.error)

    def _plan_and_apply(self, batch: Sequence[Polled], view: RunView) -> list[AppliedFeed]:
        store = self._workspace.store
        queries = {
            polled.lease.feed_id: query for polled in batch if (query := known_query(polled)) is not None
        }
        known = store.known_entries(queries) if queries else {}
        now = self._now()
        plans: list[FeedPlan] = [
            plan_feed(
                polled,
                known.get(polled.lease.feed_id, ()),
                now=now,
                rng=self._rng,
                limits=self._limits,
                view=view,
            )
            for polled in batch
        ]
        return list(store.apply(plans, now=now))

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            held = list(self._held.values())
            if held:
                await self._store(
                    lambda held=held: self._workspace.store.extend(held, until=self._now() + LEASE)  # type: ignore[misc]
                )

    def _summary(self, ours: bool) -> PollResult:
        result = PollResult(outage=ours)
        for polled, done in self._applied:
            failed = done.outcome is Outcome.FAILED or bool(done.error)
            line = FailedFeed(
                slug=done.slug,
                url=polled.lease.current_url,
                code=done.code or "not_stored",
                detail=logs.one_line(done.error or done.detail),
            )
            result += PollResult(
                feeds=1,
                stored=int(done.outcome is Outcome.STORED and not failed),
                unchanged=int(done.outcome is Outcome.UNCHANGED and not failed),
                failed=(line,) if failed else (),
                counts=done.counts,
            )
        return replace(result, failed=tuple(sorted(result.failed, key=lambda feed: feed.slug)))


class _Waiting:
    """Bytes of bodies that wait to be read: above `most` no further feed is asked."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._changed = asyncio.Condition()

    async def room(self) -> None:
        """Return when there is room for another body."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._bytes < self._most)

    @contextlib.asynccontextmanager
    async def held(self, size: int) -> AsyncIterator[None]:
        """Count a body while the block lasts."""
        self._bytes += size
        try:
            yield
        finally:
            self._bytes -= size
            async with self._changed:
                self._changed.notify_all()


def _light(polled: Polled) -> Polled:
    """Without the entries, which are stored: what is kept until the end must not grow with the feeds."""
    return replace(polled, read=None)


def _chunks(slugs: Collection[str] | None, size: int) -> Iterator[tuple[str, ...] | None]:
    """Named feeds in chunks, each once; None again and again where whatever is due is meant."""
    if slugs is None:
        return itertools.repeat(None)
    names = tuple(slugs)
    return iter([names[start : start + size] for start in range(0, len(names), size)])
