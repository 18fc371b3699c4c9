"""`monitor feeds`: sources tried, found, imported and exported, against real servers on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from monitor.pipeline.newsroom import newsroom
from tests.commands import Monitor

PAGE = """<!doctype html><html lang="en"><head><title>A site</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed.xml">
<link rel="alternate" type="application/rss+xml" title="News" href="{feed}"></head><body><p>Words.</p></body></html>"""


class Site:
    """The bundled newsroom and a site that names one of its feeds, each served from a thread."""

    newsroom: str
    site: str


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    site, ready, done = Site(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with newsroom(dt.datetime.now(dt.UTC)) as base:

            async def page(request: web.Request) -> web.Response:
                if request.path == "/":
                    return web.Response(
                        text=PAGE.format(feed=f"{base}/thornmoor-courier/feed.xml"), content_type="text/html"
                    )
                return web.Response(status=404)

            application = web.Application()
            application.router.add_get("/{path:.*}", page)
            runner = web.AppRunner(application)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            site.newsroom, site.site = base, f"http://127.0.0.1:{runner.addresses[0][1]}"
            ready.set()
            await asyncio.to_thread(done.wait)
            await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(30)
    yield site
    done.set()
    thread.join(30)


@pytest.fixture
def config(tmp_path: Path, served: Site, run_monitor: Monitor) -> Path:
    path = tmp_path / "config.yaml"
    settings = {
        "database": {"url": "sqlite:///monitor.db"},
        "include": ["outlets/*.yaml"],
        "polling": {"allow_networks": ["127.0.0.1/32"], "host_gap": "0s", "per_host": 8},
        "outlets": [
            {"name": "Works", "feeds": [{"rss": f"{served.newsroom}/northlight-wire/feed.xml"}]},
            {"name": "Gone", "feeds": [{"rss": f"{served.newsroom}/nowhere.xml"}]},
            {"name": "A page", "feeds": [{"rss": f"{served.site}/"}]},
        ],
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    assert run_monitor("-c", path, "db", "upgrade") == 0
    return path


def test_check_says_what_a_person_should_do(config: Path, run_monitor: Monitor) -> None:
    assert run_monitor("-c", config, "feeds", "check", "--json") == 1
    found = {trial["slug"]: trial for trial in json.loads(run_monitor.out)}
    assert (found["works-rss-1"]["mark"], found["works-rss-1"]["entries"]) == ("ok", 12)
    assert found["gone-rss-1"]["finding"].startswith("http_404: nothing is there")
    assert found["a-page-rss-1"]["finding"].startswith("html_instead: a web page")
    assert run_monitor("-c", config, "feeds", "check", "works-rss-1") == 0


def test_check_stores_nothing(config: Path, run_monitor: Monitor) -> None:
    run_monitor("-c", config, "feeds", "check")
    run_monitor("-c", config, "feeds", "list", "--json")
    assert json.loads(run_monitor.out) == []


def test_a_feed_is_added_by_the_address_of_its_site(config: Path, served: Site, run_monitor: Monitor) -> None:
    assert run_monitor("-c", config, "feeds", "add", served.site) == 0, run_monitor.err
    added = yaml.safe_load((config.parent / "outlets" / "added.yaml").read_text(encoding="utf-8"))["outlets"]
    assert added == [
        {
            "name": "The Thornmoor Courier",
            "language": "en",
            "feeds": [{"rss": f"{served.newsroom}/thornmoor-courier/feed.xml"}],
        }
    ]
    assert run_monitor("-c", config, "config", "check") == 0


def test_a_feed_that_is_there_already_is_not_added_again(
    config: Path, served: Site, run_monitor: Monitor
) -> None:
    assert run_monitor("-c", config, "feeds", "add", served.site) == 0
    assert run_monitor("-c", config, "feeds", "add", served.site) == 2
    assert "is given twice" in run_monitor.err
    assert run_monitor("-c", config, "config", "check") == 0


def test_an_address_beyond_what_is_allowed_is_refused_before_anything_is_sent(
    config: Path, run_monitor: Monitor
) -> None:
    assert run_monitor("-c", config, "feeds", "add", "http://127.0.0.2:1/") == 3
    assert "address_refused" in run_monitor.err or "port_refused" in run_monitor.err


def test_an_export_reads_back_as_the_same_feeds(config: Path, tmp_path: Path, run_monitor: Monitor) -> None:
    exported = tmp_path / "feeds.opml"
    assert run_monitor("-c", config, "feeds", "export", "-o", exported) == 0
    other = tmp_path / "other" / "config.yaml"
    other.parent.mkdir()
    other.write_text('include: ["outlets/*.yaml"]\n', encoding="utf-8")
    assert run_monitor("-c", other, "feeds", "import", exported) == 0
    assert "3 feeds added" in run_monitor.out
    assert run_monitor("-c", other, "feeds", "import", exported) == 0
    assert "0 feeds added, 3 were there already" in run_monitor.out.replace(" to ", " to ")


def test_without_an_included_folder_it_says_what_to_add(
    tmp_path: Path, config: Path, run_monitor: Monitor
) -> None:
    exported = tmp_path / "feeds.opml"
    run_monitor("-c", config, "feeds", "export", "-o", exported)
    other = tmp_path / "other.yaml"
    other.write_text("", encoding="utf-8")
    assert run_monitor("-c", other, "feeds", "import", exported) == 2
    assert "include:" in run_monitor.err


def test_a_feed_that_is_gone_is_polled_again_when_a_person_says_so(
    config: Path, run_monitor: Monitor
) -> None:
    run_monitor("-c", config, "poll")
    assert run_monitor("-c", config, "feeds", "enable", "gone-rss-1") == 0
    assert run_monitor("-c", config, "feeds", "enable", "nobody") == 2
