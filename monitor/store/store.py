"""`Store`: the one door to the database. Each method is one transaction; the work is in modules by subject.

sources -> leases -> known entries -> plans applied -> texts annotated -> stories -> views -> digests
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy.engine import Connection

from monitor.store import (
    apply,
    feeds,
    frames,
    leases,
    leasing,
    maintenance,
    migrate,
    placing,
    runs,
    stories,
)
from monitor.store.alert_store import AlertStore
from monitor.store.annotating_store import AnnotatingStore
from monitor.store.apply_feed import record_refusal
from monitor.store.apply_texts import store_article
from monitor.store.archive_store import ArchiveStore
from monitor.store.article_store import ArticleStore
from monitor.store.cluster_store import ClusterStore
from monitor.store.digest_store import DigestStore
from monitor.store.engine import Database, connect, display, parse_url, path_of
from monitor.store.evidence_store import EvidenceStore
from monitor.store.faults import data_fault, printable
from monitor.store.feed_lines import read_lines
from monitor.store.issues import SILENT, issue_row, resolve, upsert_issues
from monitor.store.known import known_entries
from monitor.store.ledger_store import LedgerStore
from monitor.store.post_store import PostStore
from monitor.store.raw_store import RawStore
from monitor.store.retention_store import RetentionStore
from monitor.store.review_store import ReviewStore
from monitor.store.rollup_store import RollupStore
from monitor.store.search_store import SearchStore
from monitor.store.translation_store import TranslationStore
from monitor.types.entries import Issue
from monitor.types.grouping import Candidate, FeedLines, Fingerprint, StoryDecision, StoryItem
from monitor.types.plans import AppliedFeed, FeedPlan, KnownEntry
from monitor.types.source import FeedLease, FeedSource
from monitor.types.storage import (
    KnownQuery,
    NamedLease,
    QuietFeed,
    RunRecord,
    StoryCounts,
    SyncReport,
)

if TYPE_CHECKING:
    import pandas as pd


class Store(
    AlertStore,
    AnnotatingStore,
    ArchiveStore,
    ArticleStore,
    ClusterStore,
    DigestStore,
    EvidenceStore,
    LedgerStore,
    PostStore,
    RawStore,
    RetentionStore,
    ReviewStore,
    RollupStore,
    SearchStore,
    TranslationStore,
):
    """A database at the revision of this program. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._frames = connect(database.url, read_only=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a database; StoreError with a hint where it is missing, of another revision or out of reach."""
        migrate.check(url)
        return cls(Database(parse_url(url)))

    @staticmethod
    def upgrade(url: str, *, now: dt.datetime) -> tuple[str | None, str | None]:
        """Migrate to the newest revision; (before, after). Refused while work is leased."""
        return migrate.upgrade(url, now=now)

    @staticmethod
    def check(url: str) -> str:
        """The revision of a database that is ready for use; StoreError with a hint otherwise."""
        return migrate.check(url)

    def close(self) -> None:
        """Give all connections back."""
        self._database.close()
        self._frames.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The database's address without its password, fit for logs."""
        return display(self._database.url)

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return path_of(self._database.url)

    # sources

    def sync_sources(self, sources: Sequence[FeedSource], *, now: dt.datetime) -> SyncReport:
        """Make the feeds those of the configuration; a feed gone from it is disabled, its entries stay."""
        return self._database.write(lambda c: feeds.sync_sources(c, sources, now))

    def lease_due(
        self,
        *,
        owner: str,
        now: dt.datetime,
        limit: int,
        lease_for: dt.timedelta,
        slugs: Collection[str] | None = None,
        ignore_due: bool = False,
        kinds: Collection[str] | None = None,
        host_limit: int | None = None,
    ) -> list[FeedLease]:
        """Lease up to `limit` feeds that are due, the most urgent first. No feed is leased twice at a time.

        With `host_limit` no host is two owners' at a time, and at most so many feeds of one host are leased.
        """
        return self._database.write(
            lambda c: leasing.lease_due(
                c,
                owner=owner,
                now=now,
                limit=limit,
                lease_for=lease_for,
                slugs=slugs,
                ignore_due=ignore_due,
                kinds=kinds,
                host_limit=host_limit,
            )
        )

    def release(self, held: Iterable[FeedLease], *, now: dt.datetime) -> int:
        """Give leases back without a result; how many were still held. The feeds stay due."""
        del now  # of every method, so that a release may be dated one day
        given = list(held)
        return self._database.write(lambda c: leasing.release(c, given))

    def extend(self, held: Sequence[FeedLease], *, until: dt.datetime) -> list[int]:
        """Keep leases until later; ids of the feeds whose lease is still held."""
        return self._database.write(lambda c: leasing.extend(c, held, until))

    def stopped_hosts(self, *, now: dt.datetime) -> dict[str, dt.datetime]:
        """Hosts that asked to be left alone, and until when."""
        return self._database.read(lambda c: feeds.stopped_hosts(c, now))

    def quiet_feeds(self, *, now: dt.datetime, quiet_for: dt.timedelta) -> list[QuietFeed]:
        """Feeds that may be silent: nothing new for `quiet_for`, held to a rate, or silent already."""
        return self._database.read(lambda c: feeds.quiet_feeds(c, now, quiet_for=quiet_for))

    def mark_silent(self, silent: Mapping[int, bool]) -> int:
        """Note which feeds are silent, by feed id; how many changed."""
        return self._database.write(lambda c: feeds.mark_silent(c, silent))

    def mark_silence(self, silent: Mapping[int, str], heard: Sequence[int], *, now: dt.datetime) -> int:
        """Feeds that fell silent, with the reason as an issue, and those that are heard again; how many changed."""

        def work(connection: Connection) -> int:
            rows = [issue_row(Issue(code=SILENT, detail=why), feed, now) for feed, why in silent.items()]
            upsert_issues(connection, rows)
            resolve(connection, SILENT, heard, now)
            return feeds.mark_silent(connection, dict.fromkeys(silent, True) | dict.fromkeys(heard, False))

        return self._database.write(work)

    def restore_feed(self, slug: str, *, now: dt.datetime) -> bool:
        """A person asks for a gone or dead feed again: due at once. False if there is no such feed."""
        return self._database.write(lambda c: feeds.restore(c, slug, now))

    # entries

    def known_entries(self, requests: Mapping[int, KnownQuery]) -> dict[int, list[KnownEntry]]:
        """For each feed id the stored entries that share an external id, canonical URL or text."""
        return self._database.read(lambda c: known_entries(c, requests))

    def apply(self, plans: Sequence[FeedPlan], *, now: dt.datetime) -> list[AppliedFeed]:
        """Apply plans, at most 50 a transaction; one answer a plan, in order.

        A batch that fails is repeated one by one, so that a poisoned plan costs only itself: its answer has
        `error`, and the feed says `store_refused`.
        """
        answers: list[AppliedFeed] = []
        for batch in apply.batches(plans):
            try:
                answers += self._apply(batch, now)
            except Exception as error:
                if not data_fault(error):
                    raise
                answers += [self._apply_alone(plan, now) for plan in batch]
        return answers

    def _apply(self, batch: Sequence[FeedPlan], now: dt.datetime) -> list[AppliedFeed]:
        return self._database.write(lambda c: apply.apply_batch(c, batch, now))

    def _apply_alone(self, plan: FeedPlan, now: dt.datetime) -> AppliedFeed:
        try:
            return self._apply([plan], now)[0]
        except Exception as error:
            if not data_fault(error):
                raise
            why = printable(error)
            self._database.write(lambda c: record_refusal(c, plan, now, why))
            return apply.refused(plan, "store_refused", why)

    def save_article(self, entry_id: int, *, title: str, body: str, sha256: str, now: dt.datetime) -> bool:
        """Store an article page's text beside the feed's; False where it is there already."""
        return self._database.write(lambda c: store_article(c, entry_id, title, body, sha256, now))

    # stories

    def pending_stories(self, *, limit: int, after: int = 0) -> list[StoryItem]:
        """Analysed entries without a story, by id from `after`."""
        return self._database.read(lambda c: stories.pending_stories(c, limit=limit, after=after))

    def candidates(
        self,
        *,
        keys: Collection[str],
        bands: Collection[int],
        since: dt.datetime,
        until: dt.datetime,
        languages: Collection[str] | None = None,
        bands_since: dt.datetime | None = None,
    ) -> list[Candidate]:
        """Stored items that share a key or a band, effective in [since, until]; found by indexed rows.

        At most the newest 64 of each; bands from `bands_since` on, where given.
        """
        return self._database.read(
            lambda c: stories.candidates(
                c,
                keys=keys,
                bands=bands,
                languages=languages,
                since=since,
                until=until,
                bands_since=bands_since,
            )
        )

    def save_stories(
        self,
        items: Sequence[StoryItem],
        fingerprints: Sequence[Fingerprint],
        decisions: Sequence[StoryDecision],
        *,
        now: dt.datetime,
        lease: NamedLease | None = None,
        lines: Sequence[FeedLines] = (),
    ) -> StoryCounts:
        """Place entries in stories as decided, with fingerprints, decisions and counted lines, in one transaction."""

        def work(connection: Connection) -> StoryCounts:
            leases.require(connection, lease)
            return placing.save_stories(connection, items, fingerprints, decisions, now, lines)

        return self._database.write(work)

    def feed_lines(self, feed_ids: Collection[int]) -> dict[int, FeedLines]:
        """What is counted of these feeds to learn their boilerplate."""
        return self._database.read(lambda c: read_lines(c, feed_ids))

    def prune_fingerprints(self, *, before: dt.datetime, limit: int = 10_000) -> int:
        """Forget fingerprints of entries that neither happened nor were seen since; how many, at most `limit`."""
        return self._database.write(lambda c: stories.prune_fingerprints(c, before, limit=limit))

    def prune_bands(self, *, before: dt.datetime, now: dt.datetime, limit: int = 10_000) -> int:
        """Forget only the bands of such entries, whose window is shorter; how many entries, at most `limit`."""
        return self._database.write(lambda c: stories.prune_bands(c, before, now, limit=limit))

    # named leases

    def lease_named(
        self, name: str, *, owner: str, now: dt.datetime, lease_for: dt.timedelta
    ) -> NamedLease | None:
        """Lease one named piece of work, or renew it; None while another owner holds it."""
        return self._database.write(lambda c: leases.take(c, name, owner=owner, now=now, lease_for=lease_for))

    def release_named(self, lease: NamedLease) -> bool:
        """Give a named lease back; False where another has taken it over."""
        return self._database.write(lambda c: leases.release(c, lease))

    # operations

    def start_run(self, kind: str, *, now: dt.datetime, key: str | None = None) -> int:
        """Note that a run begins; its id."""
        return self._database.write(lambda c: runs.start(c, kind, now, key))

    def finish_run(
        self,
        run_id: int,
        *,
        now: dt.datetime,
        outcome: str = "done",
        counts: Mapping[str, object] | None = None,
        error: str = "",
    ) -> None:
        """Note how a run ended: `done`, `partial` or `failed`."""
        self._database.write(lambda c: runs.finish(c, run_id, now, outcome, counts, error))

    def recent_runs(self, *, limit: int = 20, kind: str | None = None) -> list[RunRecord]:
        """The latest runs, newest first."""
        return self._database.read(lambda c: runs.recent(c, limit, kind))

    def record_issues(self, found: Sequence[Issue], *, now: dt.datetime, feed_id: int | None = None) -> None:
        """Store issues that belong to no plan."""
        rows = [issue_row(issue, feed_id, now) for issue in found]
        self._database.write(lambda c: upsert_issues(c, rows))

    def prune(self, log: str, *, before: dt.datetime, limit: int = 10_000) -> int:
        """Delete old rows of a log (`fetches`, `raw_bodies`, resolved `issues`, ended `runs`); how many went."""
        return self._database.write(lambda c: maintenance.prune(c, log, before, limit))

    def optimise(self) -> None:
        """Refresh the database's statistics; worth it after the first large poll, then once a day."""
        self._database.write(maintenance.optimise)

    def status_summary(self, *, now: dt.datetime) -> dict[str, Any]:
        """Figures for `monitor status`."""
        return self._database.read(lambda c: runs.status(c, now))

    def frame(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """A `report_` view by name, or a SELECT over views with `:name` parameters, as a data frame."""
        return frames.frame(self._frames, query, params)

    def stream(
        self, query: str, params: Mapping[str, Any] | None = None, *, rows: int = 5_000
    ) -> Iterator[pd.DataFrame]:
        """The same in parts of at most so many rows: memory does not grow with the answer."""
        return frames.stream_views(self._frames, query, params, rows)


__all__ = ["Store"]
