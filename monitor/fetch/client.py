"""One polite, guarded GET. `Fetcher.fetch` answers with a value whatever the server does.

    request -> guard -> slot of the host -> GET (deadline) -> a redirect? once more
                                                |
                           Fetched | NotModified | FetchFailed

Redirects are followed by hand, so every hop passes the guard, waits for its host and is recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
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
from monitor.fetch.connector import ThreadLookup, guarded_connector, guarded_session, proxy_connector
from monitor.fetch.decode import BodyError, BodyReader
from monitor.fetch.guard import is_allowed, url_refusal
from monitor.fetch.options import FetchOptions
from monitor.fetch.request import FetchRequest, kept_headers, kept_validators, request_headers
from monitor.fetch.spacing import Spacing
from monitor.types.fetching import Fetched, FetchFailed, FetchOutcome, NotModified, Redirect

ERROR_BODY = 64 * 1024
"""Bytes of an error page that are read, to tell a bot check from an error."""

_FULL = frozenset({200, 203})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAY_BE_CHALLENGE = frozenset({401, 403, 429, 451, 503})
_FAILURES = (aiohttp.ClientError, OSError, ValueError)
"""What a request may raise; TimeoutError is an OSError. Anything else is a fault of ours and crashes."""


@dataclass(slots=True)
class _Trip:
    """What has happened to a request so far: its hops, seconds spent asking, bytes received."""

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

    `stops` are hosts that asked to be left alone, and until when. A 429, or a 503 with Retry-After, adds to
    them, and requests still waiting for such a host end as `host_stopped` without being sent. `lookup`
    replaces the DNS.
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
        self._direct = guarded_session(self.options, guarded_connector(self.options, self._lookup))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in (self._direct, self._proxied):
            if session is not None:
                await session.close()
        if self._lookup is not None:
            await self._lookup.close()

    def _session_for(self, request: FetchRequest) -> aiohttp.ClientSession:
        if self._direct is None or self._lookup is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        if request.proxy is None:
            return self._direct
        if self._proxied is None:
            self._proxied = guarded_session(self.options, proxy_connector(self.options, self._lookup))
        return self._proxied

    def hold(self, url: str, seconds: float) -> None:
        """Start nothing at the URL's host for so many seconds; a URL without a host is ignored."""
        with contextlib.suppress(ValueError):
            host = (URL(url).raw_host or "").lower().rstrip(".")
            if host:
                self._spacing.hold(host, seconds)

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Ask once, following redirects. Waiting for the host's turn does not count against the deadline."""
        try:
            url = URL(request.url)
        except ValueError as error:
            failed = _Trip(request, URL()).failed("bad_url", str(error))
            return replace(failed, url=classify.printable(request.url))
        trip = _Trip(request, url.with_fragment(None) if url.raw_fragment else url)
        seen = {trip.url}
        while True:
            result = await self._hop(trip)
            if not isinstance(result, Redirect):
                return result
            if not request.follow:
                detail = f"HTTP {result.status} to {result.url}"
                return trip.failed(
                    "redirected", detail, status=result.status, headers={"location": result.url}
                )
            if len(trip.hops) == self.options.max_redirects:
                return trip.failed("too_many_redirects", f"more than {self.options.max_redirects} redirects")
            trip.hops.append(result)
            trip.url = URL(result.url, encoded=True)
            if trip.url in seen:
                return trip.failed("redirect_loop", "redirected to an address that was asked before")
            seen.add(trip.url)

    async def _hop(self, trip: _Trip) -> FetchOutcome | Redirect:
        refused = url_refusal(
            trip.url, self.options.allow_networks, proxied=self._hides_address(trip.request)
        )
        if refused is not None:
            return trip.failed(refused.code, refused.detail)
        host = (trip.url.raw_host or "").lower().rstrip(".")
        stopped = self._stopped(host, trip)
        if stopped is not None:
            return stopped
        async with self._spacing.slot(host, gap=trip.request.gap_s):
            stopped = self._stopped(host, trip)
            if stopped is not None:
                self._spacing.refund(host)
                return stopped
            return await self._timed(trip, host)

    def _hides_address(self, request: FetchRequest) -> bool:
        # by a proxy the connected address is the proxy's: only an allowed one opens other ports
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
        clock = asyncio.get_running_loop().time
        before, started = trip.spent, clock()
        result: FetchOutcome | Redirect
        try:
            async with asyncio.timeout(max(self.options.timeout - before, 0.0)):
                result = await self._ask(trip, host)
        except BodyError as error:
            result = trip.failed(error.code, error.detail)
        except _FAILURES as error:
            result = trip.failed(*classify.from_exception(error))
        trip.spent = before + clock() - started
        return result if isinstance(result, Redirect) else replace(result, elapsed_s=trip.spent)

    async def _ask(self, trip: _Trip, host: str) -> FetchOutcome | Redirect:
        request = trip.request
        sent = request_headers(request)
        conditional = bool(sent.keys() & {"If-None-Match", "If-Modified-Since"})
        if not (request.keep_alive or self._spacing.is_awaited(host)):
            # thousands of idle connections to hosts with one feed each would use up the file descriptors
            sent["Connection"] = "close"
        async with self._session_for(request).get(
            trip.url, headers=sent, allow_redirects=False, proxy=request.proxy
        ) as response:
            headers = kept_headers(response.headers)
            if response.status in _FULL:
                return await self._full(trip, response, headers)
            if response.status == 304 and conditional:
                return _not_modified(trip, headers)
            if response.status in _REDIRECTS:
                return _redirect(trip, response.status, headers)
            return await self._turned_away(trip, host, response, headers)

    async def _full(
        self, trip: _Trip, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> FetchOutcome:
        body = await self._body(trip, response, headers)
        status = response.status
        if classify.is_challenge(headers, body):
            detail = "a bot check instead of the feed"
            return trip.failed("blocked", detail, status=status, headers=headers)
        digest = hashlib.sha256(body).hexdigest()
        validators = kept_validators(headers, digest)
        facts = trip.facts()
        if digest == trip.request.validators.body_sha256:
            return NotModified(status=status, headers=headers, validators=validators, by_hash=True, **facts)
        return Fetched(status=status, headers=headers, body=body, validators=validators, **facts)

    async def _body(self, trip: _Trip, response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
        request, options = trip.request, self.options
        reader = BodyReader(
            headers.get("content-encoding", ""),
            max_body=min(options.max_body, request.max_body or options.max_body),
            max_wire=options.max_wire,
            max_ratio=options.max_ratio,
            cut=request.cut,
        )
        if not request.cut and (response.content_length or 0) > options.max_wire:
            raise BodyError("too_big", f"{response.content_length} bytes are announced")
        try:
            async for chunk in response.content.iter_any():
                reader.write(chunk)
                if reader.full:
                    break
        finally:
            trip.wire += reader.wire
        return reader.finish()

    async def _turned_away(
        self, trip: _Trip, host: str, response: aiohttp.ClientResponse, headers: Mapping[str, str]
    ) -> FetchFailed:
        status, now = response.status, self.options.now()
        wait = classify.retry_after(status, headers, now)
        if wait is not None:
            self.stops[host] = max(now + wait, self.stops.get(host, now))
        page = await _error_page(response, headers) if status in _MAY_BE_CHALLENGE else b""
        code = "blocked" if classify.is_challenge(headers, page) else f"http_{status}"
        detail = f"HTTP {status} {response.reason or ''}".rstrip()
        return trip.failed(code, detail, status=status, headers=headers, wait=wait)


def _not_modified(trip: _Trip, headers: Mapping[str, str]) -> NotModified:
    sent = trip.request.validators
    new = kept_validators(headers, sent.body_sha256)
    validators = replace(
        new, etag=new.etag or sent.etag, last_modified=new.last_modified or sent.last_modified
    )
    return NotModified(status=304, headers=headers, validators=validators, **trip.facts())


def _redirect(trip: _Trip, status: int, headers: Mapping[str, str]) -> FetchFailed | Redirect:
    location = headers.get("location", "").strip()
    try:
        target = trip.url.join(URL(location)).with_fragment(None) if location else None
    except ValueError:
        target = None
    if target is None:
        detail = f"HTTP {status} without a usable Location"
        return trip.failed("bad_response", detail, status=status, headers=headers)
    return Redirect(status=status, url=str(target))


async def _error_page(response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
    """The head of an error page; empty when it cannot be read, for then the status is the answer."""
    encoding = headers.get("content-encoding", "")
    try:
        reader = BodyReader(encoding, max_body=ERROR_BODY, max_wire=ERROR_BODY, max_ratio=100, cut=True)
        async for chunk in response.content.iter_any():
            reader.write(chunk)
            if reader.full or reader.wire > ERROR_BODY:
                break
        return reader.finish()
    except (BodyError, aiohttp.ClientError):
        return b""
