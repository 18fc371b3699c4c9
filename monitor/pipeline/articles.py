"""articles: the pages of new entries whose feed has `full_text`, fetched as a guest, read in workers, stored.

    wanted pages ─► by host ─► robots.txt, page ─► read (processes) ─► attempt, consent, text (one transaction)

One such run at a time, by a leased row: politeness between pages needs one clock. A host's pages follow each other;
one page of a URL serves all entries that name it. What is not reached in time waits for the next run.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from monitor.config import feed_proxies
from monitor.fetch import Fetcher, FetchOptions, Robots, RobotsFile
from monitor.fetch.articles import ArticleFetcher
from monitor.fetch.robots import RobotsState
from monitor.normalise.entry import body_hash
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.page_copies import with_page
from monitor.pipeline.pages import PagePool, PageTask
from monitor.pipeline.reading import ReadFailed
from monitor.pipeline.workspace import Workspace, recorded
from monitor.polling.outage import MIN_UNRESOLVED, UNREACHED
from monitor.text.clean import clean_line, clean_text
from monitor.types.article import (
    Article,
    ArticleFetched,
    ArticleOutcome,
    Disallowed,
    PageHost,
    PageOutcome,
    PageRead,
    PageRecord,
    PageWanted,
    StoredRobots,
)
from monitor.types.fetching import FailureKind, FetchFailed
from monitor.types.results import ArticleResult
from monitor.types.storage import NamedLease

T = TypeVar("T")

#: Entries that one call takes at most, and pages of one host or feed among them: no host fills a run.
PAGES, PAGES_PER_HOST = 500, 40
#: Seconds after which a call asks for no further page: entries wait for their analysis meanwhile.
LONGEST = 300.0
#: Hosts asked side by side; each holds one page of 2 MB at most.
HOSTS_AT_ONCE = 50
#: Waits after the first and the second passing failure of a page; after the third the feed's text is what there is.
RETRIES = (dt.timedelta(hours=2), dt.timedelta(hours=8))
#: The lease on fetching pages, and how often (seconds) it is renewed.
LEASE_NAME, LEASE, HEARTBEAT = "articles", dt.timedelta(minutes=4), 60.0


async def fetch_articles(workspace: Workspace, *, limit: int = PAGES) -> ArticleResult:
    """Fetch the pages that new entries of feeds with `full_text` lack, of at most `limit` entries; store their texts.

    Also empties what outlets allow to be kept no longer. Does nothing while another worker is at it.
    """
    store, now = workspace.store, workspace.clock()
    purged = await asyncio.to_thread(lambda: store.purge_pages(now=now))
    if not await asyncio.to_thread(lambda: store.wanted_pages(now=now, limit=1)):
        return ArticleResult(purged=purged)
    lease = _leased(workspace)
    if lease is None:
        return ArticleResult(purged=purged)
    try:
        with recorded(workspace, "articles") as counts:
            result = replace(await _fetch(workspace, lease, limit), purged=purged)
            counts.update({"entries": result.entries} | dict(result.outcomes))
    finally:
        store.release_named(lease)
    return result


def _leased(workspace: Workspace) -> NamedLease | None:
    """The lease on fetching pages, taken or renewed; None while another worker has it."""
    return workspace.store.lease_named(
        LEASE_NAME, owner=workspace.owner, now=workspace.clock(), lease_for=LEASE
    )


async def _fetch(workspace: Workspace, lease: NamedLease, limit: int) -> ArticleResult:
    store, now = workspace.store, workspace.clock()
    wanted = await asyncio.to_thread(
        lambda: store.wanted_pages(now=now, limit=limit, per_feed=PAGES_PER_HOST)
    )
    by_host = pages_by_host(wanted)
    known = await asyncio.to_thread(lambda: store.page_hosts(by_host, now=now))
    options = replace(fetch_options(workspace), now=workspace.clock)
    async with (
        PagePool(workspace.config.polling.parsers) as pages,
        Fetcher(options, stops=store.stopped_hosts(now=now)) as fetcher,
    ):
        return await _Run(workspace, lease, options, fetcher, pages, known).result(by_host)


def pages_by_host(wanted: Iterable[PageWanted]) -> dict[str, list[list[PageWanted]]]:
    """Entries by host and page, in the order given; at most `PAGES_PER_HOST` pages of a host."""
    by_url: dict[str, list[PageWanted]] = defaultdict(list)
    for one in wanted:
        by_url[one.url.partition("#")[0]].append(one)
    by_host: dict[str, list[list[PageWanted]]] = defaultdict(list)
    for url, entries in by_url.items():
        pages = by_host[_host(url)]
        if len(pages) < PAGES_PER_HOST:
            pages.append(entries)
    return dict(by_host)


class _Run:
    """One call: the hosts side by side, and what came of their pages."""

    def __init__(
        self,
        workspace: Workspace,
        lease: NamedLease,
        options: FetchOptions,
        fetcher: Fetcher,
        pages: PagePool,
        known: Mapping[str, PageHost],
    ) -> None:
        self._workspace = workspace
        self._lease = lease
        self._options = options
        self._fetcher = fetcher
        self._pages = pages
        self._known = known
        self._stops = dict(fetcher.stops)
        files = [file for host in known.values() for file in host.robots]
        self._not_before = {f.origin: f.next_page_at for f in files if f.next_page_at is not None}
        self._robots = Robots(fetcher, [_robots_file(file) for file in files])
        self._articles = ArticleFetcher(fetcher, self._robots)
        self._room = asyncio.Semaphore(HOSTS_AT_ONCE)
        self._ends = options.clock() + LONGEST
        self._reached = 0
        self._late: list[tuple[str, PageRecord]] = []
        self._result = ArticleResult()
        self._keep = workspace.config.retention.keeps_pages
        self._proxies = feed_proxies(workspace.config)

    async def result(self, by_host: Mapping[str, Sequence[Sequence[PageWanted]]]) -> ArticleResult:
        """Fetch until all is done or time is up; the heartbeat runs beside."""
        try:
            async with asyncio.TaskGroup() as group:
                heartbeat = group.create_task(self._keep_lease())
                hosts = [group.create_task(self._host(host, pages)) for host, pages in by_host.items()]
                await asyncio.gather(*hosts)
                heartbeat.cancel()
        except ExceptionGroup as errors:
            # one fault stops the run; its own error is clearer than a group around it
            raise errors.exceptions[0] from errors
        finally:
            await self._keep_hosts()
        await self._judge()
        taken = self._result.entries
        everything = sum(len(page) for pages in by_host.values() for page in pages)
        return replace(self._result, left=everything - taken)

    async def _store(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def _host(self, host: str, pages: Sequence[Sequence[PageWanted]]) -> None:
        """The pages of a host, one after the other."""
        async with self._room:
            await self._wait_for_feeds(host)
            for page in pages:
                wait = self._must_wait(page[0].url)
                if self._options.clock() + wait >= self._ends:
                    return
                if wait:
                    await self._options.sleep(wait)
                await self._page(page)
                await self._space(page[0])

    async def _wait_for_feeds(self, host: str) -> None:
        """The poll before this run may have just asked the host for a feed."""
        known = self._known.get(host)
        if known is None or known.asked_at is None:
            return
        since = (self._workspace.clock() - known.asked_at).total_seconds()
        if 0 <= since < self._options.host_gap:
            await self._options.sleep(self._options.host_gap - since)

    def _proxy(self, page: PageWanted) -> str | None:
        """With its password, which the database does not hold."""
        return self._proxies.get(page.feed, page.proxy)

    def _must_wait(self, url: str) -> float:
        """Seconds of a Crawl-delay that are left, maybe from an earlier run."""
        not_before = self._not_before.get(_origin(url))
        return 0.0 if not_before is None else max(0.0, (not_before - self._workspace.clock()).total_seconds())

    async def _space(self, page: PageWanted) -> None:
        """Note until when a Crawl-delay holds, also for the next run, another process."""
        origin = _origin(page.url)
        if origin not in self._robots.files:
            return
        delay = (await self._robots.permission(page.url, proxy=self._proxy(page))).crawl_delay_s
        if delay is not None and delay > self._options.host_gap:
            self._not_before[origin] = self._workspace.clock() + dt.timedelta(seconds=delay)

    async def _page(self, entries: Sequence[PageWanted]) -> None:
        """Fetch and read one page and store what came of it for each entry that names it."""
        first = entries[0]
        outcome = await self._articles.fetch(first.url, proxy=self._proxy(first))
        read = await self._read(outcome) if isinstance(outcome, ArticleFetched) else None
        now = self._workspace.clock()
        records = [page_record(entry, outcome, read, now) for entry in entries]
        if isinstance(outcome, ArticleFetched):
            records = await asyncio.to_thread(with_page, records, outcome, now, self._keep)
        unreached = isinstance(outcome, FetchFailed) and outcome.code in UNREACHED
        self._reached += not unreached
        for record in records:
            if record is None:
                continue
            if unreached:
                self._late.append((_host(first.url), record))
            else:
                await self._save(record)

    async def _read(self, fetched: ArticleFetched) -> PageRead | ReadFailed:
        page = fetched.page
        return await self._pages.read(
            PageTask(
                body=page.body, url=page.url, content_type=fetched.content_type, headers=dict(page.headers)
            )
        )

    async def _save(self, record: PageRecord) -> None:
        now = self._workspace.clock()
        await self._store(lambda: self._workspace.store.save_page(record, now=now, lease=self._lease))
        self._result += ArticleResult(
            outcomes={record.outcome.value: 1}, retries=int(record.next_try_at is not None)
        )

    async def _judge(self) -> None:
        """Pages that gave no answer: if nothing did, the fault is ours, and they were not tried."""
        hosts = {host for host, _ in self._late}
        if not self._reached and len(hosts) >= MIN_UNRESOLVED:
            self._result = replace(self._result, outage=True)
            return
        for _, record in self._late:
            await self._save(record)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            renewed = await self._store(lambda: _leased(self._workspace))
            if renewed is not None:
                self._lease = renewed

    async def _keep_hosts(self) -> None:
        """robots.txt for the next run, and hosts that asked to be left alone."""
        before = {file.origin: file for host in self._known.values() for file in host.robots}
        hosts: dict[str, list[StoredRobots]] = defaultdict(list)
        changed: set[str] = set()
        for origin, file in self._robots.files.items():
            stored = StoredRobots(
                origin=origin,
                state=file.state.value,
                fetched_at=file.fetched_at,
                text=file.text,
                next_page_at=self._not_before.get(origin),
            )
            hosts[_host(origin)].append(stored)
            if stored != before.get(origin):
                changed.add(_host(origin))
        stops = {host: until for host, until in self._fetcher.stops.items() if self._stops.get(host) != until}
        known = [PageHost(host=host, robots=tuple(hosts[host])) for host in sorted(changed)]
        now = self._workspace.clock()
        if known or stops:
            await self._store(lambda: self._workspace.store.save_page_hosts(known, now=now, stops=stops))


def page_record(
    wanted: PageWanted, outcome: ArticleOutcome, read: PageRead | ReadFailed | None, now: dt.datetime
) -> PageRecord | None:
    """What is to be stored of one attempt; None where nothing was asked, and the entry still waits."""
    attempts = wanted.attempts + 1
    if isinstance(outcome, Disallowed):
        # robots.txt that could not be read may be there later
        passing = outcome.reason == "robots_unreachable"
        return PageRecord(
            entry_id=wanted.entry_id,
            outcome=PageOutcome.FAILED if passing else PageOutcome.DISALLOWED,
            code=outcome.reason,
            attempts=attempts,
            next_try_at=_again(attempts, now) if passing else None,
            url=outcome.at,
        )
    if isinstance(outcome, FetchFailed):
        if outcome.code == "host_stopped":
            return None
        passing = outcome.kind is FailureKind.TRANSIENT
        return PageRecord(
            entry_id=wanted.entry_id,
            outcome=PageOutcome.FAILED,
            code=outcome.code,
            detail=outcome.detail,
            attempts=attempts,
            next_try_at=_again(attempts, now, outcome.retry_after) if passing else None,
            url=outcome.url,
        )
    if not isinstance(read, PageRead):
        failed = read or ReadFailed(code="not_read", detail="")
        return PageRecord(
            entry_id=wanted.entry_id,
            outcome=PageOutcome.FAILED,
            code=failed.code,
            detail=clean_line(failed.detail),
            attempts=attempts,
            url=outcome.page.url,
        )
    return _read_record(wanted, read, outcome.page.url, attempts)


def _read_record(wanted: PageWanted, read: PageRead, url: str, attempts: int) -> PageRecord:
    """A page that was read: its text is kept unless it is withheld, absent, or less than what the feed gave."""
    article = read.article
    said = PageRecord(
        entry_id=wanted.entry_id,
        outcome=PageOutcome.WITHHELD,
        code="text_mining_reserved",
        attempts=attempts,
        url=url,
        consent=read.consent,
    )
    if article is None:
        return said
    said = replace(said, published_at=article.published_at, language=article.language)
    title, body = clean_line(article.title) or wanted.title, clean_text(article.body)
    if not body:
        return replace(said, outcome=PageOutcome.FALLBACK, code="no_text", detail=_issues(article))
    if len(body) < wanted.body_length:
        detail = f"{len(body)} characters, the feed gave {wanted.body_length}"
        return replace(said, outcome=PageOutcome.FALLBACK, code="shorter_than_feed", detail=detail)
    return replace(
        said,
        outcome=PageOutcome.STORED,
        code="",
        title=title,
        body=body,
        sha256=body_hash(title, body),
    )


def _again(attempts: int, now: dt.datetime, least: dt.timedelta | None = None) -> dt.datetime | None:
    """When a page that failed in passing is asked for once more; None after the last time."""
    if attempts > len(RETRIES):
        return None
    return now + max(RETRIES[attempts - 1], least or dt.timedelta(0))


def _issues(article: Article) -> str:
    return "; ".join(issue.code for issue in article.issues)


def _robots_file(stored: StoredRobots) -> RobotsFile:
    return RobotsFile(
        origin=stored.origin,
        state=RobotsState(stored.state),
        fetched_at=stored.fetched_at,
        text=stored.text,
    )


def _host(url: str) -> str:
    """The host name of an address; those that cannot be read share one, and fail there."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _origin(url: str) -> str:
    """The origin as `Robots` names it; empty where the address cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, usual} else "")
