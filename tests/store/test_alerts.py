"""Alerts as rows: fired once for a rule, delivered under a lease that a late worker has lost."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.errors import StaleLeaseError
from monitor.store import Store
from monitor.types.alerts import Alert, ChannelTold, LeasedAlert
from tests.store.making import NOW

LEASE = dt.timedelta(minutes=5)


def alert(key: str, rule: str = "r") -> Alert:
    return Alert(rule=rule, key=key, subject=f"s {key}", body="b\n", at=NOW, reason={"kind": "burst"})


def test_an_alert_fires_once_for_its_rule(store: Store) -> None:
    assert store.save_alerts([alert("a"), alert("b")], now=NOW) == 2
    assert store.save_alerts([alert("a"), alert("a", "other")], now=NOW) == 1
    assert store.fired_alerts("r", ["a", "b", "c"]) == {"a", "b"}


def test_held_alerts_are_kept_and_not_sent(store: Store) -> None:
    store.save_alerts([alert("a"), alert("b")], now=NOW, hold={"b"})
    assert store.count_alerts("r", since=NOW) == 1
    taken = store.lease_alert({"r"}, owner="w", now=NOW, lease_for=LEASE)
    assert taken is not None
    assert taken.subject == "s a"
    assert store.lease_alert({"r"}, owner="w", now=NOW, lease_for=LEASE) is None


def test_only_rules_that_are_awake_are_served(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    assert store.lease_alert({"other"}, owner="w", now=NOW, lease_for=LEASE) is None


def take(store: Store, owner: str = "w", now: dt.datetime = NOW) -> LeasedAlert | None:
    return store.lease_alert({"r"}, owner=owner, now=now, lease_for=LEASE)


def test_a_channel_that_took_it_is_remembered_until_all_did(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    first = take(store)
    assert first is not None
    assert first.channels == {}
    store.tell_channel(first, "mail x", ChannelTold(state="sent", handed=1), now=NOW)
    store.tell_channel(first, "webhook y", ChannelTold(error="http_503"), now=NOW)
    store.record_alert(first, now=NOW, error="webhook y: http_503", retry_at=NOW + LEASE)
    assert take(store) is None
    again = take(store, now=NOW + LEASE)
    assert again is not None
    assert again.attempts == 2
    assert again.channels == {
        "mail x": ChannelTold(state="sent", handed=1), "webhook y": ChannelTold(error="http_503"),
    }  # fmt: skip
    store.tell_channel(again, "webhook y", ChannelTold(state="sent", handed=1), now=NOW)
    store.record_alert(again, now=NOW + LEASE)
    assert take(store, now=NOW + 9 * LEASE) is None
    [row] = store.frame("report_alerts").to_dict("records")
    assert (row["state"], row["attempts"], row["last_error"]) == ("sent", 2, "")


def test_whoever_takes_over_knows_what_was_handed_over(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    killed = take(store)
    assert killed is not None
    store.tell_channel(killed, "mail x", ChannelTold(handed=1), now=NOW)
    other = take(store, "other", NOW + 2 * LEASE)
    assert other is not None
    assert other.channels["mail x"].handed == 1


def test_a_late_worker_is_refused(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    stuck, other = take(store, "stuck"), take(store, "other", NOW + 2 * LEASE)
    assert stuck is not None
    assert other is not None
    for late in (
        lambda: store.tell_channel(stuck, "mail x", ChannelTold(handed=1), now=NOW),
        lambda: store.record_alert(stuck, now=NOW),
    ):
        with pytest.raises(StaleLeaseError):
            late()
    store.record_alert(other, now=NOW + 2 * LEASE)
    with pytest.raises(StaleLeaseError):
        store.tell_channel(other, "mail x", ChannelTold(handed=1), now=NOW)


def test_an_address_that_takes_no_mail_is_known_to_digests_and_alerts(store: Store) -> None:
    store.hold_address("gone@example.org", "550 5.1.1 no such user", now=NOW)
    store.hold_address("gone@example.org", "again", now=NOW)
    assert store.held_addresses(["gone@example.org", "desk@example.org"]) == {"gone@example.org"}
