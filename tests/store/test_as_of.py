"""The views as of a time say what they said then, whatever was annotated, edited, merged or decided since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from monitor.errors import StoreError
from monitor.store import Store
from monitor.types.annotations import Claim, Mention
from monitor.types.plans import Disposition
from monitor.types.source import FeedState
from tests.store.making import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    annotate_all,
    annotation,
    change,
    decision,
    entry,
    ingest,
    leased,
    place_all,
    plan,
    source,
)

VIEWS = (
    *(
        "entries",
        "texts",
        "topics",
        "mentions",
        "entities",
        "citations",
        "claims",
        "claim_parties",
        "decisions",
    ),
    *("stories", "clusters", "cluster_sources", "topics_daily", "coverage_daily", "ledger", "flows"),
    *("feed_health", "fetches", "wide_clusters"),
)


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return sorted(plain, key=repr)


def today(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(store.frame(f"report_{name}")) for name in VIEWS}


def back_then(store: Store, at: dt.datetime) -> dict[str, list[dict[str, Any]]]:
    with store.as_of(at) as then:
        return {name: rows(then.frame(f"report_{name}")) for name in VIEWS}


def said(topic: str, **values: Any) -> dict[str, Any]:
    mention = Mention(topic=topic, term="convoy", field="body", start_char=2, end_char=8, rule="r")
    claim = Claim(
        supplier=("KP",), recipient=("RU",), items=("drones",), status="alleged", evidence="A convoy", field="body",
        start_char=0, end_char=8, rule="active", confidence=0.5,
    )  # fmt: skip
    return {"mentions": (mention,), "claims": (claim,)} | values


def read_again(store: Store, topic: str, version: str, at: dt.datetime, language: str = "en") -> None:
    texts = [one.text for one in store.archived_texts(limit=100)]
    store.save_annotations(
        [
            annotation(text, topic, language=language, **said(topic, taxonomy_version=version))
            for text in texts
        ],
        now=at,
    )


@pytest.fixture
def archive(store: Store) -> Store:
    ingest(store, entry("1"), entry("2", "Another convoy passed."), feed=source(language="en"))
    texts = store.pending_texts(limit=10)
    store.save_annotations(
        [annotation(text, "sanctions", **said("sanctions")) for text in texts], now=NOW + MINUTE
    )
    place_all(store, now=NOW + 2 * MINUTE)
    return store


def test_as_of_now_is_today(archive: Store) -> None:
    assert back_then(archive, NOW + HOUR) == today(archive)


def test_a_retag_is_undone(archive: Store) -> None:
    before = today(archive)
    read_again(archive, "nuclear", "t2", NOW + DAY, language="fr")
    assert back_then(archive, NOW + HOUR) == before
    after = today(archive)
    assert after != before
    assert back_then(archive, NOW + 2 * DAY) == after


def test_the_versions_in_force_are_named(archive: Store) -> None:
    read_again(archive, "nuclear", "t2", NOW + DAY)
    with archive.as_of(NOW + HOUR) as then:
        assert then.versions == (("t1", "c1"),)
    with archive.as_of(NOW + 2 * DAY) as then:
        assert then.versions == (("t2", "c1"),)


def test_an_entry_that_came_later_is_not_there(archive: Store) -> None:
    before = today(archive)
    [lease] = leased(archive, source(language="en"), now=NOW + HOUR)
    state = FeedState(last_success_at=NOW + HOUR, first_success_at=NOW)
    archive.apply([plan(lease, entry("3"), at=NOW + HOUR, state=state)], now=NOW + HOUR)
    annotate_all(archive, "sanctions", now=NOW + HOUR)
    place_all(archive, now=NOW + HOUR)
    then = back_then(archive, NOW + 30 * MINUTE)
    assert {name: then[name] for name in VIEWS if name != "feed_health"} == {
        name: before[name] for name in VIEWS if name != "feed_health"
    }


def test_an_edit_is_undone_and_the_text_of_then_shown(archive: Store) -> None:
    [lease] = leased(archive, source(language="en"), now=NOW + HOUR)
    edited = entry("1", "A convoy came back.", title="Corrected")
    archive.apply([plan(lease, change(edited, Disposition.REVISED), at=NOW + HOUR)], now=NOW + HOUR)
    annotate_all(archive, "nuclear", now=NOW + HOUR)
    with archive.as_of(NOW + 30 * MINUTE) as then:
        assert sorted(then.frame("report_entries")["title"]) == ["Report 1", "Report 2"]
        assert set(then.frame("report_topics")["topic"]) == {"sanctions"}
        assert len(then.frame("select * from report_texts where is_current")) == 2
    with archive.as_of(NOW + 2 * HOUR) as then:
        assert sorted(then.frame("report_entries")["title"]) == ["Corrected", "Report 2"]


def test_an_edit_taken_back_shows_the_first_text_again(archive: Store) -> None:
    for hours, title in ((1, "Corrected"), (2, "Report 1")):
        at = NOW + hours * HOUR
        [lease] = leased(archive, source(language="en"), now=at)
        archive.apply([plan(lease, change(entry("1", title=title), Disposition.REVISED), at=at)], now=at)
        annotate_all(archive, "sanctions", now=at + MINUTE)
    with archive.as_of(NOW + HOUR + 5 * MINUTE) as then:
        assert "Corrected" in set(then.frame("report_entries")["title"])
    with archive.as_of(NOW + 3 * HOUR) as then:
        assert "Corrected" not in set(then.frame("report_entries")["title"])


def test_stories_merged_since_are_two_again(archive: Store) -> None:
    before = back_then(archive, NOW + 30 * MINUTE)
    [lease] = leased(archive, source(language="en"), now=NOW + HOUR)
    archive.apply([plan(lease, entry("3", "A convoy left."), at=NOW + HOUR)], now=NOW + HOUR)
    annotate_all(archive, "sanctions", now=NOW + HOUR)
    [item] = archive.pending_stories(limit=10)
    archive.save_stories([item], [], [decision(item.entry_id, joined=1, merges=(1, 2))], now=NOW + HOUR)
    assert len(archive.frame("report_stories")) == 1
    then = back_then(archive, NOW + 30 * MINUTE)
    columns = (
        "story_id",
        "title",
        "language",
        "first_outlet",
        "first_seen_at",
        "last_seen_at",
        "entries",
        "outlets",
    )
    assert [{key: row[key] for key in columns} for row in then["stories"]] == [
        {key: row[key] for key in columns} for row in before["stories"]
    ]
    assert len(then["clusters"]) == 1, "clusters are those of today"


def test_before_analysis_an_entry_has_no_language_and_no_story(archive: Store) -> None:
    with archive.as_of(NOW) as then:
        frame = then.frame("report_entries")
        assert frame["language"].isna().all()
        assert frame["story_id"].isna().all()
        assert then.frame("report_topics_daily").empty
        assert then.frame("report_stories").empty


def test_before_everything_there_is_nothing(archive: Store) -> None:
    then = back_then(archive, NOW - DAY)
    assert [name for name, found in then.items() if found] == ["feed_health"]


def test_a_query_over_views_takes_parameters(archive: Store) -> None:
    with archive.as_of(NOW + HOUR) as then:
        frame = then.frame(
            "select title from report_entries where effective_at >= :start", {"start": NOW - DAY}
        )
        assert len(frame) == 2
        with pytest.raises(StoreError):
            then.frame("select * from entries")


def test_nothing_of_it_stays_behind(archive: Store) -> None:
    before = today(archive)
    with pytest.raises(RuntimeError), archive.as_of(NOW - DAY):
        raise RuntimeError("the report failed")
    assert today(archive) == before
