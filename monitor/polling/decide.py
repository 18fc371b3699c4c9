"""Decide what follows from one poll: the feed's new state, when to ask again, whether the host is left alone.

    FetchOutcome + Reading | Unreadable | None -> Decision

Pure: `now` and the random numbers are parameters. Rules: docs/explanation/fetching.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import urlsplit

from monitor.polling import moves, rhythm
from monitor.polling.hints import after_skips, asked_wait, fresh_for
from monitor.polling.limits import (
    BACKOFF_CAP,
    BARE_503,
    DEAD_INTERVAL,
    DEAD_WEIGHT,
    FULL_FETCH,
    JITTER,
    MAX_RETRY_AFTER,
    SUSPICIOUS_FULL_FETCH,
    Decision,
    PollLimits,
    Reading,
    Unreadable,
)
from monitor.polling.outage import UNREACHED
from monitor.types.entries import Issue, Severity
from monitor.types.fetching import FailureKind, Fetched, FetchFailed, FetchOutcome, NotModified
from monitor.types.plans import HostStop
from monitor.types.source import FeedState, Validators

WEIGHTS = {
    FailureKind.PERMANENT: 1.0,
    FailureKind.SOFT: 0.5,
    FailureKind.TRANSIENT: 0.25,
    FailureKind.OURS: 0.0,
}
"""How much a failure counts (Media Cloud)."""


@dataclass(frozen=True, slots=True)
class _At:
    """When and within which bounds is decided."""

    now: dt.datetime
    rng: Random
    limits: PollLimits

    def jitter(self) -> float:
        return self.rng.uniform(1 - JITTER, 1 + JITTER)

    def later(self) -> float:
        return 1 + JITTER * self.rng.random()

    def after(self, seconds: float) -> dt.datetime:
        return self.now + dt.timedelta(seconds=seconds)


def how_to_ask(state: FeedState, now: dt.datetime) -> tuple[Validators, bool]:
    """Say with which validators to ask, and whether unconditionally (the body hash still counts then).

    Unconditional every eight days; every day while the last body could not be read, the feed is quieter than
    ever, or a move waits for its proof. An unreadable body is then read again, whatever its hash.
    """
    since = state.last_full_fetch_at
    if since is None:
        return state.validators, True
    odd = state.unread_since is not None or rhythm.is_quiet(state, now) or moves.proof_due(state, now)
    if now - since < (SUSPICIOUS_FULL_FETCH if odd else FULL_FETCH):
        return state.validators, False
    return (Validators() if state.unread_since is not None else state.validators), True


def next_poll(
    state: FeedState,
    outcome: FetchOutcome,
    read: Reading | Unreadable | None,
    *,
    now: dt.datetime,
    rng: Random,
    limits: PollLimits,
    ours: bool = False,
    portals: Collection[str] = (),
) -> Decision:
    """Decide. `read` says what became of a Fetched body, and is None for other outcomes.

    `ours` (`outage.is_ours`) and `portals` (`moves.portals`) come from looking at the whole batch.
    """
    at = _At(now, rng, limits)
    if isinstance(outcome, FetchFailed):
        if outcome.code == "host_stopped" or ours or outcome.kind is FailureKind.OURS:
            return _not_counted(state, outcome, at)
        return _failed(state, outcome, at)
    if isinstance(outcome, Fetched) and not isinstance(read, Reading):
        return _unread(state, outcome, read or Unreadable(code="not_read"), at)
    if isinstance(outcome, NotModified) and state.unread_since is not None:
        kept = _with_full_fetch(replace(state, validators=outcome.validators), outcome, now)
        return _backed_off(kept, at)
    return _good(state, outcome, read if isinstance(read, Reading) else None, at, portals)


def _good(
    state: FeedState,
    outcome: Fetched | NotModified,
    reading: Reading | None,
    at: _At,
    portals: Collection[str],
) -> Decision:
    now = at.now
    new = replace(
        state,
        validators=outcome.validators,
        failures=0,
        failure_weight=0.0,
        last_error=None,
        unread_since=None,
        interval_s=rhythm.interval(state, reading, now, at.limits),
        first_success_at=state.first_success_at or now,
        last_success_at=now,
    )
    if reading is not None:
        new = _with_reading(new, reading, now)
    new = _with_full_fetch(new, outcome, now)
    moved: str | None = None
    # a plain 304 proves no feed at the target; a body, new or known by its hash, does
    if reading is not None or outcome.status != 304:
        new, moved = moves.after_good_read(new, outcome.redirects, now, portals)
    asked = max(fresh_for(outcome.headers, now), new.hint_interval_s)
    seconds = at.limits.clamp(max(new.interval_s * at.jitter(), asked))
    when = after_skips(at.after(seconds), new.skip_hours, new.skip_days)
    issues = (_moved_issue(moved),) if moved is not None else ()
    return _decision(new, min(when, now + at.limits.max_interval), current_url=moved, issues=issues)


def _with_reading(state: FeedState, reading: Reading, now: dt.datetime) -> FeedState:
    hints = reading.hints
    return replace(
        state,
        gap_p95_s=rhythm.gap_p95(state, reading),
        last_new_entry_at=now if reading.new else state.last_new_entry_at,
        hint_interval_s=max((hints.ttl_minutes or 0) * 60.0, hints.update_period_s or 0.0, 0.0),
        skip_hours=hints.skip_hours,
        skip_days=hints.skip_days,
    )


def _with_full_fetch(state: FeedState, outcome: Fetched | NotModified, now: dt.datetime) -> FeedState:
    return state if outcome.status == 304 else replace(state, last_full_fetch_at=now)


def _unread(state: FeedState, outcome: Fetched, read: Unreadable, at: _At) -> Decision:
    """The validators are kept, so that the same broken body is not sent again and again."""
    new = replace(
        _counted(state, FailureKind.SOFT, read.code, read.detail),
        validators=outcome.validators,
        last_full_fetch_at=at.now,
        unread_since=state.unread_since or at.now,
        # what is no feed is no proof of a move
        moved_to=None,
        moved_seen_at=None,
    )
    return _backed_off(new, at)


def _failed(state: FeedState, outcome: FetchFailed, at: _At) -> Decision:
    new = _counted(state, outcome.kind, outcome.code, outcome.detail)
    if outcome.status == 410 and all(hop.status in moves.PERMANENT for hop in outcome.redirects):
        gone = replace(new, gone_at=at.now)
        return _decision(gone, at.now + DEAD_INTERVAL, issues=(_gone_issue(outcome),))
    least = outcome.retry_after or (BARE_503 if outcome.status in {429, 503} else dt.timedelta(0))
    asked = asked_wait(outcome.headers, at.now) if outcome.retry_after is not None else None
    issues = (_long_wait_issue(outcome, asked),) if asked is not None and asked > MAX_RETRY_AFTER else ()
    return _backed_off(new, at, least=least, stop=_host_stop(outcome, at.now), issues=issues)


def _counted(state: FeedState, kind: FailureKind, code: str, detail: str) -> FeedState:
    return replace(
        state,
        failures=state.failures + 1,
        failure_weight=state.failure_weight + WEIGHTS[kind],
        last_error=f"{code}: {detail}" if detail else code,
    )


def _backed_off(
    state: FeedState,
    at: _At,
    *,
    least: dt.timedelta = dt.timedelta(0),
    stop: HostStop | None = None,
    issues: tuple[Issue, ...] = (),
) -> Decision:
    """Linear: one more interval for each unit of weight, to a day; the dead are asked every 30 days."""
    shortest = at.limits.min_interval.total_seconds()
    longest = max(BACKOFF_CAP.total_seconds(), shortest)
    if state.failure_weight >= DEAD_WEIGHT:
        seconds = DEAD_INTERVAL.total_seconds() * at.jitter()
    else:
        linear = at.limits.clamp(state.interval_s) * (1 + state.failure_weight)
        seconds = min(max(linear * at.jitter(), shortest), longest)
    # never before the time asked for: jitter only adds to it
    seconds = max(seconds, least.total_seconds() * at.later())
    return _decision(state, at.after(seconds), host_stop=stop, issues=issues)


def _not_counted(state: FeedState, outcome: FetchFailed, at: _At) -> Decision:
    least = (outcome.retry_after or dt.timedelta(0)).total_seconds() * at.later()
    seconds = max(at.limits.clamp(state.interval_s * at.jitter()), least)
    if outcome.code == "host_stopped" or outcome.code in UNREACHED:
        # it was never asked, or nothing was reached: its turn comes when the host may, or can, be asked again
        seconds = max(least, 1.0)
    return _decision(state, at.after(seconds), host_stop=_host_stop(outcome, at.now))


def _host_stop(outcome: FetchFailed, now: dt.datetime) -> HostStop | None:
    if outcome.retry_after is None or outcome.status not in {429, 503}:
        return None
    host = (urlsplit(outcome.url).hostname or "").rstrip(".")
    return HostStop(host=host, until=now + outcome.retry_after, reason=outcome.code)


def _decision(
    state: FeedState,
    at: dt.datetime,
    *,
    host_stop: HostStop | None = None,
    current_url: str | None = None,
    issues: tuple[Issue, ...] = (),
) -> Decision:
    return Decision(
        state=replace(state, next_poll_at=at),
        next_poll_at=at,
        host_stop=host_stop,
        current_url=current_url,
        issues=issues,
    )


def _moved_issue(url: str) -> Issue:
    return Issue(code="feed_moved", detail=f"now asked at {url}", severity=Severity.INFO)


def _long_wait_issue(outcome: FetchFailed, asked: dt.timedelta) -> Issue:
    hours = int(MAX_RETRY_AFTER.total_seconds()) // 3600
    detail = (
        f"{outcome.url}: asks to be left alone for over {asked.days} d; it is asked again after {hours} h"
    )
    return Issue(code="retry_after_long", detail=detail)


def _gone_issue(outcome: FetchFailed) -> Issue:
    detail = f"{outcome.url} is gone (410) and not asked again: remove it, or enable it by hand"
    return Issue(code="feed_gone", detail=detail, severity=Severity.ERROR)
