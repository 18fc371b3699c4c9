"""What answers mean, how gaps close, when a post is gone, what a connection can do. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling.telegram import (
    answer_of,
    as_failed,
    host_stops,
    is_outage,
    landing_answer,
    least_wait,
    missed,
    stop_for,
)
from monitor.polling.telegram_paging import (
    NEWEST,
    Gap,
    PageAsk,
    absent_ids,
    back_from,
    confirmed,
    far_from_habit,
    gap_before,
    look_again,
    narrowed,
    older,
    read_state,
    remembered,
    reread_after,
    reread_done,
    write_state,
)
from monitor.polling.telegram_rates import in_order, per_hour, rate
from monitor.types.fetching import FailureKind, Fetched, FetchFailed, NotModified
from monitor.types.source import Validators
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Cursors,
    Drift,
    EmbedKind,
    Landing,
    LandingKind,
    Meaning,
    Page,
    PageShape,
    Post,
    StepFailed,
)

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def post(*ids: int) -> Post:
    return Post(
        channel="Quay",
        post_id=ids[0],
        ids=ids,
        published_at=NOW,
        published_raw=NOW.isoformat(),
        text="x",
        chat_id=5,
    )


def shown(*ids: int, before: int | None = None, shape: PageShape = PageShape.POSTS, broken: str = "") -> Page:
    return Page(
        channel="Quay",
        shape=shape,
        posts=tuple(post(n) for n in ids),
        cursors=Cursors(before=before),
        broken=broken,
    )


def fetched(size: int = 20_000) -> Fetched:
    return Fetched(
        url="https://t.me/s/quay", status=200, headers={}, body=b"x" * size, validators=Validators()
    )


def failed(
    code: str, status: int | None = None, location: str = "", wait: dt.timedelta | None = None
) -> FetchFailed:
    headers = {"location": location} if location else {}
    return FetchFailed(
        url="https://t.me/s/quay",
        kind=FailureKind.SOFT,
        code=code,
        detail="said so",
        status=status,
        headers=headers,
        retry_after=wait,
    )


def meaning(
    outcome: Fetched | FetchFailed | NotModified,
    page: Page | None = None,
    *,
    newest: bool = True,
    had: bool = True,
) -> tuple[Meaning, Action]:
    answer = answer_of(outcome, page, name="Quay", newest=newest, had_posts=had)
    return answer.meaning, answer.action


class TestAnswers:
    @pytest.mark.parametrize(
        ("page", "newest", "had", "expected"),
        [
            (shown(1, 2), True, True, (Meaning.OK, Action.TAKE)),
            (shown(shape=PageShape.NO_RESULTS), False, True, (Meaning.END, Action.END_WALK)),
            (shown(shape=PageShape.NO_RESULTS), True, True, (Meaning.SUSPICIOUS, Action.NEXT_RUN)),
            (shown(shape=PageShape.EMPTY), True, True, (Meaning.SUSPICIOUS, Action.NEXT_RUN)),
            (shown(shape=PageShape.EMPTY), True, False, (Meaning.EMPTY, Action.TAKE)),
            (
                shown(shape=PageShape.BROKEN, broken="layout_changed"),
                True,
                True,
                (Meaning.LAYOUT, Action.FAIL),
            ),
            (shown(1, broken="other_channel"), True, True, (Meaning.OTHER_CHANNEL, Action.FAIL)),
            (shown(shape=PageShape.NOT_PREVIEW), True, True, (Meaning.BLOCKED, Action.STOP_HOST)),
        ],
    )
    def test_pages(self, page: Page, newest: bool, had: bool, expected: tuple[Meaning, Action]) -> None:
        assert meaning(fetched(), page, newest=newest, had=had) == expected

    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [
            (failed("redirected", 302, "https://t.me/quay"), (Meaning.NO_PREVIEW_PAGE, Action.GET_LANDING)),
            (failed("redirected", 302, "https://telegram.org/"), (Meaning.BAD_NAME, Action.CONFIG_ERROR)),
            (failed("redirected", 302, "https://t.me/s/other"), (Meaning.OTHER_CHANNEL, Action.FAIL)),
            (failed("redirected", 302, "https://login.example/"), (Meaning.UNEXPECTED, Action.NEXT_RUN)),
            (failed("redirected", 302, "http://[bad"), (Meaning.UNEXPECTED, Action.NEXT_RUN)),
            (failed("http_429", 429), (Meaning.THROTTLED, Action.STOP_HOST)),
            (failed("host_stopped"), (Meaning.THROTTLED, Action.STOP_HOST)),
            (failed("http_403", 403), (Meaning.BLOCKED, Action.STOP_HOST)),
            (failed("http_503", 503), (Meaning.BLOCKED, Action.STOP_HOST)),
            (failed("blocked", 200), (Meaning.BLOCKED, Action.STOP_HOST)),
            (failed("http_404", 404), (Meaning.UNEXPECTED, Action.NEXT_RUN)),
            (failed("http_500", 500), (Meaning.TRANSIENT, Action.RETRY)),
            (failed("timeout"), (Meaning.TRANSIENT, Action.RETRY)),
            (failed("truncated"), (Meaning.TRANSIENT, Action.RETRY)),
            (failed("too_big"), (Meaning.TRANSIENT, Action.RETRY)),
            (failed("dns"), (Meaning.HOST_DOWN, Action.NEXT_HOST)),
            (failed("connect"), (Meaning.HOST_DOWN, Action.NEXT_HOST)),
        ],
    )
    def test_failures(self, outcome: FetchFailed, expected: tuple[Meaning, Action]) -> None:
        assert meaning(outcome) == expected

    def test_a_tiny_body_is_broken_unless_it_holds_posts(self) -> None:
        assert meaning(fetched(80), shown(shape=PageShape.NOT_PREVIEW)) == (Meaning.TRANSIENT, Action.RETRY)
        assert meaning(fetched(80), shown(1)) == (Meaning.OK, Action.TAKE)

    def test_stops_double_with_each_refusal_and_honour_what_is_asked(self) -> None:
        assert [stop_for(n) for n in range(4)] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
        assert stop_for(1, dt.timedelta(hours=3)) == dt.timedelta(hours=3)
        assert stop_for(99) == stop_for(0, dt.timedelta(days=9)) == dt.timedelta(hours=24)
        answer = answer_of(
            failed("http_429", 429, wait=5 * MINUTE),
            None,
            name="quay",
            newest=True,
            had_posts=True,
            strikes=3,
        )
        assert answer.stop_for == 8 * MINUTE


class TestLanding:
    @pytest.mark.parametrize(
        ("kind", "canary", "expected"),
        [
            (LandingKind.PREVIEWABLE, None, (Meaning.PREVIEWABLE, Action.NEXT_RUN)),
            (LandingKind.NO_PREVIEW, None, (Meaning.NO_PREVIEW, Action.RECHECK_DAILY)),
            (LandingKind.EXISTS, None, (Meaning.NO_PREVIEW, Action.RECHECK_DAILY)),
            (LandingKind.GROUP, None, (Meaning.GROUP, Action.CONFIG_ERROR)),
            (LandingKind.ABSENT_OR_BLOCKED, None, (Meaning.ABSENT_OR_BLOCKED, Action.ASK_CANARY)),
            (LandingKind.ABSENT_OR_BLOCKED, True, (Meaning.NOT_FOUND, Action.NEXT_RUN)),
            (LandingKind.ABSENT_OR_BLOCKED, False, (Meaning.BLOCKED, Action.STOP_HOST)),
            (LandingKind.UNKNOWN, None, (Meaning.BLOCKED, Action.STOP_HOST)),
        ],
    )
    def test_the_matrix(
        self, kind: LandingKind, canary: bool | None, expected: tuple[Meaning, Action]
    ) -> None:
        answer = landing_answer(Landing(kind=kind), canary_ok=canary)
        assert (answer.meaning, answer.action) == expected


class TestOutage:
    GONE = Answer(meaning=Meaning.NOT_FOUND, action=Action.NEXT_RUN)
    CLOSED = Answer(meaning=Meaning.NO_PREVIEW, action=Action.RECHECK_DAILY)
    LATE = Answer(meaning=Meaning.TRANSIENT, action=Action.NEXT_RUN)

    def test_more_than_three_in_ten_is_an_outage(self) -> None:
        good = [(True, None)] * 6
        assert not is_outage([*good, (True, self.GONE), (True, self.CLOSED), (True, None), (True, None)])
        assert is_outage([*good, (True, self.GONE), (True, self.CLOSED), (True, self.GONE)])

    def test_one_channel_alone_is_its_own_affair(self) -> None:
        assert not is_outage([(True, self.GONE)])

    def test_the_sick_bear_no_witness_and_other_failures_do_not_count(self) -> None:
        assert not is_outage([(False, self.GONE)] * 9 + [(True, None)])
        assert not is_outage([(True, self.LATE)] * 9)


class TestWhatFollows:
    def step(
        self, meaning: Meaning, action: Action = Action.NEXT_RUN, stop: dt.timedelta | None = None
    ) -> StepFailed:
        return StepFailed(
            answer=Answer(meaning=meaning, action=action, stop_for=stop), url="https://t.me/s/quay"
        )

    @pytest.mark.parametrize(
        ("meaning", "kind"),
        [
            (Meaning.NOT_FOUND, FailureKind.PERMANENT),
            (Meaning.LAYOUT, FailureKind.SOFT),
            (Meaning.TRANSIENT, FailureKind.TRANSIENT),
            (Meaning.BLOCKED, FailureKind.OURS),
        ],
    )
    def test_failures_weigh_as_those_of_any_feed(self, meaning: Meaning, kind: FailureKind) -> None:
        assert as_failed(self.step(meaning)).kind is kind

    def test_an_outage_is_no_channels_fault(self) -> None:
        assert as_failed(self.step(Meaning.NOT_FOUND), outage=True).kind is FailureKind.OURS
        assert missed(ChannelState(), self.step(Meaning.NOT_FOUND).answer, outage=True) == (
            ChannelState(),
            False,
        )

    def test_a_channel_is_disabled_when_three_runs_found_nothing(self) -> None:
        state, disabled = ChannelState(), []
        for _ in range(3):
            state, now = missed(state, self.step(Meaning.NOT_FOUND).answer, outage=False)
            disabled.append(now)
        assert disabled == [False, False, True]
        assert missed(state, self.step(Meaning.NO_PREVIEW).answer, outage=False) == (state, False)

    def test_waits(self) -> None:
        assert least_wait(self.step(Meaning.NO_PREVIEW, Action.RECHECK_DAILY).answer) == dt.timedelta(days=1)
        assert least_wait(self.step(Meaning.TRANSIENT).answer) is None

    def test_a_refusal_stops_every_host_of_the_site(self) -> None:
        stops = host_stops(self.step(Meaning.BLOCKED, Action.STOP_HOST, MINUTE), ["t.me", "telegram.me"], NOW)
        assert [(stop.host, stop.until, stop.reason) for stop in stops] == [
            ("t.me", NOW + MINUTE, "blocked"),
            ("telegram.me", NOW + MINUTE, "blocked"),
        ]
        assert host_stops(self.step(Meaning.TRANSIENT), ["t.me"], NOW) == ()


class TestGap:
    def test_there_is_none_for_a_first_poll_or_where_pages_meet(self) -> None:
        assert gap_before(ChannelState(), shown(90, 91)) is None
        assert gap_before(ChannelState(last_id=89), shown(90, 91)) is None
        assert gap_before(ChannelState(last_id=95), shown(90, 91)) is None
        assert gap_before(ChannelState(last_id=88), shown(90, 91)) == Gap(floor=88, target=90)

    def test_it_narrows_page_by_page_and_closes_at_the_newest(self) -> None:
        gap = Gap(floor=10, target=60)
        gap = narrowed(gap, shown(11, 15, 30))
        assert (gap.floor, gap.closed, gap.ask) == (30, False, PageAsk(after=30))
        gap = narrowed(gap, shown(31, 58, 60, 61))
        assert (gap.floor, gap.closed) == (58, True)

    def test_an_empty_first_page_proves_nothing_and_a_later_one_ends_it(self) -> None:
        assert narrowed(Gap(floor=10, target=60), shown(60, 61)).stuck
        assert narrowed(Gap(floor=30, target=60, pages=1), shown(60, 61)).closed

    def test_paths(self) -> None:
        assert NEWEST.path("quay") == "/s/quay"
        assert PageAsk(after=7).path("quay") == "/s/quay?after=7"

    @given(st.sets(st.integers(1, 400), min_size=1), st.integers(0, 400))
    def test_whatever_the_ids_no_id_is_skipped(self, ids: set[int], last: int) -> None:
        everything = sorted(ids)
        newest = shown(*everything[-20:])
        gap = gap_before(ChannelState(last_id=last), newest)
        seen = {number for number in everything if number <= last}
        while gap is not None and not gap.closed and not gap.stuck:
            beyond = [number for number in everything if number > gap.floor][:20]
            seen |= {number for number in beyond if number < gap.target}
            gap = narrowed(gap, shown(*beyond))
        # a gap that shows nothing holds nothing here
        assert seen | set(newest.ids) == ids


class TestBack:
    def test_links_are_followed_down_to_the_first_post(self) -> None:
        walk = back_from(shown(90, 91, before=90))
        assert walk.before == 90
        walk = older(walk, shown(70, 80, before=70))
        assert walk.before == 70
        assert older(walk, shown(1, 2, before=1)).before is None

    def test_a_missing_link_is_probed_once_from_the_lowest_id(self) -> None:
        walk = back_from(shown(90, 91))
        assert walk.before == 90 and walk.probed
        assert older(walk, shown(shape=PageShape.NO_RESULTS)).before is None
        assert older(walk, shown(90, 91)).before is None

    def test_a_circle_ends(self) -> None:
        walk = back_from(shown(90, 91, before=90))
        assert older(walk, shown(90, 91, before=90)).before is None
        assert older(walk, shown(80, 81, before=500)).before == 80


class TestGone:
    def test_absent_is_what_the_page_should_show(self) -> None:
        page = replace(shown(10, 20), posts=(post(10), post(12, 13, 14), post(20)))
        assert absent_ids(page, [5, 10, 12, 13, 15, 21]) == (15,)
        assert absent_ids(shown(), [1]) == ()

    def test_two_runs_must_agree(self) -> None:
        counts, gone = confirmed({}, {15: EmbedKind.GONE})
        assert (counts, gone) == ({15: 1}, ())
        counts, gone = confirmed(counts, {15: EmbedKind.GONE})
        assert (counts, gone) == ({}, (15,))

    def test_what_is_seen_again_or_unclear_is_not_gone(self) -> None:
        assert confirmed({15: 1}, {15: EmbedKind.POST}) == ({}, ())
        assert confirmed({15: 1}, {15: EmbedKind.UNKNOWN}) == ({15: 1}, ())
        assert confirmed({15: 1}, {15: EmbedKind.GONE}, shown={15}) == ({}, ())

    def test_reading_again_goes_round_by_round_and_an_hour_apart(self) -> None:
        newest = shown(*range(41, 61))
        now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
        fresh = ChannelState()
        assert reread_after(fresh, newest, 1, now) == 0
        assert reread_after(fresh, newest, 41, now) is None, "the newest page shows them all"
        assert reread_after(fresh, newest, None, now) is None
        assert reread_after(fresh, shown(), 1, now) is None
        half = reread_done(fresh, shown(*range(1, 21)), now)
        assert reread_after(half, newest, 1, now + dt.timedelta(minutes=59)) is None
        assert reread_after(half, newest, 1, now + dt.timedelta(hours=1)) == 20
        assert reread_after(half, newest, 31, now + dt.timedelta(hours=1)) == 30, (
            "what is too old is left out"
        )
        whole = reread_done(half, shown(*range(21, 41)), now)
        assert reread_after(whole, newest, 5, now + dt.timedelta(hours=1)) == 4
        assert reread_done(half, shown(), now).reread is None, "an empty page ends the round"
        failed = reread_done(half, None, now)
        assert (failed.reread, failed.reread_at) == (20, now)

    def test_posts_under_a_claim_are_looked_at_after_7_and_30_days(self) -> None:
        seen = NOW - dt.timedelta(days=8)
        assert look_again(seen, seen, NOW)
        assert not look_again(seen, NOW - dt.timedelta(hours=1), NOW)
        assert look_again(NOW - dt.timedelta(days=31), NOW - dt.timedelta(days=20), NOW)
        assert not look_again(NOW - dt.timedelta(days=40), NOW - dt.timedelta(days=9), NOW)


class TestState:
    def test_it_comes_back_as_it_was_written(self) -> None:
        state = ChannelState(
            last_id=9,
            name="Quay",
            chat_id=5,
            absent={3: 1},
            missing_runs=2,
            habit=((90, 10, 100),),
            reread=4,
            reread_at=NOW,
        )
        assert read_state(write_state(state)) == state

    @pytest.mark.parametrize(
        "cursor", [None, "", "42", "[]", "{", '{"absent": 3}', '{"habit": [[1]]}', '{"absent": {"x": 1}}']
    )
    def test_what_cannot_be_read_is_a_channel_not_met_before(self, cursor: str | None) -> None:
        assert read_state(cursor) == ChannelState()

    def test_the_last_id_never_goes_back_and_the_spelling_is_kept(self) -> None:
        page = replace(shown(5, 6), channel="QUAY", drift=Drift(blocks=8, posts=8, with_text=4, with_views=8))
        state = remembered(ChannelState(last_id=9, name="quay", missing_runs=2), page, 6, newest=True)
        assert (state.last_id, state.name, state.chat_id, state.missing_runs) == (9, "QUAY", 5, 0)
        assert state.habit == ((50, 0, 100),)

    def test_shares_far_from_habit_are_named(self) -> None:
        habit = [(90, 50, 100)] * 6
        good = Drift(blocks=20, posts=20, with_text=15, with_views=20)
        assert far_from_habit(good, habit) == ""
        assert "text" in far_from_habit(replace(good, with_text=0), habit)
        assert "views" in far_from_habit(replace(good, with_views=1), habit)
        assert far_from_habit(replace(good, with_text=0), habit[:2]) == ""
        assert far_from_habit(Drift(posts=2), habit) == ""


class TestRates:
    def test_one_connection_makes_900_requests_an_hour(self) -> None:
        assert per_hour() == 900

    def test_channels_beyond_the_rate_are_told(self) -> None:
        fits = rate(100, interval=10 * MINUTE)
        assert fits.fits and fits.warning == ""
        over = rate(200, interval=10 * MINUTE)
        assert not over.fits and "200 Telegram channels need 1200 requests" in over.warning
        assert over.shortest == 17 * MINUTE
        assert rate(200, interval=over.shortest).fits

    def test_priority_first_then_the_longest_due_then_the_name(self) -> None:
        due = [(0, NOW, "b", "b"), (0, NOW, "a", "a"), (5, NOW, "z", "z"), (0, NOW - MINUTE, "y", "y")]
        assert in_order(due) == ["z", "y", "a", "b"]
