"""Article pages, fetched as a guest: robots.txt before every page, also before one that a redirect leads to.

url -> guard -> robots.txt of its host -> GET (Crawl-delay, 2 MB, no redirect) -> a redirect? once more
                                              |
                        ArticleFetched | Disallowed | FetchFailed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from yarl import URL

from monitor.fetch.classify import kind_of, printable
from monitor.fetch.client import Fetcher
from monitor.fetch.guard import url_refusal
from monitor.fetch.options import PAGE_ACCEPT
from monitor.fetch.request import FetchRequest
from monitor.fetch.robots import Robots
from monitor.types.article import ArticleFetched, ArticleOutcome, Disallowed
from monitor.types.fetching import Fetched, FetchFailed, FetchOutcome, NotModified, Redirect

MAX_PAGE = 2_000_000
"""Bytes of a page that are read, the rest is not (reliability.md, section 3)."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PERMANENT = frozenset({301, 308})


@dataclass(slots=True)
class _Way:
    """How far a request has come: its address now, its hops, the seconds and bytes spent."""

    asked: str
    at: str
    hops: list[Redirect] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    elapsed_s: float = 0.0
    wire_bytes: int = 0

    def failed(self, code: str, detail: str, *, status: int | None = None) -> FetchFailed:
        return FetchFailed(
            url=self.at, kind=kind_of(code), code=code, detail=printable(detail), status=status,
            redirects=tuple(self.hops), elapsed_s=self.elapsed_s, wire_bytes=self.wire_bytes,
        )  # fmt: skip


class ArticleFetcher:
    """Fetches article pages: `await ArticleFetcher(fetcher, Robots(fetcher)).fetch(url)`.

    `robots` should be one for all pages of a run, so that each host is asked for its robots.txt once a day.
    Times out as a whole after the fetcher's `timeout` seconds, waiting for a host's turn not counted.
    """

    def __init__(self, fetcher: Fetcher, robots: Robots) -> None:
        self._fetcher = fetcher
        self._robots = robots

    async def fetch(self, url: str, *, proxy: str | None = None) -> ArticleOutcome:
        """Ask for one page. Never raises for what a server does; `proxy` is an http:// address, on purpose."""
        way = _Way(asked=url, at=_without_fragment(url))
        while True:
            way.seen.add(way.at)
            result = await self._ask(way, proxy)
            if isinstance(result, Disallowed):
                return result
            way.elapsed_s += result.elapsed_s
            way.wire_bytes += result.wire_bytes
            target = _target(result)
            if target is None:
                return _outcome(way, result)
            refused = self._refused_hop(way, target)
            if refused is not None:
                return refused
            way.hops.append(target)
            way.at = target.url

    async def _ask(self, way: _Way, proxy: str | None) -> FetchOutcome | Disallowed:
        """One hop: the guard first, for a host that may not be asked has no robots.txt to ask for."""
        try:
            refusal = url_refusal(URL(way.at), self._fetcher.options.allow_networks)
        except ValueError as error:
            return way.failed("bad_url", str(error))
        if refusal is not None:
            return way.failed(refusal.code, refusal.detail)
        permission = await self._robots.permission(way.at, proxy=proxy)
        if not permission.allowed:
            return Disallowed(url=way.asked, at=way.at, reason=permission.reason)
        request = FetchRequest(
            url=way.at,
            accept=PAGE_ACCEPT,
            unconditional=True,
            gap_s=permission.crawl_delay_s,
            max_body=MAX_PAGE,
            cut=True,
            follow=False,
            proxy=proxy,
        )
        return await self._fetcher.fetch(request)

    def _refused_hop(self, way: _Way, target: Redirect) -> FetchFailed | None:
        options = self._fetcher.options
        if target.url in way.seen:
            return way.failed("redirect_loop", "redirected to an address that was asked before")
        if len(way.hops) >= options.max_redirects:
            return way.failed("too_many_redirects", f"more than {options.max_redirects} redirects")
        if way.elapsed_s > options.timeout:
            return way.failed("timeout", "no complete answer in time")
        return None


def _target(result: FetchOutcome) -> Redirect | None:
    """Where a redirect leads to; None for every other answer."""
    if not isinstance(result, FetchFailed) or result.code != "redirected" or result.status is None:
        return None
    return Redirect(status=result.status, url=result.headers["location"])


def _outcome(way: _Way, result: FetchOutcome) -> ArticleOutcome:
    """What the last answer means: a page, or why there is none."""
    if isinstance(result, NotModified):
        return way.failed("bad_response", "304 though nothing conditional was asked", status=result.status)
    whole = replace(result, redirects=tuple(way.hops), elapsed_s=way.elapsed_s, wire_bytes=way.wire_bytes)
    if isinstance(whole, FetchFailed):
        return whole
    kind = whole.headers.get("content-type", "")
    if not _is_html(kind, whole):
        return way.failed(
            "not_html", f"the page is {kind or 'of no stated type'}, not HTML", status=whole.status
        )
    return ArticleFetched(
        url=way.asked,
        page=whole,
        content_type=kind,
        cut=len(whole.body) >= MAX_PAGE,
        moved_to=_moved_to(way.hops),
    )


def _is_html(kind: str, page: Fetched) -> bool:
    media_type = kind.partition(";")[0].strip().lower()
    return media_type in _HTML or (
        not media_type and page.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    )


def _moved_to(hops: Sequence[Redirect]) -> str | None:
    """Where the permanent hops from the start lead; a temporary one says nothing of where the page lives."""
    moved = None
    for hop in hops:
        if hop.status not in _PERMANENT:
            break
        moved = hop.url
    return moved


def _without_fragment(url: str) -> str:
    return url.partition("#")[0].strip()
