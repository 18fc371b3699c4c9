"""One polite, guarded GET. `Fetcher.fetch` answers with a value whatever the server does.

    request -> guard -> slot of the host -> GET (deadline) -> redirect? once more
                                                 |
                            Fetched | NotModified | FetchFailed

Redirects are followed by hand, so every hop passes the guard, waits for its host and is recorded.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor.fetch import classify
from monitor.fetch.connector import ThreadLookup, connect_seconds, guarded_connector, proxy_connector
from monitor.fetch.decode import BodyError, BodyReader
from monitor.fetch.guard import is_allowed, url_refusal
from monitor.fetch.options import FEED_ACCEPT, FetchOptions
from monitor.fetch.spacing import Spacing
from monitor.types.fetching import FetchFailed, Fetched, FetchOutcome, NotModified, Redirect
from monitor.types.source import Validators

KEPT_HEADERS = frozenset(
    {
        "age", "cache-control", "cf-mitigated", "content-encoding", "content-language", "content-length",
        "content-type", "date", "etag", "expires", "last-modified", "link", "location", "retry-after",
        "tdm-policy", "tdm-reservation", "x-robots-tag",
    }
)  # fmt: skip
"""Headers that an outcome carries; cookies are not among them."""

MAX_VALIDATOR = 1024
"""A longer ETag or Last-Modified is not kept."""

ERROR_BODY = 64 * 1024
"""Bytes of an error page that are read, to tell a bot check from an error."""

_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FULL = frozenset({200, 203})
_FAILURES = (aiohttp.ClientError, OSError, ValueError)
"""What a request may raise; TimeoutError is an OSError. Anything else is a fault of ours and crashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to ask. `unconditional` sends no validators; the body hash still decides whether anything changed.

    `gap_s` (seconds) lengthens the host's gap (Crawl-delay). `max_body` (bytes) lowers the cap, and with `cut` a
    longer body is cut there instead of refused.
    """

    url: str
    validators: Validators = Validators()
    unconditional: bool = False
    proxy: str | None = None
    accept: str = FEED_ACCEPT
    gap_s: float | None = None
    max_body: int | None = None
    cut: bool = False


@dataclass(slots=True)
class _Trip:
    """What has happened to a request so far: its hops, seconds spent asking and bytes received."""

    request: FetchRequest
    url: URL
    hops: list[Redirect] = field(default_factory=list)
    spent: float = 0.0
    wire: int = 0

    def facts(self) -> dict[str, Any]:
        return {
            "url": str(self.url),
            "redirects": tuple(self.hops),
            "elapsed_s": self.spent,
            "wire_bytes": self.wire,
        }

    def failed(
        self,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        wait: dt.timedelta | None = None,
    ) -> FetchFailed:
        return FetchFailed(
            kind=classify.kind_of(code),
            code=code,
            detail=classify.printable(detail),
            status=status,
            headers=headers or {},
            retry_after=wait,
            **self.facts(),
        )


class Fetcher:
    """A session of polite requests: `async with Fetcher(options) as fetcher: await fetcher.fetch(request)`.

    `stops` are hosts that asked to be left alone, and until when; a 429 or 503 with Retry-After adds to them, and
    requests that still wait for such a host end as `host_stopped` without being sent. `lookup` replaces the DNS.
    """

    def __init__(
        self,
        options: FetchOptions,
        *,
        stops: Mapping[str, dt.datetime] | None = None,
        lookup: AbstractResolver | None = None,
    ) -> None:
        self.options = options
        self.stops = dict(stops or {})
        self._lookup = lookup
        self._spacing = Spacing(
            concurrency=options.concurrency,
            per_host=options.per_host,
            host_gap=options.host_gap,
            clock=options.clock,
            sleep=options.sleep,
        )
        self._direct: aiohttp.ClientSession | None = None
        self._proxied: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._lookup = self._lookup or ThreadLookup(self.options.dns_threads)
        self._direct = self._session(guarded_connector(self.options, self._lookup))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in (self._direct, self._proxied):
            if session is not None:
                await session.close()
        if self._lookup is not None:
            await self._lookup.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self.options.user_agent, "Accept-Encoding": "gzip, br"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            # the whole is bounded by _deadline; this bounds DNS and connection
            timeout=aiohttp.ClientTimeout(total=None, connect=connect_seconds(self.options)),
            max_line_size=8190,
            max_field_size=16380,
        )

    def _session_for(self, request: FetchRequest) -> aiohttp.ClientSession:
        if self._direct is None or self._lookup is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        if request.proxy is None:
            return self._direct
        if self._proxied is None:
            self._proxied = self._session(proxy_connector(self.options, self._lookup))
        return self._proxied

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Ask once, following redirects. Waiting for the host's turn does not count against the deadline."""
        try:
            url = URL(request.url)
        except ValueError as error:
            trip = _Trip(request, URL())
            return replace(trip.failed("bad_url", str(error)), url=classify.printable(request.url))
        trip = _Trip(request, url.with_fragment(None))
        seen = {trip.url}
        while True:
            result = await self._hop(trip)
            if not isinstance(result, Redirect):
                return result
            trip.hops.append(result)
            trip.url = URL(result.url, encoded=True)
            if trip.url in seen:
                return trip.failed("redirect_loop", "redirected to an address that was asked before")
            if len(trip.hops) > self.options.max_redirects:
                return trip.failed("too_many_redirects", f"more than {self.options.max_redirects} redirects")
            seen.add(trip.url)

    async def _hop(self, trip: _Trip) -> FetchOutcome | Redirect:
        request = trip.request
        refused = url_refusal(trip.url, self.options.allow_networks, proxied=self._strict_ports(request))
        if refused is not None:
            return trip.failed(refused.code, refused.detail)
        host = (trip.url.raw_host or "").lower().rstrip(".")
        async with self._spacing.slot(host, gap=request.gap_s):
            stopped = self._stopped(host, trip)
            return stopped or await self._timed(trip, host)

    def _strict_ports(self, request: FetchRequest) -> bool:
        """By a proxy the connected address is the proxy's: only an allowed one opens other ports."""
        if request.proxy is None:
            return False
        try:
            host = URL(request.proxy).raw_host or ""
        except ValueError:
            return True
        return not is_allowed(host, self.options.allow_networks)

    def _stopped(self, host: str, trip: _Trip) -> FetchFailed | None:
        until = self.stops.get(host)
        if until is None:
            return None
        left = until - self.options.now()
        if left <= dt.timedelta(0):
            del self.stops[host]
            return None
        return trip.failed("host_stopped", f"{host} asked to be left alone", wait=left)

    async def _timed(self, trip: _Trip, host: str) -> FetchOutcome | Redirect:
        loop = asyncio.get_running_loop()
        started = loop.time()
        spent_before = trip.spent
        result: FetchOutcome | Redirect
        try:
            async with asyncio.timeout(max(self.options.timeout - spent_before, 0.0)):
                result = await self._ask(trip, host)
        except BodyError as error:
            result = trip.failed(error.code, error.detail)
        except _FAILURES as error:
            result = trip.failed(*classify.from_exception(error))
        trip.spent = spent_before + loop.time() - started
        return result if isinstance(result, Redirect) else replace(result, elapsed_s=trip.spent)

    async def _ask(self, trip: _Trip, host: str) -> FetchOutcome | Redirect:
        request = trip.request
        async with self._session_for(request).get(
            trip.url, headers=_headers(request), allow_redirects=False, proxy=request.proxy
        ) as response:
            status = response.status
            headers = _kept_headers(response)
            if status in _FULL:
                return await self._full(trip, response, headers)
            if status == 304 and _is_conditional(request):
                return _not_modified(trip, status, headers)
            if status in _REDIRECTS:
                return _redirect(trip, status, headers)
            return await self._refused(trip, host, response, headers)

    async def _full(
        self, trip: _Trip, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> FetchOutcome:
        body = await self._body(trip, response, headers)
        if classify.is_challenge(headers, body):
            return trip.failed("blocked", "a bot check instead of the feed", status=response.status, headers=headers)
        digest = hashlib.sha256(body).hexdigest()
        validators = kept_validators(headers, digest)
        if digest == trip.request.validators.body_sha256:
            return NotModified(
                status=response.status, headers=headers, validators=validators, by_hash=True, **trip.facts()
            )
        return Fetched(
            status=response.status, headers=headers, body=body, validators=validators, **trip.facts()
        )

    async def _body(
        self, trip: _Trip, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> bytes:
        request, options = trip.request, self.options
        reader = BodyReader(
            headers.get("content-encoding", ""),
            max_body=min(options.max_body, request.max_body or options.max_body),
            max_wire=options.max_wire,
            max_ratio=options.max_ratio,
            cut=request.cut,
        )
        announced = headers.get("content-length", "")
        if announced.isdecimal() and len(announced) < 20 and int(announced) > options.max_wire and not request.cut:
            raise BodyError("too_big", f"{announced} bytes announced, {options.max_wire} are read")
        before = trip.wire
        try:
            async for chunk in response.content.iter_any():
                reader.write(chunk)
                if reader.full:
                    break
        finally:
            trip.wire = before + reader.wire
        return reader.finish()

    async def _refused(
        self, trip: _Trip, host: str, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> FetchFailed:
        status = response.status
        wait = classify.retry_after(status, headers, self.options.now())
        if wait is not None:
            self.stops[host] = max(self.options.now() + wait, self.stops.get(host, self.options.now()))
        page = await _error_page(response, headers) if status in {403, 429, 451, 503} else b""
        code = "blocked" if classify.is_challenge(headers, page) else f"http_{status}"
        reason = classify.printable(response.reason or "")
        return trip.failed(code, f"HTTP {status} {reason}".rstrip(), status=status, headers=headers, wait=wait)


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if not request.unconditional:
        etag, modified = request.validators.etag, request.validators.last_modified
        # stored ones are checked again: a header must not depend on what an older version kept
        if etag and is_echoable(etag):
            headers["If-None-Match"] = etag
        if modified and is_echoable(modified):
            headers["If-Modified-Since"] = modified
    return headers


def _is_conditional(request: FetchRequest) -> bool:
    return len(_headers(request)) > 1


def is_echoable(value: str) -> bool:
    """Whether a validator can be sent back byte for byte: no controls, no bytes that are not UTF-8, not huge."""
    if not 0 < len(value) <= MAX_VALIDATOR:
        return False
    return value.isprintable() if value.isascii() else not any(c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in value)


def kept_validators(headers: Mapping[str, str], body_sha256: str | None) -> Validators:
    """What to ask with next time: as served, quotes or none, odd dates and all."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validators(
        etag=etag if is_echoable(etag) else None,
        last_modified=modified if is_echoable(modified) else None,
        body_sha256=body_sha256,
    )


def _kept_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in response.headers.items():
        lower = name.lower()
        if lower in KEPT_HEADERS:
            kept[lower] = f"{kept[lower]}, {value}" if lower in kept else value
    return kept


def _not_modified(trip: _Trip, status: int, headers: Mapping[str, str]) -> NotModified:
    sent = trip.request.validators
    new = kept_validators(headers, sent.body_sha256)
    return NotModified(
        status=status,
        headers=headers,
        validators=replace(
            new, etag=new.etag or sent.etag, last_modified=new.last_modified or sent.last_modified
        ),
        **trip.facts(),
    )


def _redirect(trip: _Trip, status: int, headers: Mapping[str, str]) -> FetchOutcome | Redirect:
    location = headers.get("location", "").strip()
    try:
        target = trip.url.join(URL(location)).with_fragment(None) if location else None
    except ValueError:
        target = None
    if target is None:
        return trip.failed("bad_response", f"HTTP {status} without a usable Location", status=status, headers=headers)
    return Redirect(status=status, url=str(target))


async def _error_page(response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
    """The head of an error page, empty when it cannot be read: the status alone is the answer then."""
    try:
        reader = BodyReader(
            headers.get("content-encoding", ""), max_body=ERROR_BODY, max_wire=ERROR_BODY, max_ratio=100, cut=True
        )
        async for chunk in response.content.iter_any():
            reader.write(chunk)
            if reader.full or reader.wire > ERROR_BODY:
                break
        return reader.finish()
    except (BodyError, aiohttp.ClientError):
        return b""
