"""One step of a channel's poll to its plan: pure composition of `normalise` (what changed) and `polling` (when next).

page ─► changes, cursor ─► plan, `more`      last page ─► ... and when to ask again      failure ─► cursor stays
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from monitor.normalise.telegram import issues as page_issues
from monitor.normalise.telegram_changes import post_changes
from monitor.polling import PollLimits, Reading, next_poll
from monitor.polling.telegram import as_failed, host_stops, missed
from monitor.polling.telegram_paging import rename_issue, write_state
from monitor.types.entries import Entry, Issue, ReadFeed, Severity
from monitor.types.fetching import Fetched
from monitor.types.plans import Disposition, FeedPlan, FetchRecord, HostStop, KnownEntry, Outcome
from monitor.types.raw import pack
from monitor.types.source import FeedLease, FeedState, Validators
from monitor.types.telegram import Action, ChannelState, Meaning, PageStep, StepFailed

LAYOUT_CODES = frozenset({Meaning.LAYOUT, Meaning.OTHER_CHANNEL})
"""Answers that a person must look at: the page is kept for replay, and an issue says why."""

_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What decisions need besides the answers."""

    rng: Random
    limits: PollLimits


@dataclass(slots=True)
class ChannelPoll:
    """One poll of one channel as it goes on: `now` is the same for all its pages, `state` moves with them."""

    lease: FeedLease
    state: ChannelState
    now: dt.datetime
    seen: int = 0
    new: int = 0
    published: tuple[dt.datetime, ...] = ()
    last_start: dt.datetime | None = None

    def started(self, ended: dt.datetime, elapsed_s: float) -> dt.datetime:
        """When a fetch began; no two of a poll at once, for that is what tells plans apart."""
        began = ended - dt.timedelta(seconds=elapsed_s)
        if self.last_start is not None:
            began = max(began, self.last_start + _MICROSECOND)
        self.last_start = began
        return began

    def feed_state(self) -> FeedState:
        """The feed's state with the cursor as it is now."""
        return replace(self.lease.state, cursor=write_state(self.state))


def page_plan(
    poll: ChannelPoll,
    step: PageStep,
    read: ReadFeed,
    known: Sequence[KnownEntry],
    after: ChannelState,
    *,
    ended: dt.datetime,
    deciding: Deciding | None,
    also: Sequence[Entry] = (),
    stops: tuple[HostStop, ...] = (),
    keep: bool = False,
) -> FeedPlan:
    """The plan of one page; `after` is what is remembered once it is stored.

    Without `deciding` (a backfill) the feed's times stay as they are. `keep` keeps the page as it came.
    """
    changes = post_changes((*read.entries, *also), known, now=poll.now)
    renamed = rename_issue(poll.state, step.page)
    poll.state = after
    poll.seen += len(changes)
    poll.new += sum(change.disposition is Disposition.NEW for change in changes)
    poll.published += tuple(e.published_at for e in read.entries if e.published_at is not None)
    state, when = poll.feed_state(), poll.lease.state.next_poll_at or poll.now
    issues: tuple[Issue, ...] = (*read.issues, *([renamed] if renamed else []))
    if deciding is not None and not step.more:
        state, when = _good(poll, step, deciding)
    began, received = poll.started(ended, step.received.elapsed_s), step.received
    kept = keep and bool(received.raw)
    return FeedPlan(
        feed_id=poll.lease.feed_id,
        slug=poll.lease.slug,
        fence=poll.lease.fence,
        fetch=FetchRecord(
            started_at=began,
            outcome=Outcome.STORED,
            url=step.received.url,
            status=200,
            wire_bytes=step.received.wire_bytes,
            elapsed_s=step.received.elapsed_s,
            format=read.format,
        ),
        state=state,
        next_poll_at=when,
        changes=changes,
        rejected=dict(read.rejected),
        issues=issues,
        host_stops=stops,
        feed_title=read.title or None,
        bodies=(pack(received.raw, url=received.url, observed_at=began, status=200),) if kept else (),
        more=step.more,
    )


def _good(poll: ChannelPoll, step: PageStep, deciding: Deciding) -> tuple[FeedState, dt.datetime]:
    """The feed after a whole poll. A gap that is not closed yet is gone on with as soon as may be."""
    outcome = Fetched(
        url=step.received.url,
        status=200,
        headers={},
        body=b"",
        validators=Validators(),
        elapsed_s=step.received.elapsed_s,
        wire_bytes=step.received.wire_bytes,
    )
    reading = Reading(seen=poll.seen, new=poll.new, published=poll.published)
    decision = next_poll(
        poll.feed_state(), outcome, reading, now=poll.now, rng=deciding.rng, limits=deciding.limits
    )
    when = decision.next_poll_at
    if step.truncated:
        when = min(when, poll.now + deciding.limits.min_interval)
    return replace(decision.state, next_poll_at=when), when


def failed_plan(
    poll: ChannelPoll,
    step: StepFailed,
    *,
    ended: dt.datetime,
    deciding: Deciding,
    hosts: Sequence[str],
    outage: bool = False,
) -> FeedPlan:
    """The plan of a poll that failed: the cursor stays where the last stored page left it."""
    poll.state, disable = missed(poll.state, step.answer, outage=outage)
    outcome = as_failed(step, outage=outage)
    decision = next_poll(
        poll.feed_state(), outcome, None, now=poll.now, rng=deciding.rng, limits=deciding.limits
    )
    state = replace(decision.state, gone_at=poll.now) if disable else decision.state
    odd = step.answer.meaning in LAYOUT_CODES
    return FeedPlan(
        feed_id=poll.lease.feed_id,
        slug=poll.lease.slug,
        fence=poll.lease.fence,
        fetch=FetchRecord(
            started_at=poll.started(ended, 0.0),
            outcome=Outcome.FAILED,
            url=step.url,
            code=outcome.code,
            detail=outcome.detail,
            status=step.status,
        ),
        state=state,
        next_poll_at=decision.next_poll_at,
        issues=(*decision.issues, *_issues(poll, step, odd=odd, disabled=disable)),
        host_stop=decision.host_stop,
        host_stops=host_stops(step, hosts, poll.now),
        raw_body=step.raw or None if odd else None,
    )


def _issues(poll: ChannelPoll, step: StepFailed, *, odd: bool, disabled: bool) -> tuple[Issue, ...]:
    found: list[Issue] = []
    if odd:
        found += page_issues(step.page) if step.page is not None else ()
        code = f"telegram_{step.answer.code}"
        if all(issue.code != code for issue in found):
            found.append(Issue(code=code, detail=step.answer.detail, severity=Severity.ERROR))
    if step.answer.action is Action.CONFIG_ERROR:
        found.append(Issue(code=f"telegram_{step.answer.code}", detail=step.answer.detail))
    if disabled:
        detail = (
            f"{poll.lease.address} was not there in several runs, and is not asked again: remove the feed, "
            f"or `monitor feeds enable {poll.lease.slug}`"
        )
        found.append(Issue(code="telegram_not_found", detail=detail, severity=Severity.ERROR))
    return tuple(found)
