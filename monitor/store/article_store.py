"""The part of `Store` that serves full text: pages wanted, attempts, what may be done with a text, robots.txt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy.engine import Connection

from monitor.store import articles, leases
from monitor.store.engine import Database
from monitor.types.article import Consent, PageHost, PageRecord, PageWanted
from monitor.types.storage import NamedLease


class ArticleStore:
    """Pages of entries; `Store` is the whole."""

    _database: Database

    def wanted_pages(self, *, now: dt.datetime, limit: int, per_feed: int = 1000) -> list[PageWanted]:
        """New entries of feeds with `full_text` whose page is to be fetched, the newest first."""
        return self._database.read(lambda c: articles.wanted(c, now, limit=limit, per_feed=per_feed))

    def save_page(self, page: PageRecord, *, now: dt.datetime, lease: NamedLease | None = None) -> bool:
        """Store one attempt with what the page permits and its text; whether a text was stored."""

        def work(connection: Connection) -> bool:
            leases.require(connection, lease)
            return articles.save_page(connection, page, now)

        return self._database.write(work)

    def consents(self, entry_ids: Collection[int]) -> dict[int, Consent]:
        """By entry id what its outlet and, where its text is the page's, the page permit; the stricter counts."""
        return self._database.read(lambda c: articles.consents(c, entry_ids))

    def page_hosts(self, names: Collection[str], *, now: dt.datetime) -> dict[str, PageHost]:
        """Hosts of pages with the robots.txt files that are kept."""
        return self._database.read(lambda c: articles.page_hosts(c, names, now))

    def save_page_hosts(
        self,
        known: Iterable[PageHost],
        *,
        now: dt.datetime,
        stops: Mapping[str, dt.datetime] | None = None,
    ) -> None:
        """Keep the robots.txt files of hosts, and `stops`: hosts that asked to be left alone until a time."""
        rows = list(known)
        self._database.write(lambda c: articles.save_hosts(c, rows, stops or {}, now))

    def purge_pages(self, *, now: dt.datetime) -> int:
        """Empty the texts of pages whose outlet's `rights.retention` has passed; how many."""
        return self._database.write(lambda c: articles.purge(c, now))
