"""How wide clusters are is kept as they are folded, and equals a recount at any time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from monitor.store import Store
from tests.store.making import HOUR, NOW, annotate_all, decision, entry, ingest, source
from tests.store.test_clusters import fold, placed, save, stored
from tests.store.test_stories import column

Wide = dict[int, tuple[Any, ...]]


def counted(store: Store) -> Wide:
    """Each cluster of several stories or outlets, from views that no kept row feeds."""
    folded = Counter(int(c) for c in store.frame("report_cluster_sources")["cluster_id"])
    found = {}
    for cluster, rows in store.frame("report_stories").groupby("cluster_id"):
        number = int(cluster)  # type: ignore[call-overload]
        if len(rows) > 1 or folded[number] > 1:
            times = rows["first_seen_at"].min(), rows["last_seen_at"].max()
            found[number] = (len(rows), folded[number], *times)
    return found


def shown(store: Store) -> Wide:
    rows = store.frame("report_wide_clusters").to_dict("records")
    assert len(rows) == len({row["cluster_id"] for row in rows})
    return {
        int(row["cluster_id"]): (row["stories"], row["outlets"], row["first_seen_at"], row["last_seen_at"])
        for row in rows
    }


def assert_exact(store: Store) -> Wide:
    """Before folding, after it, and made anew."""
    assert shown(store) == counted(store)
    fold(store)
    found = shown(store)
    assert found == counted(store)
    assert sorted(column(store, "select cluster_id from cluster_spans")) == sorted(found)
    store.mark_rollups()
    assert shown(store) == found
    return found


def test_every_change_of_a_cluster_is_counted(store: Store) -> None:
    one, two, three = stored(store, "a", "b", "c")
    assert assert_exact(store) == {}
    save(store, [one, two, three], placed(one), placed(two, one), placed(three))
    assert [row[:2] for row in assert_exact(store).values()] == [(2, 2)]
    # an entry joins a story: another outlet, a later time
    ingest(store, entry("d", published_at=NOW - HOUR), feed=source("feed-d"))
    annotate_all(store)
    [item] = store.pending_stories(limit=9)
    store.save_stories([item], [], [decision(item.entry_id, three.entry_id)], now=NOW)
    assert {row[:2] for row in assert_exact(store).values()} == {(2, 2), (1, 2)}
    # people part one and join two; stories merge, and so do their clusters
    store.split_cluster(one.cluster_id, [two.story_id], who="desk", reason="x", now=NOW)
    assert_exact(store)
    store.merge_clusters([one.cluster_id, three.cluster_id], who="desk", reason="x", now=NOW)
    assert_exact(store)
    ingest(store, entry("e"), feed=source("feed-e"))
    annotate_all(store)
    [item] = store.pending_stories(limit=9)
    joins = decision(item.entry_id, one.entry_id, merges=(two.story_id,))
    store.save_stories([item], [], [joins], now=NOW)
    assert [row[:2] for row in assert_exact(store).values()] == [(2, 5)]


def test_as_of_a_time_clusters_are_as_wide_as_their_stories_were(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two, one))
    assert_exact(store)
    before = shown(store)
    ingest(store, entry("c", published_at=NOW + HOUR), now=NOW + 2 * HOUR, feed=source("feed-c"))
    annotate_all(store, now=NOW + 2 * HOUR)
    [item] = store.pending_stories(limit=9)
    store.save_stories([item], [], [decision(item.entry_id, two.entry_id)], now=NOW + 2 * HOUR)
    later = shown(store)
    with store.as_of(NOW + HOUR) as then:
        rows = then.frame("report_wide_clusters").to_dict("records")
    assert later != before
    assert [(r["stories"], r["outlets"], r["last_seen_at"]) for r in rows] == [
        (2, 2, one_row[3]) for one_row in before.values()
    ]
