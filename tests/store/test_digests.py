"""Digests and deliveries: stored at once, sent once, with one Message-ID whatever the attempt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from monitor.errors import StaleLeaseError
from monitor.store import Store
from monitor.types.storage import Delivery, DigestItem, DigestRecord
from tests.store.making import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    annotate_all,
    decision,
    entry,
    ingest,
    place_all,
    source,
)

TODAY = NOW.date()
DESK = {"desk@example.org": "<daily-1@monitor>"}


def record(day: dt.date = TODAY, **values: Any) -> DigestRecord:
    defaults: dict[str, Any] = {
        "name": "daily",
        "day": day,
        "period_start": NOW - DAY,
        "period_end": NOW,
        "subject": "Arms transfers: 3 reports",
        "html": "<p>…</p>",
        "text": "…",
        "message": b"Subject: x",
        "items": (DigestItem(section="sanctions", entry_id=None, story_id=4),),
        "counts": {"stories": 1},
    }
    return DigestRecord(**(defaults | values))


def take(store: Store, owner: str = "w1", now: dt.datetime = NOW) -> Delivery | None:
    return store.lease_delivery(owner=owner, now=now, lease_for=LEASE)


def states(store: Store) -> dict[str, str]:
    frame = store.frame("report_deliveries")
    return dict(zip(frame["recipient"], frame["state"], strict=True))


# what may be in it


def test_candidates_are_entries_observed_in_the_period_with_an_accepted_topic(store: Store) -> None:
    for hours, key in ((0, "before"), (1, "first"), (2, "last"), (3, "after")):
        ingest(store, entry(key), now=NOW + hours * HOUR)
    annotate_all(store, "sanctions", "nuclear")
    place_all(store)
    found = store.list_digest_candidates(
        since_observed=NOW, until_observed=NOW + 2 * HOUR, topics=["sanctions", "arms-transfers"]
    )
    assert [one.title for one in found] == ["Report first", "Report last"]
    assert found[0].topics == {"sanctions": 0.9}
    assert found[0].story_id is not None
    assert (found[0].outlet, found[0].country, found[0].ownership) == ("Gazette", "GB", "unknown")


def test_candidates_may_be_limited_by_language(store: Store) -> None:
    ingest(store, entry("1"))
    annotate_all(store, "sanctions", language="fr")
    asked = {"since_observed": NOW - HOUR, "until_observed": NOW, "topics": ["sanctions"]}
    assert len(store.list_digest_candidates(**asked, languages=["fr"])) == 1
    assert store.list_digest_candidates(**asked, languages=["en"]) == []


def test_carriers_of_a_story_come_first_first(store: Store) -> None:
    ingest(store, entry("late", published_at=NOW - HOUR), feed=source("late"))
    ingest(store, entry("early", published_at=NOW - DAY), feed=source("early"))
    annotate_all(store)
    late, early = sorted(store.pending_stories(limit=9), key=lambda item: item.entry_id)
    decided = [decision(late.entry_id), decision(early.entry_id, late.entry_id)]
    store.save_stories([late, early], [], decided, now=NOW)
    [story] = store.frame("report_stories")["story_id"]
    assert [one.outlet for one in store.carriers([story])[story]] == ["Early", "Late"]


# built once


def test_a_digest_is_stored_with_its_deliveries(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    assert states(store) == {"desk@example.org": "ready"}
    assert store.find_digest("daily", NOW.date()) == record()
    assert store.last_digest_end("daily") == NOW
    assert store.last_digest_end("weekly") is None


def test_a_second_digest_of_that_day_leaves_the_first_as_it_is(store: Store) -> None:
    first = store.save_digest(record(), recipients=DESK, now=NOW)
    other = {"desk@example.org": "<other@monitor>", "new@example.org": "<new@monitor>"}
    assert store.save_digest(record(subject="other"), recipients=other, now=NOW + HOUR) == first
    found = store.find_digest("daily", NOW.date())
    assert found is not None
    assert found.subject == "Arms transfers: 3 reports"
    assert store.frame("report_deliveries")["message_id"].tolist() == ["<daily-1@monitor>"]


# sent once


def test_a_delivery_is_leased_sent_and_never_taken_again(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    mail = take(store)
    assert mail is not None
    assert (mail.recipient, mail.message_id, mail.attempts) == ("desk@example.org", "<daily-1@monitor>", 1)
    assert (mail.subject, mail.message) == ("Arms transfers: 3 reports", b"Subject: x")
    assert take(store, "w2") is None
    store.mark_sent(mail, now=NOW + MINUTE)
    assert take(store, "w2", NOW + DAY) is None
    [row] = store.frame("report_deliveries").to_dict("records")
    assert (row["state"], row["sent_at"], row["attempts"]) == ("sent", NOW + MINUTE, 1)


def test_a_mail_whose_sender_died_is_taken_over_with_the_same_message_id(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    dead, again = take(store), take(store, "w2", NOW + LEASE)
    assert dead is not None
    assert again is not None
    assert again.message_id == dead.message_id
    assert again.attempts == 2
    with pytest.raises(StaleLeaseError, match="daily-1"):
        store.mark_sent(dead, now=NOW + LEASE)
    store.mark_sent(again, now=NOW + LEASE)


def test_a_mail_whose_sender_died_after_handing_it_over_says_so_until_an_answer_refuses_it(
    store: Store,
) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    mail = take(store)
    assert mail is not None
    store.mark_handed(mail)
    again = take(store, "w2", NOW + LEASE)
    assert again is not None
    assert (mail.handed, again.handed) == (0, 1)
    with pytest.raises(StaleLeaseError):
        store.mark_handed(mail)
    store.mark_handed(again)
    store.mark_failed(again, now=NOW, error="451 later", retry_at=NOW)
    third = take(store, now=NOW + HOUR)
    assert third is not None
    assert third.handed == 1, "the second was refused for sure, the first is as doubtful as before"
    store.mark_handed(third)
    store.mark_failed(third, now=NOW, error="the line broke", retry_at=NOW, unknown=True)
    fourth = take(store, now=NOW + HOUR)
    assert fourth is not None
    assert fourth.handed == 2


def test_a_passing_error_is_tried_again_at_its_time(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    mail = take(store)
    assert mail is not None
    store.mark_failed(mail, now=NOW, error="451 try later", retry_at=NOW + HOUR)
    assert take(store, now=NOW + HOUR - MINUTE) is None
    again = take(store, now=NOW + HOUR)
    assert again is not None
    assert again.attempts == 2
    assert store.frame("report_deliveries")["last_error"].tolist() == ["451 try later"]


def test_a_lasting_error_ends_it_and_may_hold_the_address(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    mail = take(store)
    assert mail is not None
    store.mark_failed(mail, now=NOW, error="550 no such user", hold=True)
    assert states(store) == {"desk@example.org": "failed"}
    tomorrow = record(NOW.date() + DAY)
    store.save_digest(tomorrow, recipients={"desk@example.org": "<daily-2@monitor>"}, now=NOW + DAY)
    assert take(store, now=NOW + DAY) is None
    assert sorted(store.frame("report_deliveries")["state"]) == ["failed", "held"]


def test_deliveries_of_one_digest_can_be_asked_for(store: Store) -> None:
    store.save_digest(record(), recipients=DESK, now=NOW)
    assert store.lease_delivery(owner="w", now=NOW, lease_for=LEASE, name="weekly") is None
    assert store.lease_delivery(owner="w", now=NOW, lease_for=LEASE, name="daily") is not None
