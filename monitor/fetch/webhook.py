"""One guarded POST of JSON to an address that a person configured: a webhook, or a server that answers in JSON.

The same guard as for feeds: every address is judged when the socket is about to be connected, so neither a name, a
redirect nor a rebinding reaches inside; `allow_networks` opens what it names. Nothing is repeated here: who sends
decides by the kind of the failure and its `retry_after`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor.fetch import classify
from monitor.fetch.connector import ThreadLookup, guarded_connector, guarded_session
from monitor.fetch.guard import url_refusal
from monitor.fetch.options import FetchOptions
from monitor.fetch.request import kept_headers
from monitor.types.fetching import Answered, FetchFailed, Posted

MAX_ANSWER = 64 * 1024
"""Bytes of a webhook's answer that are read, so that the connection ends in order; nothing of them is used."""

MAX_JSON = 256 * 1024
"""Bytes of an answer that is wanted; a longer one is a failure."""

_FAILURES = (aiohttp.ClientError, OSError, ValueError)


async def post_json(
    url: str,
    payload: Mapping[str, Any],
    options: FetchOptions,
    *,
    headers: Mapping[str, str] | None = None,
    handing: Callable[[], Awaitable[None]] | None = None,
    lookup: AbstractResolver | None = None,
) -> Posted | FetchFailed:
    """Send `payload` as JSON; any 2xx is success.

    `handing` is awaited once the connection stands, right before the request is written: until then nothing can have
    been taken, and after it only an answer tells. What it raises goes to the caller, and nothing is sent.

    A redirect is a failure (`redirected`): a webhook is configured where it is. `headers` go out as given
    (an Authorization, a signature). The deadline is `options.timeout` seconds for DNS, connection, sending and
    answer together. Outcomes and details carry scheme and host of the address only. Raises TypeError or
    ValueError for what JSON cannot say, before anything is sent. `lookup` replaces the DNS.
    """
    got = await _exchange(url, payload, options, dict(headers or {}), lookup, None, handing)
    return got if isinstance(got, FetchFailed) else got[0]


async def ask_json(
    url: str,
    payload: Mapping[str, Any],
    options: FetchOptions,
    *,
    headers: Mapping[str, str] | None = None,
    most: int = MAX_JSON,
    lookup: AbstractResolver | None = None,
) -> Answered | FetchFailed:
    """Send `payload` as JSON as `post_json` does, and read the JSON that a 2xx answers, at most `most` bytes.

    A longer answer is `too_big`, a packed one `encoding`, one that is no JSON `bad_response`.
    """
    sent = {"Accept": "application/json", "Accept-Encoding": "identity"} | dict(headers or {})
    got = await _exchange(url, payload, options, sent, lookup, most)
    if isinstance(got, FetchFailed):
        return got
    posted, body = got
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return FetchFailed(
            url=posted.url,
            kind=classify.kind_of("bad_response"),
            code="bad_response",
            detail="the answer is no JSON",
            status=posted.status,
            elapsed_s=posted.elapsed_s,
        )
    return Answered(url=posted.url, status=posted.status, value=value, elapsed_s=posted.elapsed_s)


def ask_json_now(
    url: str,
    payload: Mapping[str, Any],
    options: FetchOptions,
    *,
    headers: Mapping[str, str] | None = None,
) -> Answered | FetchFailed:
    """`ask_json` for callers that are no coroutine, whether or not a loop runs in their thread."""
    asked = ask_json(url, payload, options, headers=headers)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asked).result()


async def _exchange(
    url: str,
    payload: Mapping[str, Any],
    options: FetchOptions,
    headers: dict[str, str],
    lookup: AbstractResolver | None,
    most: int | None,
    handing: Callable[[], Awaitable[None]] | None = None,
) -> tuple[Posted, bytes] | FetchFailed:
    body = json.dumps(payload, allow_nan=False).encode()
    clock = asyncio.get_running_loop().time
    try:
        target = URL(url)
    except ValueError:
        return _Sending("", clock()).failed("bad_url", "the webhook's address cannot be read")
    sending = _Sending(_shown(target), clock())
    refused = url_refusal(target, options.allow_networks)
    if refused is not None:
        return sending.failed(refused.code, refused.detail)
    names = lookup or ThreadLookup(2)
    try:
        connector = guarded_connector(options, names)
        trace = _before_sending(handing) if handing is not None else None
        async with (
            guarded_session(options, connector, trace=trace) as session,
            asyncio.timeout(options.timeout),
        ):
            return await _send(session, target, body, headers, sending, options.now, most)
    except _FAILURES as error:
        return sending.failed(*classify.from_exception(error))
    finally:
        if lookup is None:
            await names.close()


def _before_sending(handing: Callable[[], Awaitable[None]]) -> aiohttp.TraceConfig:
    async def connected(*_: object) -> None:
        await handing()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    return trace


@dataclass(frozen=True, slots=True)
class _Sending:
    url: str
    started: float

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self.started

    def failed(
        self, code: str, detail: str, *, status: int | None = None, wait: dt.timedelta | None = None
    ) -> FetchFailed:
        return FetchFailed(
            url=self.url,
            kind=classify.kind_of(code),
            code=code,
            detail=classify.printable(detail),
            status=status,
            retry_after=wait,
            elapsed_s=self.elapsed(),
        )


def _shown(url: URL) -> str:
    # Slack, Discord and others put the secret in the path
    host = url.raw_host or ""
    port = f":{url.explicit_port}" if url.explicit_port else ""
    return classify.printable(f"{url.scheme}://{host}{port}")


async def _send(
    session: aiohttp.ClientSession,
    target: URL,
    body: bytes,
    headers: dict[str, str],
    sending: _Sending,
    now: Callable[[], dt.datetime],
    most: int | None,
) -> tuple[Posted, bytes] | FetchFailed:
    sent = {"Content-Type": "application/json", "Accept": "*/*", "Connection": "close"} | headers
    async with session.post(target, data=body, headers=sent, allow_redirects=False) as response:
        status = response.status
        if most is not None and 200 <= status < 300:
            return await _read(response, sending, most)
        with contextlib.suppress(aiohttp.ClientPayloadError):
            await response.content.read(MAX_ANSWER)
        if 200 <= status < 300:
            return Posted(url=sending.url, status=status, elapsed_s=sending.elapsed()), b""
        if 300 <= status < 400:
            detail = f"HTTP {status}: the webhook has moved; configure its new address"
            return sending.failed("redirected", detail, status=status)
        wait = classify.retry_after(status, kept_headers(response.headers), now())
        detail = f"HTTP {status} {response.reason or ''}".rstrip()
        return sending.failed(f"http_{status}", detail, status=status, wait=wait)


async def _read(
    response: aiohttp.ClientResponse, sending: _Sending, most: int
) -> tuple[Posted, bytes] | FetchFailed:
    if response.headers.get("Content-Encoding", "identity").casefold() != "identity":
        return sending.failed("encoding", "the answer is packed although none was asked for")
    parts = bytearray()
    async for part in response.content.iter_any():
        parts += part
        if len(parts) > most:
            return sending.failed(
                "too_big", f"the answer is longer than {most} bytes", status=response.status
            )
    return Posted(url=sending.url, status=response.status, elapsed_s=sending.elapsed()), bytes(parts)
