"""Rules that show only over days, polled from real servers under a clock that is moved by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.store import Store
from tests.newsroom_process import records, write_config

START = dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def rss(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>Ferry notice {n}</title><guid>ferry-{n}</guid>"
        f"<pubDate>{START - dt.timedelta(hours=40 - n):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>Ferries</title>{items}</channel></rss>'.encode()


class Clock:
    """The time of day, as a test sets it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


def configured(folder: Path, *urls: str, host_gap: str = "0s") -> Path:
    settings = {
        "polling": {"host_gap": host_gap, "timeout": "20s", "allow_networks": ["127.0.0.0/8"], "parsers": 1},
        "outlets": [
            {"name": f"Outlet {n}", "slug": f"o{n}", "feeds": [{"rss": url, "slug": f"o{n}"}]}
            for n, url in enumerate(urls)
        ],
    }
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    upgrade_database(config)
    return config


async def test_a_server_that_says_304_for_ever_is_found_out_within_eight_days(
    web_server: Any, tmp_path: Path
) -> None:
    shown, full = [rss(1, 2, 3)], []
    clock = Clock()

    async def stuck(request: web.Request) -> web.Response:
        if "If-None-Match" in request.headers:
            return web.Response(status=304, headers={"ETag": '"1"'})
        full.append(clock.now)
        return web.Response(body=shown[0], content_type="application/rss+xml", headers={"ETag": '"1"'})

    base = await web_server({"/feed": stuck})
    with open_workspace(configured(tmp_path, f"{base}/feed"), clock) as workspace:
        await poll(workspace)
        clock.now += 6 * HOUR
        shown[0] = rss(2, 3, 4)
        while not (
            found := records(workspace.store, "SELECT 1 AS x FROM report_entries WHERE title LIKE '%4'")
        ):
            clock.now += 12 * HOUR
            await poll(workspace)
            assert clock.now - START < dt.timedelta(days=9)
        assert found
        assert all(later - earlier >= 24 * HOUR for earlier, later in pairwise(full))
        issues = records(workspace.store, "SELECT code FROM report_issues")
        assert {"code": "validator_stuck"} in issues


@pytest.mark.parametrize(("status", "stored"), [(301, True), (308, True), (302, False), (307, False)])
async def test_a_permanent_move_is_stored_after_a_day_and_a_temporary_one_never(
    web_server: Any, tmp_path: Path, status: int, stored: bool
) -> None:
    asked: list[str] = []
    clock = Clock()

    async def old(request: web.Request) -> web.Response:
        asked.append("old")
        return web.Response(status=status, headers={"Location": "/new"})

    async def new(request: web.Request) -> web.Response:
        asked.append("new")
        return web.Response(body=rss(len(asked)), content_type="application/rss+xml")

    base = await web_server({"/old": old, "/new": new})
    with open_workspace(configured(tmp_path, f"{base}/old"), clock) as workspace:
        for _ in range(3):
            await poll(workspace, ignore_due=True)
            clock.now += 13 * HOUR
        assert asked == ["old", "new"] * 3
        asked.clear()
        await poll(workspace, ignore_due=True)
        assert asked == (["new"] if stored else ["old", "new"])
        [feed] = records(workspace.store, "SELECT feed_url FROM report_entries GROUP BY feed_url")
        assert feed["feed_url"] == f"{base}/old"  # what it is does not change with where it is


async def test_a_captive_portal_moves_nobody(web_server: Any, tmp_path: Path) -> None:
    clock = Clock()
    open_now = [False]

    async def feed(request: web.Request) -> web.Response:
        if open_now[0]:
            return web.Response(body=rss(1), content_type="application/rss+xml")
        return web.Response(status=301, headers={"Location": "/login"})

    async def login(request: web.Request) -> web.Response:
        return web.Response(
            text="<html><title>Hotel</title><form>Room?</form></html>", content_type="text/html"
        )

    base = await web_server({"/feed": feed, "/login": login})
    with open_workspace(configured(tmp_path, f"{base}/feed"), clock) as workspace:
        for _ in range(3):
            await poll(workspace, ignore_due=True)
            clock.now += 25 * HOUR
        open_now[0] = True
        assert (await poll(workspace, ignore_due=True)).stored == 1
        [health] = records(workspace.store, "SELECT feed_url, state FROM report_feed_health")
        assert health == {"feed_url": f"{base}/feed", "state": "healthy"}


async def test_a_clock_set_back_asks_nobody_and_changes_no_first_sight(
    web_server: Any, tmp_path: Path
) -> None:
    clock = Clock()
    asked: list[dt.datetime] = []

    async def feed(request: web.Request) -> web.Response:
        asked.append(clock.now)
        return web.Response(body=rss(1, 2), content_type="application/rss+xml")

    query = "SELECT external_id, observed_at FROM report_entries ORDER BY external_id"
    base = await web_server({"/feed": feed})
    with open_workspace(configured(tmp_path, f"{base}/feed"), clock) as workspace:
        await poll(workspace)
        first = records(workspace.store, query)
        clock.now -= 2 * HOUR
        assert (await poll(workspace)).feeds == 0
        assert (await poll(workspace, ignore_due=True)).feeds == 1
        clock.now += 30 * HOUR
        assert (await poll(workspace)).feeds == 1
        assert len(asked) == 3 and records(workspace.store, query) == first


async def test_a_page_that_could_not_be_had_counts_for_the_gap_of_the_next_worker(
    web_server: Any, tmp_path: Path
) -> None:
    clock = Clock()
    shown = [1, 2, 3]

    async def feed(request: web.Request) -> web.Response:
        link = b'<channel><link xmlns="http://www.w3.org/2005/Atom" rel="next" href="/older"/>'
        body = rss(*shown).replace(b"<channel>", link)
        return web.Response(body=body, content_type="application/rss+xml")

    async def older(request: web.Request) -> web.Response:
        clock.now += HOUR
        return web.Response(status=500)

    async def other(request: web.Request) -> web.Response:
        return web.Response(body=rss(9), content_type="application/rss+xml")

    base = await web_server({"/feed": feed, "/older": older, "/other": other})
    config = configured(tmp_path, f"{base}/feed", f"{base}/other", host_gap="0.2s")
    with open_workspace(config, clock) as workspace:
        await poll(workspace)
        shown[:] = [11, 12, 13]
        clock.now += 48 * HOUR
        await poll(workspace, slugs=["o0"])
        [issue] = records(workspace.store, "SELECT detail FROM report_issues WHERE code = 'window_gap'")
        assert "http_500" in issue["detail"]
        leases = workspace.store.lease_due(
            owner="w2", now=clock.now, limit=2, lease_for=HOUR, ignore_due=True, host_limit=2
        )
        # the page was asked for an hour (of this clock) after the window
        assert {lease.not_before for lease in leases} == {clock.now + dt.timedelta(seconds=0.2)}


#: Modes whose texts databases and encodings may stumble over, one feed each.
HOSTILE = (
    "nul_chars", "surrogates", "xml_control_chars", "bidi_zalgo", "title_1mb", "emoji_long_words", "crlf_title",
    "log_injection", "sql_title", "csv_formula", "xss_title", "deep_html", "enc_utf16", "charset_decl_lies",
)  # fmt: skip


async def test_hostile_texts_are_the_same_rows_in_both_databases(
    newsroom: Callable[..., Any], sqlite_url: str, postgresql_url: str, tmp_path: Path
) -> None:
    faults = ",".join(f"{number}={mode}" for number, mode in enumerate(HOSTILE))
    columns = "e.uid, e.external_id, e.url, e.title AS headline, e.published_at, t.title, t.body, t.sha256"
    query = f"SELECT {columns} FROM report_entries e JOIN report_texts t ON t.entry_id = e.entry_id ORDER BY e.uid"
    rows = []
    with newsroom("--feeds", str(len(HOSTILE)), "--fault-map", faults) as room:
        config = write_config(tmp_path, room, host_gap="0s", timeout="20s")
        with open_workspace(config, room.clock) as given:
            for url in (sqlite_url, postgresql_url):
                with Store.open(url) as store:
                    result = await poll(Workspace(given.config, store, room.clock, "w1"))
                    assert (result.stored, result.failed) == (len(HOSTILE), ())
                    rows.append([tuple(map(str, row.values())) for row in records(store, query)])
    assert rows[0] == rows[1]
    assert len(rows[0]) >= 30 * len(HOSTILE) * 9 // 10
    assert not any("\x00" in value or "\ud800" <= value <= "\udfff" for row in rows[0] for value in row)
