"""One polled feed to its plan: pure composition of `normalise` (what changed) and `polling` (when next)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from monitor.normalise.plan import plan_changes
from monitor.pipeline.paging import gap_issue
from monitor.pipeline.reading import ReadFailed
from monitor.polling import PollLimits, Reading, Unreadable, lie, may_have_missed, next_poll
from monitor.types.entries import Issue, ReadFeed
from monitor.types.fetching import Fetched, FetchFailed, FetchOutcome
from monitor.types.plans import Disposition, EntryChange, FeedPlan, FetchRecord, KnownEntry, Outcome
from monitor.types.raw import RawBody
from monitor.types.source import FeedLease
from monitor.types.storage import KnownQuery

#: A feed that gave nothing for so long is recovering: what it then shows from before is backlog.
RECOVERY = dt.timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A feed that was asked: the answer, and what became of a body.

    `pages` older pages are in `read` as well; `pages_ended` says why no more were asked, where that matters. `size` is
    the body's, in bytes; `bodies` are the answers to keep.
    """

    lease: FeedLease
    started_at: dt.datetime
    unconditional: bool
    outcome: FetchOutcome
    read: ReadFeed | ReadFailed | None = None
    pages: int = 0
    pages_ended: str = ""
    host_free_at: dt.datetime | None = None
    size: int = 0
    bodies: tuple[RawBody, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """What only the whole run shows: that the fault is ours, and addresses that look like a captive portal."""

    ours: bool = False
    portals: Collection[str] = ()


def known_query(polled: Polled) -> KnownQuery | None:
    """What to look up of a polled feed before planning; None where there is nothing to compare, as at a first poll."""
    if not isinstance(polled.read, ReadFeed) or polled.lease.entries_known == 0:
        return None
    return query_of(polled.read)


def query_of(read: ReadFeed) -> KnownQuery:
    """By what the entries of a body may be known."""
    entries = read.entries
    return KnownQuery(
        external_ids=tuple(entry.external_id for entry in entries),
        urls=tuple(entry.url for entry in entries if entry.url),
        hashes=tuple(entry.sha256 for entry in entries),
    )


def plan_feed(
    polled: Polled,
    known: Sequence[KnownEntry],
    *,
    now: dt.datetime,
    rng: Random,
    limits: PollLimits,
    view: RunView,
) -> FeedPlan:
    """Everything that one poll of one feed changes."""
    lease, outcome, read = polled.lease, polled.outcome, polled.read
    changes: tuple[EntryChange, ...] = ()
    rejected: dict[str, int] = {}
    issues: list[Issue] = []
    result: Reading | Unreadable | None = None
    if isinstance(read, ReadFeed):
        changes, rejected = plan_changes(
            read,
            known,
            now=now,
            first_poll=lease.state.first_success_at is None,
            recovering=_recovering(lease, now),
        )
        issues += read.issues
        result = _reading(read, changes)
        if may_have_missed(result.seen, result.new, lease.entries_known):
            issues.append(gap_issue(result.seen, polled.pages, polled.pages_ended))
    elif isinstance(read, ReadFailed):
        result = Unreadable(code=read.code, detail=read.detail)
    if lying := lie(lease.state.validators, outcome, unconditional=polled.unconditional):
        issues.append(lying)
    decision = next_poll(
        lease.state,
        outcome,
        result,
        now=now,
        rng=rng,
        limits=limits,
        ours=view.ours,
        portals=view.portals,
    )
    return FeedPlan(
        feed_id=lease.feed_id,
        slug=lease.slug,
        fence=lease.fence,
        fetch=_record(polled),
        state=decision.state,
        next_poll_at=decision.next_poll_at,
        changes=changes,
        rejected=rejected,
        issues=(*issues, *decision.issues),
        host_stop=decision.host_stop,
        current_url=decision.current_url,
        bodies=polled.bodies,
        feed_title=read.title if isinstance(read, ReadFeed) else None,
        host_free_at=polled.host_free_at if lease.shares_host else None,
    )


def _recovering(lease: FeedLease, now: dt.datetime) -> bool:
    last = lease.state.last_success_at
    return last is not None and now - last > RECOVERY


def _reading(read: ReadFeed, changes: Sequence[EntryChange]) -> Reading:
    kinds = Counter(change.disposition for change in changes)
    return Reading(
        seen=len(changes),
        new=kinds[Disposition.NEW],
        hints=read.hints,
        published=tuple(entry.published_at for entry in read.entries if entry.published_at is not None),
    )


def _record(polled: Polled) -> FetchRecord:
    outcome, read = polled.outcome, polled.read
    code = detail = ""
    kind = Outcome.UNCHANGED
    if isinstance(outcome, FetchFailed):
        kind, code, detail = Outcome.FAILED, outcome.code, outcome.detail
    elif isinstance(read, ReadFailed):
        kind, code, detail = Outcome.FAILED, read.code, read.detail
    elif isinstance(outcome, Fetched):
        kind = Outcome.STORED
    return FetchRecord(
        started_at=polled.started_at,
        outcome=kind,
        url=outcome.url,
        code=code,
        detail=detail,
        status=outcome.status,
        wire_bytes=outcome.wire_bytes,
        elapsed_s=outcome.elapsed_s,
        format=read.format if isinstance(read, ReadFeed) else "",
    )
