"""Channels: leased like any feed, read by one worker at a time, each page stored before the next is asked.

    named lease ─► due channels ─► page ─► plan ─► apply ─► page … ─► last page: gone posts, when next
                                                                └─► vanished? judged over the whole run

A refusal ends the run: what was leased and not asked goes back, and stays due.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace
from random import Random
from typing import Any, cast

from monitor import logs
from monitor.config import Config, feed_sources
from monitor.fetch import FetchOptions
from monitor.normalise.telegram import entries, read_page
from monitor.pipeline.leases import HEARTBEAT, LEASE
from monitor.pipeline.telegram_plans import ChannelPoll, Deciding, failed_plan, page_plan
from monitor.pipeline.telegram_source import KIND, Opened, channels_of, opened
from monitor.pipeline.workspace import Workspace, recorded
from monitor.polling import PollLimits
from monitor.polling.telegram import VANISHED, host_stops, is_outage
from monitor.polling.telegram_paging import (
    LOOK_AGAIN,
    REREAD,
    absent_ids,
    confirmed,
    read_state,
    remembered,
    reread_after,
    reread_done,
)
from monitor.types.entries import Entry, Issue, Severity
from monitor.types.plans import AppliedFeed, Counts, FeedPlan, HostStop, Outcome
from monitor.types.results import FailedFeed, PollResult
from monitor.types.source import FeedKind, FeedLease
from monitor.types.storage import KnownQuery, NamedLease
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Meaning,
    Page,
    PageShape,
    PageStep,
    Step,
    StepFailed,
)

#: Channels that one run takes at most, and how long it goes on asking further ones: the rest stays due.
MOST, RUN = 500, dt.timedelta(minutes=10)
#: Single posts that one poll of a channel looks at, and ids of a page that are looked for among the stored.
LOOKS, SPAN = 10, 1_000
#: Raw pages of failures that are kept of a channel.
KEPT_PAGES = 5


async def with_channels(
    workspace: Workspace,
    feeds: Coroutine[Any, Any, PollResult],
    options: FetchOptions,
    *,
    slugs: Sequence[str] | None,
    ignore_due: bool,
    limit: int | None,
) -> PollResult:
    """Run a poll of the other feeds, and beside it that of the channels; both results as one."""
    beside = asyncio.create_task(
        poll_channels(workspace, options, slugs=slugs, ignore_due=ignore_due, limit=limit)
    )
    try:
        result = await feeds
        return result + await beside
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


async def poll_channels(
    workspace: Workspace,
    options: FetchOptions,
    *,
    slugs: Sequence[str] | None = None,
    ignore_due: bool = False,
    limit: int | None = None,
) -> PollResult:
    """Poll the channels that are due (or named) and store their posts. Nothing where another worker is at it."""
    if not workspace.config.telegram.enabled:
        return PollResult()
    channels = channels_of(workspace.config, feed_sources(workspace.config))
    named = set(channels) if slugs is None else set(channels) & set(slugs)
    if not named:
        return PollResult()
    async with held_telegram(workspace) as owner:
        if owner is None:
            return PollResult()
        leases = workspace.store.lease_due(
            owner=owner,
            now=workspace.clock(),
            limit=min(MOST, limit if limit is not None else MOST),
            lease_for=LEASE,
            slugs=named,
            ignore_due=ignore_due,
            kinds=(FeedKind.TELEGRAM,),
        )
        if not leases:
            return PollResult()
        with recorded(workspace, KIND) as counts:
            async with leased(workspace, leases) as held, opened(workspace, options) as source:
                run = ChannelRun(workspace, source, held)
                try:
                    result = await run.result(leases)
                finally:
                    counts["strikes"] = source.strikes
            counts |= {"feeds": result.feeds, "new": result.counts.new, "failed": len(result.failed)}
        return result


@contextlib.asynccontextmanager
async def held_telegram(workspace: Workspace) -> AsyncIterator[str | None]:
    """The one lease under which Telegram is asked, renewed while the block runs; the owner's name, or None."""
    # a name of its own for each run: two runs of one process must not ask at once either
    owner = f"{workspace.owner}:{secrets.token_hex(4)}"
    lease = _take(workspace, owner)
    if lease is None:
        yield None
        return
    renewing = asyncio.create_task(_every(HEARTBEAT, lambda: _take(workspace, owner)))
    try:
        yield owner
    finally:
        await _end(renewing)
        workspace.store.release_named(lease)


def _take(workspace: Workspace, owner: str) -> NamedLease | None:
    return workspace.store.lease_named(KIND, owner=owner, now=workspace.clock(), lease_for=LEASE)


@contextlib.asynccontextmanager
async def leased(workspace: Workspace, leases: Sequence[FeedLease]) -> AsyncIterator[dict[int, FeedLease]]:
    """Keep leases while the block runs; those that are left in the mapping at its end are given back."""
    held = {lease.feed_id: lease for lease in leases}

    def extend() -> object:
        return workspace.store.extend(list(held.values()), until=workspace.clock() + LEASE)

    keeping = asyncio.create_task(_every(HEARTBEAT, extend))
    try:
        yield held
    finally:
        await _end(keeping)
        if held:
            workspace.store.release(list(held.values()), now=workspace.clock())


async def _every(seconds: float, work: Callable[[], object]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(work)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class ChannelRun:
    """One run over leased channels, one after the other, and what came of them."""

    def __init__(self, workspace: Workspace, opened_source: Opened, held: dict[int, FeedLease]) -> None:
        polling = workspace.config.polling
        self._workspace = workspace
        self._store = workspace.store
        self._opened = opened_source
        self._held = held
        self._deciding = Deciding(
            rng=Random(os.urandom(16)),  # noqa: S311 -- jitter, not a secret
            limits=PollLimits(min_interval=polling.min_interval, max_interval=polling.max_interval),
        )
        self._answers: list[tuple[bool, Answer | None]] = []
        self._vanished: list[tuple[ChannelPoll, StepFailed]] = []
        self._stopped = False
        self._summary = _Summary()
        self._log = logs.logger(worker=workspace.owner)

    async def result(self, leases: Sequence[FeedLease]) -> PollResult:
        """Poll each channel; then judge those that seem to have vanished."""
        until = self._now() + RUN
        for lease in leases:
            if self._stopped or self._now() >= until:
                break
            await self._poll(lease)
        outage = is_outage(self._answers)
        for poll, step in self._vanished:
            await self._failed(poll, step, outage=outage)
        if outage:
            self._report_outage()
        return replace(self._summary.result(), outage=outage)

    def _now(self) -> dt.datetime:
        return self._workspace.clock()

    async def _poll(self, lease: FeedLease) -> None:
        poll = ChannelPoll(lease=lease, state=read_state(lease.state.cursor), now=self._now())
        ended: Answer | None = None
        steps = self._opened.source.poll(lease.address, poll.state)
        # both sources are generators, to be closed where the loop is left early
        async with contextlib.aclosing(cast("AsyncGenerator[Step, None]", steps)) as walk:
            async for step in walk:
                if isinstance(step, StepFailed):
                    ended = step.answer
                    await self._ended(poll, step)
                elif not await self._page(poll, step):
                    break
        healthy = lease.state.first_success_at is not None and lease.state.failures == 0
        self._answers.append((healthy, ended))

    async def _ended(self, poll: ChannelPoll, step: StepFailed) -> None:
        if step.answer.meaning in VANISHED:
            # many at once are Telegram's doing, or ours: the run as a whole will tell
            self._vanished.append((poll, step))
        else:
            await self._failed(poll, step)

    async def _failed(self, poll: ChannelPoll, step: StepFailed, *, outage: bool = False) -> None:
        # where no host answers, the other channels would only wait for the same silence
        refused = step.answer.action is Action.STOP_HOST
        self._stopped |= refused or step.answer.meaning is Meaning.HOST_DOWN
        plan = failed_plan(
            poll, step, ended=self._now(), deciding=self._deciding, hosts=self._opened.hosts, outage=outage
        )
        await self._apply(poll, plan)
        if plan.raw_body is not None:
            await asyncio.to_thread(self._store.keep_bodies, poll.lease.feed_id, most=KEPT_PAGES)

    async def _page(self, poll: ChannelPoll, step: PageStep) -> bool:
        """Store one page; whether the lease still holds."""
        lease, shown = poll.lease, step.page
        read = read_page(shown, now=poll.now, language=lease.language)
        after = remembered(poll.state, shown, step.last_id, newest=step.newest)
        stops: tuple[HostStop, ...] = ()
        also: tuple[Entry, ...] = ()
        if step.newest and not step.more:
            after, pages, first_stops = await self._reread(poll, shown, after)
            after, also, stops = await self._look(poll, (shown, *pages), after)
            stops = (*first_stops, *stops)
        known = await asyncio.to_thread(
            self._store.known_entries, {lease.feed_id: _query((*read.entries, *also))}
        )
        plan = page_plan(
            poll,
            step,
            read,
            known[lease.feed_id],
            after,
            ended=self._now(),
            deciding=self._deciding,
            also=also,
            stops=stops,
            keep=keeps_pages(self._workspace.config),
        )
        return await self._apply(poll, plan)

    async def _reread(
        self, poll: ChannelPoll, shown: Page, state: ChannelState
    ) -> tuple[ChannelState, tuple[Page, ...], tuple[HostStop, ...]]:
        """Read one older page of the last 72 hours again, where one is due: its posts may be edited or gone."""
        lease = poll.lease
        first = await asyncio.to_thread(self._store.first_post_since, lease.feed_id, poll.now - REREAD)
        after = reread_after(state, shown, first, poll.now)
        if after is None or self._stopped:
            return state, (), ()
        got = await self._opened.source.after(lease.address, after)
        if isinstance(got, StepFailed):
            self._stopped |= got.answer.action is Action.STOP_HOST
            return reread_done(state, None, poll.now), (), host_stops(got, self._opened.hosts, poll.now)
        return reread_done(state, got.page, poll.now), (got.page,), ()

    async def _look(
        self, poll: ChannelPoll, pages: Sequence[Page], state: ChannelState
    ) -> tuple[ChannelState, tuple[Entry, ...], tuple[HostStop, ...]]:
        """Look at posts that pages lack, and at those under a claim that are due: gone, or changed?

        The first page is the newest, whose own posts are read already; those of the others come with the rest.
        """
        lease, ids = poll.lease, tuple(sorted({number for page in pages for number in page.ids}))
        if not pages[0].ids:
            return state, (), ()
        missing = sorted({number for page in pages for number in _span(page)} - set(ids))
        standing = await asyncio.to_thread(self._store.standing_posts, lease.address, missing)
        windows = _windows(lease, poll.now)
        due = await asyncio.to_thread(self._store.claimed_posts, lease.feed_id, windows)
        absent = {number for page in pages for number in absent_ids(page, standing)}
        lacking = {*absent, *state.absent} - set(ids)
        asked = [*sorted(lacking), *sorted(set(due) - lacking - set(ids))][:LOOKS]
        stops: tuple[HostStop, ...] = ()
        counts: dict[int, int] = dict(state.absent)
        found = tuple(post for page in pages[1:] for post in page.posts)
        gone: tuple[int, ...] = ()
        if asked:
            looked = await self._opened.source.by_ids(lease.address, asked)
            verdicts = {number: embed.kind for number, embed in looked.found.items()}
            counts, gone = confirmed(state.absent, verdicts, ids)
            found += tuple(embed.post for embed in looked.found.values() if embed.post is not None)
            if looked.failed is not None:
                stops = host_stops(looked.failed, self._opened.hosts, poll.now)
                self._stopped |= looked.failed.answer.action is Action.STOP_HOST
        page = Page(channel=pages[0].channel, shape=PageShape.POSTS, posts=found)
        posts = entries(page, now=poll.now, language=lease.language)
        purge = self._workspace.config.telegram.purge_gone
        await asyncio.to_thread(self._mark, lease.address, gone, ids, poll.now, purge)
        return replace(state, absent=counts), posts, stops

    def _mark(
        self, channel: str, gone: Sequence[int], shown: Sequence[int], now: dt.datetime, purge: bool
    ) -> None:
        if gone:
            self._store.mark_gone(channel, gone, now=now, purge=purge)
        self._store.mark_back(channel, shown)

    async def _apply(self, poll: ChannelPoll, plan: FeedPlan) -> bool:
        # the poll's own time for all its pages: an issue of the first is not resolved by the last
        [done] = await asyncio.to_thread(self._store.apply, [plan], now=poll.now)
        if not plan.more or done.error:
            self._held.pop(plan.feed_id, None)
        self._summary.add(done, plan)
        if done.error:
            self._log.warning("plan refused", feed=done.slug, error=done.error)
        return not done.error

    def _report_outage(self) -> None:
        detail = f"{len(self._vanished)} of {len(self._answers)} channels seem to be gone at once: taken for an outage"
        issue = Issue(code="telegram_outage", detail=detail, severity=Severity.ERROR)
        self._store.record_issues([issue], now=self._now())


def keeps_pages(config: Config) -> bool:
    """Whether pages are kept as they came: not where posts that vanish are to be dropped."""
    return bool(config.replay.keep) and not config.telegram.purge_gone


def _windows(lease: FeedLease, now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """First-seen times of posts that came due for another look since the last good poll (`look_again`)."""
    last = lease.state.last_success_at
    return [] if last is None else [(last - age, now - age) for age in LOOK_AGAIN]


def _span(page: Page) -> range:
    """The numbers that a page covers, at most 1,000."""
    return range(max(page.ids[0], page.ids[-1] - SPAN), page.ids[-1] + 1) if page.ids else range(0)


def _query(found: Sequence[Entry]) -> KnownQuery:
    return KnownQuery(external_ids=tuple(entry.external_id for entry in found))


class _Summary:
    """What a run comes to: a channel is one feed, however many pages it took."""

    def __init__(self) -> None:
        self._outcomes: dict[int, Outcome] = {}
        self._failed: dict[int, FailedFeed] = {}
        self._counts = Counts()

    def add(self, done: AppliedFeed, plan: FeedPlan) -> None:
        """Count one page or failure."""
        self._counts += done.counts
        failed = bool(done.error) or done.outcome is Outcome.FAILED
        self._outcomes[plan.feed_id] = Outcome.FAILED if failed else done.outcome
        if failed:
            self._failed[plan.feed_id] = FailedFeed(
                slug=done.slug,
                url=plan.fetch.url,
                code=done.code or "not_stored",
                detail=logs.one_line(done.error or done.detail),
            )

    def result(self) -> PollResult:
        """The run as one value."""
        outcomes = list(self._outcomes.values())
        return PollResult(
            feeds=len(outcomes),
            stored=outcomes.count(Outcome.STORED),
            unchanged=outcomes.count(Outcome.UNCHANGED),
            failed=tuple(sorted(self._failed.values(), key=lambda feed: feed.slug)),
            counts=self._counts,
        )
