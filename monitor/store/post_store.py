"""The part of `Store` that serves channels: posts that vanished, and posts that claims rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from monitor.store import posts
from monitor.store.apply_feed import stop_hosts
from monitor.store.engine import Database
from monitor.types.plans import HostStop


class PostStore:
    """Posts of channels by their numbers; `channel` is the folded name. `Store` is the whole."""

    _database: Database

    def standing_posts(self, channel: str, numbers: Collection[int]) -> set[int]:
        """Those of these post numbers that are stored and not gone."""
        return self._database.read(lambda c: posts.standing(c, channel, numbers))

    def first_post_since(self, feed_id: int, since: dt.datetime) -> int | None:
        """The lowest number of a post that was published since, None where there is none."""
        return self._database.read(lambda c: posts.first_since(c, feed_id, since))

    def claimed_posts(self, feed_id: int, windows: Sequence[tuple[dt.datetime, dt.datetime]]) -> list[int]:
        """Numbers of posts under a claim that were first seen in one of the windows (after, to]."""
        return self._database.read(lambda c: posts.claimed(c, feed_id, windows))

    def mark_gone(self, channel: str, numbers: Collection[int], *, now: dt.datetime, purge: bool) -> int:
        """Mark posts as gone, once; how many. With `purge` texts that nothing holds are dropped."""
        return self._database.write(lambda c: posts.mark_gone(c, channel, numbers, now, purge=purge))

    def mark_back(self, channel: str, numbers: Collection[int]) -> int:
        """Posts that are shown again are not gone; how many were said to be."""
        return self._database.write(lambda c: posts.mark_back(c, channel, numbers))

    def keep_bodies(self, feed_id: int, *, most: int) -> int:
        """Keep only the newest raw pages of a feed; how many went."""
        return self._database.write(lambda c: posts.keep_bodies(c, feed_id, most))

    def stop_hosts(self, stops: Iterable[HostStop], *, now: dt.datetime) -> None:
        """Note hosts that want to be left alone, outside a plan; a longer stop that is there stays."""
        wanted = list(stops)
        self._database.write(lambda c: stop_hosts(c, wanted, now))
