"""Feeds follow the configuration; a lease gives each to one worker."""

from __future__ import annotations

import threading

import pytest

from monitor.errors import StoreError
from monitor.store import Store
from monitor.types.plans import AppliedFeed, Counts, HostStop
from monitor.types.source import FeedKind, FeedLease, FeedState, Ownership
from tests.store.making import DAY, HOUR, LEASE, MINUTE, NOW, entry, ingest, leased, outlet, plan, source


def lease(store: Store, owner: str = "w1", **values: object) -> list[FeedLease]:
    defaults = {"owner": owner, "now": NOW, "limit": 100, "lease_for": LEASE}
    return store.lease_due(**(defaults | values))  # type: ignore[arg-type]


def health(store: Store, slug: str = "gazette") -> dict[str, object]:
    frame = store.frame("report_feed_health").set_index("feed")
    return dict(frame.loc[slug])


# the configuration is the truth


def test_new_feeds_are_added_and_due_at_once(store: Store) -> None:
    report = store.sync_sources([source("a"), source("b")], now=NOW)
    assert report.added == ("a", "b")
    assert {one.slug for one in lease(store)} == {"a", "b"}


def test_the_same_configuration_again_changes_nothing(store: Store) -> None:
    store.sync_sources([source("a")], now=NOW)
    report = store.sync_sources([source("a")], now=NOW + HOUR)
    assert (report.added, report.changed, report.disabled, report.kept) == ((), (), (), ("a",))


def test_a_feed_gone_from_the_configuration_is_disabled_and_keeps_its_entries(store: Store) -> None:
    ingest(store, entry("1"))
    report = store.sync_sources([source("other")], now=NOW + DAY)
    assert report.disabled == ("gazette",)
    assert health(store)["state"] == "disabled"
    assert len(store.frame("report_entries")) == 1
    assert [one.slug for one in lease(store, now=NOW + DAY)] == ["other"]
    assert store.sync_sources([source("other")], now=NOW + DAY).disabled == ()


def test_a_feed_that_comes_back_goes_on_where_it_was(store: Store) -> None:
    ingest(store, entry("1"))
    store.sync_sources([], now=NOW + HOUR)
    assert store.sync_sources([source()], now=NOW + DAY).changed == ("gazette",)
    assert health(store)["state"] == "healthy"
    [again] = lease(store, now=NOW + DAY)
    assert again.entries_known == 1
    assert again.state.last_success_at == NOW


def test_identity_is_kind_and_address_so_a_new_slug_keeps_the_feed(store: Store) -> None:
    ingest(store, entry("1"))
    renamed = source("gazette-world", address=source().address)
    assert store.sync_sources([renamed], now=NOW).changed == ("gazette-world",)
    assert store.frame("report_entries")["feed"].tolist() == ["gazette-world"]


def test_two_feeds_may_swap_their_slugs(store: Store) -> None:
    first, second = source("a"), source("b")
    store.sync_sources([first, second], now=NOW)
    store.sync_sources([source("b", address=first.address), source("a", address=second.address)], now=NOW)
    urls = store.frame("report_feed_health").set_index("feed")["feed_url"]
    assert urls["b"] == first.address
    assert urls["a"] == second.address


def test_a_new_feed_may_take_the_slug_of_a_disabled_one(store: Store) -> None:
    store.sync_sources([source("a")], now=NOW)
    store.sync_sources([source("a", address="https://elsewhere.example/feed")], now=NOW)
    states = store.frame("report_feed_health").set_index("feed_url")["state"]
    assert states["https://a.example/feed"] == "disabled"
    assert states["https://elsewhere.example/feed"] == "new"


def test_a_changed_outlet_is_updated_in_place(store: Store) -> None:
    store.sync_sources([source(outlet=outlet("Gazette"))], now=NOW)
    changed = outlet("Gazette", name="The Gazette", ownership=Ownership.STATE)
    store.sync_sources([source(outlet=changed)], now=NOW)
    assert health(store)["outlet"] == "The Gazette"


@pytest.mark.parametrize("field", ["slug", "address"])
def test_a_feed_given_twice_is_refused_with_its_name(store: Store, field: str) -> None:
    twice = [source("a"), source("a", address="https://x.example/")]
    if field == "address":
        twice = [source("a"), source("b", address=source("a").address)]
    with pytest.raises(StoreError, match=f"two feeds have the {field}"):
        store.sync_sources(twice, now=NOW)


def test_a_telegram_channel_is_shown_by_the_address_of_its_preview(store: Store) -> None:
    store.sync_sources([source(kind=FeedKind.TELEGRAM, address="harbournews")], now=NOW)
    assert health(store)["feed_url"] == "https://t.me/s/harbournews"
    assert lease(store)[0].kind is FeedKind.TELEGRAM


# leases


def test_a_leased_feed_is_not_leased_again_until_the_lease_ends(store: Store) -> None:
    store.sync_sources([source()], now=NOW)
    [first] = lease(store)
    assert lease(store, "w2", ignore_due=True, now=NOW + LEASE - MINUTE) == []
    [second] = lease(store, "w2", now=NOW + LEASE)
    assert second.fence == first.fence + 1


def test_a_released_feed_stays_due(store: Store) -> None:
    store.sync_sources([source()], now=NOW)
    held = lease(store)
    assert store.release(held, now=NOW) == 1
    assert len(lease(store, "w2")) == 1
    assert store.release(held, now=NOW) == 0


def test_a_lease_can_be_kept_longer_by_its_owner_only(store: Store) -> None:
    [first] = leased(store)
    assert store.extend([first], until=NOW + HOUR) == [first.feed_id]
    assert lease(store, "w2", now=NOW + LEASE) == []
    lease(store, "w2", now=NOW + HOUR)
    assert store.extend([first], until=NOW + DAY) == []


def test_the_most_urgent_come_first_and_no_more_than_asked_for(store: Store) -> None:
    store.sync_sources([source("late"), source("first", priority=5), source("early")], now=NOW)
    for slug, wait in (("late", 30), ("early", 10)):
        [one] = lease(store, slugs=[slug])
        store.apply([plan(one, next_poll_at=NOW + wait * MINUTE)], now=NOW)
    later = NOW + HOUR
    assert [one.slug for one in lease(store, now=later, limit=2)] == ["first", "early"]
    assert [one.slug for one in lease(store, now=later, limit=2)] == ["late"]


def test_a_feed_is_not_due_before_its_time_unless_asked(store: Store) -> None:
    ingest(store)
    assert lease(store, now=NOW + MINUTE) == []
    assert len(lease(store, now=NOW + MINUTE, ignore_due=True)) == 1


def test_a_host_that_asked_to_be_left_alone_is_never_asked(store: Store) -> None:
    [one, _] = leased(store, source("a"), source("b", address="https://a.example/second"))
    stop = HostStop(host="a.example", until=NOW + HOUR, reason="http_429")
    store.apply([plan(one, host_stop=stop)], now=NOW)
    assert store.stopped_hosts(now=NOW) == {"a.example": NOW + HOUR}
    assert lease(store, "w2", now=NOW + HOUR - MINUTE, ignore_due=True) == []
    assert len(lease(store, "w2", now=NOW + HOUR)) == 2
    assert store.stopped_hosts(now=NOW + HOUR) == {}


def test_a_shorter_stop_does_not_cut_a_longer_one(store: Store) -> None:
    [one, other] = leased(store, source("a"), source("b", address="https://a.example/second"))
    for held, hours in ((one, 3), (other, 1)):
        stop = HostStop(host="a.example", until=NOW + hours * HOUR, reason="http_503")
        store.apply([plan(held, host_stop=stop)], now=NOW)
    assert store.stopped_hosts(now=NOW) == {"a.example": NOW + 3 * HOUR}


def test_a_gone_feed_is_asked_again_only_when_a_person_says_so(store: Store) -> None:
    [one] = leased(store)
    store.apply([plan(one, state=FeedState(gone_at=NOW, failures=1, last_error="http_410"))], now=NOW)
    assert health(store)["state"] == "gone"
    assert lease(store, now=NOW + 400 * DAY, ignore_due=True) == []
    assert store.restore_feed("gazette", now=NOW)
    assert len(lease(store)) == 1


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (FeedState(), "new"),
        (FeedState(last_success_at=NOW), "healthy"),
        (FeedState(last_success_at=NOW, failures=2, failure_weight=0.5, last_error="timeout"), "failing"),
        (FeedState(last_success_at=NOW, failures=40, failure_weight=31.0, last_error="http_404"), "dead"),
        (FeedState(failures=1, failure_weight=1.0, last_error="blocked: challenge page"), "blocked"),
        (FeedState(failures=1, failure_weight=1.0, last_error="http_451: HTTP 451"), "blocked"),
        (FeedState(failures=2, failure_weight=2.0, last_error="http_403: HTTP 403"), "failing"),
        (FeedState(failures=3, failure_weight=3.0, last_error="http_403: HTTP 403"), "blocked"),
        (FeedState(failures=90, failure_weight=45.0, last_error="blocked"), "blocked"),
        (FeedState(gone_at=NOW), "gone"),
    ],
)
def test_the_state_of_a_feed_has_one_word(store: Store, state: FeedState, word: str) -> None:
    [one] = leased(store)
    store.apply([plan(one, state=state)], now=NOW)
    assert health(store)["state"] == word


def test_a_state_comes_back_as_it_was_stored(store: Store) -> None:
    [one] = leased(store)
    state = FeedState(
        failures=3,
        failure_weight=0.75,
        interval_s=1234.5,
        next_poll_at=NOW + HOUR,
        moved_to="https://new.example/feed",
        moved_seen_at=NOW,
        gap_p95_s=99.5,
        cursor="17",
        skip_hours=(1, 2),
        skip_days=("Sunday",),
        hint_interval_s=60.0,
    )
    store.apply([plan(one, state=state, next_poll_at=NOW + HOUR)], now=NOW)
    [again] = lease(store, now=NOW + HOUR)
    assert again.state == state


def test_two_workers_at_once_never_get_the_same_feed(database_url: str) -> None:
    with Store.open(database_url) as store:
        store.sync_sources([source(f"f{number}") for number in range(60)], now=NOW)
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def work(owner: str) -> None:
        with Store.open(database_url) as own:
            barrier.wait()
            while batch := lease(own, owner, limit=7):
                taken.extend(one.feed_id for one in batch)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_four_workers_at_once_store_every_entry_once(database_url: str) -> None:
    sources = [source(f"f{number}") for number in range(40)]
    barrier = threading.Barrier(4)
    answers: list[AppliedFeed] = []

    def work(owner: str) -> None:
        with Store.open(database_url) as own:
            barrier.wait()
            own.sync_sources(sources, now=NOW)
            while batch := lease(own, owner, limit=5):
                stop = HostStop(host="shared.example", until=NOW + HOUR, reason=owner)
                items = [entry(str(number)) for number in range(3)]
                answers.extend(own.apply([plan(one, *items, host_stop=stop) for one in batch], now=NOW))

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 40
    assert sum((answer.counts for answer in answers), Counts()) == Counts(seen=120, new=120)
    with Store.open(database_url) as store:
        assert len(store.frame("report_entries")) == 120


def test_silence_is_noted(store: Store) -> None:
    [one] = leased(store)
    assert store.mark_silent({one.feed_id: True}) == 1
    assert store.mark_silent({one.feed_id: True}) == 0
    assert bool(health(store)["silent"]) is True
