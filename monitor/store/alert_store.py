"""The part of `Store` that keeps alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from monitor.store import alerts
from monitor.store.engine import Database
from monitor.types.alerts import Alert, ChannelTold, LeasedAlert


class AlertStore:
    """Alerts and their delivery; `Store` is the whole."""

    _database: Database

    def fired_alerts(self, rule: str, keys: Collection[str]) -> set[str]:
        """Those of `keys` for which `rule` has fired already."""
        return self._database.read(lambda c: alerts.fired(c, rule, keys))

    def save_alerts(self, batch: Sequence[Alert], *, now: dt.datetime, hold: Collection[str] = ()) -> int:
        """Store alerts, each once; those whose key is in `hold` are kept unsent. How many are new."""
        return self._database.write(lambda c: alerts.save(c, batch, now, hold=hold))

    def count_alerts(self, rule: str, *, since: dt.datetime) -> int:
        """How many alerts of a rule were to be sent since then."""
        return self._database.read(lambda c: alerts.count_since(c, rule, since))

    def lease_alert(
        self, rules: Collection[str], *, owner: str, now: dt.datetime, lease_for: dt.timedelta
    ) -> LeasedAlert | None:
        """Take the next alert of `rules` that is due; None when there is none."""
        return self._database.write(
            lambda c: alerts.lease(c, rules, owner=owner, now=now, lease_for=lease_for)
        )

    def tell_channel(self, held: LeasedAlert, channel: str, told: ChannelTold, *, now: dt.datetime) -> None:
        """Note what a channel was told, or is about to be. StaleLeaseError where another worker has the alert."""
        self._database.write(lambda c: alerts.tell_channel(c, held, channel, told, now))

    def record_alert(
        self, held: LeasedAlert, *, now: dt.datetime, error: str = "", retry_at: dt.datetime | None = None
    ) -> None:
        """Note what became of a leased alert. StaleLeaseError where another worker has it now."""
        self._database.write(lambda c: alerts.record(c, held, now, error=error, retry_at=retry_at))

    def held_addresses(self, addresses: Collection[str]) -> set[str]:
        """Those of these addresses that take no mail."""
        return self._database.read(lambda c: alerts.held_addresses(c, addresses))

    def hold_address(self, address: str, reason: str, *, now: dt.datetime) -> None:
        """Write no more to an address that does not exist."""
        self._database.write(lambda c: alerts.hold_address(c, address, reason, now))
