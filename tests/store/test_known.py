"""What is known of items: by external id, by canonical URL, by text; only within the feed."""

from __future__ import annotations

from monitor.store import Store
from monitor.types.storage import KnownQuery
from tests.store.making import NOW, entry, ingest, leased, plan, source


def known(store: Store, feed_id: int, **asked: tuple[str, ...]) -> list[str]:
    found = store.known_entries({feed_id: KnownQuery(**asked)})
    return [one.external_id for one in found[feed_id]]


def test_an_entry_is_known_by_id_by_url_and_by_text(store: Store) -> None:
    item = entry("1", "One text.", url="https://gazette.example/one")
    feed_id = ingest(store, item, entry("2"), entry("3")).feed_id
    assert known(store, feed_id, external_ids=("1", "9")) == ["1"]
    assert known(store, feed_id, urls=("https://gazette.example/one",)) == ["1"]
    assert known(store, feed_id, hashes=(item.sha256,)) == ["1"]
    assert known(store, feed_id, external_ids=("2",), hashes=(item.sha256,)) == ["1", "2"]


def test_what_is_known_carries_what_a_planner_needs(store: Store) -> None:
    item = entry("1")
    feed_id = ingest(store, item).feed_id
    [found] = store.known_entries({feed_id: KnownQuery(external_ids=("1",))})[feed_id]
    assert (found.url, found.sha256, found.effective_at) == (item.url, item.sha256, item.published_at)


def test_another_feeds_entries_are_not_known_to_this_one(store: Store) -> None:
    item = entry("1")
    ingest(store, item)
    other, _ = leased(store, source("other"), source())
    assert (
        known(store, other.feed_id, external_ids=("1",), urls=(item.url or "",), hashes=(item.sha256,)) == []
    )


def test_a_batch_of_fifty_feeds_is_answered_at_once(store: Store) -> None:
    leases = leased(store, *(source(f"f{number}") for number in range(50)))
    store.apply([plan(one, *(entry(f"{key}") for key in range(30))) for one in leases], now=NOW)
    ids = tuple(str(key) for key in range(0, 60, 2))
    found = store.known_entries({one.feed_id: KnownQuery(external_ids=ids) for one in leases})
    assert {len(entries) for entries in found.values()} == {15}


def test_nothing_asked_nothing_known(store: Store) -> None:
    assert store.known_entries({}) == {}
    assert known(store, 1) == []
