"""Watched names and their hits: stored once, gone from sight when the name is removed, first hits listed."""

from __future__ import annotations

from monitor.store import Store
from monitor.types.watchlist import WatchedName, Watchlist, WatchlistHit
from tests.store.making import HOUR, NOW, annotate_all, entry, ingest


def listed(*ids: str, name: str = "ours") -> Watchlist:
    entries = tuple(WatchedName(external_id=key, name=f"Tirvane {key}") for key in ids)
    return Watchlist(name=name, entries=entries, version="1")


def hit(external_id: str = "a", entry_id: int = 1, start: int = 0) -> WatchlistHit:
    return WatchlistHit(
        watchlist="ours", external_id=external_id, entry_id=entry_id, revision_id=entry_id, term="Tirvane",
        field="body", start_char=start, end_char=start + 7,
    )  # fmt: skip


def entities(store: Store) -> list[str]:
    return list(
        store.frame("select code from report_entities where kind = 'watchlist' order by code")["code"]
    )


def test_lists_are_made_those_of_the_configuration(store: Store) -> None:
    assert store.sync_watchlists([listed("a", "b")], now=NOW) == {"ours": (2, 0)}
    assert store.sync_watchlists([listed("b", "c")], now=NOW) == {"ours": (1, 1)}
    assert store.sync_watchlists([listed("b", "c")], now=NOW) == {"ours": (0, 0)}
    assert store.sync_watchlists([], now=NOW) == {"ours": (0, 2)}


def test_a_hit_is_stored_once_and_shown_as_an_entity(store: Store) -> None:
    ingest(store, entry("1", "Tirvane sailed."))
    store.sync_watchlists([listed("a")], now=NOW)
    assert store.save_hits([hit()], now=NOW) == 1
    assert store.save_hits([hit()], now=NOW + HOUR) == 0
    assert entities(store) == ["ours:a"]


def test_a_name_taken_off_the_list_is_shown_no_more_and_comes_back_with_its_hits(store: Store) -> None:
    ingest(store, entry("1", "Tirvane sailed."))
    store.sync_watchlists([listed("a")], now=NOW)
    store.save_hits([hit()], now=NOW)
    store.sync_watchlists([], now=NOW)
    assert (entities(store), store.first_hits()) == ([], [])
    store.sync_watchlists([listed("a")], now=NOW)
    assert entities(store) == ["ours:a"]


def test_a_hit_of_a_name_that_nobody_watches_is_not_stored(store: Store) -> None:
    ingest(store, entry("1"))
    assert store.save_hits([hit("x")], now=NOW) == 0


def test_the_first_hit_of_each_name_is_listed_newest_first(store: Store) -> None:
    ingest(store, entry("1", "Tirvane sailed."), entry("2", "Tirvane came back."))
    annotate_all(store)
    store.sync_watchlists([listed("a", "b")], now=NOW)
    store.save_hits([hit("a", 1)], now=NOW)
    store.save_hits([hit("a", 2), hit("b", 2)], now=NOW + HOUR)
    first = store.first_hits()
    assert [(one.external_id, one.first_at, one.hits) for one in first] == [
        ("b", NOW + HOUR, 1),
        ("a", NOW, 2),
    ]
    assert [one.external_id for one in store.first_hits(since=NOW + HOUR)] == ["b"]
    assert (first[0].outlet, first[0].language) == ("Gazette", "en")


def test_texts_are_read_in_order_of_id(store: Store) -> None:
    ingest(store, entry("1"), entry("2"), entry("3"))
    assert [text.entry_id for text in store.watchable_texts(limit=2)] == [1, 2]
    assert [text.entry_id for text in store.watchable_texts(limit=2, after=2)] == [3]
    assert store.watchable_texts(limit=2, since=NOW + HOUR) == []


def test_hits_found_later_are_not_there_as_of_then(store: Store) -> None:
    ingest(store, entry("1", "Tirvane sailed."))
    store.sync_watchlists([listed("a")], now=NOW)
    store.save_hits([hit()], now=NOW + HOUR)
    with store.as_of(NOW) as then:
        assert then.frame("report_entities").empty
    with store.as_of(NOW + HOUR) as then:
        assert len(then.frame("report_entities")) == 1
