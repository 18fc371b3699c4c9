"""Feeds that answer and bring nothing: marked when that begins, with an issue, and unmarked when it ends."""

from __future__ import annotations

import datetime as dt

from monitor.polling import silence
from monitor.polling.limits import SILENT_LEAST
from monitor.store import Store
from monitor.types.source import FeedState
from monitor.types.storage import QuietFeed


def mark_silence(store: Store, now: dt.datetime) -> tuple[int, int]:
    """Hold every quiet feed against its own habits; how many fell silent, and how many are heard again."""
    silent: dict[int, str] = {}
    heard: list[int] = []
    for feed in store.quiet_feeds(now=now, quiet_for=SILENT_LEAST):
        why = why_silent(feed, now)
        if why is not None and not feed.silent:
            silent[feed.feed_id] = why
        elif why is None and feed.silent:
            heard.append(feed.feed_id)
    if silent or heard:
        store.mark_silence(silent, heard, now=now)
    return len(silent), len(heard)


def why_silent(feed: QuietFeed, now: dt.datetime) -> str | None:
    """Why a feed is silent, None if it is not (`polling.silence`)."""
    state = FeedState(
        gap_p95_s=feed.gap_p95_s,
        first_success_at=feed.first_success_at,
        last_new_entry_at=feed.last_new_entry_at,
    )
    return silence(state, now, expect_per_day=feed.expect_per_day, entries_7d=feed.entries_7d)
