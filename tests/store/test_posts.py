"""Posts of channels in both databases: standing, claimed, gone, back, purged; hosts stopped by a plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.store import Store
from monitor.store.schema.entries import holds
from monitor.store.schema.sources import raw_bodies
from monitor.types.annotations import Claim
from monitor.types.entries import Entry
from monitor.types.plans import Disposition, FetchRecord, HostStop, Outcome
from monitor.types.source import FeedKind, FeedSource
from tests.store.making import DAY, HOUR, MINUTE, NOW, annotation, change, entry, ingest, leased, plan, source

CHANNEL = "quay_watch"


def channel(**values: Any) -> FeedSource:
    return source("quay", kind=FeedKind.TELEGRAM, address=CHANNEL, **values)


def post(number: int, body: str = "A ship came in.", **values: Any) -> Entry:
    return entry(
        str(number),
        body,
        **({"kind": FeedKind.TELEGRAM, "title": "", "url": f"https://t.me/{CHANNEL}/{number}"} | values),
    )


@pytest.fixture
def three(store: Store) -> Store:
    ingest(store, *(post(number, f"Ship {number}.") for number in (1, 2, 3)), feed=channel())
    return store


def gone(store: Store) -> dict[str, str]:
    frame = store.frame(
        "select e.external_id, t.body from report_entries e join report_texts t using (entry_id)"
        " where e.gone_at is not null"
    )
    return {str(row.external_id): str(row.body) for row in frame.itertuples()}


def claim_on(store: Store, number: int) -> None:
    [text] = [text for text in store.pending_texts(limit=10) if text.body == f"Ship {number}."]
    claim = Claim(
        supplier=("KP",),
        recipient=("SD",),
        items=("artillery-ammunition",),
        status="alleged",
        evidence="Ship",
        field="body",
        start_char=0,
        end_char=4,
        rule="test",
        confidence=0.5,
    )
    store.save_annotations([annotation(text, claims=(claim,))], now=NOW)


class TestGone:
    def test_only_stored_posts_stand_and_gone_ones_no_longer(self, three: Store) -> None:
        assert three.standing_posts(CHANNEL, range(1, 2000)) == {1, 2, 3}
        assert three.mark_gone(CHANNEL, [2], now=NOW, purge=False) == 1
        assert three.standing_posts(CHANNEL, [1, 2, 3]) == {1, 3}

    def test_a_gone_post_keeps_its_text_and_the_time_it_was_first_missed(self, three: Store) -> None:
        three.mark_gone(CHANNEL, [2], now=NOW, purge=False)
        assert three.mark_gone(CHANNEL, [2], now=NOW + DAY, purge=False) == 0
        assert gone(three) == {"2": "Ship 2."}

    def test_another_channel_with_the_same_numbers_is_untouched(self, three: Store) -> None:
        assert three.mark_gone("another", [1, 2, 3], now=NOW, purge=True) == 0

    def test_a_post_that_is_shown_again_stands_again(self, three: Store) -> None:
        three.mark_gone(CHANNEL, [2], now=NOW, purge=False)
        assert three.mark_back(CHANNEL, [1, 2, 3]) == 1
        assert gone(three) == {}

    def test_purging_drops_the_text(self, three: Store) -> None:
        three.mark_gone(CHANNEL, [1, 3], now=NOW, purge=True)
        assert gone(three) == {"1": "", "3": ""}

    def test_a_text_under_a_claim_is_not_purged(self, three: Store) -> None:
        claim_on(three, 2)
        three.mark_gone(CHANNEL, [1, 2], now=NOW, purge=True)
        assert gone(three) == {"1": "", "2": "Ship 2."}

    def test_a_text_that_is_held_is_not_purged(self, three: Store) -> None:
        uid = three.frame("select uid from report_entries where external_id = '2'").iloc[0, 0]
        row = {"object_kind": "entry", "object_key": uid, "reason": "evidence", "who": "desk", "at": NOW}
        three._database.write(lambda c: c.execute(sa.insert(holds).values(**row)))
        three.mark_gone(CHANNEL, [2], now=NOW, purge=True)
        assert gone(three) == {"2": "Ship 2."}


class TestClaims:
    def test_posts_under_a_claim_come_due_by_when_they_were_first_seen(self, three: Store) -> None:
        claim_on(three, 2)
        [lease] = leased(three, channel(), now=NOW + DAY)
        window = (NOW - HOUR, NOW)
        assert three.claimed_posts(lease.feed_id, [window]) == [2]
        assert three.claimed_posts(lease.feed_id, [(NOW, NOW + HOUR), window]) == [2]
        assert three.claimed_posts(lease.feed_id, [(NOW, NOW + HOUR)]) == []
        assert three.claimed_posts(lease.feed_id, []) == []


class TestViews:
    def test_views_are_kept_as_first_and_last_seen(self, store: Store) -> None:
        ingest(store, post(1, views=10), feed=channel())
        for hours, views in ((1, 90), (2, None)):
            [lease] = leased(store, channel(), now=NOW + hours * HOUR)
            seen = change(post(1, views=views), Disposition.KNOWN)
            store.apply([plan(lease, seen, at=NOW + hours * HOUR)], now=NOW + hours * HOUR)
        frame = store.frame("select views_first, views_last from report_entries")
        assert frame.to_dict("records") == [{"views_first": 10, "views_last": 90}]


class TestPlans:
    def test_a_plan_stops_every_host_of_a_site(self, store: Store) -> None:
        [lease] = leased(store, channel())
        stops = tuple(HostStop(host=h, until=NOW + HOUR, reason="throttled") for h in ("t.me", "telegram.me"))
        store.apply([plan(lease, host_stops=stops)], now=NOW)
        assert store.stopped_hosts(now=NOW) == {"t.me": NOW + HOUR, "telegram.me": NOW + HOUR}
        longer = [HostStop(host="t.me", until=NOW + DAY, reason="blocked"), stops[1]]
        store.stop_hosts(longer, now=NOW)
        assert store.stopped_hosts(now=NOW) == {"t.me": NOW + DAY, "telegram.me": NOW + HOUR}

    def test_a_page_that_is_followed_by_another_keeps_the_lease(self, store: Store) -> None:
        [lease] = leased(store, channel())
        [first] = store.apply([plan(lease, post(1), more=True)], now=NOW)
        later = NOW + dt.timedelta(microseconds=1)
        [last] = store.apply([plan(lease, post(2), at=later)], now=NOW)
        assert (first.counts.new, last.counts.new, last.error) == (1, 1, "")
        [stale] = store.apply([plan(lease, post(3), at=NOW + MINUTE, fence=lease.fence + 1)], now=NOW)
        assert stale.code == "stale_lease"

    def test_only_the_newest_raw_pages_are_kept(self, store: Store) -> None:
        for number in range(4):
            [lease] = leased(store, channel(), now=NOW + number * HOUR)
            failed = FetchRecord(started_at=NOW + number * HOUR, outcome=Outcome.FAILED, url="https://t.me")
            store.apply([plan(lease, fetch=failed, raw_body=b"page %d" % number)], now=NOW + number * HOUR)
        assert store.keep_bodies(lease.feed_id, most=2) == 2
        count = sa.select(sa.func.min(raw_bodies.c.observed_at))
        assert store._database.read(lambda c: c.execute(count).scalar_one()) == NOW + 2 * HOUR
