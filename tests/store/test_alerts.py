"""Alerts as rows: fired once for a rule, delivered under a lease that a late worker has lost."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.errors import StaleLeaseError
from monitor.store import Store
from monitor.types.alerts import Alert
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


def test_a_channel_that_took_it_is_remembered_until_all_did(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    first = store.lease_alert({"r"}, owner="w", now=NOW, lease_for=LEASE)
    assert first is not None
    store.record_alert(first, now=NOW, done=["mail x"], error="webhook y: http_503", retry_at=NOW + LEASE)
    assert store.lease_alert({"r"}, owner="w", now=NOW, lease_for=LEASE) is None
    again = store.lease_alert({"r"}, owner="w", now=NOW + LEASE, lease_for=LEASE)
    assert again is not None
    assert (again.done, again.attempts) == (("mail x",), 2)
    store.record_alert(again, now=NOW + LEASE, done=["mail x", "webhook y"])
    assert store.lease_alert({"r"}, owner="w", now=NOW + 9 * LEASE, lease_for=LEASE) is None


def test_a_late_worker_is_refused(store: Store) -> None:
    store.save_alerts([alert("a")], now=NOW)
    stuck = store.lease_alert({"r"}, owner="stuck", now=NOW, lease_for=LEASE)
    other = store.lease_alert({"r"}, owner="other", now=NOW + 2 * LEASE, lease_for=LEASE)
    assert stuck is not None
    assert other is not None
    store.record_alert(other, now=NOW + 2 * LEASE, done=["mail x"])
    with pytest.raises(StaleLeaseError):
        store.record_alert(stuck, now=NOW + 2 * LEASE, done=["mail x"])
