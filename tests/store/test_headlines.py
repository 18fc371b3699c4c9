"""The headline of a cluster in a reader's language, and translations that are kept."""

from __future__ import annotations

import pytest

from monitor.store import Store
from monitor.types.retention import RetentionLimits
from monitor.types.source import Ownership, Rights
from monitor.types.translation import Asked
from tests.store.making import DAY, HOUR, NOW, annotate_all, entry, ingest, outlet, place_all, source
from tests.store.test_clusters import placed, save

ONE, TWO = Asked(text="Совет", source="ru"), Asked(text="Рада", source="uk")


def tell(store: Store, name: str, language: str, hours: int, title: str | None = None, **of: object) -> None:
    """An outlet tells the news so many hours after the first one."""
    feed = source(name, outlet=outlet(name.title(), **of))
    at = NOW - DAY + hours * HOUR
    ingest(store, entry(name, title=name if title is None else title, published_at=at), feed=feed, now=at)
    annotate_all(store, language=language)
    place_all(store)


def cluster(store: Store) -> int:
    """All that waits becomes one cluster; its id."""
    first, *rest = texts = store.pending_clusters(limit=99)
    save(store, texts, placed(first), *(placed(text, first) for text in rest))
    return first.cluster_id


def test_the_first_entry_of_that_language_tells_its_cluster(store: Store) -> None:
    for hours, (name, language) in enumerate(
        [("ru-1", "ru"), ("en-2", "en"), ("en-3", "en"), ("fr-4", "fr")]
    ):
        tell(store, name, language, hours)
    here = cluster(store)
    tell(store, "en-alone", "en", 0)
    alone = cluster(store)
    found = store.headlines([here, alone, 99], "en")
    assert {key: row.title for key, row in found.items()} == {here: "en-2", alone: "en-alone"}
    assert (found[here].outlet, found[here].cluster_id, found[here].topics) == ("En-2", here, {})
    assert store.headlines([here], "ko") == {}


def test_outlets_that_a_list_wants_come_before_earlier_ones(store: Store) -> None:
    tell(store, "early", "en", 0, country="GB", ownership=Ownership.PRIVATE)
    tell(store, "wanted", "en", 2, country="UA", ownership=Ownership.PUBLIC)
    here = cluster(store)
    assert store.headlines([here], "en", countries=["UA"], ownership=["public"])[here].title == "wanted"
    assert store.headlines([here], "en", countries=["UA"], ownership=["state"])[here].title == "early"


def test_an_entry_without_a_headline_tells_nothing_and_rights_come_along(store: Store) -> None:
    tell(store, "post", "en", 0, title="")
    tell(store, "strict", "en", 2, rights=Rights(excerpt_length=0, machine_learning=False))
    here = cluster(store)
    row = store.headlines([here], "en")[here]
    assert (row.title, row.excerpt_length, row.machine_learning) == ("strict", 0, False)


def test_translations_are_kept_by_text_languages_and_engine(store: Store) -> None:
    store.save_translations({ONE: "council"}, "en", "e1", now=NOW)
    store.save_translations({ONE: "another"}, "en", "e1", now=NOW)
    store.save_translations({}, "en", "e1", now=NOW)
    assert store.known_translations([ONE, TWO], "en", "e1") == {ONE: "council"}
    assert store.known_translations([ONE], "en", "e2") == store.known_translations([ONE], "fr", "e1") == {}
    assert store.known_translations([Asked(text="Совет", source="bg")], "en", "e1") == {}


@pytest.mark.parametrize(("passed", "kept"), [(1, True), (91, False)])
def test_kept_translations_go_with_the_logs(store: Store, passed: int, kept: bool) -> None:
    store.save_translations({ONE: "council"}, "en", "e1", now=NOW)
    now = NOW + passed * DAY
    store.retain(RetentionLimits(logs=now - 90 * DAY), now=now)
    assert bool(store.known_translations([ONE], "en", "e1")) is kept
