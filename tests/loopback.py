"""Real servers on loopback for tests: `raw_server` (any bytes at all), `web_server` (aiohttp), `connects` (a spy).

`raw_server` starts a server that answers each request with the next script; the last one repeats. A script is bytes,
or an async function of (reader, writer, head) that may do what it likes to the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Script = bytes | Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    length: int | None = None,
) -> bytes:
    """One HTTP/1.1 answer as bytes; `length` lies about the body's."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"HTTP/1.1 {status} Said So", *(f"{name}: {value}" for name, value in pairs)]
    if status != 304:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def gzipped(body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A 200 answer packed with gzip."""
    return answer(200, gzip.compress(body), {**(headers or {}), "Content-Encoding": "gzip"})


@dataclass
class RawServer:
    """A running server: where it is, and the request heads it got, as bytes."""

    host: str
    port: int
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/feed.xml") -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}{path}"

    def sent(self, number: int = -1) -> dict[str, str]:
        """The headers of one request, names in lower case."""
        lines = self.heads[number].decode("latin-1").split("\r\n")[1:]
        return {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
        }

    def paths(self) -> list[str]:
        return [head.split(b" ", 2)[1].decode("latin-1") for head in self.heads]


StartRaw = Callable[..., Awaitable[RawServer]]


@pytest_asyncio.fixture
async def raw_server() -> AsyncIterator[StartRaw]:
    """`server = await raw_server(script, ...)`: each request gets the next script, the last one repeats."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(*scripts: Script, host: str = "127.0.0.1") -> RawServer:
            running = RawServer(host, 0)
            todo = list(scripts)
            open_writers: set[asyncio.StreamWriter] = set()

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                running.connections += 1
                open_writers.add(writer)
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    while True:
                        head = await reader.readuntil(b"\r\n\r\n")
                        running.heads.append(head)
                        script = todo.pop(0) if len(todo) > 1 else todo[0]
                        if callable(script):
                            await script(reader, writer, head)
                            break
                        writer.write(script)
                        await writer.drain()
                writer.close()
                open_writers.discard(writer)

            server = await asyncio.start_server(serve, host, 0)
            running.port = server.sockets[0].getsockname()[1]

            async def stop() -> None:
                server.close()
                for writer in list(open_writers):
                    writer.transport.abort()
                await server.wait_closed()

            stack.push_async_callback(stop)
            return running

        yield start


StartWeb = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture
async def web_server() -> AsyncIterator[StartWeb]:
    """`base = await web_server({"/feed.xml": handler}, host="127.0.0.2")`: an aiohttp server, its base URL."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(routes: Mapping[str, Handler], host: str = "127.0.0.1") -> str:
            app = web.Application()
            for path, handler in routes.items():
                app.router.add_route("*", path, handler)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, host, 0).start()
            return f"http://{host}:{runner.addresses[0][1]}"

        yield start


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """Every address that a socket is connected to. What is not loopback fails the test before a packet leaves."""
    made: list[tuple[str, int]] = []
    real = socket.socket.connect

    def spy(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            made.append((address[0], address[1]))
            if not ip_address(str(address[0]).partition("%")[0]).is_loopback:
                raise AssertionError(f"a packet for {address[0]} was about to leave")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    yield made


class FakeDns(AbstractResolver):
    """A resolver from a table. A name with several answers gives the next one at each lookup: rebinding."""

    def __init__(self, names: Mapping[str, Sequence[str] | Sequence[Sequence[str]]]) -> None:
        self._names = {
            name: [[a] if isinstance(a, str) else list(a) for a in answers] for name, answers in names.items()
        }
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._names.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass
