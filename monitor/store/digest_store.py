"""The part of `Store` that serves digests: what may be in one, the digest itself, its deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy.engine import Connection

from monitor.store import digests, leases, told
from monitor.store.engine import Database
from monitor.types.digest import ToldStory
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
        also: Collection[int] = (),
    ) -> list[DigestCandidate]:
        """Entries observed in (since, until], and those of `also`, that have a topic accepted, by entry id."""
        return self._database.read(
            lambda c: digests.candidates(
                c, since=since_observed, until=until_observed, topics=topics, languages=languages, also=also
            )
        )

    def told_stories(
        self,
        name: str,
        *,
        clusters: Collection[int],
        ungrouped: Collection[int],
        since: dt.datetime,
        until: dt.datetime,
    ) -> list[ToldStory]:
        """What this list was last told of these clusters, and of entries that have no story (their ids).

        Removals are those in [since, until).
        """
        return self._database.read(
            lambda c: told.told(c, name, clusters=clusters, ungrouped=ungrouped, since=since, until=until)
        )

    def returning_entries(
        self,
        name: str,
        *,
        told_after: dt.datetime,
        since: dt.datetime,
        until: dt.datetime,
        clusters: Collection[int],
    ) -> set[int]:
        """Entries this list was told after `told_after`, edited or removed in [since, until) or of these clusters."""
        return self._database.read(
            lambda c: told.returning(
                c, name, told_after=told_after, since=since, until=until, clusters=clusters
            )
        )

    def carriers(self, story_ids: Collection[int]) -> dict[int, list[Carrier]]:
        """Who carries each story, the first first."""
        return self._database.read(lambda c: digests.carriers(c, story_ids))

    def headlines(
        self,
        clusters: Collection[int],
        language: str,
        *,
        countries: Collection[str] = (),
        ownership: Collection[str] = (),
    ) -> dict[int, DigestCandidate]:
        """Of each cluster the entry that told it first in `language`; one of these countries and owners first."""
        return self._database.read(
            lambda c: digests.headlines(c, clusters, language, countries=countries, ownership=ownership)
        )

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

    def mark_handed(self, delivery: Delivery) -> None:
        """The mail is about to be handed over; StaleLeaseError where another worker has taken the delivery over."""
        self._database.write(lambda c: digests.mark_handed(c, delivery))

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
        unknown: bool = False,
    ) -> None:
        """The mail did not go: try again at `retry_at`, or never. `hold` stops all mail to that address.

        `unknown`: it may have gone, no answer came after it was handed over.
        """
        self._database.write(
            lambda c: digests.mark_failed(
                c, delivery, now, error=error, retry_at=retry_at, hold=hold, unknown=unknown
            )
        )
