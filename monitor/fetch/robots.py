"""robots.txt before article pages (RFC 9309). Feeds are published to be polled: nobody is asked about them.

Up to five redirects, the first 500 KiB, kept at most a day; 4xx means that there are no rules, 5xx or no
answer that everything is closed. `RobotsFile` is plain data, so that a cache can outlive the process.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from protego import Protego
from yarl import URL

from monitor.fetch.client import Fetcher
from monitor.fetch.options import PRODUCT
from monitor.fetch.request import FetchRequest
from monitor.types.fetching import Fetched, FetchOutcome, NotModified

MAX_ROBOTS = 500 * 1024
KEPT = dt.timedelta(hours=24)
KEPT_UNREACHABLE = dt.timedelta(hours=1)
"""How long "closed for want of an answer" stands before robots.txt is asked again."""

MAX_CRAWL_DELAY_S = 3600.0
MAX_PARSED = 1000
"""Parsed files in memory; more are parsed again when needed."""


class RobotsState(StrEnum):
    """What asking for robots.txt gave."""

    READ = "read"
    ABSENT = "absent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """One origin's robots.txt as it was fetched. `text` is empty unless the state is READ."""

    origin: str
    state: RobotsState
    fetched_at: dt.datetime
    text: str = ""

    def is_fresh(self, now: dt.datetime) -> bool:
        """Whether it may still be used; a clock set back makes it stale."""
        kept = KEPT_UNREACHABLE if self.state is RobotsState.UNREACHABLE else KEPT
        return dt.timedelta(0) <= now - self.fetched_at < kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether a page may be fetched, why not, and the crawl delay in seconds between pages of its host."""

    allowed: bool
    reason: str = ""
    crawl_delay_s: float | None = None


class Robots:
    """Asks each origin once: `await robots.permission(url)`. `known` are files fetched earlier."""

    def __init__(self, fetcher: Fetcher, known: Iterable[RobotsFile] = ()) -> None:
        self._fetcher = fetcher
        self.files = {file.origin: file for file in known}
        self._parsed: dict[RobotsFile, Protego] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def permission(self, url: str, *, proxy: str | None = None) -> Permission:
        """Say whether the page may be fetched by us; fetches robots.txt first if it is not known."""
        try:
            page = URL(url)
            origin = str(page.origin())
        except ValueError:
            return Permission(allowed=False, reason="bad_url")
        file = await self._file(origin, proxy)
        if file.state is RobotsState.ABSENT:
            return Permission(allowed=True)
        if file.state is RobotsState.UNREACHABLE:
            return Permission(allowed=False, reason="robots_unreachable")
        rules = self._rules(file)
        delay = _bounded(rules.crawl_delay(PRODUCT))
        if rules.can_fetch(str(page), PRODUCT):
            return Permission(allowed=True, crawl_delay_s=delay)
        return Permission(allowed=False, reason="robots_disallowed", crawl_delay_s=delay)

    async def _file(self, origin: str, proxy: str | None) -> RobotsFile:
        async with self._asking.setdefault(origin, asyncio.Lock()):
            now = self._fetcher.options.now()
            file = self.files.get(origin)
            if file is None or not file.is_fresh(now):
                request = FetchRequest(
                    url=f"{origin}/robots.txt",
                    accept="text/plain",
                    max_body=MAX_ROBOTS,
                    cut=True,
                    proxy=proxy,
                )
                file = read_robots(origin, await self._fetcher.fetch(request), now)
                self.files[origin] = file
            return file

    def _rules(self, file: RobotsFile) -> Protego:
        rules = self._parsed.get(file)
        if rules is None:
            if len(self._parsed) >= MAX_PARSED:
                self._parsed.clear()
            rules = self._parsed[file] = Protego.parse(file.text)
        return rules


def read_robots(origin: str, outcome: FetchOutcome, now: dt.datetime) -> RobotsFile:
    """Turn the answer for robots.txt into what it means (RFC 9309, 2.3.1)."""
    file = RobotsFile(origin=origin, state=RobotsState.UNREACHABLE, fetched_at=now)
    if isinstance(outcome, Fetched):
        text = outcome.body.decode("utf-8-sig", errors="replace")
        return replace(file, state=RobotsState.READ, text=text)
    if isinstance(outcome, NotModified):
        return file  # nothing conditional was asked
    missing = outcome.status is not None and 400 <= outcome.status < 500 and outcome.status != 429
    # RFC 9309 counts more than five redirects as "unavailable": no rules; a loop is the same
    lost = outcome.code in {"too_many_redirects", "redirect_loop"}
    return replace(file, state=RobotsState.ABSENT) if missing or lost else file


def _bounded(delay: float | None) -> float | None:
    if delay is None or not math.isfinite(delay) or delay <= 0:
        return None
    return min(delay, MAX_CRAWL_DELAY_S)
