"""The archive for re-tagging: stale texts in order of id, in ranges, with what is said of them now."""

from __future__ import annotations

from monitor.store import Store
from monitor.store.engine import connect
from monitor.types.retagging import IdRange
from tests.store.making import HOUR, NOW, annotate_all, annotation, entry, ingest

import sqlalchemy as sa  # isort: skip

OLD, NEW = ("t1", "c1"), ("t2", "c1")


def archive(store: Store, count: int = 5) -> None:
    ingest(store, *(entry(str(number), f"Body {number}.") for number in range(count)))
    annotate_all(store, "sanctions")


def test_what_was_read_under_other_versions_is_stale_and_says_its_topics(store: Store) -> None:
    archive(store)
    found = store.archived_texts(limit=10, versions=NEW)
    assert [one.text.body for one in found] == [f"Body {number}." for number in range(5)]
    assert {one.topics for one in found} == {frozenset({"sanctions"})}
    assert found[0].language == "en"
    assert store.count_archived(versions=NEW) == 5
    assert store.archived_texts(limit=10, versions=OLD) == []
    assert len(store.archived_texts(limit=10)) == 5, "without versions everything is read again"


def test_another_code_version_makes_stale_too(store: Store) -> None:
    archive(store, 1)
    assert store.count_archived(versions=("t1", "c2")) == 1


def test_what_waits_for_analysis_is_left_to_it(store: Store) -> None:
    ingest(store, entry("new"))
    assert store.count_archived(versions=NEW) == 0


def test_a_text_that_retention_took_away_keeps_its_tags(store: Store) -> None:
    archive(store, 2)
    engine = connect(store._database.url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE revisions SET purged_at = :now, title = '', body = '' WHERE entry_id = 1"),
            {"now": NOW if engine.dialect.name == "postgresql" else "2026-03-02T08:00:00.000000Z"},
        )
    engine.dispose()
    assert [one.text.entry_id for one in store.archived_texts(limit=10, versions=NEW)] == [2]


def test_since_counts_from_when_an_entry_was_observed(store: Store) -> None:
    archive(store)
    assert store.count_archived(versions=NEW, since=NOW + HOUR) == 0
    assert store.count_archived(versions=NEW, since=NOW) == 5


def test_a_batch_that_was_saved_is_not_stale_any_more(store: Store) -> None:
    archive(store)
    batch = store.archived_texts(limit=2, versions=NEW)
    store.save_annotations([annotation(one.text, taxonomy_version="t2") for one in batch], now=NOW + HOUR)
    assert [one.text.entry_id for one in store.archived_texts(limit=10, versions=NEW)] == [3, 4, 5]


def test_ranges_cover_the_archive_once_and_evenly(store: Store) -> None:
    archive(store, 10)
    ranges = store.id_ranges(parts=3, versions=NEW)
    assert ranges == [IdRange(after=0, until=4), IdRange(after=4, until=8), IdRange(after=8, until=None)]
    counts = [store.count_archived(versions=NEW, within=one) for one in ranges]
    assert counts == [4, 4, 2]


def test_no_range_is_empty(store: Store) -> None:
    archive(store, 2)
    assert len(store.id_ranges(parts=5, versions=NEW)) == 2
    assert store.id_ranges(parts=5, versions=OLD) == []
    assert store.id_ranges(parts=1, versions=NEW) == [IdRange()]


def test_a_sample_is_the_same_each_time(store: Store) -> None:
    archive(store, 9)
    assert [one.text.entry_id for one in store.archived_texts(limit=10, versions=NEW, every=3)] == [3, 6, 9]
