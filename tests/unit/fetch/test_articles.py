"""Article pages over real requests on loopback: robots.txt first, at every hop, and nothing disallowed is asked."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from monitor.fetch import Robots
from monitor.fetch.articles import MAX_PAGE, ArticleFetcher
from monitor.types.article import ArticleFetched, Disallowed
from monitor.types.fetching import FailureKind, FetchFailed
from tests.loopback import answer

PAGE = b"<!doctype html><html><body><p>The freighter was stopped.</p></body></html>"
ROBOTS = "User-agent: news-monitor\nDisallow: /private/\n"


@dataclass
class Site:
    """A small site that remembers what it was asked, in order."""

    robots: str | None = ROBOTS
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path == "/robots.txt":
            return web.Response(text=self.robots) if self.robots is not None else web.Response(status=404)
        if request.path in self.redirects:
            status, target = self.redirects[request.path]
            return web.Response(status=status, headers={"Location": target})
        return web.Response(body=PAGE, content_type="text/html", headers={"X-Robots-Tag": "noai"})


@pytest.fixture
def start(web_server):
    """`site, base = await start(Site(...))`."""

    async def starting(site: Site, host: str = "127.0.0.1") -> tuple[Site, str]:
        return site, await web_server({"/{path:.*}": site.serve}, host=host)

    return starting


@pytest.fixture
def articles(fetcher) -> ArticleFetcher:
    return ArticleFetcher(fetcher, Robots(fetcher))


async def test_robots_txt_is_read_before_the_page_and_once_for_many(articles, start) -> None:
    site, base = await start(Site())
    outcomes = [await articles.fetch(f"{base}/a/{n}#comments") for n in range(3)]
    assert all(isinstance(outcome, ArticleFetched) for outcome in outcomes)
    assert site.asked == ["/robots.txt", "/a/0", "/a/1", "/a/2"]
    assert outcomes[0].page.body == PAGE
    assert outcomes[0].page.headers["x-robots-tag"] == "noai"
    assert outcomes[0].url == f"{base}/a/0#comments"
    assert (outcomes[0].cut, outcomes[0].moved_to) == (False, None)


async def test_a_disallowed_page_is_never_asked(articles, start) -> None:
    site, base = await start(Site())
    url = f"{base}/private/a"
    assert await articles.fetch(url) == Disallowed(url=url, at=url, reason="robots_disallowed")
    assert site.asked == ["/robots.txt"]


async def test_a_redirect_into_what_is_disallowed_is_not_followed(articles, start) -> None:
    site, base = await start(Site(redirects={"/a": (301, "/private/a")}))
    outcome = await articles.fetch(f"{base}/a")
    assert outcome == Disallowed(url=f"{base}/a", at=f"{base}/private/a", reason="robots_disallowed")
    assert site.asked == ["/robots.txt", "/a"]


async def test_a_redirect_to_another_host_asks_its_robots_txt_first(articles, start) -> None:
    other, there = await start(Site(robots="User-agent: *\nDisallow: /closed\n"), "127.0.0.2")
    site, base = await start(Site(redirects={"/a": (302, f"{there}/open"), "/b": (301, f"{there}/closed")}))
    assert isinstance(await articles.fetch(f"{base}/a"), ArticleFetched)
    assert isinstance(await articles.fetch(f"{base}/b"), Disallowed)
    assert site.asked == ["/robots.txt", "/a", "/b"]
    assert other.asked == ["/robots.txt", "/open"]


async def test_a_host_whose_rules_cannot_be_read_is_left_alone(articles, raw_server) -> None:
    server = await raw_server(answer(503, b"oops"))
    outcome = await articles.fetch(server.url("/a"))
    assert outcome == Disallowed(url=server.url("/a"), at=server.url("/a"), reason="robots_unreachable")
    assert server.paths() == ["/robots.txt"]


async def test_without_rules_everything_is_allowed(articles, start) -> None:
    site, base = await start(Site(robots=None))
    assert isinstance(await articles.fetch(f"{base}/private/a"), ArticleFetched)
    assert site.asked == ["/robots.txt", "/private/a"]


async def test_a_crawl_delay_is_the_gap_between_pages(make_fetcher, start) -> None:
    now, waited = [0.0], []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    fetcher = await make_fetcher(per_host=1, clock=lambda: now[0], sleep=sleep)
    _, base = await start(Site(robots=ROBOTS + "Crawl-delay: 7\n"))
    articles = ArticleFetcher(fetcher, Robots(fetcher))
    for n in range(3):
        await articles.fetch(f"{base}/a/{n}")
    assert waited == [7.0, 7.0]


async def test_redirects_are_recorded_and_permanent_ones_tell_where_a_page_lives(articles, start) -> None:
    _, base = await start(
        Site(redirects={"/1": (301, "/2"), "/2": (308, "/3"), "/3": (302, "/4"), "/4": (301, "/5")})
    )
    outcome = await articles.fetch(f"{base}/1")
    assert isinstance(outcome, ArticleFetched)
    assert outcome.page.url == f"{base}/5"
    assert [(hop.status, hop.url) for hop in outcome.page.redirects] == [
        (301, f"{base}/2"), (308, f"{base}/3"), (302, f"{base}/4"), (301, f"{base}/5"),
    ]  # fmt: skip
    assert outcome.moved_to == f"{base}/3"


@pytest.mark.parametrize(
    ("redirects", "code"),
    [
        ({"/a": (301, "/b"), "/b": (302, "/a")}, "redirect_loop"),
        ({f"/{n}" if n else "/a": (301, f"/{n + 1}") for n in range(9)}, "too_many_redirects"),
        ({"/a": (301, "http://192.0.2.1/a")}, "address_refused"),
        ({"/a": (301, "http://127.1/a")}, "address_refused"),
        ({"/a": (301, "file:///etc/passwd")}, "scheme_refused"),
        ({"/a": (301, "http://user@127.0.0.1/a")}, "userinfo_refused"),
    ],
)
async def test_redirects_that_are_not_followed(articles, start, redirects, code) -> None:
    _, base = await start(Site(redirects=redirects))
    outcome = await articles.fetch(f"{base}/a")
    assert isinstance(outcome, FetchFailed | Disallowed)
    # a refused address is named by the guard, or by its robots.txt that could not be asked for
    found = outcome.code if isinstance(outcome, FetchFailed) else outcome.reason
    assert found in {code, "robots_unreachable"}


async def test_a_long_page_is_cut_and_says_so(articles, raw_server) -> None:
    long = b"<html><body>" + b"<p>x</p>" * (MAX_PAGE // 8)
    packed = gzip.compress(long)
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    server = await raw_server(answer(404), answer(200, packed, headers))
    outcome = await articles.fetch(server.url("/a"))
    assert isinstance(outcome, ArticleFetched)
    assert outcome.cut
    assert len(outcome.page.body) == MAX_PAGE


@pytest.mark.parametrize(
    ("kind", "body", "is_page"),
    [
        ("text/html; charset=utf-8", PAGE, True),
        ("application/xhtml+xml", PAGE, True),
        ("", PAGE, True),
        ("", b"%PDF-1.7", False),
        ("application/pdf", b"%PDF-1.7", False),
        ("image/jpeg", b"\xff\xd8", False),
        ("application/rss+xml", b"<rss/>", False),
    ],
)
async def test_only_html_is_an_article(articles, raw_server, kind, body, is_page) -> None:
    headers = {"Content-Type": kind} if kind else {}
    server = await raw_server(answer(404), answer(200, body, headers))
    outcome = await articles.fetch(server.url("/a"))
    assert isinstance(outcome, ArticleFetched) is is_page
    if isinstance(outcome, FetchFailed):
        assert (outcome.code, outcome.kind) == ("not_html", FailureKind.SOFT)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(404), "http_404"),
        (answer(410), "http_410"),
        (answer(304), "http_304"),
        (b"nonsense\r\n\r\n", "bad_response"),
    ],
)
async def test_failures_are_values(articles, raw_server, said, code) -> None:
    server = await raw_server(answer(404), said)
    outcome = await articles.fetch(server.url("/a"))
    assert isinstance(outcome, FetchFailed)
    assert outcome.code == code


async def test_a_page_asks_for_html_and_nothing_conditional(articles, raw_server) -> None:
    server = await raw_server(answer(404), answer(200, PAGE, {"Content-Type": "text/html"}))
    await articles.fetch(server.url("/a"))
    sent = server.sent()
    assert sent["accept"].startswith("text/html")
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & set(sent)


@pytest.mark.parametrize("url", ["", "not a url", "http://[::1", "ftp://daily.example/a", "javascript:x"])
async def test_what_is_no_address_is_a_value_too(articles, url) -> None:
    outcome = await articles.fetch(url)
    assert isinstance(outcome, FetchFailed)
    assert outcome.code in {"bad_url", "scheme_refused"}


async def test_nothing_outside_is_asked_not_even_for_its_robots_txt(make_fetcher, connects) -> None:
    fetcher = await make_fetcher(allow_networks=())
    outcome = await ArticleFetcher(fetcher, Robots(fetcher)).fetch("http://127.0.0.1/a")
    assert not isinstance(outcome, ArticleFetched)
    assert connects == []
