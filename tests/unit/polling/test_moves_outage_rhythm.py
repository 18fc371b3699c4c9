"""Moves that are believed, outages that are ours, silence that is news, validators that lie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.polling import Reading, Unreadable, how_to_ask, is_ours, lie, may_have_missed, portals, silence
from monitor.polling.hints import after_skips, fresh_for, http_date
from monitor.polling.moves import permanent_target
from monitor.polling.rhythm import gap_p95
from monitor.types.fetching import FailureKind, Redirect
from monitor.types.source import FeedState, Validators
from tests.unit.polling.test_decide import DAY, HOUR, KNOWN, NOW, RUNNING, decide, failed, fetched, unchanged

NEW = "https://new.example/feed.xml"
MOVED = (Redirect(status=301, url=NEW),)
GOOD = Reading(seen=5, new=1)


class TestMoves:
    @pytest.mark.parametrize(
        ("statuses", "target"),
        [([], None), ([302], None), ([301], 0), ([308, 301], 1), ([301, 302], 0), ([307, 301], None)],
    )
    def test_only_permanent_hops_from_the_start_count(self, statuses, target) -> None:
        hops = [Redirect(status=status, url=f"https://h{n}.example/") for n, status in enumerate(statuses)]
        assert permanent_target(hops) == (None if target is None else hops[target].url)

    def test_a_move_needs_two_good_reads_a_day_apart(self) -> None:
        first = decide(RUNNING, fetched(redirects=MOVED), GOOD)
        assert (first.current_url, first.state.moved_to, first.state.moved_seen_at) == (None, NEW, NOW)
        early = decide(first.state, fetched(redirects=MOVED), GOOD, now=NOW + DAY - HOUR)
        assert early.current_url is None
        proven = decide(early.state, fetched(redirects=MOVED), GOOD, now=NOW + DAY)
        assert (proven.current_url, proven.state.moved_to) == (NEW, None)
        assert [issue.code for issue in proven.issues] == ["feed_moved"]

    def test_a_body_known_by_its_hash_is_proof_and_a_304_is_not(self) -> None:
        first = decide(RUNNING, fetched(redirects=MOVED), GOOD)
        assert decide(first.state, unchanged(redirects=MOVED), now=NOW + DAY).current_url is None
        # so the feed is asked for its body once the day is over
        assert how_to_ask(first.state, NOW + DAY) == (first.state.validators, True)
        same = unchanged(redirects=MOVED, status=200, by_hash=True)
        assert decide(first.state, same, now=NOW + DAY).current_url == NEW

    def test_temporary_redirects_are_never_stored(self) -> None:
        state = RUNNING
        for day in range(5):
            away = fetched(redirects=(Redirect(status=302, url=NEW),))
            decision = decide(state, away, GOOD, now=NOW + day * DAY)
            state = decision.state
            assert decision.current_url is None and state.moved_to is None

    def test_another_target_or_a_direct_answer_starts_over(self) -> None:
        first = decide(RUNNING, fetched(redirects=MOVED), GOOD).state
        other = decide(
            first, fetched(redirects=(Redirect(status=308, url=NEW + "2"),)), GOOD, now=NOW + 2 * DAY
        )
        assert other.current_url is None and other.state.moved_to == NEW + "2"
        assert decide(first, fetched(), GOOD, now=NOW + DAY).state.moved_to is None

    def test_a_target_that_is_no_feed_is_never_stored(self) -> None:
        state = decide(RUNNING, fetched(redirects=MOVED), GOOD).state
        state = decide(state, fetched(redirects=MOVED), Unreadable(code="html_instead"), now=NOW + DAY).state
        assert state.moved_to is None

    def test_a_captive_portal_takes_no_feed_with_it(self) -> None:
        outcome = fetched(redirects=MOVED)
        many = portals([(f"https://outlet-{n}.example/feed", outcome) for n in range(2)])
        assert many == {NEW}
        first = decide(RUNNING, outcome, GOOD, portals=many)
        assert first.state.moved_to is None and first.current_url is None
        # one publisher that merges two feeds is no portal; three at once are not believed either
        same_host = [(f"https://outlet.example/{n}", outcome) for n in range(3)]
        assert portals(same_host[:2]) == frozenset()
        assert portals(same_host) == {NEW}


class TestOutage:
    @staticmethod
    def batch(good: int, bad: int, code: str = "connect", state: FeedState = RUNNING):
        answered = [(state, unchanged(url=f"https://good-{n}.example/")) for n in range(good)]
        kind = FailureKind.TRANSIENT
        return answered + [(state, failed(code, kind, url=f"https://bad-{n}.example/")) for n in range(bad)]

    @pytest.mark.parametrize("code", ["connect", "timeout", "reset", "dns"])
    def test_over_80_percent_without_an_answer_is_ours(self, code) -> None:
        assert is_ours(self.batch(1, 9, code))
        assert not is_ours(self.batch(2, 8, code))

    def test_nothing_resolves(self) -> None:
        assert is_ours(self.batch(0, 3, "dns"))
        assert not is_ours(self.batch(0, 2, "dns"))
        assert not is_ours(self.batch(0, 4, "connect"))

    def test_an_error_of_a_server_is_an_answer(self) -> None:
        assert not is_ours(self.batch(0, 50, "http_500"))
        assert not is_ours(self.batch(0, 50, "address_refused"))

    def test_many_feeds_of_one_dead_host_are_one_host(self) -> None:
        dead = [(RUNNING, failed("connect", FailureKind.TRANSIENT)) for _ in range(100)]
        assert not is_ours(self.batch(3, 0) + dead)

    def test_feeds_that_failed_before_bear_no_witness(self) -> None:
        assert not is_ours(self.batch(0, 50, state=replace(RUNNING, failures=3)))

    def test_nothing_polled_is_no_outage(self) -> None:
        assert not is_ours([])


class TestSilence:
    def test_after_three_times_the_usual_gap(self) -> None:
        state = replace(RUNNING, gap_p95_s=86400.0, last_new_entry_at=NOW)
        assert silence(state, NOW + 3 * DAY) is None
        assert "no new entry since 2026-11-22" in (silence(state, NOW + 3 * DAY + HOUR) or "")

    def test_but_not_within_a_day(self) -> None:
        state = replace(RUNNING, gap_p95_s=60.0, last_new_entry_at=NOW)
        assert silence(state, NOW + DAY) is None
        assert silence(state, NOW + DAY + HOUR)

    def test_below_what_a_person_expects(self) -> None:
        assert silence(RUNNING, NOW, expect_per_day=2, entries_7d=13) == "1.9 entries a day, 2 are expected"
        assert silence(RUNNING, NOW, expect_per_day=2, entries_7d=14) is None
        young = replace(RUNNING, first_success_at=NOW - 2 * DAY)
        assert silence(young, NOW, expect_per_day=2, entries_7d=4) is None
        assert (
            silence(replace(young, first_success_at=NOW - HOUR), NOW, expect_per_day=2, entries_7d=0) is None
        )

    def test_a_feed_that_never_answered_is_failing_not_silent(self) -> None:
        assert silence(FeedState(), NOW, expect_per_day=5, entries_7d=0) is None

    def test_the_usual_gap_is_the_95th_percentile_smoothed(self) -> None:
        window = Reading(published=(*(NOW - n * HOUR for n in range(20)), NOW - 60 * HOUR))
        assert gap_p95(FeedState(), window) == 3600
        assert gap_p95(replace(RUNNING, gap_p95_s=7200.0), window) == pytest.approx(6480)
        assert gap_p95(RUNNING, Reading(published=(NOW, NOW))) == RUNNING.gap_p95_s


class TestValidators:
    def test_a_body_that_changed_under_the_same_validators(self) -> None:
        changed = fetched(validators=replace(KNOWN, body_sha256="c" * 64))
        found = lie(KNOWN, changed, unconditional=True)
        assert found is not None and found.code == "validator_stuck"
        assert lie(KNOWN, changed, unconditional=False) is None
        dated = Validators(last_modified="then", body_sha256="a" * 64)
        assert lie(dated, fetched(validators=replace(dated, body_sha256="c")), unconditional=True) is not None
        assert lie(dated, fetched(validators=replace(dated, last_modified="now")), unconditional=True) is None

    def test_a_body_sent_again_in_spite_of_them(self) -> None:
        again = unchanged(status=200, by_hash=True)
        found = lie(KNOWN, again, unconditional=False)
        assert found is not None and found.code == "validator_ignored"
        assert lie(KNOWN, again, unconditional=True) is None
        assert lie(Validators(body_sha256="a"), again, unconditional=False) is None
        assert lie(KNOWN, failed(), unconditional=True) is None


def test_a_window_without_overlap_may_have_lost_entries() -> None:
    assert may_have_missed(seen=30, new=30, entries_known=100)
    assert not may_have_missed(seen=30, new=29, entries_known=100)
    assert not may_have_missed(seen=30, new=30, entries_known=0)
    assert not may_have_missed(seen=0, new=0, entries_known=10)


class TestHints:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, 0),
            ({"cache-control": "public, max-age=300"}, 300),
            ({"cache-control": 'MAX-AGE="300"', "age": "100"}, 200),
            ({"cache-control": "max-age=300", "age": "1000"}, 0),
            ({"cache-control": "max-age=300", "expires": "Sun, 22 Nov 2026 18:00:00 GMT"}, 300),
            ({"expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 3600),
            ({"expires": "Sun, 22 Nov 2026 13:00:00 GMT", "date": "Sun, 22 Nov 2026 12:59:00 GMT"}, 60),
            ({"expires": "0"}, 0),
            ({"expires": "-1"}, 0),
            ({"cache-control": "no-store", "expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 0),
            ({"cache-control": "max-age=-1", "expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 0),
            ({"cache-control": "stale-while-revalidate=30"}, 0),
        ],
    )
    def test_how_long_an_answer_stays_good(self, headers, seconds) -> None:
        assert fresh_for(headers, NOW) == seconds

    @pytest.mark.parametrize(
        "text",
        ["Sun, 22 Nov 2026 12:00:00 GMT", "Sunday, 22-Nov-26 12:00:00 GMT", "Sun Nov 22 12:00:00 2026"],
    )
    def test_http_dates_have_three_forms(self, text) -> None:
        assert http_date(text) == NOW

    @pytest.mark.parametrize(
        "text", ["", "soon", "0", "Sun, 99 Nov 2026 12:00:00 GMT", "1 Jan 99999 00:00:00", "\x00"]
    )
    def test_and_everything_else_is_none(self, text) -> None:
        assert http_date(text) is None

    def test_skips_that_leave_nothing_say_nothing(self) -> None:
        assert after_skips(NOW, range(24), ()) == NOW
        assert after_skips(NOW, (), ()) == NOW
