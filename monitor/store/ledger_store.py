"""The part of `Store` that serves chains, the ledger and flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.engine import Connection

from monitor.store import claim_rows, leases, ledger
from monitor.store.engine import Database
from monitor.types.annotations import Claim
from monitor.types.ledger import Aside, Chain, CitedMedium, LedgerClaim, LineChange
from monitor.types.storage import NamedLease


class LedgerStore:
    """Chains of citations and lines of the ledger; `Store` is the whole."""

    _database: Database

    def add_claims(
        self, entry_uid: str, revision_id: int, found: Sequence[Claim], *, now: dt.datetime
    ) -> int:
        """Store further claims of a text that no claim in force says; how many. None where the text has changed."""
        return self._database.write(lambda c: claim_rows.add_claims(c, entry_uid, revision_id, found, now))

    def outlet_names(self) -> list[tuple[str, list[str]]]:
        """Every polled outlet, with the names of its channels."""
        return self._database.read(ledger.outlet_names)

    def cited_media(self, entry_ids: Collection[int]) -> dict[int, tuple[CitedMedium, ...]]:
        """The media that entries cite, as people decided."""
        return self._database.read(lambda c: ledger.cited_media(c, entry_ids))

    def clusters_at(self, urls: Collection[str]) -> set[int]:
        """The clusters of entries that are at these canonical addresses."""
        return self._database.read(lambda c: ledger.clusters_at(c, urls))

    def posts_of(
        self, entry_ids: Collection[int]
    ) -> dict[int, tuple[tuple[tuple[str, int], ...], tuple[str, int | None] | None]]:
        """Of entries from channels: the posts that each is, and the post that it forwards."""
        return self._database.read(lambda c: ledger.posts_of(c, entry_ids))

    def ledger_claims(self, entry_ids: Collection[int]) -> list[LedgerClaim]:
        """Current claims of entries, without those that a person rejected."""
        return self._database.read(lambda c: ledger.ledger_claims(c, entry_ids))

    def save_settled(
        self,
        chains: Mapping[tuple[int, int], Chain],
        roots: Mapping[int, str | None],
        settled: ledger.Settled,
        *,
        aside: Mapping[int, Aside] | None = None,
        now: dt.datetime,
        lease: NamedLease | None = None,
    ) -> list[LineChange]:
        """Write chains, roots of claims and the lines of clusters with their flows, in one transaction; what is new.

        `aside`: the claims that do not count, with the reason.
        """

        def work(connection: Connection) -> list[LineChange]:
            leases.require(connection, lease)
            return ledger.save_settled(connection, chains, roots, settled, now, aside or {})

        return self._database.write(work)
