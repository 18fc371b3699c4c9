"""The guard at connect time: no socket is made for an address that `guard` refuses.

aiohttp asks the resolver for names only, so the check stands twice: `GuardedResolver` drops refused answers
of the DNS (and gives the clear error), and the socket factory judges every address that a socket is about to
be connected to, literal addresses included. aiohttp connects to that same address, so a name that changes its
mind between check and connection (rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.fetch.guard import Refusal, connect_refusal
from monitor.fetch.options import FetchOptions, Network

DNS_CACHE_S = 60
AddrInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


class RefusedError(OSError):
    """Raised inside aiohttp in place of a connection; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(errno.EACCES, refusal.detail)
        self.refusal = refusal


class ThreadLookup(AbstractResolver):
    """The system's resolver in threads of its own: slow DNS must not starve the default executor."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look a name up; raises socket.gaierror."""
        infos = await asyncio.get_running_loop().run_in_executor(self._pool, _getaddrinfo, host, port, family)
        return [_result(host, port, info) for info in infos]

    async def close(self) -> None:
        """Let go of the threads; one that hangs in the DNS is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _getaddrinfo(host: str, port: int, family: int) -> list[AddrInfo]:
    flags = socket.AI_ADDRCONFIG
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, socket.IPPROTO_TCP, flags)


def _result(host: str, port: int, info: AddrInfo) -> ResolveResult:
    address = str(info[4][0])
    if info[0] == socket.AF_INET6 and info[4][3] and "%" not in address:
        address = f"{address}%{info[4][3]}"  # a zone: the guard refuses it
    return ResolveResult(
        hostname=host, host=address, port=port, family=info[0], proto=info[2], flags=socket.AI_NUMERICHOST
    )


class GuardedResolver(AbstractResolver):
    """Another resolver's answers without the addresses that may not be asked, within a time limit."""

    def __init__(self, lookup: AbstractResolver, allow: Sequence[Network], timeout_s: float) -> None:
        self._lookup = lookup
        self._allow = allow
        self._timeout_s = timeout_s

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name; raises RefusedError when no answer may be asked, gaierror when there is none."""
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._lookup.resolve(host, port, family)
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server did not answer in time") from error
        refused = [connect_refusal(answer["host"], port, self._allow) for answer in found]
        kept = [answer for answer, why in zip(found, refused, strict=True) if why is None]
        if not kept:
            first = refused[0] if refused else None
            if first is None:
                raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
            raise RefusedError(first)
        return kept

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._lookup.close()


def guarded_connector(options: FetchOptions, lookup: AbstractResolver) -> aiohttp.TCPConnector:
    """Build a connector that connects to nothing that `guard` refuses."""

    def checked_socket(info: AddrInfo) -> socket.socket:
        family, kind, proto, _, address = info
        refused = connect_refusal(str(address[0]), int(address[1]), options.allow_networks)
        if refused is not None:
            raise RefusedError(refused)
        return socket.socket(family, kind, proto)

    resolver = GuardedResolver(lookup, options.allow_networks, dns_seconds(options))
    return aiohttp.TCPConnector(
        limit=0,  # Spacing bounds the number of requests
        resolver=resolver,
        ttl_dns_cache=DNS_CACHE_S,
        dns_cache_max_size=20_000,
        socket_factory=checked_socket,
        **_tls(options),
    )


def proxy_connector(options: FetchOptions, lookup: AbstractResolver) -> aiohttp.TCPConnector:
    """Build the connector for requests by a proxy: it only ever connects to proxies, which a person named."""
    return aiohttp.TCPConnector(limit=0, resolver=lookup, ttl_dns_cache=DNS_CACHE_S, **_tls(options))


def guarded_session(
    options: FetchOptions, connector: aiohttp.TCPConnector, *, trace: aiohttp.TraceConfig | None = None
) -> aiohttp.ClientSession:
    """Build a session on one of these connectors: our name, no cookies, no proxies of the environment."""
    return aiohttp.ClientSession(
        connector=connector,
        trace_configs=[trace] if trace is not None else None,
        headers={"User-Agent": options.user_agent, "Accept-Encoding": "gzip, br"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        # the whole is bounded by the caller; this bounds DNS and connection
        timeout=aiohttp.ClientTimeout(total=None, connect=connect_seconds(options)),
        max_line_size=8190,
        max_field_size=16380,
    )


def _tls(options: FetchOptions) -> dict[str, Any]:
    return {} if options.ssl_context is None else {"ssl": options.ssl_context}


def connect_seconds(options: FetchOptions) -> float:
    """Time for DNS and connection: less than the whole, which tells a host out of reach from a slow one."""
    return min(options.connect_timeout, 0.8 * options.timeout)


def dns_seconds(options: FetchOptions) -> float:
    """Time for the DNS alone, a little less than for DNS and connection together."""
    return 0.9 * connect_seconds(options)
