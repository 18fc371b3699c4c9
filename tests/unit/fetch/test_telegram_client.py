"""The preview client against a loopback Telegram that pages, blocks, redirects, fails over, edits and forgets."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from aiohttp import web

from monitor.fetch import FetchOptions
from monitor.fetch.telegram import PreviewClient, preview_options
from monitor.normalise.telegram import entries
from monitor.polling.telegram_paging import absent_ids, confirmed, remembered, rename_issue
from monitor.types.telegram import ChannelState, EmbedKind, Meaning, PageStep, Step, StepFailed
from tests import telegram_pages as made
from tests.loopback import FakeDns, answer

NAME = made.CHANNEL.lower()
PAGE_IDS = 20


@dataclass
class Clock:
    """Time that passes only by sleeping."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC) + dt.timedelta(seconds=self.at - 1000.0)


class FakeTelegram:
    """A channel of posts by id; albums hold several ids. Set `answers` to interfere by path."""

    def __init__(self, ids: list[int], *, links: bool = True, after_works: bool = True) -> None:
        self.posts: dict[int, str] = {
            number: made.block(number, made.text(f"Ship {number} came in.")) for number in ids
        }
        self.asked: list[str] = []
        self.at: list[float] = []
        self.clock: Clock | None = None
        self.headers: list[dict[str, str]] = []
        self.channel = made.CHANNEL
        self.answers: dict[str, Callable[[], web.Response]] = {}
        self._links = links
        self._after_works = after_works

    def album(self, *ids: int) -> None:
        parts = made.album(*(made.photo(number, single=True) for number in ids))
        for number in ids[1:]:
            self.posts.pop(number, None)
        self.posts[ids[0]] = made.block(ids[0], parts, made.text("An album."))

    async def __call__(self, request: web.Request) -> web.Response:
        path = request.path_qs
        self.asked.append(path)
        self.at.append(self.clock.at if self.clock else 0.0)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        for start, make in self.answers.items():
            if path.startswith(start):
                return make()
        if path.startswith("/s/"):
            return self._page(request)
        number = request.path.rsplit("/", 1)[-1]
        if number.isdecimal():
            return _html(made.embed(self.posts.get(int(number), "")))
        return web.Response(status=404)

    def _page(self, request: web.Request) -> web.Response:
        ids = sorted(self.posts)
        before, after = request.query.get("before"), request.query.get("after")
        if before is not None:
            ids = [number for number in ids if number < int(before)][-PAGE_IDS:]
        elif after is not None and self._after_works:
            ids = [number for number in ids if number > int(after)][:PAGE_IDS]
        else:
            ids = ids[-PAGE_IDS:]
        if not ids:
            return _html(made.page(no_results=True))
        older = ids[0] if self._links and ids[0] > min(self.posts) else None
        return _html(made.page(*(self.posts[number] for number in ids), before=older, channel=self.channel))


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _to(location: str) -> Callable[[], web.Response]:
    return lambda: web.Response(status=302, headers={"Location": location})


@dataclass
class World:
    """The fake, a client that asks it, and its clock."""

    telegram: FakeTelegram
    client: PreviewClient
    clock: Clock
    base: str

    async def poll(self, state: ChannelState, **options: int) -> list[Step]:
        return [step async for step in self.client.poll(NAME, state, **options)]


@pytest.fixture
async def world(make_fetcher, web_server) -> AsyncIterator[Callable[..., object]]:
    async def make(telegram: FakeTelegram, *, lookup=None, bases=None, **options: object) -> World:
        clock = Clock()
        telegram.clock = clock
        base = await web_server({"/{path:.*}": telegram.__call__})
        fetcher = await make_fetcher(clock=clock, sleep=clock.sleep, now=clock.now, per_host=1, lookup=lookup)
        urls = bases(base) if bases else [base]
        client = PreviewClient(fetcher, rng=Random(7), base_urls=urls, **options)
        return World(telegram, client, clock, base)

    yield make


def stored(steps: list[Step]) -> list[int]:
    return [post.post_id for step in steps if isinstance(step, PageStep) for post in step.page.posts]


def failure(steps: list[Step]) -> StepFailed:
    assert isinstance(steps[-1], StepFailed), steps
    return steps[-1]


class TestManners:
    async def test_one_request_at_a_time_two_to_four_seconds_apart(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 200))))
        await w.poll(ChannelState(last_id=100))
        gaps = [b - a for a, b in zip(w.telegram.at, w.telegram.at[1:], strict=False)]
        assert len(gaps) >= 4 and all(2.0 <= gap <= 4.0 for gap in gaps) and len(set(gaps)) == len(gaps)

    async def test_it_says_who_asks_and_asks_for_english_pages(self, world) -> None:
        w = await world(FakeTelegram([1]))
        await w.poll(ChannelState())
        sent = w.telegram.headers[0]
        assert sent["user-agent"].startswith("news-monitor/") and sent["accept-language"] == "en"
        assert "x-requested-with" not in sent and "cookie" not in sent

    async def test_one_connection_serves_all_pages(self, raw_server, make_fetcher) -> None:
        shown = made.page(made.block(1, made.text("x"))).encode()
        server = await raw_server(answer(200, shown, {"Content-Type": "text/html"}))
        clock = Clock()
        fetcher = await make_fetcher(clock=clock, sleep=clock.sleep, now=clock.now)
        client = PreviewClient(fetcher, rng=Random(1), base_urls=[server.url("")])
        for _ in range(3):
            assert stored([step async for step in client.poll(NAME, ChannelState())]) == [1]
        assert (len(server.heads), server.connections) == (3, 1)

    async def test_nothing_but_pages_is_ever_asked(self, world) -> None:
        telegram = FakeTelegram([1, 2])
        telegram.posts[2] = made.block(2, made.photo(2), made.video(2, "0:05"), made.text("x"))
        w = await world(telegram)
        await w.poll(ChannelState())
        assert telegram.asked == [f"/s/{NAME}"]

    def test_the_preview_has_its_own_bounds(self) -> None:
        options = preview_options(FetchOptions())
        assert (options.timeout, options.max_body, options.per_host, options.host_gap) == (
            20.0,
            8 * 1024 * 1024,
            1,
            0.0,
        )


class TestPolling:
    async def test_a_first_poll_takes_the_newest_page_only(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 100))))
        (step,) = await w.poll(ChannelState())
        assert isinstance(step, PageStep) and step.newest
        assert stored([step]) == list(range(80, 100)) and step.last_id == 99 and not step.more

    async def test_a_poll_without_news_asks_once(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 100))))
        (step,) = await w.poll(ChannelState(last_id=99))
        assert step.fresh == () and step.last_id == 99 and len(w.telegram.asked) == 1

    async def test_a_gap_is_walked_forward_and_nothing_is_missed_or_repeated(self, world) -> None:
        telegram = FakeTelegram([number for number in range(1, 200) if number % 7])
        telegram.album(120, 121, 122, 123)
        w = await world(telegram)
        steps = await w.poll(ChannelState(last_id=100))
        fresh = [number for step in steps for number in step.fresh]
        expected = sorted(set(telegram.posts) | {121, 122, 123})
        assert [n for n in dict.fromkeys(sorted(fresh)) if n > 100] == [n for n in expected if n > 100]
        assert [step.last_id for step in steps] == sorted(step.last_id for step in steps)
        assert steps[-1].last_id == 199 and not steps[-1].truncated

    @pytest.mark.parametrize("killed_after", [0, 1, 2, 3, 4])
    async def test_a_crash_after_any_page_resumes_without_a_hole(self, world, killed_after: int) -> None:
        telegram = FakeTelegram([number for number in range(1, 190) if number % 3])
        w = await world(telegram)
        state, kept = ChannelState(last_id=100), set()
        async for number, step in _counted(w.client.poll(NAME, state)):
            if number == killed_after:
                break
            kept |= set(stored([step]))
            state = remembered(state, step.page, step.last_id, newest=step.newest)
        for step in await w.poll(state):
            kept |= set(stored([step]))
        assert kept >= {number for number in telegram.posts if number > 100}

    async def test_a_long_gap_goes_on_in_the_next_run(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 400))))
        state, kept, runs = ChannelState(last_id=100), set(), 0
        while state.last_id != 399:
            steps = await w.poll(state, max_pages=3)
            kept |= set(stored(steps))
            assert steps[-1].truncated == (steps[-1].last_id != 399)
            for step in steps:
                state = remembered(state, step.page, step.last_id, newest=step.newest)
            runs += 1
        assert kept >= set(range(101, 400)) and runs == 5

    async def test_where_after_is_ignored_the_gap_is_closed_from_above(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 200)), after_works=False))
        steps = await w.poll(ChannelState(last_id=100))
        assert set(stored(steps)) >= set(range(101, 200)) and steps[-1].last_id == 199
        assert [step.last_id for step in steps] == sorted(step.last_id for step in steps)

    async def test_ids_that_were_all_deleted_are_no_endless_gap(self, world) -> None:
        w = await world(FakeTelegram([*range(1, 101), *range(150, 170)]))
        steps = await w.poll(ChannelState(last_id=100))
        assert steps[-1].last_id == 169 and not steps[-1].truncated and len(w.telegram.asked) == 3

    async def test_a_failure_in_the_gap_keeps_the_news_and_the_place(self, world) -> None:
        telegram = FakeTelegram(list(range(1, 200)))
        telegram.answers[f"/s/{NAME}?after=140"] = lambda: web.Response(status=404)
        w = await world(telegram)
        steps = await w.poll(ChannelState(last_id=100))
        assert failure(steps).answer.meaning is Meaning.UNEXPECTED
        newest = steps[-2]
        assert isinstance(newest, PageStep) and newest.last_id == 140 and 199 in newest.fresh

    async def test_an_empty_channel_and_a_silent_one(self, world) -> None:
        telegram = FakeTelegram([])
        telegram.answers["/s/"] = lambda: _html(made.page())
        w = await world(telegram)
        (step,) = await w.poll(ChannelState())
        assert isinstance(step, PageStep) and step.last_id is None
        assert failure(await w.poll(ChannelState(last_id=9))).answer.meaning is Meaning.SUSPICIOUS

    async def test_another_channel_under_the_same_name_is_not_read_on(self, world) -> None:
        w = await world(FakeTelegram([1, 2]))
        failed = failure(await w.poll(ChannelState(last_id=900, chat_id=42)))
        assert failed.answer.meaning is Meaning.OTHER_CHANNEL and "another channel" in failed.answer.detail

    async def test_a_renamed_channel_is_read_on_under_its_new_name(self, world) -> None:
        telegram = FakeTelegram([])
        for number in range(1, 100):
            telegram.posts[number] = made.block(number, made.text(f"Ship {number}."), channel="Quay_News")
        telegram.channel = "Quay_News"
        w = await world(telegram)
        state = ChannelState(last_id=50, name=made.CHANNEL, chat_id=made.CHAT)
        steps = await w.poll(state)
        assert set(stored(steps)) >= set(range(51, 100)) and steps[-1].last_id == 99
        assert telegram.asked[1].startswith("/s/quay_news?after=")
        issue = rename_issue(state, steps[-1].page)
        assert issue is not None and "Quay_News" in issue.detail


async def _counted(steps: AsyncIterator[Step]) -> AsyncIterator[tuple[int, Step]]:
    number = 0
    async for step in steps:
        yield number, step
        number += 1


class TestBackfill:
    async def test_it_reaches_the_first_post(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 95))))
        steps = [step async for step in w.client.backfill(NAME)]
        assert sorted(stored(steps)) == list(range(1, 95))
        assert all(step.last_id is None for step in steps) and not steps[-1].more

    async def test_without_links_it_probes_and_ends(self, world) -> None:
        w = await world(FakeTelegram(list(range(30, 95)), links=False))
        steps = [step async for step in w.client.backfill(NAME)]
        assert sorted(stored(steps)) == list(range(30, 95))
        assert w.telegram.asked[-1] == f"/s/{NAME}?before=30"

    async def test_it_stops_at_a_date_and_leaves_older_posts_out(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 95))))
        since = made.START + dt.timedelta(minutes=50)
        steps = [step async for step in w.client.backfill(NAME, since=since)]
        assert sorted(stored(steps)) == list(range(50, 95))

    async def test_it_stops_at_a_count_and_can_be_resumed(self, world) -> None:
        w = await world(FakeTelegram(list(range(1, 95))))
        first = [step async for step in w.client.backfill(NAME, max_posts=30)]
        assert len(stored(first)) == 40
        resumed = [step async for step in w.client.backfill(NAME, before=first[0].next_before)]
        assert sorted({*stored(first[:1]), *stored(resumed)}) == list(range(1, 95))


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("previewable", Meaning.PREVIEWABLE),
            ("closed", Meaning.NO_PREVIEW),
            ("exists", Meaning.NO_PREVIEW),
            ("group", Meaning.GROUP),
        ],
    )
    async def test_the_landing_page_says_why_there_is_no_preview(
        self, world, kind: str, expected: Meaning
    ) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = _to(f"https://t.me/{NAME}")
        telegram.answers[f"/{NAME}"] = lambda: _html(made.landing(kind))
        w = await world(telegram)
        assert failure(await w.poll(ChannelState(last_id=1))).answer.meaning is expected
        assert telegram.asked == [f"/s/{NAME}", f"/{NAME}"]

    @pytest.mark.parametrize(("canary", "expected"), [(True, Meaning.NOT_FOUND), (False, Meaning.BLOCKED)])
    async def test_a_canary_tells_an_absent_name_from_a_block(
        self, world, canary: bool, expected: Meaning
    ) -> None:
        telegram = FakeTelegram([1])
        if canary:
            shown = made.page(made.block(5, made.text("x"), channel="telegram"), channel="telegram")
            telegram.answers["/s/telegram"] = lambda: _html(shown)
        telegram.answers["/s/"] = _to(f"https://t.me/{NAME}")
        telegram.answers[f"/{NAME}"] = lambda: _html(made.landing("absent"))
        w = await world(telegram)
        failed = failure(await w.poll(ChannelState(last_id=1)))
        assert failed.answer.meaning is expected
        assert telegram.asked[2] == "/s/telegram"
        assert bool(failed.host) == (not canary)

    async def test_a_landing_page_in_place_of_the_preview_is_a_soft_block(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = lambda: _html(made.landing("absent"))
        w = await world(telegram)
        assert failure(await w.poll(ChannelState(last_id=1))).answer.meaning is Meaning.BLOCKED

    async def test_a_reserved_name_is_a_fault_of_the_configuration(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = _to("https://telegram.org/")
        w = await world(telegram)
        assert failure(await w.poll(ChannelState())).answer.meaning is Meaning.BAD_NAME
        assert len(telegram.asked) == 1

    async def test_a_429_stops_every_channel_and_every_host(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = lambda: web.Response(status=429, headers={"Retry-After": "900"})
        w = await world(telegram, bases=lambda base: [base, base.replace("127.0.0.1", "127.0.0.2")])
        failed = failure(await w.poll(ChannelState()))
        assert failed.answer.meaning is Meaning.THROTTLED and failed.answer.stop_for == dt.timedelta(
            seconds=900
        )
        assert w.client.strikes == 1
        again = [step async for step in w.client.poll("strait_watch", ChannelState())]
        assert failure(again).answer.meaning is Meaning.THROTTLED
        assert len(telegram.asked) == 1 and w.client.strikes == 1

    async def test_refusals_in_a_row_double_the_stop_and_one_good_page_forgives(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = lambda: web.Response(status=403)
        w = await world(telegram, strikes=3)
        failed = failure(await w.poll(ChannelState()))
        assert failed.answer.stop_for == dt.timedelta(minutes=8) and w.client.strikes == 4
        telegram.answers.clear()
        w.clock.at += 8 * 60
        assert stored(await w.poll(ChannelState())) == [1] and w.client.strikes == 0

    async def test_a_bot_check_is_a_block(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = lambda: _html("<html><head><title>Just a moment...</title></head></html>")
        w = await world(telegram)
        assert failure(await w.poll(ChannelState())).answer.meaning is Meaning.BLOCKED

    async def test_a_changed_layout_fails_with_the_page_kept(self, world) -> None:
        telegram = FakeTelegram([1, 2, 3])
        html = (
            made.page(*telegram.posts.values())
            .replace("js-message_text", "js-body")
            .replace("message_text", "body")
        )
        telegram.answers["/s/"] = lambda: _html(html)
        w = await world(telegram)
        failed = failure(await w.poll(ChannelState(last_id=1)))
        assert failed.answer.meaning is Meaning.LAYOUT and failed.raw == html.encode()

    async def test_a_page_far_from_the_habit_of_the_channel_is_not_believed(self, world) -> None:
        telegram = FakeTelegram([])
        for number in range(1, 9):
            telegram.posts[number] = made.block(number, made.photo(number))
        w = await world(telegram)
        failed = failure(await w.poll(ChannelState(last_id=8, habit=((95, 10, 100),) * 6)))
        assert failed.answer.meaning is Meaning.LAYOUT and "text" in failed.answer.detail


class TestTrouble:
    async def test_what_fails_in_passing_is_tried_three_times(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers["/s/"] = lambda: web.Response(status=502)
        w = await world(telegram)
        failed = failure(await w.poll(ChannelState()))
        assert failed.answer.meaning is Meaning.TRANSIENT and len(telegram.asked) == 3 and not failed.host

    async def test_a_second_try_may_do(self, world) -> None:
        telegram = FakeTelegram([1])
        left = [web.Response(status=502), _html("tiny")]

        def first_two() -> web.Response:
            if len(left) == 1:
                telegram.answers.clear()
            return left.pop(0)

        telegram.answers["/s/"] = first_two
        w = await world(telegram)
        assert stored(await w.poll(ChannelState())) == [1] and len(telegram.asked) == 3

    async def test_a_body_cut_short_is_tried_again(self, world, raw_server, make_fetcher) -> None:
        import gzip

        packed = gzip.compress(made.page(made.block(1, made.text("x"))).encode())
        whole = answer(200, packed, {"Content-Encoding": "gzip", "Content-Type": "text/html"})
        cut = answer(200, packed[:-40], {"Content-Encoding": "gzip", "Content-Type": "text/html"})
        server = await raw_server(cut, whole)
        clock = Clock()
        fetcher = await make_fetcher(clock=clock, sleep=clock.sleep, now=clock.now)
        client = PreviewClient(fetcher, rng=Random(1), base_urls=[server.url("")])
        assert stored([step async for step in client.poll(NAME, ChannelState())]) == [1]

    async def test_a_host_that_does_not_resolve_gives_way_to_the_next(self, world) -> None:
        dns = FakeDns({"mirror.test": ["127.0.0.1"]})
        telegram = FakeTelegram([1])
        w = await world(
            telegram,
            lookup=dns,
            bases=lambda base: [
                base.replace("127.0.0.1", "gone.test"),
                base.replace("127.0.0.1", "mirror.test"),
            ],
        )
        (step,) = await w.poll(ChannelState())
        assert stored([step]) == [1] and "mirror.test" in step.received.url
        # permalinks stay on t.me, and the dead host is not asked again in this run
        assert step.page.posts[0].url == "https://t.me/Quay_Observer/1"
        await w.poll(ChannelState())
        assert dns.asked.count("gone.test") == 1

    async def test_when_no_host_answers_the_channel_is_not_blamed(self, world) -> None:
        w = await world(
            FakeTelegram([1]), lookup=FakeDns({}), bases=lambda _: ["http://a.test", "http://b.test"]
        )
        failed = failure(await w.poll(ChannelState()))
        assert failed.answer.meaning is Meaning.HOST_DOWN and not failed.host


class TestEditsAndDeletions:
    async def test_an_edit_is_seen_and_new_views_are_none(self, world) -> None:
        telegram = FakeTelegram([1, 2])
        w = await world(telegram)

        async def hashes() -> list[str]:
            (step,) = await w.poll(ChannelState(last_id=2))
            return [entry.sha256 for entry in entries(step.page, now=w.clock.now())]

        before = await hashes()
        telegram.posts[1] = made.block(1, made.text("Ship 1 came in."), views="9M")
        telegram.posts[2] = made.block(2, made.text("Ship 2 turned back."), meta="edited &nbsp;")
        after = await hashes()
        assert before[0] == after[0] and before[1] != after[1]

    async def test_a_vanished_post_is_gone_after_two_runs_and_an_albums_part_never(self, world) -> None:
        telegram = FakeTelegram(list(range(1, 15)))
        telegram.album(5, 6, 7)
        w = await world(telegram)
        known = sorted(telegram.posts)
        del telegram.posts[9]
        counts: dict[int, int] = {}
        for expected in ((), (9,)):
            (step,) = await w.poll(ChannelState(last_id=14))
            missing = absent_ids(step.page, known)
            assert missing == (9,)
            looked = await w.client.by_ids(NAME, missing)
            counts, gone = confirmed(
                counts, {number: found.kind for number, found in looked.found.items()}, step.page.ids
            )
            assert gone == expected

    async def test_a_refusal_while_looking_proves_nothing(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers[f"/{NAME}/"] = lambda: web.Response(status=429)
        w = await world(telegram)
        looked = await w.client.by_ids(NAME, [7, 8])
        assert looked.found == {} and looked.failed is not None and looked.failed.host

    async def test_an_odd_answer_is_unknown_not_gone(self, world) -> None:
        telegram = FakeTelegram([1])
        telegram.answers[f"/{NAME}/"] = lambda: _html("<html><body>hello</body></html>")
        w = await world(telegram)
        looked = await w.client.by_ids(NAME, [7])
        assert looked.found[7].kind is EmbedKind.UNKNOWN
