"""What happened that an alert may be about, read from an archive on both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from monitor.config import Config
from monitor.pipeline.happenings import happenings
from monitor.pipeline.workspace import Workspace, recorded
from monitor.store import Store
from monitor.types.alerts import Alert, AlertRule, Happening
from monitor.types.watchlist import WatchedName, Watchlist, WatchlistHit
from tests.store.making import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    annotate_all,
    annotation,
    entry,
    ingest,
    leased,
    place_all,
    plan,
    source,
)
from tests.store.test_digests import record

OVER = NOW.replace(hour=0) + DAY
"""The midnight after `NOW`: its day is whole."""


def found(
    store: Store, since: dt.datetime = NOW - DAY, until: dt.datetime = OVER, **asks: Any
) -> list[Happening]:
    config = Config.model_validate({"report": {"base_url": "https://r.example/"}})
    desk = Workspace(config, store, lambda: until, "test")
    return happenings(desk, [AlertRule(name="r", **asks)], since, until)


def test_a_days_stories_of_a_topic_are_counted(store: Store) -> None:
    ingest(store, *(entry(str(n), published_at=NOW - HOUR) for n in range(3)))
    annotate_all(store, "sanctions")
    place_all(store)
    [one] = found(store, thresholds={"sanctions": 2})
    assert (one.topic, one.count, one.values, one.key) == (
        "sanctions", 3, {"day": NOW.date()}, f"threshold/sanctions/{NOW.date()}",
    )  # fmt: skip
    assert one.link == "https://r.example/report.html#topic-sanctions"
    assert found(store) == [], "nothing is read that no rule asks for"


def test_a_burst_over_a_steady_panel_is_found_once_its_day_is_over(store: Store) -> None:
    feeds = [source("one"), source("two")]
    for back in range(45, -1, -1):
        at, told = NOW - back * DAY, 25 if back == 0 else 2
        names = [*(f"told-{back}-{n}" for n in range(told)), *(f"other-{back}-{n}" for n in range(8))]
        plans = [
            plan(lease, *(entry(f"{name}-{lease.slug}", published_at=at - HOUR) for name in names), at=at)
            for lease in leased(store, *feeds, now=at)
        ]
        store.apply(plans, now=at)
    store.save_annotations(
        [
            annotation(text, *(["sanctions"] if "told" in text.title else []))
            for text in store.pending_texts(limit=2000)
        ],
        now=NOW,
    )
    place_all(store)
    assert found(store, until=OVER - HOUR, bursts=True) == []
    [one] = found(store, bursts=True)
    assert (one.topic, one.count, one.values["day"]) == ("sanctions", 50, NOW.date())
    assert one.values["ratio"] == 3.8, "25 of 33 stories, where 2 of 10 are usual"


def test_a_watched_name_is_found_the_first_time_only(store: Store) -> None:
    ingest(store, entry("a"), entry("b"))
    first, second = annotate_all(store)
    name = WatchedName(external_id="x", name="MV Tirvane")
    store.sync_watchlists([Watchlist(name="ships", entries=(name,), version="1")], now=NOW)
    for text, at in ((first, NOW), (second, NOW + HOUR)):
        hit = WatchlistHit(
            watchlist="ships", external_id="x", entry_id=text.entry_id, revision_id=text.revision_id, term="Tirvane",
            field="title", start_char=0, end_char=3,
        )  # fmt: skip
        store.save_hits([hit], now=at)
    [one] = found(store, watchlists=True)
    assert (one.key, one.values) == ("watchlist/ships/x", {"name": "MV Tirvane", "outlet": "Gazette"})
    assert found(store, since=NOW + HOUR / 2, watchlists=True) == []


def test_a_silent_feed_is_new_each_time_it_falls_silent(store: Store) -> None:
    [lease] = leased(store)
    assert found(store, silent_feeds=True) == []
    store.mark_silent({lease.feed_id: True})
    [one] = found(store, silent_feeds=True)
    assert one.values == {"feed": "gazette"}
    store.mark_silent({lease.feed_id: False})
    store.apply([plan(lease, at=NOW + DAY)], now=NOW + DAY)
    store.mark_silent({lease.feed_id: True})
    [again] = found(store, silent_feeds=True)
    assert again.key != one.key


def test_faults_are_failed_runs_and_what_could_not_be_delivered(store: Store) -> None:
    desk = Workspace(Config(), store, lambda: NOW, "test")
    with pytest.raises(RuntimeError), recorded(desk, "poll"):
        raise RuntimeError("no space left")
    store.save_digest(record(), recipients={"desk@example.org": "<m@monitor>"}, now=NOW)
    mail = store.lease_delivery(owner="w", now=NOW, lease_for=LEASE)
    assert mail is not None
    store.mark_failed(mail, now=NOW, error="554 no")
    for rule in ("r", "operators"):
        store.save_alerts([Alert(rule=rule, key="k", subject="s", body="b", at=NOW)], now=NOW)
        held = store.lease_alert({rule}, owner="w", now=NOW, lease_for=LEASE)
        assert held is not None
        store.record_alert(held, now=NOW, error="refused")
    faults = [str(one.values["fault"]) for one in found(store, faults=True)]
    assert len(faults) == 3
    assert "run poll of 2026-03-02 08:00 UTC failed" in faults[0]
    assert faults[1] == "digest daily of 2026-03-02 to desk@example.org: failed"
    assert faults[2] == "alert of rule r could not be sent (refused): s"
    assert found(store, since=NOW, until=NOW + 9 * DAY) == []
    assert found(store, since=NOW + 9 * DAY, until=NOW + 10 * DAY, faults=True) == [], "old faults are old"
