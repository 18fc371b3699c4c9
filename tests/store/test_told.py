"""What a list was told before is known again, whatever grouping did to it since."""

from __future__ import annotations

from monitor.store import Store
from monitor.types.digest import ToldStory
from monitor.types.plans import Disposition
from monitor.types.source import FeedKind
from monitor.types.storage import DigestItem
from tests.store.making import (
    DAY,
    HOUR,
    NOW,
    annotate_all,
    change,
    decision,
    entry,
    ingest,
    leased,
    place_all,
    plan,
    source,
)
from tests.store.test_digests import record


def tell(store: Store, *items: DigestItem) -> None:
    store.save_digest(record(items=items), recipients={}, now=NOW)


def known(store: Store) -> list[ToldStory]:
    """What the list knows of all that is there."""
    rows = store.list_digest_candidates(
        since_observed=NOW - 9 * DAY, until_observed=NOW + 9 * DAY, topics=["sanctions"]
    )
    clusters = {row.cluster_id for row in rows if row.cluster_id is not None}
    alone = [row.entry_id for row in rows if row.story_id is None]
    return store.told_stories("daily", clusters=clusters, ungrouped=alone, since=NOW, until=NOW + DAY)


def place(store: Store) -> int:
    [item] = place_all(store)
    return int(
        store.frame(f"select story_id from report_entries where entry_id = {item.entry_id}")["story_id"][0]
    )


def test_a_story_told_before_is_known_with_its_headline_and_outlets(store: Store) -> None:
    ingest(store, entry("1"), now=NOW - HOUR)
    [text] = annotate_all(store, "sanctions")
    story = place(store)
    assert known(store) == []
    tell(store, DigestItem(section="sanctions", entry_id=text.entry_id, story_id=story))
    [told] = known(store)
    assert (told.story_id, told.title, told.outlets) == (story, "Report 1", ("Gazette",))
    assert told.entry_ids == (text.entry_id,)


def test_an_entry_told_before_it_was_grouped_is_known_by_its_story(store: Store) -> None:
    ingest(store, entry("1"), now=NOW - HOUR)
    [text] = annotate_all(store, "sanctions")
    tell(store, DigestItem(section="sanctions", entry_id=text.entry_id, story_id=None))
    [alone] = known(store)
    assert alone.story_id == -text.entry_id
    story = place(store)
    [told] = known(store)
    assert (told.story_id, told.title) == (story, "Report 1")


def test_a_told_story_that_was_merged_into_one_never_told_is_known_by_it(store: Store) -> None:
    ingest(store, entry("1"), now=NOW - HOUR)
    annotate_all(store, "sanctions")
    first = place(store)
    ingest(store, entry("2"), feed=source("other"), now=NOW - HOUR)
    [text] = annotate_all(store, "sanctions")
    second = place(store)
    tell(store, DigestItem(section="sanctions", entry_id=text.entry_id, story_id=second))
    ingest(store, entry("3"), feed=source("third"), now=NOW + HOUR)
    annotate_all(store, "sanctions")
    items = store.pending_stories(limit=9)
    ids = store.frame("select entry_id from report_entries order by entry_id")["entry_id"].tolist()
    store.save_stories(items, [], [decision(ids[2], ids[0], merges=(first, second))], now=NOW + HOUR)
    assert second not in store.frame("report_stories")["story_id"].tolist()
    [told] = known(store)
    assert told.story_id == first
    assert told.outlets == ("Gazette", "Other"), "the third joined after it was told"


def test_an_edited_text_is_known_then_and_now_and_an_unedited_one_is_not_read(store: Store) -> None:
    ingest(store, entry("1", "Twelve ships left."), now=NOW - HOUR)
    [text] = annotate_all(store, "sanctions")
    tell(store, DigestItem(section="sanctions", entry_id=text.entry_id, story_id=place(store)))
    [told] = known(store)
    assert (told.body, told.body_now) == ("", "")
    [lease] = leased(store, source(), now=NOW + HOUR)
    edit = change(entry("1", "Nine ships left."), Disposition.REVISED)
    store.apply([plan(lease, edit, at=NOW + HOUR)], now=NOW + HOUR)
    [told] = known(store)
    assert (told.title, told.title_now) == ("Report 1", "Report 1")
    assert (told.body, told.body_now) == ("Twelve ships left.", "Nine ships left.")


def test_a_story_returns_where_another_outlet_of_its_cluster_removed_it(store: Store) -> None:
    ingest(store, entry("1"), now=NOW - HOUR)
    annotate_all(store, "sanctions")
    place(store)
    post = source("quay", kind=FeedKind.TELEGRAM, address="quay_watch")
    seven = entry("7", kind=FeedKind.TELEGRAM, url="https://t.me/quay_watch/7")
    ingest(store, seven, feed=post, now=NOW - HOUR)
    annotate_all(store, "sanctions")
    place(store)
    clusters = store.frame("select cluster_id from report_clusters")["cluster_id"].tolist()
    rows = store.frame("select entry_id, story_id from report_entries order by entry_id").to_dict("records")
    store.merge_clusters(clusters, who="test", reason="one happening", now=NOW)
    tell(store, DigestItem(section="sanctions", entry_id=rows[0]["entry_id"], story_id=rows[0]["story_id"]))

    def returned(day: int) -> set[int]:
        return store.returning_entries(
            "daily",
            told_after=NOW - 30 * DAY,
            since=NOW + day * DAY,
            until=NOW + (day + 1) * DAY,
            clusters=(),
        )

    assert returned(1) == set()
    store.mark_gone("quay_watch", [7], now=NOW + DAY, purge=False)
    assert returned(1) == {rows[0]["entry_id"]}
    assert returned(2) == set()
