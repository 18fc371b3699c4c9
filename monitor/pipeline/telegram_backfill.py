"""Older posts of one channel on request, newest first, to a date or a number; the poll's place is not moved.

Each page is stored before the next is asked: stopped half-way, what was read stays, and the same command again
finds it known.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import cast

from monitor.config import feed_sources
from monitor.errors import UsageError
from monitor.fetch import FetchOptions
from monitor.normalise.telegram import read_page
from monitor.pipeline.leases import LEASE
from monitor.pipeline.telegram import held_telegram, leased
from monitor.pipeline.telegram_plans import ChannelPoll, page_plan
from monitor.pipeline.telegram_source import Opened, channels_of, opened
from monitor.pipeline.workspace import Workspace
from monitor.polling.telegram import host_stops
from monitor.polling.telegram_paging import read_state, remembered
from monitor.types.plans import Counts, FeedPlan
from monitor.types.source import FeedKind, FeedLease
from monitor.types.storage import KnownQuery
from monitor.types.telegram import PageStep, Step, StepFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What a backfill came to. `failed` says why it ended early, and is empty for a whole one."""

    pages: int = 0
    counts: Counts = Counts()
    oldest: dt.datetime | None = None
    failed: str = ""


async def backfill(
    workspace: Workspace,
    options: FetchOptions,
    slug: str,
    *,
    since: dt.datetime | None = None,
    posts: int | None = None,
) -> Backfilled:
    """Read a channel back to a date or a number of posts. UsageError says what stands in the way."""
    sources = feed_sources(workspace.config)
    _check(workspace, slug, since, posts)
    workspace.store.sync_sources(sources, now=workspace.clock())
    async with contextlib.AsyncExitStack() as stack:
        owner = await stack.enter_async_context(held_telegram(workspace))
        leases = [] if owner is None else _lease(workspace, slug, owner)
        if not leases:
            raise UsageError(
                f"{slug} is being read, or Telegram wants to be left alone", hint="try again later"
            )
        held = await stack.enter_async_context(leased(workspace, leases))
        source = await stack.enter_async_context(opened(workspace, options))
        return await _read(workspace, source, leases[0], held, since, posts)


def _check(workspace: Workspace, slug: str, since: dt.datetime | None, posts: int | None) -> None:
    if (since is None) == (posts is None):
        raise UsageError("say how far back: either --since DATE or --posts NUMBER")
    if slug not in channels_of(workspace.config, feed_sources(workspace.config)):
        raise UsageError(
            f"there is no channel {slug}",
            hint="`monitor feeds list` names the feeds; channels need `telegram.enabled: true`",
        )
    if workspace.config.telegram.route != "preview":
        raise UsageError("a backfill reads the public preview", hint="set `telegram.route: preview` for it")


def _lease(workspace: Workspace, slug: str, owner: str) -> list[FeedLease]:
    return workspace.store.lease_due(
        owner=owner,
        now=workspace.clock(),
        limit=1,
        lease_for=LEASE,
        slugs=(slug,),
        ignore_due=True,
        kinds=(FeedKind.TELEGRAM,),
    )


async def _read(
    workspace: Workspace,
    source: Opened,
    lease: FeedLease,
    held: dict[int, FeedLease],
    since: dt.datetime | None,
    posts: int | None,
) -> Backfilled:
    if source.preview is None:
        raise UsageError("a backfill reads the public preview")
    poll = ChannelPoll(lease=lease, state=read_state(lease.state.cursor), now=workspace.clock())
    result = Backfilled()
    steps = source.preview.backfill(lease.address, since=since, max_posts=posts)
    async with contextlib.aclosing(cast("AsyncGenerator[Step, None]", steps)) as walk:
        async for step in walk:
            if isinstance(step, StepFailed):
                # a refusal stops the hosts; the channel's own state is the poll's to judge
                workspace.store.stop_hosts(host_stops(step, source.hosts, poll.now), now=poll.now)
                return replace(result, failed=f"{step.answer.code}: {step.answer.detail}")
            plan = _plan(workspace, poll, step)
            [done] = workspace.store.apply([plan], now=poll.now)
            if done.error:
                return replace(result, failed=done.error)
            if not plan.more:
                held.pop(lease.feed_id, None)
            oldest = min(poll.published, default=None)
            result = replace(
                result, pages=result.pages + 1, counts=result.counts + done.counts, oldest=oldest
            )
    return result


def _plan(workspace: Workspace, poll: ChannelPoll, step: PageStep) -> FeedPlan:
    lease = poll.lease
    read = read_page(step.page, now=poll.now, language=lease.language)
    query = KnownQuery(external_ids=tuple(entry.external_id for entry in read.entries))
    known = workspace.store.known_entries({lease.feed_id: query})[lease.feed_id]
    after = remembered(poll.state, step.page, step.last_id, newest=False)
    return page_plan(poll, step, read, known, after, ended=workspace.clock(), deciding=None)
