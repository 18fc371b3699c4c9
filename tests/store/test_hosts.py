"""Leases by hosts: one worker at a time on a host, a few feeds of it out, hosts in turn; and feeds that fall silent."""

from __future__ import annotations

import datetime as dt
import threading

from monitor.store import Store
from monitor.types.source import FeedLease, FeedSource, FeedState
from tests.store.making import DAY, HOUR, LEASE, MINUTE, NOW, entry, leased, plan, source

SECOND = dt.timedelta(seconds=1)


def on_host(host: str, count: int, **values: object) -> list[FeedSource]:
    return [source(f"{host}-{n}", address=f"https://{host}.example/feed/{n}", **values) for n in range(count)]


def lease(store: Store, owner: str = "w1", **values: object) -> list[FeedLease]:
    defaults = {"owner": owner, "now": NOW, "limit": 100, "lease_for": LEASE, "host_limit": 3}
    return store.lease_due(**(defaults | values))  # type: ignore[arg-type]


def slugs(leases: list[FeedLease]) -> list[str]:
    return [one.slug for one in leases]


def test_a_platform_leaves_room_for_others(store: Store) -> None:
    store.sync_sources(on_host("platform", 9), now=NOW)
    store.sync_sources(on_host("platform", 9) + on_host("gazette", 1), now=NOW + MINUTE)
    assert slugs(lease(store, now=NOW + HOUR, limit=2)) == ["platform-0", "gazette-0"]


def test_only_so_many_feeds_of_a_host_are_out(store: Store) -> None:
    store.sync_sources(on_host("platform", 9), now=NOW)
    first = lease(store)
    assert len(first) == 3
    assert lease(store) == []
    store.apply([plan(first[0])], now=NOW)
    assert len(lease(store)) == 1


def test_a_host_is_one_workers_at_a_time(store: Store) -> None:
    store.sync_sources(on_host("platform", 4) + on_host("gazette", 1), now=NOW)
    first = lease(store, limit=1)
    assert slugs(first) == ["platform-0"] or slugs(first) == ["gazette-0"]
    rest = lease(store, "w2")
    hosts = {one.slug.split("-")[0] for one in rest}
    assert hosts == {"platform", "gazette"} - {first[0].slug.split("-")[0]}
    # the worker that has the host may take more of it; when its leases have run out, so may others
    assert len(lease(store, "w2", now=NOW + LEASE)) > 0


def test_the_next_worker_waits_for_the_gap(store: Store) -> None:
    store.sync_sources(on_host("platform", 2) + on_host("gazette", 1), now=NOW)
    held = {one.slug: one for one in lease(store)}
    assert held["platform-0"].shares_host
    assert not held["gazette-0"].shares_host
    assert held["platform-0"].not_before is None
    free_at = NOW + 5 * SECOND
    store.apply([plan(one, host_free_at=free_at) for one in held.values()], now=NOW)
    later = {one.slug: one for one in lease(store, "w2", now=NOW + SECOND, ignore_due=True)}
    assert later["platform-0"].not_before == free_at
    assert later["gazette-0"].not_before is None
    store.release(later.values(), now=NOW)
    assert lease(store, "w3", now=free_at, ignore_due=True)[0].not_before is None


def test_an_earlier_end_does_not_shorten_the_gap(store: Store) -> None:
    one, two = leased(store, *on_host("platform", 2))
    store.apply([plan(one, host_free_at=NOW + 9 * SECOND)], now=NOW)
    store.apply([plan(two, host_free_at=NOW + 5 * SECOND)], now=NOW)
    assert lease(store, ignore_due=True)[0].not_before == NOW + 9 * SECOND


def test_workers_at_once_never_share_a_feed_or_a_host(store: Store) -> None:
    store.sync_sources([one for number in range(12) for one in on_host(f"h{number}", 3)], now=NOW)
    taken: dict[str, list[FeedLease]] = {}

    def work(owner: str) -> None:
        taken[owner] = [one for _ in range(6) for one in lease(store, owner, limit=4)]

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    everything = [one.slug for leases in taken.values() for one in leases]
    assert sorted(everything) == sorted(set(everything))
    assert len(everything) == 36
    owners: dict[str, set[str]] = {}
    for owner, leases in taken.items():
        for one in leases:
            owners.setdefault(one.slug.split("-")[0], set()).add(owner)
    assert all(len(names) == 1 for names in owners.values())


def test_silence_is_noted_with_an_issue_and_taken_back(store: Store) -> None:
    quiet, busy = leased(store, source("quiet"), source("busy", expect_per_day=4.0))
    state = FeedState(first_success_at=NOW, last_success_at=NOW, last_new_entry_at=NOW, gap_p95_s=3600.0)
    store.apply([plan(quiet, entry("1"), state=state), plan(busy, entry("2"), state=state)], now=NOW)
    assert [one.slug for one in store.quiet_feeds(now=NOW + HOUR, quiet_for=DAY)] == ["busy"]
    found = {one.slug: one for one in store.quiet_feeds(now=NOW + 2 * DAY, quiet_for=DAY)}
    assert (found["quiet"].entries_7d, found["busy"].entries_7d) == (None, 1)
    assert store.mark_silence({found["quiet"].feed_id: "nothing since"}, [], now=NOW + 2 * DAY) == 1
    health = store.frame("report_feed_health").set_index("feed")["silent"]
    assert bool(health["quiet"]) is True
    # a good answer without anything new does not end the silence
    [again] = lease(store, now=NOW + 3 * DAY, slugs=["quiet"])
    store.apply([plan(again, state=state, at=NOW + 3 * DAY)], now=NOW + 3 * DAY)
    issues = store.frame("SELECT code, resolved_at FROM report_issues WHERE code = 'feed_silent'")
    assert issues["resolved_at"].isna().all()
    assert store.mark_silence({}, [again.feed_id], now=NOW + 4 * DAY) == 1
    issues = store.frame("SELECT code, resolved_at FROM report_issues WHERE code = 'feed_silent'")
    assert issues["resolved_at"].notna().all()
