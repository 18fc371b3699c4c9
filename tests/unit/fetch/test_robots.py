"""robots.txt by RFC 9309, over real requests."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from monitor.fetch import FetchRequest, Robots
from monitor.fetch.robots import RobotsState
from tests.loopback import answer

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
RULES = b"""\
User-agent: *
Disallow: /

User-agent: news-monitor
Crawl-delay: 7
Disallow: /private/
Allow: /private/press/
Disallow: /*.pdf$
"""


async def test_our_group_counts_and_the_longest_rule_wins(fetcher, raw_server) -> None:
    server = await raw_server(answer(200, RULES))
    robots = Robots(fetcher)
    for path, allowed in {
        "/a": True, "/private/x": False, "/private/press/x": True, "/x.pdf": False, "/x.pdf?y": True,
    }.items():  # fmt: skip
        got = await robots.permission(server.url(path))
        assert (got.allowed, got.crawl_delay_s) == (allowed, 7.0), path
    assert server.paths() == ["/robots.txt"]
    assert server.sent()["user-agent"].startswith("news-monitor/")


@pytest.mark.parametrize(
    ("said", "allowed", "state"),
    [
        (answer(404, b"no"), True, RobotsState.ABSENT),
        (answer(403, b"no"), True, RobotsState.ABSENT),
        (answer(410), True, RobotsState.ABSENT),
        (answer(200, b""), True, RobotsState.READ),
        (answer(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"), False, RobotsState.READ),
        (answer(200, b"\xff\xfe\x00nonsense"), True, RobotsState.READ),
        (answer(429, b"later"), False, RobotsState.UNREACHABLE),
        (answer(500, b"oops"), False, RobotsState.UNREACHABLE),
        (answer(503, b"oops"), False, RobotsState.UNREACHABLE),
        (b"garbage\r\n\r\n", False, RobotsState.UNREACHABLE),
        (answer(302, headers={"Location": "/robots.txt"}), True, RobotsState.ABSENT),
    ],
)  # fmt: skip
async def test_what_an_answer_means(fetcher, raw_server, said, allowed, state) -> None:
    server = await raw_server(said)
    robots = Robots(fetcher)
    assert (await robots.permission(server.url("/a"))).allowed is allowed
    assert [file.state for file in robots.files.values()] == [state]


async def test_only_the_first_500_kib_are_read(fetcher, raw_server) -> None:
    head = b"User-agent: *\nDisallow: /closed\n" + b"# filler\n" * 60_000
    server = await raw_server(answer(200, head + b"Disallow: /late\n"))
    robots = Robots(fetcher)
    assert not (await robots.permission(server.url("/closed"))).allowed
    assert (await robots.permission(server.url("/late"))).allowed


async def test_it_is_asked_once_for_many_pages_and_again_after_a_day(make_fetcher, raw_server) -> None:
    now = [NOW]
    server = await raw_server(answer(200, RULES))
    fetcher = await make_fetcher(now=lambda: now[0])
    robots = Robots(fetcher)
    await asyncio.gather(*(robots.permission(server.url(f"/{n}")) for n in range(20)))
    assert len(server.heads) == 1
    now[0] += dt.timedelta(hours=23, minutes=59)
    later = Robots(fetcher, known=robots.files.values())
    await later.permission(server.url("/a"))
    assert len(server.heads) == 1
    now[0] += dt.timedelta(minutes=1)
    await later.permission(server.url("/a"))
    assert len(server.heads) == 2


async def test_a_host_out_of_reach_is_asked_again_sooner(make_fetcher, raw_server) -> None:
    now = [NOW]
    server = await raw_server(answer(500), answer(200, b""))
    robots = Robots(await make_fetcher(now=lambda: now[0]))
    assert (await robots.permission(server.url("/a"))).reason == "robots_unreachable"
    now[0] += dt.timedelta(hours=1)
    assert (await robots.permission(server.url("/a"))).allowed


@pytest.mark.parametrize(
    ("delay", "seconds"), [("-3", None), ("nan", None), ("inf", None), ("1e9", 3600.0), ("2", 2.0)]
)
async def test_a_crawl_delay_is_kept_within_reason(fetcher, raw_server, delay, seconds) -> None:
    server = await raw_server(answer(200, f"User-agent: *\nCrawl-delay: {delay}\n".encode()))
    assert (await Robots(fetcher).permission(server.url("/a"))).crawl_delay_s == seconds


async def test_a_page_that_may_not_be_asked_is_not(make_fetcher) -> None:
    fetcher = await make_fetcher(allow_networks=())
    assert not (await Robots(fetcher).permission("http://127.0.0.1/a")).allowed
    assert not (await Robots(fetcher).permission("not a url")).allowed


async def test_a_feed_is_fetched_without_asking(fetcher, raw_server) -> None:
    server = await raw_server(answer(200, b"<rss/>"))
    await fetcher.fetch(FetchRequest(url=server.url()))
    assert server.paths() == ["/feed.xml"]
