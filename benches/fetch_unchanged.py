"""Unchanged feeds a second: our Fetcher against bare aiohttp, 304 answers on loopback, in one run, alternately.

    python -m benches.fetch_unchanged [--feeds 5000] [--rounds 5]

The server runs in a process of its own; politeness spacing is off. Bare aiohttp sends the same headers and does
nothing else. Prints requests a second of each round and the ratio of the medians (target: 0.5 or more).
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from statistics import median

import aiohttp

from monitor.fetch import Fetcher, FetchOptions, FetchRequest, networks
from monitor.types.fetching import NotModified
from monitor.types.source import Validators

ETAG = '"5e8a-1"'
CONCURRENCY = 100
HOSTS = [f"127.0.0.{n}" for n in range(2, 252)]
"""Many hosts on one server: connections are made and kept as in the wild."""

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "5e8a-1"\r\nCache-Control: max-age=600\r\n\r\n'


def serve(pipe: Connection) -> None:
    """Answer everything with 304 on all HOSTS, and say at which port."""

    class Answerer(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            self.rest = b""

        def data_received(self, data: bytes) -> None:
            requests = (self.rest + data).split(b"\r\n\r\n")
            self.rest = requests.pop()
            self.transport.write(NOT_MODIFIED * len(requests))  # type: ignore[attr-defined]

    async def run() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(Answerer, HOSTS[0], 0)
        port = first.sockets[0].getsockname()[1]
        await loop.create_server(Answerer, HOSTS[1:], port)
        pipe.send(port)
        await first.serve_forever()

    asyncio.run(run())


async def bare(urls: list[str]) -> None:
    """The same requests with aiohttp alone."""
    headers = {"If-None-Match": ETAG, "Accept-Encoding": "gzip, br", "User-Agent": "bare"}
    places = asyncio.Semaphore(CONCURRENCY)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def one(url: str) -> None:
            async with places, session.get(url, headers=headers) as response:
                await response.read()

        await asyncio.gather(*(one(url) for url in urls))


async def ours(urls: list[str]) -> None:
    """The same requests with everything the Fetcher checks."""
    options = FetchOptions(
        contact="desk@example.org",
        concurrency=CONCURRENCY,
        per_host=CONCURRENCY,
        host_gap=0.0,
        allow_networks=networks(["127.0.0.0/8"]),
    )
    known = Validators(etag=ETAG, body_sha256="0" * 64)
    async with Fetcher(options) as fetcher:
        outcomes = await asyncio.gather(
            *(fetcher.fetch(FetchRequest(url=url, validators=known)) for url in urls)
        )
    assert all(isinstance(outcome, NotModified) for outcome in outcomes)


def rate(run: Callable[[list[str]], Awaitable[None]], urls: list[str]) -> float:
    async def timed() -> float:
        started = time.perf_counter()
        await run(urls)
        return len(urls) / (time.perf_counter() - started)

    return asyncio.run(timed())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--feeds", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    near, far = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(far,), daemon=True)
    server.start()
    port = near.recv()
    urls = [f"http://{HOSTS[n % len(HOSTS)]}:{port}/feed/{n}.xml" for n in range(given.feeds)]
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    for number in range(given.rounds):
        for name, run in (("bare", bare), ("ours", ours)):
            rates[name].append(rate(run, urls))
        print(f"round {number + 1}: bare {rates['bare'][-1]:.0f}/s, ours {rates['ours'][-1]:.0f}/s")
    server.terminate()
    ratio = median(rates["ours"]) / median(rates["bare"])
    print(f"ratio {ratio:.2f} (target 0.50)")


if __name__ == "__main__":
    main()
