"""Channels end to end: a loopback Telegram that pages, edits, forgets, blocks and fails over, and the database after it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from aiohttp import web

from monitor.config import feed_sources, load_config
from monitor.errors import UsageError
from monitor.pipeline import telegram_source, workers
from monitor.pipeline.analyse import annotate_pending, group_pending
from monitor.pipeline.analysers import annotator_pool
from monitor.pipeline.health import diagnose
from monitor.pipeline.ingest import fetch_options, poll
from monitor.pipeline.reading import ReadTask
from monitor.pipeline.telegram import poll_channels
from monitor.pipeline.telegram_backfill import backfill
from monitor.pipeline.telegram_reading import read_preview
from monitor.pipeline.telegram_source import strikes_of
from monitor.pipeline.workspace import Workspace
from monitor.polling.telegram_paging import read_state
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from monitor.types.annotations import Claim
from monitor.types.results import PollResult
from monitor.types.telegram import Page
from tests import telegram_pages as made
from tests.store.making import annotation

START = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
PAGE_IDS = 20
CLAIM = Claim(
    supplier=("NO",),
    recipient=("PL",),
    items=("naval-vessels",),
    status="alleged",
    evidence="Freighter",
    field="body",
    start_char=0,
    end_char=9,
    rule="test",
    confidence=0.5,
)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Quay Gazette</title>
<item><title>Tugboats gather at the northern quay before dawn</title><link>{link}</link><guid>g1</guid>
<description>Port workers were told to keep the third berth free until the evening.</description>
<pubDate>Fri, 20 Nov 2026 06:30:00 GMT</pubDate></item></channel></rss>"""


@dataclass
class Channel:
    """A channel of blocks by id."""

    name: str
    posts: dict[int, str] = field(default_factory=dict)
    state: str = "open"  # or "closed", "absent", "group"

    def post(self, number: int, *inner: str, **options: Any) -> None:
        """Post, or edit."""
        # each its own chat: the number in `view` is what tells channels apart
        view = made.data_view({"c": -(10**9 + sum(map(ord, self.name))), "p": number})
        self.posts[number] = made.block(number, *inner, channel=self.name, view=view, **options)

    def say(self, number: int, words: str, **options: Any) -> None:
        self.post(number, made.text(words), **options)

    def fill(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.say(number, f"Freighter number {number} came in to berth {number % 7}.")

    def shown(self, request: web.Request) -> str:
        ids = sorted(self.posts)
        before, after = request.query.get("before"), request.query.get("after")
        if before is not None:
            ids = [number for number in ids if number < int(before)][-PAGE_IDS:]
        elif after is not None:
            ids = [number for number in ids if number > int(after)][:PAGE_IDS]
        else:
            ids = ids[-PAGE_IDS:]
        if not ids:
            return made.page(no_results=True, channel=self.name)
        older = ids[0] if ids[0] > min(self.posts) else None
        return made.page(*(self.posts[number] for number in ids), before=older, channel=self.name)


@dataclass
class Telegram:
    """The site: channels by folded name, and an RSS feed. `refuse` answers all else, `refuse_after` asks us to stop."""

    channels: dict[str, Channel] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuse: Callable[[], web.Response] | None = None
    refuse_after: bool = False
    rss: str = ""

    def channel(self, name: str) -> Channel:
        return self.channels.setdefault(name.lower(), Channel(name))

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if request.path == "/feed.xml":
            return web.Response(text=self.rss, content_type="application/rss+xml")
        if self.refuse is not None:
            return self.refuse()
        if self.refuse_after and "after" in request.query:
            return web.Response(status=429)
        parts = request.path.strip("/").split("/")
        listed = parts[0] == "s"
        channel = self.channels.get((parts[1] if listed else parts[0]).lower())
        if channel is None:
            return self._page(made.page(no_results=True))
        if listed and channel.state == "open":
            return self._page(channel.shown(request))
        if listed:
            return web.Response(status=302, headers={"Location": f"https://t.me/{channel.name.lower()}"})
        if len(parts) > 1:
            return self._page(made.embed(channel.posts.get(int(parts[1]), "")))
        return self._page(made.landing("absent" if channel.state == "open" else channel.state, channel.name))

    @staticmethod
    def _page(text: str) -> web.Response:
        return web.Response(text=text, content_type="text/html")


@dataclass
class Clock:
    """Time of day and the monotonic clock, moved by sleeping and by hand."""

    passed: float = 0.0

    def __call__(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def on(self, **later: float) -> None:
        self.passed += dt.timedelta(**later).total_seconds()


@dataclass
class World:
    """The site, the database and the clock."""

    telegram: Telegram
    workspace: Workspace
    clock: Clock
    base: str
    folder: Path

    async def poll(self, *, wait: float = 60.0, **options: Any) -> PollResult:
        """Poll the channels, due or not, a while (s) after whatever was before."""
        self.clock.passed += wait
        fetching = replace(
            fetch_options(self.workspace), clock=self.clock.seconds, sleep=self.clock.sleep, now=self.clock
        )
        return await poll_channels(self.workspace, fetching, ignore_due=True, **options)

    def rows(self, query: str) -> list[dict[str, Any]]:
        engine = connect(parse_url(f"sqlite:///{self.folder / 'monitor.db'}"))
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(sa.text(query)).mappings()]
        engine.dispose()
        return found

    def numbers(self) -> list[int]:
        return [int(r["external_id"]) for r in self.rows("select external_id from entries order by id")]

    def feed(self, slug: str = "quay") -> dict[str, Any]:
        return self.rows(f"select * from feeds where slug = '{slug}'")[0]

    def codes(self) -> set[str]:
        return {row["code"] for row in self.rows("select code from issues where resolved_at is null")}

    def last_id(self, slug: str = "quay") -> int | None:
        return read_state(self.feed(slug)["cursor"]).last_id

    def analyse(self) -> None:
        with annotator_pool(self.workspace.config) as pool:
            annotate_pending(self.workspace, pool)
        group_pending(self.workspace)


Make = Callable[..., Any]


@pytest.fixture
def stores() -> Iterator[list[Store]]:
    opened: list[Store] = []
    yield opened
    for store in opened:
        store.close()


class Here:
    """Reads pages in this process: a worker takes a second to start."""

    async def __aenter__(self) -> Here:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def read(self, task: ReadTask) -> Page:
        return read_preview(task)


@pytest.fixture
async def world(
    web_server: Any, sqlite_url: str, tmp_path: Path, stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Make]:
    monkeypatch.setattr(telegram_source, "preview_pool", Here)

    async def make(
        *names: str, bases: Callable[[str], list[str]] | None = None, **telegram_options: Any
    ) -> World:
        telegram, clock = Telegram(), Clock()
        base = await web_server({"/{path:.*}": telegram.__call__})
        telegram.rss = RSS.format(link=f"{base}/articles/tugboats-gather-2026")
        feeds = [{"telegram": name, "slug": name.lower().split("_")[0]} for name in names or ("Quay_Watch",)]
        config = {
            "database": {"url": f"sqlite:///{tmp_path / 'monitor.db'}"},
            "polling": {"contact": "t@example.org", "host_gap": "0s", "allow_networks": ["127.0.0.0/8"]},
            "telegram": {
                "enabled": True,
                "base_urls": bases(base) if bases else [base],
                **telegram_options,
            },
            "outlets": [
                {"name": "Quay Observer", "slug": "observer", "language": "en", "feeds": feeds},
                {
                    "name": "Quay Gazette",
                    "slug": "gazette",
                    "language": "en",
                    "feeds": [{"rss": f"{base}/feed.xml"}],
                },
            ],
        }
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        loaded = load_config(path)
        store = Store.open(sqlite_url)
        stores.append(store)
        workspace = Workspace(loaded, store, clock, "test")
        store.sync_sources(feed_sources(loaded), now=clock())
        return World(telegram, workspace, clock, base, tmp_path)

    yield make


class TestReading:
    async def test_both_kinds_of_feed_in_one_poll(self, world: Make) -> None:
        w: World = await world()
        w.telegram.channel("Quay_Watch").fill(1, 5)
        result = await poll(w.workspace)
        assert (result.feeds, result.stored, result.failed) == (2, 2, ())
        assert result.counts.new == 6
        assert [row["kind"] for row in w.rows("select kind from entries order by kind")] == [
            "rss",
            *["telegram"] * 5,
        ]
        again = await poll(w.workspace, ignore_due=True)
        assert (again.feeds, again.counts.new, again.counts.known) == (2, 0, 5)

    async def test_first_contact_takes_the_newest_page_and_then_nothing_is_missed(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 60)
        await w.poll()
        assert w.numbers() == list(range(41, 61))
        channel.fill(61, 135)
        result = await w.poll()
        assert sorted(w.numbers()) == list(range(41, 136))
        assert (result.feeds, result.counts.new, w.last_id()) == (1, 75, 135)
        assert len(w.rows("select 1 from fetches where outcome = 'stored'")) == 1 + 4

    async def test_posts_keep_their_permalink_whatever_host_was_asked(self, world: Make) -> None:
        w: World = await world()
        w.telegram.channel("Quay_Watch").fill(7, 7)
        await w.poll()
        assert w.rows("select url from entries")[0]["url"] == "https://t.me/Quay_Watch/7"

    async def test_a_person_asks_for_older_posts(self, world: Make) -> None:
        w: World = await world()
        w.telegram.channel("Quay_Watch").fill(1, 130)
        await w.poll()
        result = await backfill(w.workspace, fetch_options(w.workspace), "quay", posts=60)
        assert (result.counts.new, result.counts.known, result.failed) == (40, 20, "")
        assert w.last_id() == 130
        since = made.START + dt.timedelta(minutes=31)
        result = await backfill(w.workspace, fetch_options(w.workspace), "quay", since=since)
        assert min(w.numbers()) == 31 and result.oldest == since
        assert w.feed()["lease_owner"] is None

    async def test_a_backfill_says_what_stands_in_its_way(self, world: Make) -> None:
        w: World = await world()
        for wrong in ({"slug": "nobody", "posts": 5}, {"slug": "quay"}, {"slug": "gazette", "posts": 5}):
            with pytest.raises(UsageError):
                await backfill(w.workspace, fetch_options(w.workspace), **wrong)

    async def test_service_messages_are_counted_and_not_stored(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 2)
        channel.posts[3] = made.service(3, "Channel name was changed", channel="Quay_Watch")
        result = await w.poll()
        assert result.counts.rejected == {"service_message": 1} and w.numbers() == [1, 2]

    async def test_one_worker_at_a_time_asks_telegram(self, world: Make) -> None:
        w: World = await world()
        w.telegram.channel("Quay_Watch").fill(1, 1)
        later = dt.timedelta(minutes=4)
        lease = w.workspace.store.lease_named("telegram", owner="other", now=w.clock(), lease_for=later)
        assert lease is not None and (await w.poll()).feeds == 0 and w.telegram.asked == []
        w.workspace.store.release_named(lease)
        assert (await w.poll()).feeds == 1


class TestCrashes:
    async def test_killed_between_pages_the_next_run_goes_on_without_a_hole(
        self, world: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 20)
        await w.poll()
        channel.fill(21, 110)
        real, calls = Store.apply, iter(range(100))

        def fails_once(self: Store, *arguments: Any, **options: Any) -> Any:
            if next(calls) == 2:
                raise RuntimeError("the machine went away")
            return real(self, *arguments, **options)

        monkeypatch.setattr(Store, "apply", fails_once)
        with pytest.raises(RuntimeError, match="went away"):
            await w.poll()
        assert w.numbers() == list(range(1, 61)) and w.last_id() == 60
        assert w.feed()["lease_owner"] is None
        w.telegram.asked.clear()
        await w.poll()
        assert sorted(w.numbers()) == list(range(1, 111)) and w.last_id() == 110
        assert "/s/quay_watch?after=60" in w.telegram.asked

    async def test_a_feed_stays_due_while_its_poll_is_not_at_its_end(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 3)
        await w.poll()
        channel.fill(4, 400)
        await w.poll()
        assert w.last_id() < 400 and w.feed()["next_poll_at"] is not None
        await w.poll()
        await w.poll()
        assert sorted(w.numbers()) == list(range(1, 401)) and w.last_id() == 400


class TestChanges:
    async def test_an_edit_is_a_revision_and_more_views_are_none(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.say(1, "Two ships came in.", views="10")
        await w.poll()
        channel.say(1, "Two ships came in.", views="250")
        assert (await w.poll()).counts.revised == 0
        channel.say(1, "Three ships came in.", views="300", meta="edited &nbsp;")
        assert (await w.poll()).counts.revised == 1
        [entry] = w.rows("select views_first, views_last from entries")
        assert entry == {"views_first": 10, "views_last": 300}
        texts = w.rows("select body from revisions order by number")
        assert [row["body"] for row in texts] == ["Two ships came in.", "Three ships came in."]

    async def test_two_posts_with_one_text_are_two_posts(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.say(1, "All quiet at the quay.")
        await w.poll()
        channel.say(2, "All quiet at the quay.")
        await w.poll()
        assert w.numbers() == [1, 2]

    async def test_a_vanished_post_is_gone_when_two_runs_agree(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 5)
        await w.poll()
        del channel.posts[3]
        await w.poll()
        assert w.rows("select 1 from entries where gone_at is not null") == []
        await w.poll()
        [gone] = w.rows(
            "select url, body from report_entries join report_texts using (entry_id) where gone_at is not null"
        )
        assert gone["url"].endswith("/3") and gone["body"].startswith("Freighter")
        w.telegram.asked.clear()
        await w.poll()
        assert w.telegram.asked == ["/s/quay_watch"]

    async def test_posts_of_three_days_are_read_again_page_by_page_though_the_newest_page_has_left_them(
        self, world: Make
    ) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 20)
        await w.poll()
        channel.fill(21, 60)
        await w.poll()
        channel.say(25, "Freighter number 25 came in to no berth at all.", meta="edited &nbsp;")
        del channel.posts[27]
        w.telegram.asked.clear()
        await w.poll(wait=60)
        assert w.telegram.asked == ["/s/quay_watch"], "a page an hour, no more"
        result = await w.poll(wait=3600)
        assert w.telegram.asked[1:] == [
            "/s/quay_watch",
            "/s/quay_watch?after=20",
            "/quay_watch/27?embed=1&mode=tme",
        ]
        assert (result.counts.new, result.counts.revised) == (0, 1)
        await w.poll(wait=60)
        gone = w.rows("select external_id from entries where gone_at is not null")
        assert [row["external_id"] for row in gone] == ["27"]
        w.telegram.asked.clear()
        await w.poll(wait=3600)
        assert w.telegram.asked == ["/s/quay_watch", "/s/quay_watch?after=0"], "round by round"
        w.telegram.asked.clear()
        w.clock.on(days=3)
        await w.poll()
        assert w.telegram.asked == ["/s/quay_watch"], "older posts are left alone"

    async def test_a_refusal_while_reading_again_keeps_the_news_and_stops(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 20)
        await w.poll()
        channel.fill(21, 60)
        await w.poll()
        channel.fill(61, 62)
        w.telegram.refuse_after = True
        result = await w.poll(wait=3600)
        assert (result.counts.new, result.failed) == (2, ())
        assert w.rows("select 1 from hosts where stopped_until is not null") != []

    async def test_a_post_that_is_there_again_is_not_gone(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 5)
        await w.poll()
        taken = channel.posts.pop(3)
        for _ in range(2):
            await w.poll()
        channel.posts[3] = taken
        await w.poll()
        assert w.rows("select 1 from entries where gone_at is not null") == []

    async def test_a_post_under_a_claim_is_looked_at_again_after_a_week_though_no_page_shows_it(
        self, world: Make
    ) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 5)
        await w.poll()
        for text in w.workspace.store.pending_texts(limit=10):
            claims = (CLAIM,) if (text.url or "").endswith("/3") else ()
            w.workspace.store.save_annotations([annotation(text, claims=claims)], now=w.clock())
        channel.fill(6, 60)
        await w.poll()
        channel.say(3, "Freighter number 3 came in to no berth, the harbour master says now.")
        channel.say(2, "An edit that nobody looks for.")
        w.telegram.asked.clear()
        w.clock.on(days=8)
        result = await w.poll()
        assert [path for path in w.telegram.asked if "embed" in path] == ["/quay_watch/3?embed=1&mode=tme"]
        assert result.counts.revised == 1
        w.telegram.asked.clear()
        await w.poll()
        assert w.telegram.asked == ["/s/quay_watch"]

    async def test_purging_drops_the_text_of_gone_posts_and_of_no_other(self, world: Make) -> None:
        w: World = await world(purge_gone=True)
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 5)
        await w.poll()
        del channel.posts[3]
        for _ in range(2):
            await w.poll()
        empty = w.rows(
            "select external_id from entries e join revisions r on r.entry_id = e.id where body = ''"
        )
        assert empty == [{"external_id": "3"}]

    async def test_the_parts_of_an_album_are_not_taken_for_gone(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 2)
        parts = [made.photo(number, single=True, channel="Quay_Watch") for number in (3, 4, 5)]
        channel.post(3, made.album(*parts), made.text("Three cranes."))
        channel.fill(6, 7)
        await w.poll()
        w.telegram.asked.clear()
        await w.poll()
        assert w.telegram.asked == ["/s/quay_watch"]
        [row] = w.rows("select album_ids from entries where external_id = '3'")
        assert json.loads(row["album_ids"]) == [3, 4, 5]


class TestTrouble:
    async def test_a_refusal_stops_every_host_and_the_stop_grows_from_run_to_run(self, world: Make) -> None:
        w: World = await world("Quay_Watch", "Berth_News")
        for name in ("Quay_Watch", "Berth_News"):
            w.telegram.channel(name).fill(1, 3)
        w.telegram.refuse = lambda: web.Response(status=429, headers={"Retry-After": "30"})
        result = await w.poll()
        assert [feed.code for feed in result.failed] == ["throttled"] and len(w.telegram.asked) == 1
        stops = w.workspace.store.stopped_hosts(now=w.clock())
        assert set(stops) == {"t.me", "127.0.0.1"}
        first = stops["t.me"] - w.clock()
        assert (await w.poll(wait=30)).feeds == 0
        await w.poll(wait=60)
        second = w.workspace.store.stopped_hosts(now=w.clock())["t.me"] - w.clock()
        assert second > 1.5 * first and strikes_of(w.workspace) == 2
        w.telegram.refuse = None
        w.clock.on(hours=1)
        assert (await w.poll()).feeds == 2 and strikes_of(w.workspace) == 0
        assert {row["failures"] for row in w.rows("select failures from feeds where kind = 'telegram'")} == {
            0
        }

    async def test_where_one_host_does_not_answer_the_next_is_asked(self, world: Make) -> None:
        w: World = await world(bases=lambda base: ["http://127.0.0.1:1", base])
        w.telegram.channel("Quay_Watch").fill(1, 3)
        result = await w.poll()
        assert (result.failed, w.numbers()) == ((), [1, 2, 3])

    async def test_where_no_host_answers_one_channel_finds_out_for_all(self, world: Make) -> None:
        w: World = await world("Quay_Watch", "Berth_News", bases=lambda _: ["http://127.0.0.1:1"])
        result = await w.poll()
        assert [feed.code for feed in result.failed] == ["host_down"] and result.feeds == 1
        assert {row["lease_owner"] for row in w.rows("select lease_owner from feeds")} == {None}

    async def test_a_changed_layout_fails_loudly_keeps_the_page_and_the_place(self, world: Make) -> None:
        w: World = await world()
        channel = w.telegram.channel("Quay_Watch")
        channel.fill(1, 8)
        await w.poll()
        good, before = dict(channel.posts), w.last_id()
        channel.fill(9, 12)
        broken = {n: text.replace("data-post=", "data-message=") for n, text in channel.posts.items()}
        channel.posts, good = broken, good | channel.posts
        result = await w.poll()
        assert [feed.code for feed in result.failed] == ["layout_changed"]
        assert w.last_id() == before and "telegram_layout_changed" in w.codes()
        assert len(w.rows("select 1 from raw_bodies where failed")) == 1
        channel.posts = good
        await w.poll()
        assert sorted(w.numbers()) == list(range(1, 13)) and "telegram_layout_changed" not in w.codes()

    async def test_many_that_vanish_at_once_are_an_outage_and_change_nothing(self, world: Make) -> None:
        names = [f"Berth{number}_News" for number in range(5)]
        w: World = await world(*names)
        for name in names:
            w.telegram.channel(name).fill(1, 3)
        await w.poll()
        columns = "slug, state, failures, failure_weight, gone_at, last_error, cursor"
        before = w.rows(f"select {columns} from feeds where kind = 'telegram' order by slug")
        for name in names[:2]:
            w.telegram.channel(name).state = "closed"
        result = await w.poll()
        assert result.outage and len(result.failed) == 2 and "telegram_outage" in w.codes()
        assert w.rows(f"select {columns} from feeds where kind = 'telegram' order by slug") == before

    async def test_one_that_closes_its_preview_is_that_channels_own_affair(self, world: Make) -> None:
        names = [f"Berth{number}_News" for number in range(5)]
        w: World = await world(*names)
        for name in names:
            w.telegram.channel(name).fill(1, 3)
        await w.poll()
        w.telegram.channel(names[0]).state = "closed"
        result = await w.poll()
        assert not result.outage and [feed.code for feed in result.failed] == ["no_preview"]
        feed = w.feed("berth0")
        assert feed["failures"] == 1 and feed["last_error"].startswith("no_preview")
        wait = dt.datetime.fromisoformat(feed["next_poll_at"]) - w.clock()
        assert wait > dt.timedelta(hours=23)

    async def test_a_name_that_is_absent_in_three_runs_is_not_asked_again(self, world: Make) -> None:
        w: World = await world("Quay_Watch", "Berth_News", "Crane_News", "Dock_News")
        for name in ("Berth_News", "Crane_News", "Dock_News"):
            w.telegram.channel(name).fill(1, 3)
        w.telegram.channel("Quay_Watch").state = "absent"
        w.telegram.channel("telegram").fill(1, 3)
        for _ in range(3):
            assert w.feed()["gone_at"] is None
            await w.poll()
        assert w.feed()["state"] == "gone" and "telegram_not_found" in w.codes()
        assert (await w.poll()).feeds == 3

    async def test_a_crafted_page_costs_only_its_own_channel(
        self, world: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        w: World = await world("Quay_Watch", "Berth_News")
        w.telegram.channel("Quay_Watch").fill(1, 3)
        w.telegram.channel("Berth_News").fill(1, 3)
        monkeypatch.setattr(
            telegram_source, "preview_pool", lambda: workers.ParserPool(1, reader=crash_on_quay)
        )
        result = await w.poll()
        assert [feed.slug for feed in result.failed] == ["quay"] and len(w.numbers()) == 3


def crash_on_quay(task: Any) -> Any:
    """A reader that dies of one channel's page."""
    if task.url == "quay_watch":
        raise SystemExit(9)
    return read_preview(task)


class TestStories:
    async def test_a_forward_is_in_the_story_of_its_origin(self, world: Make) -> None:
        w: World = await world("Quay_Watch", "Berth_News")
        w.telegram.channel("Quay_Watch").say(10, "A short word.")
        source = made.forwarded("Quay Watch", "https://t.me/Quay_Watch/10")
        w.telegram.channel("Berth_News").post(4, source, made.text("A short word."))
        w.telegram.channel("Berth_News").say(
            5, "The harbour master opened a new lighthouse for visitors today."
        )
        await w.poll()
        w.analyse()
        stories = {r["url"]: r["story_id"] for r in w.rows("select url, story_id from entries")}
        assert stories["https://t.me/Quay_Watch/10"] == stories["https://t.me/Berth_News/4"]
        assert stories["https://t.me/Berth_News/5"] != stories["https://t.me/Berth_News/4"]

    async def test_a_channels_footer_is_learnt_and_a_copy_without_it_is_found(self, world: Make) -> None:
        """Learnt from what was grouped, so in force from the next analysis on."""
        w: World = await world("Quay_Watch", "Berth_News")
        channel, other = w.telegram.channel("Quay_Watch"), w.telegram.channel("Berth_News")
        footer = "Tide tables, pilots' rosters, lost property and the harbour choir: all of it here, with us, each evening"
        for number in range(1, 13):
            day = START - dt.timedelta(days=6 - number // 2)
            said = f"The crane {number} lifted {number * 7} crates at berth {number * 3}.<br>{footer}"
            channel.say(number, said, date=day.isoformat())
        await w.poll()
        w.analyse()
        [feed] = w.rows("select feed_id, entries, lines from feed_lines")
        assert feed["entries"] == 12 and max(count for _, _, count, _ in json.loads(feed["lines"])) == 12
        channel.say(13, f"The ferry to Ostrava Bay waits for the mail.<br>{footer}", date=START.isoformat())
        other.say(1, "The ferry to Ostrava Bay waits for the mail.", date=START.isoformat())
        await w.poll()
        w.analyse()
        stories = w.rows(
            "select distinct story_id from entries join revisions r on r.entry_id = entries.id"
            " where r.body like 'The ferry%'"
        )
        assert len(stories) == 1

    async def test_a_link_preview_joins_a_post_to_the_article(self, world: Make) -> None:
        w: World = await world()
        link = f"{w.base}/articles/tugboats-gather-2026"
        card = made.preview(link + "?utm_source=telegram", site="Quay Gazette", title="Tugboats gather")
        w.telegram.channel("Quay_Watch").post(3, made.text("Tugboats gather at the northern quay"), card)
        await poll(w.workspace)
        w.analyse()
        assert len({row["story_id"] for row in w.rows("select story_id from entries")}) == 1


class TestRoutes:
    async def test_a_feed_changes_its_route_without_a_duplicate_or_a_hole(
        self, world: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("telethon", reason="Telethon (the extra `mtproto`) is not installed")
        from tests.unit.fetch.test_telegram_mtproto import FakeTelegram, message

        w: World = await world(made.CHANNEL)
        words = {number: f"Freighter number {number} came in." for number in range(1, 40)}
        channel = w.telegram.channel(made.CHANNEL)
        channel.posts = {n: made.block(n, made.text(said)) for n, said in words.items() if n <= 20}
        await w.poll()

        @contextlib.asynccontextmanager
        async def connected(_: object) -> AsyncIterator[Any]:
            yield FakeTelegram(*(message(number, said) for number, said in words.items()))

        monkeypatch.setattr(telegram_source, "connected", connected)
        for name, value in {"API_ID": "1", "API_HASH": "h", "SESSION": "s"}.items():
            monkeypatch.setenv(f"MONITOR_TELEGRAM_{name}", value)
        config = w.workspace.config
        account = config.telegram.model_copy(update={"route": "mtproto"})
        w.workspace = replace(w.workspace, config=config.model_copy(update={"telegram": account}))
        w.telegram.asked.clear()
        result = await w.poll()
        assert (result.failed, result.counts.new, result.counts.revised) == ((), 19, 0)
        assert sorted(w.numbers()) == list(range(1, 40)) and w.telegram.asked == []
        assert (await w.poll()).counts.new == 0
        assert (w.folder / "telegram-entities.json").stat().st_mode & 0o077 == 0


class TestDoctor:
    def test_it_warns_when_one_connection_cannot_read_all_channels(self, tmp_path: Path) -> None:
        path = tmp_path / "config.yaml"
        feeds = [{"telegram": f"berth_{number:04}"} for number in range(900)]
        config: dict[str, Any] = {
            "telegram": {"enabled": True},
            "outlets": [{"name": "Berths", "feeds": feeds}],
        }
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        [found] = [finding for finding in diagnose(path) if finding.check == "telegram"]
        assert found.mark == "warn" and "900 Telegram channels" in found.text
