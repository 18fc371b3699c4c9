"""What an answer of the preview means, and what follows: pure (specification, section 5).

    FetchOutcome + Page -> Answer        Landing + canary -> Answer        a run's answers -> outage?

The status says little: groups, closed, deleted and never existing names answer alike, and a blocked
reader is told that channels do not exist. Hence the landing page, the canary and the look at the run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.text.telegram_names import HOSTS
from monitor.types.fetching import FailureKind, Fetched, FetchFailed, FetchOutcome
from monitor.types.plans import HostStop
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Landing,
    LandingKind,
    Meaning,
    Page,
    PageShape,
    StepFailed,
)

LEAST_BODY = 500
"""Bytes; less is a broken answer."""

FIRST_STOP = dt.timedelta(seconds=60)
LONGEST_STOP = dt.timedelta(hours=24)

OUTAGE_SHARE = 0.3
OUTAGE_LEAST = 2
"""Channels that must vanish together: one alone is that channel's own affair."""

MISSING_RUNS = 3
"""Runs in which a name must be absent, the canary being well, before its feed is disabled."""

TRIES = 3
"""Requests for a page that fails in passing, before its channel waits for the next run."""

DAILY = dt.timedelta(hours=24)
"""When a channel without a preview, or a name that cannot be right, is looked at again."""

VANISHED = frozenset({Meaning.NOT_FOUND, Meaning.NO_PREVIEW})

_HOST_DOWN = frozenset({"dns", "connect", "tls", "proxy"})
_BROKEN = frozenset({"timeout", "reset", "truncated", "encoding", "too_big", "bomb", "bad_response"})


def answer_of(
    outcome: FetchOutcome, page: Page | None, *, name: str, newest: bool, had_posts: bool, strikes: int = 0
) -> Answer:
    """Say what an answer to `/s/NAME` means. `page` is the parsed body of a Fetched answer.

    `newest` says that no range was asked for, `had_posts` that the channel has shown posts before;
    `strikes` counts the refusals so far and lengthens the next stop.
    """
    if isinstance(outcome, FetchFailed):
        return _failure(outcome, name, strikes)
    if not isinstance(outcome, Fetched) or page is None:
        return Answer(meaning=Meaning.UNEXPECTED, action=Action.NEXT_RUN, detail=f"HTTP {outcome.status}")
    if len(outcome.body) < LEAST_BODY and page.shape is not PageShape.POSTS:
        detail = f"a body of {len(outcome.body)} bytes"
        return Answer(meaning=Meaning.TRANSIENT, action=Action.RETRY, detail=detail)
    return _page(page, newest, had_posts, strikes)


def _page(page: Page, newest: bool, had_posts: bool, strikes: int) -> Answer:
    if page.broken:
        other = page.broken == "other_channel"
        meaning = Meaning.OTHER_CHANNEL if other else Meaning.LAYOUT
        return Answer(meaning=meaning, action=Action.FAIL, detail=page.detail)
    if page.shape is PageShape.POSTS:
        return Answer(meaning=Meaning.OK, action=Action.TAKE)
    if page.shape is PageShape.NOT_PREVIEW:
        return _blocked("a page without a preview", None, strikes)
    if not newest:
        return Answer(meaning=Meaning.END, action=Action.END_WALK)
    if had_posts:
        detail = "no posts where there were some"
        return Answer(meaning=Meaning.SUSPICIOUS, action=Action.NEXT_RUN, detail=detail)
    return Answer(meaning=Meaning.EMPTY, action=Action.TAKE, detail="the channel has no posts")


def _failure(failed: FetchFailed, name: str, strikes: int) -> Answer:
    status, code = failed.status, failed.code
    if code == "redirected":
        return _redirected(failed.headers.get("location", ""), name)
    if status == 429 or code == "host_stopped":
        stop = stop_for(strikes, failed.retry_after) if status == 429 else failed.retry_after or FIRST_STOP
        return Answer(meaning=Meaning.THROTTLED, action=Action.STOP_HOST, detail=failed.detail, stop_for=stop)
    if code == "blocked" or status in {403, 503}:
        return _blocked(failed.detail, failed.retry_after, strikes)
    if code in _HOST_DOWN:
        detail = f"{code}: {failed.detail}"
        return Answer(meaning=Meaning.HOST_DOWN, action=Action.NEXT_HOST, detail=detail)
    if code in _BROKEN or (status is not None and status >= 500):
        detail = f"{code}: {failed.detail}"
        return Answer(meaning=Meaning.TRANSIENT, action=Action.RETRY, detail=detail)
    detail = f"{code}: {failed.detail}"
    return Answer(meaning=Meaning.UNEXPECTED, action=Action.NEXT_RUN, detail=detail)


def _redirected(location: str, name: str) -> Answer:
    try:
        parts = urlsplit(location)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        host = ""
        parts = urlsplit("")
    path = parts.path.strip("/").lower()
    if path == name.lower():
        return Answer(
            meaning=Meaning.NO_PREVIEW_PAGE, action=Action.GET_LANDING, detail=f"sent to {location}"
        )
    if host == "telegram.org":
        detail = f"{name} is no name of a channel, or a reserved one: check its spelling"
        return Answer(meaning=Meaning.BAD_NAME, action=Action.CONFIG_ERROR, detail=detail)
    if host in HOSTS and path:
        detail = f"{name} leads to {path.removeprefix('s/')}: was the channel renamed?"
        return Answer(meaning=Meaning.OTHER_CHANNEL, action=Action.FAIL, detail=detail)
    return Answer(meaning=Meaning.UNEXPECTED, action=Action.NEXT_RUN, detail=f"sent to {location}")


def _blocked(detail: str, asked: dt.timedelta | None, strikes: int) -> Answer:
    stop = stop_for(strikes, asked)
    return Answer(meaning=Meaning.BLOCKED, action=Action.STOP_HOST, detail=detail, stop_for=stop)


def stop_for(strikes: int, asked: dt.timedelta | None = None) -> dt.timedelta:
    """Return how long the host is left alone: a minute, doubled for each refusal before.

    Longer where it asks for more, a day at most.
    """
    doubled = FIRST_STOP * (1 << min(max(strikes, 0), 20))
    return min(max(doubled, asked or FIRST_STOP), LONGEST_STOP)


def landing_answer(landing: Landing, *, canary_ok: bool | None = None, strikes: int = 0) -> Answer:
    """Say what the landing page of a name without preview means.

    `canary_ok` says whether a channel that exists can be read; None asks to find out first.
    """
    if landing.kind in _LANDINGS:
        meaning, action, detail = _LANDINGS[landing.kind]
        return Answer(meaning=meaning, action=action, detail=detail)
    if landing.kind is LandingKind.UNKNOWN:
        return _blocked("a landing page that is none", None, strikes)
    if canary_ok is None:
        return Answer(meaning=Meaning.ABSENT_OR_BLOCKED, action=Action.ASK_CANARY)
    if canary_ok:
        detail = f"no such channel; disabled when {MISSING_RUNS} runs agree"
        return Answer(meaning=Meaning.NOT_FOUND, action=Action.NEXT_RUN, detail=detail)
    return _blocked("known channels are said not to exist: we are blocked", None, strikes)


_NO_PREVIEW = (
    Meaning.NO_PREVIEW,
    Action.RECHECK_DAILY,
    "the owner or Telegram shows no preview of it; MTProto may read it (docs/how-to/telegram.md)",
)
_LANDINGS = {
    LandingKind.PREVIEWABLE: (
        Meaning.PREVIEWABLE,
        Action.NEXT_RUN,
        "the channel has a preview that was not shown this time",
    ),
    LandingKind.NO_PREVIEW: _NO_PREVIEW,
    LandingKind.EXISTS: _NO_PREVIEW,
    LandingKind.GROUP: (Meaning.GROUP, Action.CONFIG_ERROR, "a group, not a channel: groups are not read"),
}


def is_outage(results: Iterable[tuple[bool, Answer | None]]) -> bool:
    """Whether so many healthy channels vanished in one run that the fault is Telegram's, or ours.

    `results` pairs, for each channel asked, whether it was healthy before with the answer that ended its
    poll (None for a good one). More than 30 % of the healthy: no channel's state may change.
    """
    healthy = [answer for was_healthy, answer in results if was_healthy]
    gone = sum(answer is not None and answer.meaning in VANISHED for answer in healthy)
    return gone >= OUTAGE_LEAST and gone > OUTAGE_SHARE * len(healthy)


_KINDS = {
    Meaning.BAD_NAME: FailureKind.PERMANENT,
    Meaning.GROUP: FailureKind.PERMANENT,
    Meaning.NOT_FOUND: FailureKind.PERMANENT,
    Meaning.TRANSIENT: FailureKind.TRANSIENT,
    Meaning.HOST_DOWN: FailureKind.TRANSIENT,
    Meaning.PREVIEWABLE: FailureKind.TRANSIENT,
    Meaning.BLOCKED: FailureKind.OURS,
    Meaning.THROTTLED: FailureKind.OURS,
}


def as_failed(step: StepFailed, *, outage: bool = False) -> FetchFailed:
    """Return a failed step as the outcome of a fetch, for the same decisions that any feed gets.

    A refusal, or anything during an outage, is no fault of the channel. `retry_after` is the least that it waits.
    """
    answer = step.answer
    ours = outage and answer.meaning in VANISHED
    return FetchFailed(
        url=step.url,
        kind=FailureKind.OURS if ours else _KINDS.get(answer.meaning, FailureKind.SOFT),
        code=answer.code,
        detail=answer.detail,
        status=step.status,
        retry_after=least_wait(answer),
    )


def least_wait(answer: Answer) -> dt.timedelta | None:
    """Return how long a channel waits at least: the stop, a day for what a day may change, None for its interval."""
    if answer.stop_for is not None:
        return answer.stop_for
    return DAILY if answer.action in {Action.RECHECK_DAILY, Action.CONFIG_ERROR} else None


def host_stops(step: StepFailed, hosts: Iterable[str], now: dt.datetime) -> tuple[HostStop, ...]:
    """Return the stops that follow from a refusal: of every host of the site, so that none is used to get round it."""
    answer = step.answer
    if answer.action is not Action.STOP_HOST or answer.stop_for is None:
        return ()
    return tuple(HostStop(host=host, until=now + answer.stop_for, reason=answer.code) for host in hosts)


def missed(state: ChannelState, answer: Answer, *, outage: bool) -> tuple[ChannelState, bool]:
    """Return what is remembered of a channel whose poll failed, and whether it is to be disabled.

    Only runs that found the name absent count, and none of an outage.
    """
    if answer.meaning is not Meaning.NOT_FOUND or outage:
        return state, False
    runs = state.missing_runs + 1
    return replace(state, missing_runs=runs), runs >= MISSING_RUNS
