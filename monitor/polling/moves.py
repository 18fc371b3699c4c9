"""Feeds that move: a permanent redirect is believed once its target was a feed twice, a day apart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.polling.limits import MOVE_PROOF
from monitor.types.fetching import FetchOutcome, Redirect
from monitor.types.source import FeedState

PERMANENT = frozenset({301, 308})
PORTAL_FEEDS = 3
"""So many feeds sent to one address in one run, or two of different hosts, look like a captive portal."""


def permanent_target(redirects: Sequence[Redirect]) -> str | None:
    """Where the permanent redirects from the start lead; a temporary one ends them. None without any."""
    target = None
    for hop in redirects:
        if hop.status not in PERMANENT:
            break
        target = hop.url
    return target


def portals(asked: Iterable[tuple[str, FetchOutcome]]) -> frozenset[str]:
    """Addresses that feeds of a run were sent to for good in such numbers that a network, not they, did it.

    `asked` are the addresses asked in one run, with what came of it.
    """
    sent: defaultdict[str, set[str]] = defaultdict(set)
    for url, outcome in asked:
        target = permanent_target(outcome.redirects)
        if target is not None:
            sent[target].add(url)
    return frozenset(
        target
        for target, urls in sent.items()
        if len(urls) >= PORTAL_FEEDS or len({urlsplit(url).hostname for url in urls}) > 1
    )


def after_good_read(
    state: FeedState, redirects: Sequence[Redirect], now: dt.datetime, portals: Collection[str]
) -> tuple[FeedState, str | None]:
    """Note a move or its proof. Returns the state and, once proven, the address to ask from now on."""
    target = permanent_target(redirects)
    if target is None or target in portals:
        return replace(state, moved_to=None, moved_seen_at=None), None
    if target != state.moved_to or state.moved_seen_at is None:
        return replace(state, moved_to=target, moved_seen_at=now), None
    if now - state.moved_seen_at < MOVE_PROOF:
        return state, None
    return replace(state, moved_to=None, moved_seen_at=None), target


def proof_due(state: FeedState, now: dt.datetime) -> bool:
    """Whether a noted move waits for its second proof, and a day has gone by."""
    return state.moved_seen_at is not None and now - state.moved_seen_at >= MOVE_PROOF
