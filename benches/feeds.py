"""Made-up feeds for benches, and a loopback server of its own process that hands them out."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate

_TAG = re.compile(rb'(?i)if-none-match: ("\d+-(\d+)")')
#: 2026-11-01 00:00 UTC; items are an hour apart before it.
EPOCH = 1_793_491_200
ITEMS = 30
#: Bytes of one feed, as in facts.md.
SIZE = 100_000

_WORDS = (
    "harbour council budget railway minister tanker cargo vessel border treaty export licence committee inspector "
    "village bridge river school hospital engine market price wheat copper storm winter festival museum archive "
    "report statement spokesperson delivery contract supplier factory depot exercise garrison ceasefire talks"
).split()


def feed(number: int, version: int = 0, *, items: int = ITEMS, size: int = SIZE) -> bytes:
    """An RSS 2.0 feed of `items` items and about `size` bytes, shaped as WordPress and its like write them.

    Each item has title, link, comments, creator, date, three categories, guid, a summary, the text as
    `content:encoded` with markup and links, and a picture. A new version has all new items.
    """
    rng = random.Random(number * 1_000 + version)
    site = f"http://outlet-{number}.example"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        'xmlns:media="http://search.yahoo.com/mrss/">\n<channel>\n'
        f'<title>Outlet {number}</title><atom:link href="{site}/feed" rel="self" type="application/rss+xml"/>'
        f"<link>{site}/</link><description>News of outlet {number}</description>"
        "<language>en</language><sy:updatePeriod>hourly</sy:updatePeriod>"
    ]
    parts += [_item(rng, site, f"{number}-{version}-{item}", item, size // items) for item in range(items)]
    parts.append("</channel></rss>")
    return "".join(parts).encode()


def _item(rng: random.Random, site: str, key: str, place: int, size: int) -> str:
    title = " ".join(rng.choices(_WORDS, k=9)).capitalize()
    body = ""
    while len(body) < size - 1000:
        words = rng.choices(_WORDS, k=45)
        words[9] = f'<a href="{site}/tag/{words[9]}">{words[9]}</a>'
        words[20] = f"<strong>{words[20]}</strong>"
        body += f"<p>{' '.join(words)}.</p>\n"
    categories = "".join(f"<category><![CDATA[{word}]]></category>" for word in rng.choices(_WORDS, k=3))
    return (
        f"<item>\n<title>{title}</title>\n<link>{site}/{key}?utm_source=rss</link>\n"
        f"<comments>{site}/{key}#comments</comments>\n<dc:creator><![CDATA[News desk]]></dc:creator>\n"
        f"<pubDate>{formatdate(EPOCH - place * 3600)}</pubDate>\n{categories}\n"
        f'<guid isPermaLink="false">{site}/?p={key}</guid>\n'
        f"<description><![CDATA[{' '.join(rng.choices(_WORDS, k=30))} [&#8230;]]]></description>\n"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>\n"
        f'<media:content url="{site}/{key}.jpg" medium="image" width="800" height="450"/>\n</item>\n'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the server does with `count` feeds at /N.

    Without validators a feed is its version 0, with `small_first` one of 3 short items. The ETag of the newest version
    brings a 304, but the share `changed` of the feeds has a new full version at each such request, and the share `hang`
    never answers. `delay_ms` bounds a random wait before each answer.
    """

    count: int
    changed: float = 0.0
    hang: float = 0.0
    small_first: bool = False
    delay_ms: tuple[int, int] = (0, 0)


@contextlib.contextmanager
def served(serving: Serving) -> Iterator[int]:
    """Serve on all of 127.0.0.0/8 from a process of its own; yields the port."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_serve, args=(serving, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=300)
    finally:
        process.terminate()
        process.join()


def _serve(serving: Serving, ready: multiprocessing.Queue[int]) -> None:
    small = {"items": 3, "size": 5_000}
    first = [feed(number, **(small if serving.small_first else {})) for number in range(serving.count)]
    rng = random.Random(1)
    fresh = {number for number in range(serving.count) if rng.random() < serving.changed}
    hanging = {number for number in range(serving.count) if rng.random() < serving.hang}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                number = int(head.split(b" ", 2)[1].strip(b"/"))
                if number in hanging:
                    await asyncio.sleep(3600)
                if serving.delay_ms[1]:
                    await asyncio.sleep(rng.uniform(*serving.delay_ms) / 1000)
                known = _TAG.search(head)
                if known is not None and number not in fresh:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + known[1] + b"\r\n\r\n")
                else:
                    version = int(known[2]) + 1 if known is not None else 0
                    body = first[number] if version == 0 else feed(number, version)
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
                        b'ETag: "%d-%d"\r\nContent-Length: %d\r\n\r\n' % (number, version, len(body)) + body
                    )
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=4096)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


def address(number: int, port: int) -> str:
    """The feed's URL; each feed has an address of its own, so that no host spacing is measured."""
    return f"http://127.{1 + number // 62500}.{(number // 250) % 250}.{1 + number % 250}:{port}/{number}"
