"""Plain options of fetching. `pipeline` fills them from the configuration; tests turn the spacing off."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

import monitor

Network = IPv4Network | IPv6Network

PRODUCT = "news-monitor"
"""Product token of the User-Agent, and the name that robots.txt rules are looked up by."""

FEED_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


def user_agent(contact: str = "") -> str:
    """Name, version and whom to write to: `news-monitor/0.1.0 (+desk@example.org)`."""
    shown = "".join(c for c in contact if " " < c <= "~" and c not in "()")
    return f"{PRODUCT}/{monitor.__version__}" + (f" (+{shown})" if shown else "")


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Read CIDRs such as `10.1.0.0/16`; raises ValueError for what is none."""
    return tuple(ip_network(name) for name in names)


def utc_now() -> dt.datetime:
    """The time of day, aware UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to ask: times in seconds, sizes in bytes.

    `allow_networks` opens exactly what it names, on any port. `clock` (monotonic seconds), `sleep` and `now`
    are replaced in tests.
    """

    contact: str = ""
    concurrency: int = 100
    per_host: int = 1
    host_gap: float = 5.0
    timeout: float = 30.0
    connect_timeout: float = 10.0
    max_body: int = 15_000_000
    max_wire: int = 15_000_000
    max_ratio: int = 100
    max_redirects: int = 5
    allow_networks: tuple[Network, ...] = ()
    dns_threads: int = 32
    ssl_context: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], dt.datetime] = utc_now

    @property
    def user_agent(self) -> str:
        """The User-Agent header of every request."""
        return user_agent(self.contact)
