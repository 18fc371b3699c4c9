"""The part of `Store` that serves digests: what may be in one, the digest itself, its deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy.engine import Connection

from monitor.store import digests, leases
from monitor.store.engine import Database
from monitor.types.storage import Carrier, Delivery, DigestCandidate, DigestRecord, NamedLease


class DigestStore:
    """Digests and their outbox; `Store` is the whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_digest_candidates(
        self,
        *,
        since_observed: dt.datetime,
        until_observed: dt.datetime,
        topics: Collection[str],
        languages: Collection[str] | None = None,
    ) -> list[DigestCandidate]:
        """Entries observed in (since, until] that have one of the topics accepted, by entry id."""
        return self._database.read(
            lambda c: digests.candidates(
                c, since=since_observed, until=until_observed, topics=topics, languages=languages
            )
        )

    def carriers(self, story_ids: Collection[int]) -> dict[int, list[Carrier]]:
        """Who carries each story, the first first."""
        return self._database.read(lambda c: digests.carriers(c, story_ids))

    def shown_stories(self, name: str) -> dict[int, dt.date]:
        """Stories that this digest has shown already, and the last day it did."""
        return self._database.read(lambda c: digests.shown(c, name))

    def last_digest_end(self, name: str) -> dt.datetime | None:
        """End of the period that the latest digest of that name covers."""
        return self._database.read(lambda c: digests.last_end(c, name))

    def save_digest(
        self,
        record: DigestRecord,
        *,
        recipients: Mapping[str, str],
        now: dt.datetime,
        lease: NamedLease | None = None,
    ) -> int:
        """Store a digest and its deliveries (recipient to Message-ID) at once; its id.

        A digest of that name and day that is there already stays as it is, with its deliveries.
        """

        def work(connection: Connection) -> int:
            leases.require(connection, lease)
            return digests.save(connection, record, recipients, now)

        return self._database.write(work)

    def find_digest(self, name: str, day: dt.date) -> DigestRecord | None:
        """The digest of that day as it was built."""
        return self._database.read(lambda c: digests.find(c, name, day))

    def lease_delivery(
        self, *, owner: str, now: dt.datetime, lease_for: dt.timedelta, name: str | None = None
    ) -> Delivery | None:
        """Take the next mail that is due to be sent; None when there is none."""
        return self._database.write(
            lambda c: digests.lease_delivery(c, owner=owner, now=now, lease_for=lease_for, name=name)
        )

    def mark_sent(self, delivery: Delivery, *, now: dt.datetime) -> None:
        """The server took the mail. StaleLeaseError where another worker has taken the delivery over."""
        self._database.write(lambda c: digests.mark_sent(c, delivery, now))

    def mark_failed(
        self,
        delivery: Delivery,
        *,
        now: dt.datetime,
        error: str,
        retry_at: dt.datetime | None = None,
        hold: bool = False,
    ) -> None:
        """The mail did not go: try again at `retry_at`, or never. `hold` stops all mail to that address."""
        self._database.write(
            lambda c: digests.mark_failed(c, delivery, now, error=error, retry_at=retry_at, hold=hold)
        )
