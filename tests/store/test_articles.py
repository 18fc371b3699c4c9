"""Pages of entries: which are wanted, what is kept of an attempt, what may be done with a text and for how long."""

from __future__ import annotations

import datetime as dt
from typing import Any

from monitor.store import Store
from monitor.types.article import Consent, PageHost, PageOutcome, PageRecord, StoredRobots
from monitor.types.source import Rights
from tests.store.making import (
    DAY,
    HOUR,
    NOW,
    annotate_all,
    annotation,
    change,
    entry,
    ingest,
    leased,
    outlet,
    place_all,
    plan,
    source,
)

FULL = source("gazette", full_text=True)


def wanted_ids(store: Store, now: dt.datetime = NOW, **values: Any) -> list[int]:
    return [page.entry_id for page in store.wanted_pages(now=now, limit=100, **values)]


def record(entry_id: int, outcome: PageOutcome = PageOutcome.STORED, **values: Any) -> PageRecord:
    text = {"title": "Convoy leaves", "body": "The whole text of the page.", "sha256": "ab" * 32}
    defaults: dict[str, Any] = {"consent": Consent(), "url": "https://gazette.example/a"}
    if outcome is PageOutcome.STORED:
        defaults |= text
    return PageRecord(entry_id=entry_id, outcome=outcome, **(defaults | values))


def with_rights(**values: Any) -> Any:
    return source("gazette", full_text=True, outlet=outlet("Gazette", rights=Rights(**values)))


def test_only_entries_of_feeds_with_full_text_are_wanted_and_the_newest_come_first(store: Store) -> None:
    ingest(store, entry("plain"), feed=source("gazette"))
    assert wanted_ids(store) == []
    ingest(store, entry("a"), entry("no-address", url=None), feed=FULL)
    ingest(store, entry("b"), feed=FULL, now=NOW + HOUR)
    pages = store.wanted_pages(now=NOW + HOUR, limit=100)
    assert [page.url.rsplit("/", 1)[1] for page in pages] == ["b", "a", "plain"]
    assert (pages[0].title, pages[0].body_length, pages[0].attempts) == (
        "Report b",
        len("A convoy left the harbour."),
        0,
    )
    assert len(store.wanted_pages(now=NOW + HOUR, limit=2)) == 2
    assert len(store.wanted_pages(now=NOW + HOUR, limit=100, per_feed=1)) == 1


def test_old_backlog_and_entries_seen_long_ago_are_left_alone(store: Store) -> None:
    [lease] = leased(store, FULL)
    old, young = (entry(name, published_at=NOW - age) for name, age in (("old", 8 * DAY), ("young", 6 * DAY)))
    store.apply([plan(lease, *(change(item, backlog=True) for item in (old, young)))], now=NOW)
    assert [page.url.rsplit("/", 1)[1] for page in store.wanted_pages(now=NOW, limit=9)] == ["young"]
    assert wanted_ids(store, NOW + 8 * DAY) == []


def test_a_page_that_was_tried_is_not_wanted_again_unless_a_time_is_set(store: Store) -> None:
    ingest(store, entry("a"), entry("b"), feed=FULL)
    first, second = sorted(wanted_ids(store))
    store.save_page(record(first), now=NOW)
    again = NOW + 2 * HOUR
    failed = record(second, PageOutcome.FAILED, code="timeout", consent=None, next_try_at=again)
    store.save_page(failed, now=NOW)
    assert wanted_ids(store, NOW + HOUR) == []
    [page] = store.wanted_pages(now=again, limit=9)
    assert (page.entry_id, page.attempts) == (second, 1)
    store.save_page(record(second, PageOutcome.FAILED, code="http_404", consent=None, attempts=2), now=again)
    assert wanted_ids(store, again + DAY) == []


def test_the_pages_text_is_kept_beside_the_feeds_and_is_what_analysis_reads(store: Store) -> None:
    ingest(store, entry("a"), feed=FULL)
    [entry_id] = wanted_ids(store)
    annotate_all(store)
    assert store.save_page(record(entry_id), now=NOW)
    [text] = store.pending_texts(limit=9)
    assert (text.title, text.body) == ("Convoy leaves", "The whole text of the page.")
    texts = store.frame("SELECT source, is_current, body FROM report_texts ORDER BY number")
    assert texts["source"].tolist() == ["feed", "article"]
    assert texts["is_current"].astype(bool).tolist() == [False, True]
    assert texts["body"][0] == "A convoy left the harbour."


def test_an_attempt_shows_with_what_the_page_permits(store: Store) -> None:
    ingest(store, entry("a"), entry("b"), feed=FULL)
    first, second = sorted(wanted_ids(store))
    said = Consent(
        archive=False,
        snippet_length=50,
        policy_url="https://gazette.example/tdm.json",
        signals=("meta robots: noarchive", "header: max-snippet 50"),
    )
    store.save_page(record(first, consent=said, published_at=NOW, language="en"), now=NOW)
    closed = record(second, PageOutcome.DISALLOWED, code="robots_disallowed", consent=None)
    store.save_page(closed, now=NOW)
    rows = store.frame("SELECT * FROM report_articles ORDER BY entry_id").to_dict("records")
    assert [(row["feed"], row["outcome"], row["code"]) for row in rows] == [
        ("gazette", "stored", ""),
        ("gazette", "disallowed", "robots_disallowed"),
    ]
    assert (bool(rows[0]["archive"]), rows[0]["snippet_length"], bool(rows[0]["machine_learning"])) == (
        False,
        50,
        True,
    )
    assert rows[0]["signals"] == '["meta robots: noarchive","header: max-snippet 50"]'


def test_rights_of_the_outlet_and_words_of_the_page_count_together_the_stricter_wins(store: Store) -> None:
    ingest(store, entry("a"), entry("b"), feed=with_rights(excerpt_length=200, licence="CC BY-NC 4.0"))
    first, second = sorted(wanted_ids(store))
    said = Consent(snippet_length=50, machine_learning=False, signals=("header: noai",))
    store.save_page(record(first, consent=said), now=NOW)
    found = store.consents([first, second, 999])
    assert set(found) == {first, second}
    assert (found[first].snippet_length, found[first].machine_learning) == (50, False)
    assert found[first].signals == ("rights: excerpt_length 200", "header: noai")
    assert (found[second].snippet_length, found[second].machine_learning) == (200, True)


def test_words_of_a_page_whose_text_is_not_used_do_not_touch_what_the_feed_said(store: Store) -> None:
    ingest(store, entry("a"), feed=FULL)
    [entry_id] = wanted_ids(store)
    said = Consent(archive=False, text_mining=False, machine_learning=False)
    store.save_page(record(entry_id, PageOutcome.WITHHELD, consent=said), now=NOW)
    assert store.consents([entry_id])[entry_id] == Consent()


def test_rights_follow_the_configuration_and_are_in_a_view(store: Store) -> None:
    ingest(
        store, entry("a"), feed=with_rights(retention=30 * DAY, machine_learning=False, licence="by contract")
    )
    columns = ["licence", "excerpt_length", "retention_days", "machine_learning"]
    [row] = store.frame("report_rights")[columns].astype(object).to_dict("records")
    assert (row["licence"], row["retention_days"], bool(row["machine_learning"])) == (
        "by contract",
        30.0,
        False,
    )
    [entry_id] = wanted_ids(store)
    assert not store.consents([entry_id])[entry_id].machine_learning
    store.sync_sources([FULL], now=NOW)
    assert store.consents([entry_id])[entry_id] == Consent()
    assert bool(store.frame("report_rights")["machine_learning"][0])


def test_a_digest_is_told_how_much_of_a_text_it_may_show(store: Store) -> None:
    ingest(store, entry("a"), entry("b"), feed=with_rights(excerpt_length=120))
    first, second = sorted(wanted_ids(store))
    store.save_page(record(first, consent=Consent(snippet_length=0)), now=NOW)
    annotate_all(store, "sanctions")
    rows = store.list_digest_candidates(
        since_observed=NOW - HOUR, until_observed=NOW + HOUR, topics=["sanctions"]
    )
    assert [(row.entry_id, row.excerpt_length) for row in rows] == [(first, 0), (second, 120)]


def test_a_page_text_goes_when_retention_ends_and_what_was_found_in_it_stays(store: Store) -> None:
    ingest(store, entry("a"), feed=with_rights(retention=30 * DAY))
    [entry_id] = wanted_ids(store)
    store.save_page(record(entry_id), now=NOW)
    assert store.purge_pages(now=NOW + 40 * DAY) == 0, "not before it was analysed"
    annotate_all(store, "sanctions")
    assert store.purge_pages(now=NOW + 29 * DAY) == 0
    assert store.purge_pages(now=NOW + 30 * DAY) == 1
    assert store.purge_pages(now=NOW + 31 * DAY) == 0
    texts = store.frame("SELECT source, title, body, purged_at FROM report_texts ORDER BY number")
    assert texts["body"].tolist() == ["A convoy left the harbour.", ""]
    assert texts["title"].tolist() == ["Report a", "Convoy leaves"]
    assert texts["purged_at"].notna().tolist() == [False, True]
    assert store.frame("report_topics")["topic"].tolist() == ["sanctions"]
    assert store.count_pending() == 0


def test_an_edit_of_the_feed_after_retention_is_what_analysis_reads(store: Store) -> None:
    feed = with_rights(retention=DAY)
    ingest(store, entry("a"), feed=feed)
    [entry_id] = wanted_ids(store)
    store.save_page(record(entry_id), now=NOW)
    annotate_all(store)
    later = NOW + 2 * DAY
    assert store.purge_pages(now=later) == 1
    from monitor.types.plans import Disposition

    [lease] = leased(store, feed, now=later)
    edited = change(entry("a", "The convoy came back."), Disposition.REVISED, entry_id=entry_id)
    [done] = store.apply([plan(lease, edited, at=later)], now=later)
    assert not done.error
    [text] = store.pending_texts(limit=9)
    assert text.body == "The convoy came back."
    store.save_annotations([annotation(text)], now=later)
    assert store.count_pending() == 0


def test_robots_txt_is_kept_by_origin_and_a_host_that_asked_for_rest_is_left_alone(store: Store) -> None:
    files = (
        StoredRobots(
            origin="https://gazette.example", state="read", fetched_at=NOW, text="User-agent: *\x00"
        ),
        StoredRobots(
            origin="http://gazette.example",
            state="absent",
            fetched_at=NOW,
            next_page_at=NOW + HOUR,
        ),
    )
    hosts = [PageHost(host="gazette.example", robots=files)]
    store.save_page_hosts(hosts, now=NOW, stops={"gazette.example": NOW + HOUR})
    store.save_page_hosts(hosts, now=NOW + HOUR)
    found = store.page_hosts(["gazette.example", "other.example"], now=NOW)
    assert {
        file.origin: (file.state, file.text, file.next_page_at) for file in found["gazette.example"].robots
    } == {
        "https://gazette.example": ("read", "User-agent: *", None),
        "http://gazette.example": ("absent", "", NOW + HOUR),
    }
    assert found["other.example"] == PageHost(host="other.example")
    assert store.stopped_hosts(now=NOW) == {"gazette.example": NOW + HOUR}


def test_when_a_feed_of_the_host_was_asked_last_is_known(store: Store) -> None:
    ingest(store, entry("a"), feed=FULL)
    assert store.page_hosts(["gazette.example"], now=NOW + HOUR)["gazette.example"].asked_at == NOW
    assert store.page_hosts(["gazette.example"], now=NOW + DAY)["gazette.example"].asked_at is None


def test_a_story_whose_page_or_outlet_bars_machine_learning_is_handed_to_no_model(store: Store) -> None:
    ingest(store, entry("a"), entry("b"), feed=FULL)
    first, second = sorted(wanted_ids(store))
    store.save_page(record(first, consent=Consent(machine_learning=False)), now=NOW)
    store.save_page(record(second, sha256="cd" * 32), now=NOW)
    annotate_all(store)
    place_all(store)
    learnable = {text.entry_id: text.learnable for text in store.pending_clusters(limit=9)}
    assert learnable == {first: False, second: True}
    store.sync_sources([with_rights(machine_learning=False)], now=NOW)
    assert not any(text.learnable for text in store.pending_clusters(limit=9))
