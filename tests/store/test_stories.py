"""Entries are placed in stories; on a merge the smallest id survives and a redirect keeps the other."""

from __future__ import annotations

import dataclasses
import itertools

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.group.origin import timeline
from monitor.store import Store
from monitor.store.engine import connect
from monitor.types.annotations import Entity
from monitor.types.entries import DateSource, Forward
from monitor.types.grouping import FeedLines, LineCount, StoryItem
from monitor.types.storage import StoryCounts
from tests.store.making import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    annotate_all,
    annotation,
    decision,
    entry,
    fingerprint,
    ingest,
    place_all,
    source,
)


def waiting(store: Store, *ids: str, language: str = "en") -> list[StoryItem]:
    """Annotated entries of these ids, one hour later each, in the order given."""
    for hours, key in enumerate(ids):
        when = NOW - DAY + hours * HOUR
        ingest(store, entry(key, published_at=when), feed=source(f"feed-{key}"))
    annotate_all(store, language=language)
    order = {f"Report {key}": place for place, key in enumerate(ids)}
    return sorted(store.pending_stories(limit=1000), key=lambda item: order[item.title])


def story_of(store: Store) -> dict[str, int]:
    frame = store.frame("report_entries")
    return {key: int(story) for key, story in zip(frame["external_id"], frame["story_id"], strict=True)}


def column(store: Store, query: str) -> list[object]:
    engine = connect(store._database.url, read_only=True)
    with engine.connect() as connection:
        found = list(connection.execute(sa.text(query)).scalars())
    engine.dispose()
    return found


# the queue


def test_an_entry_waits_for_a_story_once_it_is_analysed(store: Store) -> None:
    ingest(store, entry("1", forward=Forward(channel="harbour", post_id=7)))
    assert store.pending_stories(limit=10) == []
    annotate_all(store, language="uk")
    [item] = store.pending_stories(limit=10)
    assert (item.language, item.forward, item.story_id) == ("uk", "harbour/7", None)
    place_all(store)
    assert store.pending_stories(limit=10) == []


def test_places_come_with_short_texts_of_scripts_without_capitals(store: Store) -> None:
    ingest(store, entry("short", body="A quay."), feed=source("feed-short"))
    ingest(store, entry("long", body="A quay. " * 200), feed=source("feed-long"))
    ingest(store, entry("cased", body="A quay."), feed=source("feed-cased"))
    found = tuple(
        Entity(kind=kind, code=code, field="title", start_char=0, end_char=1)
        for kind, code in (("actor", "NO"), ("place", "NO-BERGEN"), ("weapon", "NASAMS"))
    )
    texts = store.pending_texts(limit=10)
    languages = {"Report cased": "en"}
    store.save_annotations(
        [annotation(text, entities=found, language=languages.get(text.title, "ar")) for text in texts],
        now=NOW,
    )
    items = {item.title: item.places for item in store.pending_stories(limit=10)}
    assert items.pop("Report short") == {"NO", "NO-BERGEN"}
    assert items == {"Report long": frozenset(), "Report cased": frozenset()}


# placing


def test_a_new_story_has_a_cluster_of_its_own(store: Store) -> None:
    items = waiting(store, "a", "b")
    counts = store.save_stories(items, [], [decision(item.entry_id) for item in items], now=NOW)
    assert counts == StoryCounts(new=2)
    stories = store.frame("report_stories")
    assert stories["entries"].tolist() == [1, 1]
    assert stories["cluster_id"].nunique() == 2
    assert store.frame("report_clusters")["languages"].tolist() == ['["en"]', '["en"]']


def test_an_entry_joins_the_story_of_another(store: Store) -> None:
    [first] = waiting(store, "a")
    store.save_stories([first], [], [decision(first.entry_id)], now=NOW)
    [second] = waiting(store, "b")
    counts = store.save_stories([second], [], [decision(second.entry_id, first.entry_id)], now=NOW)
    assert counts == StoryCounts(joined=1)
    [story] = store.frame("report_stories").to_dict("records")
    assert (story["entries"], story["outlets"], story["title"]) == (2, 2, "Report a")


def test_entries_of_one_batch_join_each_other_in_any_order(store: Store) -> None:
    first, second, third = waiting(store, "a", "b", "c")
    decided = [
        decision(third.entry_id, second.entry_id),
        decision(second.entry_id, first.entry_id),
        decision(first.entry_id),
    ]
    counts = store.save_stories([third, second, first], [], decided, now=NOW)
    assert counts == StoryCounts(new=1, joined=2)
    assert len(set(story_of(store).values())) == 1


def test_the_first_outlet_is_that_of_the_earliest_entry_then_of_the_smallest_id(store: Store) -> None:
    late, early = waiting(store, "late", "early")
    ingest(store, entry("earliest", published_at=NOW - 2 * DAY), feed=source("feed-earliest"))
    annotate_all(store)
    [earliest] = [item for item in store.pending_stories(limit=9) if item.title == "Report earliest"]
    decided = [
        decision(late.entry_id),
        decision(early.entry_id, late.entry_id),
        decision(earliest.entry_id, late.entry_id),
    ]
    store.save_stories([late, early, earliest], [], decided, now=NOW)
    [story] = store.frame("report_stories").to_dict("records")
    assert story["first_outlet"] == "Feed-Earliest"
    assert story["first_seen_at"] == NOW - 2 * DAY
    assert story["last_seen_at"] == NOW - DAY + HOUR


def test_the_same_decisions_again_change_nothing(store: Store) -> None:
    items = waiting(store, "a", "b")
    decided = [decision(items[0].entry_id), decision(items[1].entry_id, items[0].entry_id)]
    store.save_stories(items, [], decided, now=NOW)
    before = story_of(store), column(store, "SELECT COUNT(*) FROM story_decisions")
    assert store.save_stories(items, [], decided, now=NOW) == StoryCounts()
    assert (story_of(store), column(store, "SELECT COUNT(*) FROM story_decisions")) == before


def test_every_decision_is_kept_with_rule_score_and_version(store: Store) -> None:
    [item] = waiting(store, "a")
    store.save_stories([item], [], [decision(item.entry_id)], now=NOW)
    assert column(store, "SELECT rule FROM story_decisions") == ["new"]
    assert column(store, "SELECT version FROM story_decisions") == ["g1"]


# merging


def test_on_a_merge_the_smallest_id_survives_with_a_redirect(store: Store) -> None:
    first, second, third = waiting(store, "a", "b", "c")
    store.save_stories([first, second], [], [decision(first.entry_id), decision(second.entry_id)], now=NOW)
    small, large = sorted(story_of_present(store, "a", "b"))
    proof = decision(third.entry_id, second.entry_id, merges=(small, large))
    assert store.save_stories([third], [], [proof], now=NOW) == StoryCounts(joined=1, merged=1)
    assert set(story_of(store).values()) == {small}
    assert column(store, "SELECT old_id FROM story_redirects") == [large]
    assert column(store, "SELECT story_id FROM story_redirects") == [small]
    [story] = store.frame("report_stories").to_dict("records")
    assert story["entries"] == 3
    assert len(store.frame("report_clusters")) == 1
    assert len(column(store, "SELECT old_id FROM cluster_redirects")) == 1


def story_of_present(store: Store, *keys: str) -> list[int]:
    frame = store.frame("report_entries").set_index("external_id")
    return [int(frame.loc[key, "story_id"]) for key in keys]


def test_a_merge_of_a_story_that_was_merged_away_follows_its_redirect(store: Store) -> None:
    a, b, c, d, e = waiting(store, "a", "b", "c", "d", "e")
    store.save_stories([a, b, c], [], [decision(item.entry_id) for item in (a, b, c)], now=NOW)
    one, two, three = story_of_present(store, "a", "b", "c")
    store.save_stories([d], [], [decision(d.entry_id, b.entry_id, merges=(three,))], now=NOW)
    store.save_stories([e], [], [decision(e.entry_id, a.entry_id, merges=(three, two))], now=NOW)
    assert set(story_of(store).values()) == {one}
    redirects = store_redirects(store)
    assert redirects == {two: one, three: one}, "redirects lead to the end at once"


def store_redirects(store: Store) -> dict[int, int]:
    old = column(store, "SELECT old_id FROM story_redirects ORDER BY old_id")
    new = column(store, "SELECT story_id FROM story_redirects ORDER BY old_id")
    return dict(zip(old, new, strict=True))  # type: ignore[arg-type]


def test_an_id_is_never_used_again(store: Store) -> None:
    a, b, c, d = waiting(store, "a", "b", "c", "d")
    store.save_stories([a, b], [], [decision(a.entry_id), decision(b.entry_id)], now=NOW)
    one, two = story_of_present(store, "a", "b")
    store.save_stories([c], [], [decision(c.entry_id, a.entry_id, merges=(two,))], now=NOW)
    store.save_stories([d], [], [decision(d.entry_id)], now=NOW)
    assert story_of(store)["d"] > two > one


# candidates


def test_candidates_share_a_key_or_a_band_in_time_and_language(store: Store) -> None:
    items = waiting(store, "a", "b", "c")
    prints = [
        fingerprint(items[0], "url:x", "text:1", bands=[2**64 - 1, 5]),
        fingerprint(items[1], "url:y", bands=[7]),
        fingerprint(items[2], "url:z", bands=[8]),
    ]
    store.save_stories(items, prints, [decision(item.entry_id) for item in items], now=NOW)

    def found(**asked: object) -> list[str]:
        defaults = {"keys": [], "bands": [], "since": NOW - 2 * DAY, "until": NOW}
        return [one.item.title for one in store.candidates(**(defaults | asked))]  # type: ignore[arg-type]

    assert found(keys=["url:x", "url:none"]) == ["Report a"]
    assert found(bands=[2**64 - 1]) == ["Report a"]
    assert found(keys=["url:x"], bands=[7]) == ["Report a", "Report b"]
    assert found(keys=["url:x"], languages=["fr"]) == []
    assert found(keys=["url:x"], languages=["fr", "en"]) == ["Report a"]
    assert found(keys=["url:x"], since=NOW - HOUR) == []
    [stored] = store.candidates(keys=["url:x"], bands=[], since=NOW - 2 * DAY, until=NOW)
    assert stored.fingerprint == prints[0]
    assert stored.item.story_id == story_of(store)["a"]


def test_old_fingerprints_can_be_forgotten(store: Store) -> None:
    items = waiting(store, "a", "b")
    prints = [fingerprint(item, f"url:{item.title}", bands=[1]) for item in items]
    store.save_stories(items, prints, [decision(item.entry_id) for item in items], now=NOW)
    assert store.prune_fingerprints(before=NOW - DAY) == 0
    assert store.prune_fingerprints(before=NOW + MINUTE, limit=1) == 1
    left = store.candidates(keys=[], bands=[1], since=NOW - 2 * DAY, until=NOW)
    assert [one.item.title for one in left] == ["Report b"]
    assert column(store, "SELECT COUNT(*) FROM story_keys") == [1]
    assert column(store, "SELECT COUNT(*) FROM story_bands") == [1]


def test_what_was_seen_lately_stays_however_old_it_is(store: Store) -> None:
    """A backfill brings old posts: its pages must find each other."""
    items = waiting(store, "a")
    store.save_stories(items, [fingerprint(items[0], bands=[1])], [decision(items[0].entry_id)], now=NOW)
    assert store.prune_bands(before=NOW - MINUTE, now=NOW) == 0
    assert store.prune_fingerprints(before=NOW - MINUTE) == 0


def test_bands_go_before_keys_and_each_is_looked_at_once(store: Store) -> None:
    items = waiting(store, "a", "b", "c")
    prints = [fingerprint(item, f"url:{item.title}", bands=[1, 2]) for item in items]
    store.save_stories(items, prints, [decision(item.entry_id) for item in items], now=NOW)
    later = NOW + MINUTE
    assert [store.prune_bands(before=later, now=NOW, limit=2) for _ in range(3)] == [2, 1, 0]
    assert column(store, "SELECT COUNT(*) FROM story_bands") == [0]
    assert store.candidates(keys=[], bands=[1, 2], since=NOW - 2 * DAY, until=NOW) == []
    assert len(store.candidates(keys=["url:Report b"], bands=[], since=NOW - 2 * DAY, until=NOW)) == 1


# what is learnt of feeds


def test_counted_lines_are_kept_and_their_habits_come_with_the_items(store: Store) -> None:
    [item] = waiting(store, "a")
    footer, rare = ("tail", 2**64 - 1), ("head", 7)
    lines = FeedLines(
        feed_id=item.feed_id, entries=10, lines={footer: LineCount(9, (1, 2, 3)), rare: LineCount(1, (1,))}
    )
    assert store.feed_lines([item.feed_id]) == {}
    store.save_stories([item], [], [decision(item.entry_id)], now=NOW, lines=[lines])
    assert store.feed_lines([item.feed_id]) == {item.feed_id: lines}
    ingest(store, entry("b", published_at=NOW), feed=source("feed-a"))
    annotate_all(store)
    [second] = store.pending_stories(limit=5)
    assert second.habits == {footer}


def test_lines_are_not_counted_twice_when_a_run_is_repeated(store: Store) -> None:
    [item] = waiting(store, "a")
    counted = FeedLines(feed_id=item.feed_id, entries=1, lines={("tail", 1): LineCount(1, (1,))})
    for entries in (1, 2):
        again = dataclasses.replace(counted, entries=entries)
        store.save_stories([item], [], [decision(item.entry_id)], now=NOW, lines=[again])
    assert store.feed_lines([item.feed_id]) == {item.feed_id: counted}


# the timeline


dates = st.tuples(
    st.none() | st.integers(-60 * 48, 60 * 30),
    st.sampled_from(("published", "updated", "future", "unreadable")),
    st.sampled_from(
        ("", "Tue, 03 Mar 2026 00:00:00 +0300", "2026-03-03T10:00:00+00:00", "2026-03-03T00:00", "00:00")
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_dates=st.lists(dates, min_size=1, max_size=6))
def test_the_timeline_believes_the_dates_that_grouping_believes(
    store: Store, given_dates: list[tuple[int | None, str, str]]
) -> None:
    prefix = next(example)
    for place, (minutes, kind, raw) in enumerate(given_dates):
        published = None if minutes is None else NOW.replace(hour=0, minute=0) + minutes * MINUTE
        dated = entry(
            f"{prefix}-{place}", published_at=published, published_raw=raw, date_source=DateSource(kind)
        )
        ingest(store, dated, feed=source(f"feed-{prefix}-{place}"), now=NOW + place * MINUTE)
    annotate_all(store)
    items = store.pending_stories(limit=50)
    first = items[0].entry_id
    store.save_stories(
        items, [], [decision(i.entry_id, None if i.entry_id == first else first) for i in items], now=NOW
    )
    story = store.frame("report_entries").query(f"entry_id == {first}")["story_id"].iloc[0]
    [cluster] = store.frame("report_stories").query(f"story_id == {story}")["cluster_id"]
    told = timeline(store.appearances([cluster])[cluster])
    shown = store.frame("report_story_timeline").query(f"story_id == {story}").sort_values("place")
    assert shown["uid"].tolist() == [timed.appearance.uid for timed in told]
    assert shown["reason"].tolist() == [timed.doubt for timed in told]
    assert shown["believed_at"].tolist() == [timed.at for timed in told]
    assert shown["trusted"].astype(bool).tolist() == [not timed.doubt for timed in told]


# whatever is decided


example = itertools.count()
joins = st.tuples(*(st.none() | st.integers(0, place - 1) if place else st.none() for place in range(5)))
merges = st.lists(st.integers(0, 2), max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(joins=joins, merges=merges)
def test_every_entry_has_one_story_and_each_story_the_first_of_its_entries(
    store: Store, joins: tuple[int | None, ...], merges: list[int]
) -> None:
    prefix = next(example)
    old = waiting(store, *(f"{prefix}-old-{place}" for place in range(3)))
    store.save_stories(old, [], [decision(item.entry_id) for item in old], now=NOW)
    stories = story_of_present(store, *(f"{prefix}-old-{place}" for place in range(3)))
    new = waiting(store, *(f"{prefix}-new-{place}" for place in range(5)))
    decided = [
        decision(item.entry_id, None if join is None else new[join].entry_id)
        for item, join in zip(new, joins, strict=True)
    ]
    proof = tuple(stories[place] for place in merges)
    decided[-1] = dataclasses.replace(decided[-1], merges=proof)
    counts = store.save_stories(new, [], decided, now=NOW)
    assert counts.new + counts.joined == 5
    assert store.pending_stories(limit=10) == []
    entries = store.frame("report_entries").sort_values(["effective_at", "entry_id"])
    stored = store.frame("report_stories").set_index("story_id")
    assert set(entries["story_id"]) == set(stored.index)
    by_story = entries.groupby("story_id")
    assert (by_story["uid"].first() == stored["first_uid"].sort_index()).all()
    assert (by_story.size() == stored["entries"].sort_index()).all()
    assert len(store.frame("report_clusters")) == stored["cluster_id"].nunique()
