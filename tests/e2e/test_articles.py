"""Full text end to end: a feed, its pages, what their publisher says of them, and analysis of what may be used.

A publisher on loopback has a feed (or a news sitemap), pages and a robots.txt; our clock is ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from monitor.fetch import FetchOptions
from monitor.pipeline.analyse import analyse
from monitor.pipeline.articles import fetch_articles
from monitor.pipeline.digesting import Builder
from monitor.pipeline.ingest import fetch_options, poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.tick import tick
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.article import PageOutcome
from tests.loopback import StartWeb

START = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

LONG = (
    "The council added two shipping companies to its sanctions list on Thursday. Both had carried crates of "
    "engines for cruise missiles to the harbour of Vellmark, the ministry of trade said. The companies may no "
    "longer use ports of the union, and their accounts were frozen at once.",
    "Inspectors had found the engines in the spring, under a cargo of farm machines. The papers of the freighter "
    "named a customer that does not exist. The embargo forbids the export of such parts, and of anything that "
    "could serve to make them, to either side of the conflict.",
    "The companies did not answer questions. A spokesman of the port said that the freighter had called there "
    "four times since January, and that each of its cargoes was being examined again.",
)
TEASER = "Two companies were listed."
CLOSED = "User-agent: *\nDisallow: /closed/\n"


@dataclass
class Publisher:
    """A publisher that remembers what it was asked. `meta` and `headers` are by path, `stories` in order."""

    stories: tuple[str, ...] = ("/a",)
    robots: str | int = CLOSED
    meta: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    teaser: str = TEASER
    base: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[str]:
        """The pages asked for, in order."""
        return [path for path in self.asked if path not in {"/feed.xml", "/news.xml", "/robots.txt"}]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append(path)
        if path == "/robots.txt":
            known = isinstance(self.robots, str)
            return web.Response(text=self.robots) if known else web.Response(status=int(self.robots))
        if path == "/feed.xml":
            return web.Response(body=self._feed(), content_type="application/rss+xml")
        if path == "/news.xml":
            return web.Response(body=self._sitemap(), content_type="application/xml")
        status = self.status.get(path, 200)
        headers = self.headers.get(path, {})
        return web.Response(status=status, body=self._page(path), content_type="text/html", headers=headers)

    def _feed(self) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{path}</guid><title>Two companies listed {path}</title>"
            f"<link>{self.base}{path}</link><description>{self.teaser}</description>"
            f"<pubDate>Fri, 20 Nov 2026 08:0{n}:00 +0000</pubDate></item>"
            for n, path in enumerate(self.stories)
        )
        return f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>".encode()

    def _sitemap(self) -> bytes:
        news = "http://www.google.com/schemas/sitemap-news/0.9"
        urls = "".join(
            f"<url><loc>{self.base}{path}</loc><n:news><n:publication><n:name>Gazette</n:name>"
            f"<n:language>en</n:language></n:publication><n:publication_date>2026-11-20T08:00:00Z"
            f"</n:publication_date><n:title>Two companies listed {path}</n:title></n:news></url>"
            for path in self.stories
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f"<?xml version='1.0'?><urlset xmlns='{space}' xmlns:n='{news}'>{urls}</urlset>".encode()

    def _page(self, path: str) -> bytes:
        text = self.bodies.get(path) or "".join(f"<p>{paragraph}</p>" for paragraph in LONG)
        return (
            f"<!doctype html><html lang='en'><head><title>Two companies listed</title>{self.meta.get(path, '')}"
            "<meta property='article:published_time' content='2026-11-20T08:00:00Z'></head>"
            f"<body><article><h1>Two companies listed</h1>{text}</article></body></html>"
        ).encode()


@dataclass
class Clock:
    """Our own time; it moves when a test says so."""

    now: dt.datetime = START

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class Desk:
    """A workspace that polls one publisher, its clock, and the folder of its configuration."""

    workspace: Workspace
    clock: Clock

    def articles(self) -> dict[str, tuple[str, str]]:
        """Outcome and code of each page, by its path in the feed."""
        frame = self.workspace.store.frame(
            "SELECT e.external_id, a.outcome, a.code FROM report_articles a JOIN report_entries e USING (entry_id)"
        )
        return {str(row.external_id): (str(row.outcome), str(row.code)) for row in frame.itertuples()}

    def body(self, path: str) -> str:
        """The text of an entry that analysis reads."""
        frame = self.workspace.store.frame(
            "SELECT t.body FROM report_texts t JOIN report_entries e ON e.revision_id = t.revision_id"
            " WHERE e.external_id = :path",
            {"path": path},
        )
        return str(frame["body"].iloc[0])


@contextmanager
def desk(
    folder: Path,
    base: str,
    rights: Mapping[str, object] | None = None,
    *,
    feed: str = "/feed.xml",
    full_text: bool = True,
    clock: Clock | None = None,
) -> Iterator[Desk]:
    """A desk with one outlet; the same folder again is the same desk after a restart."""
    outlet = {
        "name": "Gazette",
        "rights": dict(rights or {}),
        "feeds": [{"rss": base + feed, "full_text": full_text}],
    }
    content = {
        "database": {"url": "sqlite:///monitor.db"},
        "polling": {"host_gap": "0s", "allow_networks": ["127.0.0.1/32", "127.0.0.2/32"], "parsers": 1},
        "outlets": [outlet],
        "topics": {"path": None},
        "digests": [{"name": "daily", "to": ["desk@example.org"]}],
        "report": {"dir": "reports"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    upgrade_database(path)
    moving = clock or Clock()
    with open_workspace(path, moving) as workspace:
        yield Desk(workspace, moving)


@pytest.fixture
async def publisher(web_server: StartWeb) -> Publisher:
    """A publisher at work."""
    made = Publisher()
    made.base = await web_server({"/{path:.*}": made.serve})
    return made


async def test_a_page_is_fetched_once_after_robots_txt_and_is_what_analysis_reads(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/a", "/b")
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        result = await fetch_articles(at.workspace)
        assert (dict(result.outcomes), result.left, result.retries) == ({"stored": 2}, 0, 0)
        assert publisher.asked == ["/feed.xml", "/robots.txt", *publisher.pages]
        assert sorted(publisher.pages) == ["/a", "/b"]
        analysed = analyse(at.workspace)
        assert analysed.by_topic.get("sanctions") == 2
        assert at.body("/a") == "\n\n".join(LONG)
        said = at.workspace.store.frame("SELECT body FROM report_texts WHERE source = 'feed'")
        assert said["body"].tolist() == [TEASER, TEASER], "what the feed said is kept apart"
        terms = at.workspace.store.frame("SELECT term FROM report_mentions WHERE field = 'body'")["term"]
        assert any(term.lower() == "embargo" for term in terms), "a word that only the page has"
    asked = list(publisher.asked)
    with desk(tmp_path, publisher.base, clock=Clock(START + HOUR)) as at:
        assert (await fetch_articles(at.workspace)).lines == []
    assert publisher.asked == asked, "nothing is fetched again, nor robots.txt"


async def test_robots_txt_is_kept_for_a_day_over_a_restart(tmp_path: Path, publisher: Publisher) -> None:
    clock = Clock()
    for hours, path in ((0, "/a"), (23, "/b"), (2, "/c")):
        clock.now += hours * HOUR
        publisher.stories = (*publisher.stories, path)
        with desk(tmp_path, publisher.base, clock=clock) as at:
            await poll(at.workspace, ignore_due=True)
            await fetch_articles(at.workspace)
    assert publisher.pages == ["/a", "/b", "/c"]
    assert publisher.asked.count("/robots.txt") == 2


async def test_a_disallowed_page_is_never_fetched_and_the_feeds_text_stays(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/closed/a", "/b")
    with desk(tmp_path, publisher.base) as at:
        for _ in range(3):
            await poll(at.workspace, ignore_due=True)
            await fetch_articles(at.workspace)
            at.clock.now += 30 * HOUR
        assert publisher.pages == ["/b"]
        assert at.articles()["/closed/a"] == ("disallowed", "robots_disallowed")
        assert at.body("/closed/a") == TEASER


async def test_a_host_whose_robots_txt_fails_is_closed_and_asked_again_hours_later_at_most_twice(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.robots = 503
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        for hours in (0, 1, 2, 6, 12, 24):
            at.clock.now = START + hours * HOUR
            await fetch_articles(at.workspace)
        assert publisher.pages == []
        assert publisher.asked.count("/robots.txt") == 3
        assert at.articles() == {"/a": ("failed", "robots_unreachable")}


async def test_without_a_robots_txt_pages_are_open(tmp_path: Path, publisher: Publisher) -> None:
    publisher.robots = 404
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        assert dict((await fetch_articles(at.workspace)).outcomes) == {"stored": 1}


async def test_a_long_crawl_delay_leaves_pages_for_later_runs_also_after_a_restart(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.robots = "User-agent: *\nCrawl-delay: 1800\n"
    publisher.stories = ("/a", "/b")
    clock = Clock()
    seen = []
    for minutes in (0, 10, 31):
        clock.now = START + dt.timedelta(minutes=minutes)
        with desk(tmp_path, publisher.base, clock=clock) as at:
            await poll(at.workspace)
            result = await fetch_articles(at.workspace)
            seen.append((len(publisher.pages), result.left))
    assert seen == [(1, 1), (1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("meta", "headers", "outcome", "learning", "archive"),
    [
        ("<meta name='robots' content='noindex'>", {}, "withheld", False, False),
        ("", {"X-Robots-Tag": "noindex"}, "withheld", False, False),
        ("", {"TDM-Reservation": "1"}, "withheld", False, True),
        ("<meta name='tdm-reservation' content='1'>", {}, "withheld", False, True),
        ("<meta name='robots' content='noarchive'>", {}, "stored", True, False),
        ("<meta name='robots' content='noai'>", {}, "stored", False, True),
        ("", {"X-Robots-Tag": "somebot: noindex"}, "stored", True, True),
    ],
)
async def test_what_a_page_says_of_itself_is_kept_to(
    tmp_path: Path,
    publisher: Publisher,
    meta: str,
    headers: dict[str, str],
    outcome: str,
    learning: bool,
    archive: bool,
) -> None:
    publisher.meta["/a"], publisher.headers["/a"] = meta, headers
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        assert dict((await fetch_articles(at.workspace)).outcomes) == {outcome: 1}
        [row] = at.workspace.store.frame("report_articles").to_dict("records")
        assert (bool(row["machine_learning"]), bool(row["archive"])) == (learning, archive)
        [consent] = at.workspace.store.consents([row["entry_id"]]).values()
        withheld = outcome == "withheld"
        assert at.body("/a") == (TEASER if withheld else "\n\n".join(LONG))
        assert consent.machine_learning == (learning or withheld), (
            "words of an unused page do not bind its feed"
        )


@pytest.mark.parametrize(
    ("meta", "rights", "longest"),
    [
        ("", {}, 280),
        ("<meta name='robots' content='max-snippet:60'>", {}, 60),
        ("", {"excerpt_length": 90}, 90),
        ("<meta name='robots' content='max-snippet:60'>", {"excerpt_length": 30}, 30),
        ("<meta name='robots' content='nosnippet'>", {}, 0),
    ],
)
async def test_a_mail_shows_no_more_of_a_text_than_its_publisher_permits(
    tmp_path: Path, publisher: Publisher, meta: str, rights: dict[str, object], longest: int
) -> None:
    publisher.meta["/a"] = meta
    with desk(tmp_path, publisher.base, rights) as at:
        await poll(at.workspace)
        await fetch_articles(at.workspace)
        analyse(at.workspace)
        builder = Builder(at.workspace, name="daily", day=(START + 24 * HOUR).date())
        [digest] = builder.specs
        at.clock.now = START + 24 * HOUR
        content = builder._content(digest, builder._asked(digest))
        [story] = content.stories
        assert story.title
        assert len(story.lead) <= longest
        assert bool(story.lead) == bool(longest)


async def test_a_page_with_less_than_the_feed_gave_or_no_text_leaves_the_feeds_own(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/teaser", "/empty")
    publisher.teaser = " ".join(LONG)
    publisher.bodies = {"/teaser": f"<p>{LONG[0]}</p><p>Subscribe to read on.</p>", "/empty": "<p> </p>"}
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        result = await fetch_articles(at.workspace)
        assert dict(result.outcomes) == {"fallback": 2}
        assert at.articles() == {
            "/teaser": ("fallback", "shorter_than_feed"),
            "/empty": ("fallback", "no_text"),
        }
        assert at.body("/teaser") == " ".join(LONG)


async def test_a_passing_failure_is_tried_again_twice_and_a_lasting_one_is_not(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/gone", "/shaky", "/mended")
    publisher.status = {"/gone": 404, "/shaky": 500, "/mended": 500}
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        assert (await fetch_articles(at.workspace)).retries == 2
        at.clock.now = START + HOUR
        await fetch_articles(at.workspace)
        del publisher.status["/mended"]
        for hours in (3, 4, 12, 24, 48):
            at.clock.now = START + hours * HOUR
            await fetch_articles(at.workspace)
        counts = {path: publisher.pages.count(path) for path in publisher.stories}
        assert counts == {"/gone": 1, "/shaky": 3, "/mended": 2}
        assert at.articles() == {
            "/gone": ("failed", "http_404"),
            "/shaky": ("failed", "http_500"),
            "/mended": ("stored", ""),
        }


async def test_a_host_that_says_stop_is_left_alone_and_its_pages_wait(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/a", "/b")
    publisher.status, publisher.headers = {"/b": 429}, {"/b": {"Retry-After": "7200"}}
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        result = await fetch_articles(at.workspace)
        assert (publisher.pages, result.left) == (["/b"], 1)
        assert list(at.workspace.store.stopped_hosts(now=START + HOUR)) == ["127.0.0.1"]
        await fetch_articles(at.workspace)
        assert publisher.pages == ["/b"]
        at.clock.now = START + 3 * HOUR
        await fetch_articles(at.workspace)
        assert publisher.pages.count("/a") == 1


async def test_a_page_that_two_entries_name_is_fetched_once(tmp_path: Path, publisher: Publisher) -> None:
    publisher.stories = ("/a#top", "/a#end")
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        await fetch_articles(at.workspace)
        assert publisher.pages == ["/a"]


async def test_without_full_text_no_page_and_no_robots_txt_is_asked_for(
    tmp_path: Path, publisher: Publisher
) -> None:
    with desk(tmp_path, publisher.base, full_text=False) as at:
        done = await tick(at.workspace)
        assert (done.poll.stored, done.articles.lines) == (1, [])
    assert publisher.asked == ["/feed.xml"]


async def test_a_tick_polls_then_fetches_pages_then_analyses(tmp_path: Path, publisher: Publisher) -> None:
    with desk(tmp_path, publisher.base) as at:
        done = await tick(at.workspace)
        assert (done.poll.stored, dict(done.articles.outcomes)) == (1, {"stored": 1})
        assert done.analyse.by_topic.get("sanctions") == 1


async def test_a_news_sitemap_is_polled_as_a_feed_and_its_pages_give_the_text(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.stories = ("/a", "/b")
    with desk(tmp_path, publisher.base, feed="/news.xml") as at:
        polled = await poll(at.workspace)
        assert (polled.stored, polled.counts.new, polled.failed) == (1, 2, ())
        again = await poll(at.workspace, ignore_due=True)
        assert (again.counts.new, again.counts.revised) == (0, 0)
        formats = at.workspace.store.frame("SELECT DISTINCT format FROM report_fetches WHERE format <> ''")
        assert formats["format"].tolist() == ["sitemap"]
        frame = at.workspace.store.frame("SELECT title, url, published_at FROM report_entries ORDER BY title")
        assert frame["title"].tolist() == ["Two companies listed /a", "Two companies listed /b"]
        assert set(frame["published_at"]) == {dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)}
        assert dict((await fetch_articles(at.workspace)).outcomes) == {"stored": 2}
        texts = at.workspace.store.frame("SELECT body FROM report_texts WHERE source = 'article'")
        assert texts["body"].tolist() == ["\n\n".join(LONG)] * 2


async def test_a_page_that_breaks_its_reader_costs_only_itself(tmp_path: Path, publisher: Publisher) -> None:
    publisher.stories = ("/deep", "/b")
    publisher.bodies = {"/deep": "<div>" * 200_000}
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        result = await fetch_articles(at.workspace)
        assert result.outcomes["stored"] == 1
        assert result.entries == 2
        assert at.articles()["/deep"][0] in {PageOutcome.FAILED, PageOutcome.FALLBACK}


async def test_only_one_worker_fetches_pages_at_a_time(tmp_path: Path, publisher: Publisher) -> None:
    with desk(tmp_path, publisher.base) as at:
        await poll(at.workspace)
        store = at.workspace.store
        other = store.lease_named("articles", owner="other", now=START, lease_for=HOUR)
        assert other is not None
        assert (await fetch_articles(at.workspace)).entries == 0
        assert publisher.pages == []
        store.release_named(other)
        assert (await fetch_articles(at.workspace)).entries == 1


async def test_retention_empties_pages_in_a_later_run(tmp_path: Path, publisher: Publisher) -> None:
    with desk(tmp_path, publisher.base, {"retention": "30d", "licence": "by contract"}) as at:
        await tick(at.workspace)
        at.clock.now = START + dt.timedelta(days=31)
        result = await fetch_articles(at.workspace)
        assert result.lines == ["1 texts of pages were kept as long as their outlets allow, and are gone"]
        assert at.body("/a") == ""
        assert publisher.pages == ["/a"]


async def test_pages_of_a_host_keep_its_gap_and_wait_for_the_feed_that_was_just_asked(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.stories = ("/a", "/b")
    clock = Clock()
    starts: list[tuple[str, float]] = []

    async def sleep(seconds: float) -> None:
        clock.now += dt.timedelta(seconds=seconds)

    def passed() -> float:
        return (clock.now - START).total_seconds()

    def slowly(workspace: Workspace) -> FetchOptions:
        return replace(
            fetch_options(workspace),
            host_gap=5.0,
            clock=passed,
            sleep=sleep,
        )

    real = publisher.serve

    async def noted(request: web.Request) -> web.StreamResponse:
        starts.append((request.path, passed()))
        return await real(request)

    monkeypatch.setattr("monitor.pipeline.articles.fetch_options", slowly)
    runner = web.AppRunner(app := web.Application(), access_log=None, shutdown_timeout=0.1)
    app.router.add_get("/{path:.*}", noted)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    publisher.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with desk(tmp_path, publisher.base, clock=clock) as at:
        await poll(at.workspace)
        clock.now += dt.timedelta(seconds=2)
        await fetch_articles(at.workspace)
    await runner.cleanup()
    assert [path for path, _ in starts[:2]] == ["/feed.xml", "/robots.txt"]
    seconds = [second for _, second in starts]
    assert [round(second, 1) for second in seconds] == [0, 5, 10, 15]
