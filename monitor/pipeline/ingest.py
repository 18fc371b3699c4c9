"""ingest: lease due feeds, fetch, read in worker processes, plan, apply. Any number of workers at once.

    lease ──► fetch ──► read (processes) ──► plan ──► apply (one transaction for up to 50 feeds)
      ▲                                                  │
      └────────── more while any are due ◄───────────────┘

Failures to connect, and permanent redirects, wait until nothing else is due: only all of them together show that
the fault is ours, or that a captive portal answers.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from monitor import logs
from monitor.config import feed_sources
from monitor.errors import UsageError
from monitor.fetch import Fetcher, FetchOptions, networks
from monitor.pipeline.asking import Asker
from monitor.pipeline.collector import rare_collections
from monitor.pipeline.leases import Leases
from monitor.pipeline.plans import Polled, RunView, known_query, plan_feed
from monitor.pipeline.silence import mark_silence
from monitor.pipeline.storing import StoreThread
from monitor.pipeline.telegram import with_channels
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace
from monitor.polling import PollLimits, is_ours, portals
from monitor.polling.moves import permanent_target
from monitor.polling.outage import UNREACHED
from monitor.types.entries import ReadFeed
from monitor.types.fetching import FetchFailed, FetchOutcome, NotModified
from monitor.types.plans import AppliedFeed, Counts, FeedPlan, Outcome
from monitor.types.results import FailedFeed, PollResult
from monitor.types.source import FeedLease, FeedState, Validators

#: Feeds and entries applied in one transaction at most, and seconds that a plan may wait for company (design.md).
BATCH, BATCH_ENTRIES, BATCH_SECONDS = 50, 3000, 1.0
#: Leases held at most, in chunks of two for each request that may be open: a request takes a tenth of a second, and a
#: worker must not run dry while the database is busy. They are taken chunk by chunk, so that workers get equal parts.
AHEAD = 4
#: Feeds that may wait to be applied before no further one is asked.
BACKLOG = BATCH


async def poll(
    workspace: Workspace,
    *,
    slugs: Sequence[str] | None = None,
    ignore_due: bool = False,
    limit: int | None = None,
) -> PollResult:
    """Poll what is due (or what is named) and store its entries. Safe beside other workers.

    `limit` bounds the feeds of this call, channels apart. UsageError names slugs that are not there.
    """
    sources = feed_sources(workspace.config)
    if unknown := sorted(set(slugs or ()) - {source.slug for source in sources}):
        raise UsageError(f"there is no feed {', '.join(unknown)}", hint="`monitor feeds list` names them")
    workspace.store.sync_sources(sources, now=workspace.clock())
    wanted = slugs if slugs is not None else [source.slug for source in sources] if ignore_due else None
    del sources
    with rare_collections():
        return await _polled(workspace, wanted, slugs, ignore_due=ignore_due, limit=limit)


async def _polled(
    workspace: Workspace,
    wanted: Sequence[str] | None,
    slugs: Sequence[str] | None,
    *,
    ignore_due: bool,
    limit: int | None,
) -> PollResult:
    stops = workspace.store.stopped_hosts(now=workspace.clock())
    async with (
        StoreThread() as in_store,
        ParserPool(workspace.config.polling.parsers) as parsers,
        Fetcher(fetch_options(workspace), stops=stops) as fetcher,
    ):
        leases = Leases(workspace, in_store, wanted, ignore_due=ignore_due, limit=limit)
        asker = Asker(workspace, in_store, fetcher, parsers)
        feeds = _Run(workspace, in_store, leases, asker).result()
        options = fetch_options(workspace)
        return await with_channels(workspace, feeds, options, slugs=slugs, ignore_due=ignore_due, limit=limit)


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
        now=workspace.clock,
    )


class _Run:
    """One call of `poll`: the feeds in flight, the answers that wait to be applied, and what came of them."""

    def __init__(self, workspace: Workspace, in_store: StoreThread, leases: Leases, asker: Asker) -> None:
        polling = workspace.config.polling
        self._in_store = in_store
        self._workspace = workspace
        self._leases = leases
        self._asker = asker
        self._limits = PollLimits(min_interval=polling.min_interval, max_interval=polling.max_interval)
        self._rng = Random(os.urandom(16))  # noqa: S311 -- jitter, not a secret
        self._chunk = max(2 * polling.concurrency, BATCH)
        self._window = AHEAD * self._chunk
        self._polled: asyncio.Queue[Polled | None] = asyncio.Queue(maxsize=BACKLOG)
        self._seen: list[tuple[FeedState, FetchOutcome]] = []
        self._asked: list[tuple[str, FetchOutcome]] = []
        self._late: list[Polled] = []
        self._summary = _Summary()
        self._log = logs.logger(worker=workspace.owner)

    async def result(self) -> PollResult:
        """Poll until nothing is left; the writer and the heartbeat run beside."""
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._leases.keep()), group.create_task(self._write())]
                ours = await self._rounds()
                for task in beside:
                    task.cancel()
        except ExceptionGroup as errors:
            # one fault stops the run; its own error is clearer than a group around it
            raise errors.exceptions[0] from errors
        finally:
            await self._leases.give_back()
        await self._in_store(lambda: mark_silence(self._workspace.store, self._now()))
        return self._summary.result(ours)

    def _now(self) -> dt.datetime:
        return self._workspace.clock()

    async def _rounds(self) -> bool:
        """Poll what is due; judge what had to wait, which may leave room on its hosts for more. Was it our fault?"""
        while True:
            await self._poll_all()
            if not self._late:
                return False
            if await self._judge():
                return True

    async def _poll_all(self) -> None:
        running: set[asyncio.Task[None]] = set()
        look_at = self._window - self._chunk
        try:
            while True:
                if len(running) <= look_at:
                    if not running:
                        await self._flush()
                    leases = await self._leases.take(min(self._chunk, self._window - len(running)))
                    running |= {asyncio.create_task(self._poll_one(lease)) for lease in leases}
                    if not running:
                        return
                    # where nothing was free, hosts get free as this run goes on: look again after a part of it
                    look_at = self._window - self._chunk if leases else len(running) * 3 // 4
                    if leases:
                        continue
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _poll_one(self, lease: FeedLease) -> None:
        """Ask, then to the writer, or to those that the whole run must judge."""
        polled = await self._asker.ask(lease)
        outcome = polled.outcome
        self._seen.append(_witness(polled))
        unreached = isinstance(outcome, FetchFailed) and outcome.code in UNREACHED
        moved = permanent_target(outcome.redirects) is not None
        if moved:
            self._asked.append((polled.lease.current_url, outcome))
        if unreached or moved:
            self._asker.stored(polled)
            self._late.append(replace(polled, size=0))
        else:
            await self._polled.put(polled)

    async def _flush(self) -> None:
        """Return when all that was polled is applied."""
        await self._polled.put(None)
        await self._polled.join()

    async def _write(self) -> None:
        """Apply answers as they come, in batches by number, size or time; None ends a batch at once."""
        while True:
            batch: list[Polled] = []
            taken, entries = 0, 0
            deadline: float | None = None
            while len(batch) < BATCH and entries < BATCH_ENTRIES:
                try:
                    polled = self._polled.get_nowait()
                except asyncio.QueueEmpty:
                    try:
                        async with asyncio.timeout_at(deadline):
                            polled = await self._polled.get()
                    except TimeoutError:
                        break
                taken += 1
                if polled is None:
                    break
                batch.append(polled)
                entries += len(polled.read.entries) if isinstance(polled.read, ReadFeed) else 0
                deadline = deadline or asyncio.get_running_loop().time() + BATCH_SECONDS
            if batch:
                await self._apply(batch, RunView())
            for _ in range(taken):
                self._polled.task_done()

    async def _judge(self) -> bool:
        """Apply what had to wait for the run as a whole; whether the fault was ours."""
        late, self._late = self._late, []
        view = RunView(ours=is_ours(self._seen), portals=portals(self._asked))
        for start in range(0, len(late), BATCH):
            await self._apply(late[start : start + BATCH], view)
        return view.ours

    async def _apply(self, batch: Sequence[Polled], view: RunView) -> None:
        applied = await self._in_store(lambda: self._plan_and_apply(batch, view))
        urls = {polled.lease.feed_id: polled.lease.current_url for polled in batch}
        for polled in batch:
            self._asker.stored(polled)
        for done in applied:
            self._leases.done(done.feed_id)
            self._summary.add(done, urls[done.feed_id])
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


def _witness(polled: Polled) -> tuple[FeedState, FetchOutcome]:
    """What `is_ours` looks at, and no more: it is kept until the end of the run."""
    outcome = polled.outcome
    state = FeedState(failures=polled.lease.state.failures)
    if isinstance(outcome, FetchFailed):
        return state, replace(outcome, headers={}, detail="")
    return state, NotModified(url=outcome.url, status=outcome.status, headers={}, validators=Validators())


class _Summary:
    """What a run comes to. A feed that was put back, because its host wants to be left alone, is not in it."""

    def __init__(self) -> None:
        self._outcomes = dict.fromkeys(Outcome, 0)
        self._failed: list[FailedFeed] = []
        self._counts = Counts()

    def add(self, done: AppliedFeed, url: str) -> None:
        """Count one feed."""
        if done.code == "host_stopped" and not done.error:
            return
        outcome = Outcome.FAILED if done.error else done.outcome
        self._outcomes[outcome] += 1
        self._counts += done.counts
        if outcome is Outcome.FAILED:
            detail = logs.one_line(done.error or done.detail)
            self._failed.append(
                FailedFeed(slug=done.slug, url=url, code=done.code or "not_stored", detail=detail)
            )

    def result(self, ours: bool) -> PollResult:
        """The run as one value."""
        return PollResult(
            feeds=sum(self._outcomes.values()),
            stored=self._outcomes[Outcome.STORED],
            unchanged=self._outcomes[Outcome.UNCHANGED],
            failed=tuple(sorted(self._failed, key=lambda feed: feed.slug)),
            counts=self._counts,
            outage=ours,
        )
