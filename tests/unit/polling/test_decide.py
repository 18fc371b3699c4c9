"""What follows from one poll. Times are faked; random numbers are seeded or taken from hypothesis."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import PollLimits, Reading, Unreadable, how_to_ask, next_poll
from monitor.polling.decide import WEIGHTS
from monitor.polling.limits import DEAD_INTERVAL, JITTER
from monitor.types.entries import PollHints
from monitor.types.fetching import FailureKind, Fetched, FetchFailed, NotModified, Redirect
from monitor.types.source import FeedState, Validators

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
LIMITS = PollLimits()
URL = "https://outlet.example/feed.xml"
KNOWN = Validators(etag='"1"', body_sha256="a" * 64)
RUNNING = FeedState(
    validators=KNOWN,
    interval_s=3600.0,
    first_success_at=NOW - 30 * DAY,
    last_success_at=NOW - HOUR,
    last_full_fetch_at=NOW - HOUR,
    last_new_entry_at=NOW - HOUR,
    gap_p95_s=7200.0,
)


def fetched(**changes: Any) -> Fetched:
    facts = {"url": URL, "status": 200, "headers": {}, "body": b"<rss/>", "validators": KNOWN, **changes}
    return Fetched(**facts)


def unchanged(**changes: Any) -> NotModified:
    return NotModified(**{"url": URL, "status": 304, "headers": {}, "validators": KNOWN, **changes})


def failed(code: str = "http_404", kind: FailureKind = FailureKind.PERMANENT, **changes: Any) -> FetchFailed:
    status = int(code[5:]) if code.startswith("http_") else None
    return FetchFailed(
        **{"url": URL, "kind": kind, "code": code, "detail": "said so", "status": status, **changes}
    )


def decide(state: FeedState, outcome, read=None, *, now: dt.datetime = NOW, seed: int = 1, **options: Any):
    return next_poll(state, outcome, read, now=now, rng=Random(seed), limits=LIMITS, **options)


def minutes(decision, now: dt.datetime = NOW) -> float:
    return (decision.next_poll_at - now).total_seconds() / 60


class TestRhythm:
    def test_nothing_new_makes_the_interval_longer_and_news_shorter(self) -> None:
        assert decide(RUNNING, unchanged()).state.interval_s == 4500
        assert decide(RUNNING, fetched(), Reading(seen=30, new=1)).state.interval_s == 2400

    def test_a_burst_shortens_it_to_a_quarter_at_most(self) -> None:
        assert decide(RUNNING, fetched(), Reading(seen=30, new=3)).state.interval_s == 1200
        assert decide(RUNNING, fetched(), Reading(seen=30, new=12)).state.interval_s == 900

    def test_a_window_half_new_may_lose_entries_and_counts_double(self) -> None:
        assert decide(RUNNING, fetched(), Reading(seen=2, new=1)).state.interval_s == 1200

    def test_a_feed_just_met_starts_by_its_own_window(self) -> None:
        hourly = Reading(seen=10, new=10, published=tuple(NOW - n * HOUR for n in range(10)))
        assert decide(FeedState(), fetched(), hourly).state.interval_s == 1800
        assert decide(FeedState(), fetched(), Reading(seen=10, new=10)).state.interval_s == 600

    @pytest.mark.parametrize(("every_h", "low", "high"), [(0.05, 10, 11), (2, 20, 240), (24, 180, 1440)])
    def test_it_settles_near_what_a_feed_publishes(self, every_h, low, high) -> None:
        state, now, last, found = RUNNING, NOW, 0, 0
        intervals = []
        for _ in range(300):
            stories = int((now - NOW) / HOUR / every_h)
            new = stories - last
            found += new > 0
            decision = decide(
                state, fetched() if new else unchanged(), Reading(seen=30, new=new) if new else None, now=now
            )
            state, now, last = decision.state, decision.next_poll_at, stories
            intervals.append(state.interval_s / 60)
        assert low <= sorted(intervals[100:])[100] <= high

    def test_hints_are_never_undercut_and_never_believed_beyond_the_limit(self) -> None:
        state = replace(RUNNING, interval_s=600.0)
        assert minutes(decide(state, unchanged(headers={"cache-control": "max-age=7200"}))) >= 120
        assert minutes(decide(state, unchanged(headers={"cache-control": "max-age=504911232"}))) == 1440
        for nonsense in ("max-age=-1", "no-cache, max-age=7200", "max-age=soon", "s-maxage=9000"):
            assert minutes(decide(state, unchanged(headers={"cache-control": nonsense}))) < 15

    def test_what_a_feed_asks_for_is_remembered_when_the_next_answer_has_no_body(self) -> None:
        hints = PollHints(ttl_minutes=180, update_period_s=3600.0, skip_hours=(15, 16), skip_days=("Monday",))
        first = decide(RUNNING, fetched(), Reading(seen=5, new=1, hints=hints))
        assert minutes(first) >= 180
        assert first.state.skip_hours == (15, 16)
        second = decide(first.state, unchanged(), now=NOW)
        assert second.next_poll_at >= NOW.replace(hour=17)

    def test_skipped_hours_and_days_are_left_out(self) -> None:
        state = replace(RUNNING, interval_s=600.0, skip_hours=(12, 13))
        assert decide(state, unchanged()).next_poll_at == NOW.replace(hour=14)
        sunday = replace(RUNNING, interval_s=600.0, skip_days=("Sunday",))
        assert decide(sunday, unchanged()).next_poll_at == NOW.replace(hour=0) + DAY
        everything = replace(RUNNING, interval_s=600.0, skip_hours=tuple(range(24)))
        assert minutes(decide(everything, unchanged())) < 15

    def test_polls_are_spread_by_a_tenth(self) -> None:
        spread = [minutes(decide(RUNNING, unchanged(), seed=n)) for n in range(200)]
        assert 67.5 <= min(spread) < 70 and 80 < max(spread) <= 82.5


class TestFailures:
    def test_weights_by_kind(self) -> None:
        assert WEIGHTS == {"permanent": 1.0, "soft": 0.5, "transient": 0.25, "ours": 0.0}
        for kind, weight in WEIGHTS.items():
            if kind is not FailureKind.OURS:
                state = decide(RUNNING, failed("timeout", kind)).state
                assert (state.failures, state.failure_weight) == (1, weight)
                assert state.last_error == "timeout: said so"
                assert state.validators == KNOWN

    def test_a_success_heals(self) -> None:
        bad = replace(RUNNING, failures=7, failure_weight=3.5, last_error="timeout: x")
        for outcome, read in ((unchanged(), None), (fetched(), Reading(seen=3))):
            state = decide(bad, outcome, read).state
            assert (state.failures, state.failure_weight, state.last_error) == (0, 0.0, None)
            assert state.last_success_at == NOW

    def test_a_404_feed_is_asked_at_most_31_times_in_30_days(self) -> None:
        state, now, asked = replace(RUNNING, interval_s=600.0), NOW, 0
        waits = []
        while now < NOW + 30 * DAY:
            asked += 1
            decision = decide(state, failed(), now=now, seed=asked)
            waits.append(decision.next_poll_at - now)
            state, now = decision.state, decision.next_poll_at
        assert asked <= 31
        assert max(waits[:-1]) <= DAY
        assert waits[-1] >= DEAD_INTERVAL * (1 - JITTER)

    def test_back_off_is_linear_to_a_day(self) -> None:
        waits = [minutes(decide(replace(RUNNING, failure_weight=float(n)), failed())) / 60 for n in range(29)]
        assert all(0.9 * min(n + 2, 24) <= wait <= 1.1 * (n + 2) for n, wait in enumerate(waits))
        assert max(waits) <= 24

    def test_passing_failures_take_four_times_as_long_to_count(self) -> None:
        state = replace(RUNNING, failure_weight=29.75)
        dead = decide(state, failed("timeout", FailureKind.TRANSIENT))
        assert dead.next_poll_at - NOW >= DEAD_INTERVAL * (1 - JITTER)
        assert (
            decide(replace(state, failure_weight=29.0), failed("timeout", FailureKind.TRANSIENT)).next_poll_at
            <= NOW + DAY
        )

    def test_gone_is_gone(self) -> None:
        decision = decide(RUNNING, failed("http_410"))
        assert decision.state.gone_at == NOW
        assert [issue.code for issue in decision.issues] == ["feed_gone"]

    def test_a_410_behind_a_temporary_redirect_is_not_the_feed_speaking(self) -> None:
        away = (Redirect(status=302, url="https://elsewhere.example/"),)
        assert decide(RUNNING, failed("http_410", redirects=away)).state.gone_at is None
        moved = (Redirect(status=301, url="https://elsewhere.example/"),)
        assert decide(RUNNING, failed("http_410", redirects=moved)).state.gone_at == NOW

    @pytest.mark.parametrize("code", ["http_429", "http_503"])
    def test_a_host_that_names_a_time_is_stopped_until_then(self, code) -> None:
        outcome = failed(code, FailureKind.TRANSIENT, retry_after=5 * HOUR)
        decision = decide(RUNNING, outcome)
        assert decision.host_stop is not None
        assert (decision.host_stop.host, decision.host_stop.until) == ("outlet.example", NOW + 5 * HOUR)
        assert NOW + 5 * HOUR <= decision.next_poll_at <= NOW + 5.5 * HOUR

    @pytest.mark.parametrize(
        ("asked", "days"),
        [("86400", None), ("86401", 1), ("316800", 3), ("Sun, 29 Nov 2026 12:00:00 GMT", 7), ("soon", None)],
    )
    def test_a_wait_that_is_cut_to_a_day_is_reported(self, asked, days) -> None:
        outcome = failed("http_429", FailureKind.TRANSIENT, retry_after=DAY, headers={"retry-after": asked})
        decision = decide(RUNNING, outcome)
        assert decision.host_stop is not None and decision.host_stop.until == NOW + DAY
        reported = [(issue.code, f"over {days} d" in issue.detail) for issue in decision.issues]
        assert reported == ([("retry_after_long", True)] if days is not None else [])

    def test_a_503_that_names_none_stops_this_feed_only(self) -> None:
        decision = decide(replace(RUNNING, interval_s=600), failed("http_503", FailureKind.TRANSIENT))
        assert decision.host_stop is None and minutes(decision) >= 10

    def test_a_feed_not_asked_because_its_host_stopped_keeps_its_state(self) -> None:
        outcome = failed("host_stopped", FailureKind.OURS, retry_after=20 * MINUTE)
        decision = decide(RUNNING, outcome)
        assert replace(decision.state, next_poll_at=None) == RUNNING
        assert 20 <= minutes(decision) <= 22

    def test_our_own_outage_counts_against_nobody(self) -> None:
        decision = decide(RUNNING, failed("dns", FailureKind.TRANSIENT), ours=True)
        assert replace(decision.state, next_poll_at=None) == RUNNING
        assert minutes(decision) < 1, "the next run tries again: nobody was troubled"


class TestUnreadable:
    def test_a_body_that_is_no_feed_is_a_soft_failure(self) -> None:
        new = Validators(etag='"html"', body_sha256="b" * 64)
        state = decide(RUNNING, fetched(validators=new), Unreadable(code="html_instead")).state
        assert (state.failures, state.failure_weight, state.last_error) == (1, 0.5, "html_instead")
        assert (state.unread_since, state.validators) == (NOW, new)

    @pytest.mark.parametrize("outcome", [unchanged(), unchanged(status=200, by_hash=True)])
    def test_no_change_does_not_heal_it(self, outcome) -> None:
        broken = decide(RUNNING, fetched(), Unreadable(code="html_instead")).state
        state = decide(broken, outcome, now=NOW + 2 * HOUR).state
        assert (state.failures, state.last_error) == (1, "html_instead")
        assert state.last_success_at == RUNNING.last_success_at

    def test_a_feed_that_reads_again_is_healed(self) -> None:
        broken = decide(RUNNING, fetched(), Unreadable(code="html_instead")).state
        state = decide(broken, fetched(), Reading(seen=1)).state
        assert (state.failures, state.unread_since) == (0, None)


class TestHowToAsk:
    def test_conditionally_and_in_full_every_eight_days(self) -> None:
        assert how_to_ask(FeedState(), NOW) == (Validators(), True)
        assert how_to_ask(RUNNING, NOW) == (KNOWN, False)
        busy = replace(RUNNING, last_new_entry_at=NOW + 8 * DAY)
        assert how_to_ask(busy, NOW + 8 * DAY - 2 * HOUR) == (KNOWN, False)
        assert how_to_ask(busy, NOW + 8 * DAY) == (KNOWN, True)

    def test_in_full_after_a_day_when_the_feed_is_quieter_than_ever(self) -> None:
        quiet = replace(RUNNING, last_new_entry_at=NOW - 25 * HOUR)
        assert how_to_ask(quiet, NOW) == (KNOWN, False)  # a full answer came an hour ago
        assert how_to_ask(quiet, NOW + DAY) == (KNOWN, True)

    def test_a_304_for_ever_is_found_out_and_costs_one_full_fetch_a_day(self) -> None:
        state, now, full = RUNNING, NOW, []
        while now < NOW + 10 * DAY:
            _, unconditional = how_to_ask(state, now)
            if unconditional:
                full.append(now)
            outcome = unchanged(status=200, by_hash=True) if unconditional else unchanged()
            decision = decide(state, outcome, now=now)
            state, now = decision.state, decision.next_poll_at
        assert full[0] <= NOW + 8 * DAY
        assert all(b - a >= DAY for a, b in pairwise(full))

    def test_an_unreadable_body_is_read_again_once_a_day_whatever_its_hash(self) -> None:
        broken = replace(RUNNING, unread_since=NOW - 5 * DAY, last_full_fetch_at=NOW - 25 * HOUR)
        assert how_to_ask(broken, NOW) == (Validators(), True)
        assert how_to_ask(broken, NOW - 2 * HOUR) == (KNOWN, False)


TIMES = st.integers(-3_000_000, 2_000_000).map(lambda minutes: NOW + minutes * MINUTE)
STATES = st.builds(
    FeedState,
    failures=st.integers(0, 200),
    failure_weight=st.floats(0, 29),
    interval_s=st.floats(0, 1e9),
    first_success_at=st.none() | TIMES,
    last_success_at=st.none() | TIMES,
    last_full_fetch_at=st.none() | TIMES,
    last_new_entry_at=st.none() | TIMES,
    gap_p95_s=st.none() | st.floats(0, 1e7),
    unread_since=st.none() | TIMES,
    hint_interval_s=st.floats(0, 1e12),
    skip_hours=st.lists(st.integers(-5, 40), max_size=24).map(tuple),
    skip_days=st.lists(st.sampled_from(["Monday", "sunday", "Someday"]), max_size=7).map(tuple),
)
HEADERS = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "age"]),
    st.sampled_from(["max-age=1000000000000", "max-age=-1", "Thu, 01 Jan 2099 00:00:00 GMT", "0", "", "no-store",
                     "Mon, 99 Foo 9999 00:00:00", "max-age=5, max-age=9"]) | st.text(max_size=30),
)  # fmt: skip
READS = st.one_of(
    st.builds(
        Reading,
        seen=st.integers(0, 2000),
        new=st.integers(0, 2000),
        published=st.lists(TIMES, max_size=20).map(tuple),
        hints=st.builds(PollHints, ttl_minutes=st.none() | st.integers(-5, 10**9)),
    ),
    st.builds(Unreadable, code=st.just("html_instead")),
)


@given(state=STATES, headers=HEADERS, read=READS, seed=st.integers(0, 999), body=st.booleans())
def test_the_next_poll_is_within_the_limits_whatever_was_said(state, headers, read, seed, body) -> None:
    outcome = fetched(headers=headers) if body else unchanged(headers=headers)
    limits = PollLimits(min_interval=10 * MINUTE, max_interval=DAY)
    got = next_poll(state, outcome, read if body else None, now=NOW, rng=Random(seed), limits=limits)
    assert 10 * MINUTE <= got.next_poll_at - NOW <= DAY
    assert got.state.next_poll_at == got.next_poll_at
    assert 600 <= got.state.interval_s <= 86400 or got.state.interval_s == state.interval_s


@given(
    state=STATES,
    kind=st.sampled_from(list(FailureKind)),
    code=st.sampled_from(["http_404", "http_429", "http_503", "timeout", "dns", "blocked", "host_stopped"]),
    wait=st.none() | st.timedeltas(dt.timedelta(0), DAY),
    seed=st.integers(0, 999),
    ours=st.booleans(),
)
def test_a_failure_never_polls_sooner_than_allowed(state, kind, code, wait, seed, ours) -> None:
    got = decide(state, failed(code, kind, retry_after=wait), seed=seed, ours=ours)
    later = got.next_poll_at - NOW
    assert later >= (wait or dt.timedelta(0))
    nobody_asked = code == "host_stopped" or (
        code in {"timeout", "dns"} and (ours or kind is FailureKind.OURS)
    )
    assert later >= 10 * MINUTE or nobody_asked
    assert later <= max(DAY, (wait or DAY) * 1.1) or got.state.failure_weight >= 30
    assert got.state.validators == state.validators
    assert got.state.failures >= state.failures
