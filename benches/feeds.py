"""Made-up feeds for benches, and a loopback server of its own process that hands them out."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
from collections.abc import Iterator
from email.utils import formatdate

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


@contextlib.contextmanager
def served(count: int, version: int = 0, *, changed: float = 1.0, delay_ms: tuple[int, int] = (0, 0)) -> Iterator[int]:
    """Serve feeds 0 … count-1 at /N on 127.0.0.0/8 from a process of its own; yields the port.

    A request with the feed's ETag is answered 304, except for the share `changed` of the feeds, whose ETag
    is new at each request. `delay_ms` bounds a random wait before each answer.
    """
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_serve, args=(count, version, changed, delay_ms, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=120)
    finally:
        process.terminate()
        process.join()


def _serve(
    count: int, version: int, changed: float, delay_ms: tuple[int, int], ready: multiprocessing.Queue[int]
) -> None:
    bodies = [feed(number, version) for number in range(count)]
    rng = random.Random(1)
    fresh = {number for number in range(count) if rng.random() < changed}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                number = int(head.split(b" ", 2)[1].strip(b"/"))
                if delay_ms[1]:
                    await asyncio.sleep(rng.uniform(*delay_ms) / 1000)
                tag = b'"%d-%d"' % (number, version)
                if number not in fresh and b"if-none-match: " + tag in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n")
                else:
                    body = bodies[number]
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: "
                        + tag
                        + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
                        + body
                    )
                await writer.drain()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=4096)  # noqa: S104 -- all of 127.0.0.0/8
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


def address(number: int, port: int) -> str:
    """The feed's URL; each feed has an address of its own, so that no host spacing is measured."""
    return f"http://127.{1 + number // 62500}.{(number // 250) % 250}.{1 + number % 250}:{port}/{number}"
