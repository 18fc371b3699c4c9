"""`monitor feeds`: sources tried, added, imported and exported. The configuration's files are the truth.

What is added goes into an included YAML file of the program's own; a person's files are never rewritten.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from monitor.config import Config, feed_sources, load_config
from monitor.config.units import feed_address, slugify
from monitor.errors import MonitorError, ParseError, UsageError
from monitor.fetch import Fetcher, FetchRequest
from monitor.parse.discovery import FeedCandidate, discover_feeds
from monitor.parse.opml import Opml, OpmlFeed, parse_opml, write_opml
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.reading import ReadFailed, ReadTask, read_body
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace
from monitor.pipeline.writing import write_files
from monitor.types.entries import ReadFeed
from monitor.types.fetching import Fetched, FetchFailed
from monitor.types.source import FeedKind, FeedSource

#: The included file that `feeds add` writes to.
ADDED = "added.yaml"
#: Feeds that a site may offer; more are not tried.
MOST_CANDIDATES = 8

ADVICE: Mapping[str, str] = {
    "dns": "the host has no address: is it spelled right, is there a network?",
    "http_404": "nothing is there: look for the new address on the publisher's site",
    "http_410": "the publisher took it down: remove it",
    "http_401": "a login is needed: the publisher does not offer it to all",
    "http_403": "the publisher refuses us: write to them, or remove it",
    "blocked": "a challenge page answers: write to the publisher, or set a proxy on purpose",
    "http_451": "not offered where this machine is: write to the publisher, or set a proxy on purpose",
    "http_429": "asked too often: wait",
    "timeout": "no answer in time: try later, or raise polling.timeout",
    "tls": "its certificate is wrong: tell the publisher",
    "html_instead": "a web page, no feed: `monitor feeds add` finds the feed of a site",
    "address_refused": "its address is not public: polling.allow_networks opens a network on purpose",
    "port_refused": "not on port 80 or 443: polling.allow_networks opens a network on purpose",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One feed tried. `mark` is `ok`, `warn` (it answers, but something is odd) or `FAIL`."""

    slug: str
    url: str
    mark: Literal["ok", "warn", "FAIL"]
    entries: int = 0
    newest: dt.datetime | None = None
    format: str = ""
    finding: str = ""


async def try_feeds(workspace: Workspace, slugs: Sequence[str] | None = None) -> list[Trial]:
    """Fetch and read each configured feed (or those named) once; stores nothing. UsageError names unknown slugs."""
    sources = feed_sources(workspace.config)
    if unknown := sorted(set(slugs or ()) - {source.slug for source in sources}):
        raise UsageError(f"there is no feed {', '.join(unknown)}", hint="`monitor feeds list` names them")
    wanted = [source for source in sources if slugs is None or source.slug in slugs]
    now = workspace.clock()
    stops = workspace.store.stopped_hosts(now=now)
    async with (
        ParserPool(workspace.config.polling.parsers) as parsers,
        Fetcher(fetch_options(workspace), stops=stops) as fetcher,
    ):
        trials = (_try(fetcher, parsers, source, now) for source in wanted if source.kind is FeedKind.RSS)
        return list(await asyncio.gather(*trials))


async def _try(fetcher: Fetcher, parsers: ParserPool, source: FeedSource, now: dt.datetime) -> Trial:
    outcome = await fetcher.fetch(FetchRequest(url=source.address, unconditional=True, proxy=source.proxy))
    if isinstance(outcome, FetchFailed):
        advice = ADVICE.get(outcome.code, outcome.detail)
        return Trial(slug=source.slug, url=source.address, mark="FAIL", finding=f"{outcome.code}: {advice}")
    if not isinstance(outcome, Fetched):
        return Trial(slug=source.slug, url=source.address, mark="ok", finding="unchanged")
    read = await parsers.read(_task(outcome, source.language, now))
    if isinstance(read, ReadFailed):
        advice = ADVICE.get(read.code, read.detail)
        return Trial(slug=source.slug, url=source.address, mark="FAIL", finding=f"{read.code}: {advice}")
    return _judged(source, outcome, read, now)


def _task(fetched: Fetched, language: str | None, now: dt.datetime) -> ReadTask:
    return ReadTask(
        body=fetched.body,
        content_type=fetched.headers.get("content-type"),
        url=fetched.url,
        kind=FeedKind.RSS,
        feed_language=language,
        now=now,
    )


def _judged(source: FeedSource, fetched: Fetched, read: ReadFeed, now: dt.datetime) -> Trial:
    """What a person should know of a feed that answers."""
    dates = [entry.published_at for entry in read.entries if entry.published_at is not None]
    newest = max(dates, default=None)
    findings = [issue.code for issue in read.issues]
    if not read.entries:
        findings.append("it is empty")
    if read.entries and not dates:
        findings.append("no entry has a date that can be read")
    if newest is not None and now - newest > dt.timedelta(days=30):
        findings.append(f"its newest entry is of {newest:%Y-%m-%d}")
    if any(hop.status in {301, 308} for hop in fetched.redirects):
        findings.append(f"moved for good to {fetched.url}")
    return Trial(
        slug=source.slug,
        url=source.address,
        mark="warn" if findings else "ok",
        entries=len(read.entries),
        newest=newest,
        format=read.format,
        finding="; ".join(dict.fromkeys(findings)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What `feeds add` wrote, and other feeds that the site offers."""

    url: str
    title: str
    file: Path
    others: tuple[str, ...] = ()


async def add_feed(config_path: Path, workspace: Workspace, address: str, *, name: str = "") -> Added:
    """Add the feed at an address, or the feed that the site there offers first. UsageError says what is wrong."""
    url = _checked(address)
    now = workspace.clock()
    async with Fetcher(fetch_options(workspace)) as fetcher:
        found = await _feed_at(fetcher, url, now)
        others: tuple[str, ...] = ()
        if isinstance(found, list):
            found, others = await _first_feed(fetcher, found, now, url)
    address, read = found
    outlet = name or read.title or urlsplit(address).hostname or address
    entry: dict[str, Any] = {"name": outlet, "feeds": [{"rss": address}]}
    if read.language and len(read.language) == 2:
        entry["language"] = read.language
    file = _append(config_path, workspace.config, ADDED, [entry])
    return Added(url=address, title=outlet, file=file, others=others)


def _checked(address: str) -> str:
    try:
        return feed_address(address if "://" in address else f"https://{address}")
    except ValueError as error:
        raise UsageError(str(error)) from error


async def _feed_at(
    fetcher: Fetcher, url: str, now: dt.datetime
) -> tuple[str, ReadFeed] | list[FeedCandidate]:
    """The feed at an address, or the candidates of the page there."""
    outcome = await fetcher.fetch(FetchRequest(url=url, accept="*/*"))
    if isinstance(outcome, FetchFailed):
        raise MonitorError(f"{url}: {outcome.code}", hint=ADVICE.get(outcome.code, outcome.detail))
    if not isinstance(outcome, Fetched):
        raise MonitorError(f"{url} answered without a body", hint="try again later")
    read = await asyncio.to_thread(read_body, _task(outcome, None, now))
    if isinstance(read, ReadFeed):
        return url, read
    if read.code != "html_instead":
        raise MonitorError(f"{url} is no feed: {read.detail}", hint="give the address of a site or a feed")
    kind = outcome.headers.get("content-type")
    return list(discover_feeds(outcome.body, url=outcome.url, content_type=kind))


async def _first_feed(
    fetcher: Fetcher, candidates: Sequence[FeedCandidate], now: dt.datetime, site: str
) -> tuple[tuple[str, ReadFeed], tuple[str, ...]]:
    """The first candidate that is a feed; the others by address."""
    tried = candidates[:MOST_CANDIDATES]
    for number, candidate in enumerate(tried):
        try:
            found = await _feed_at(fetcher, candidate.url, now)
        except MonitorError:
            continue
        if not isinstance(found, list):
            return found, tuple(other.url for other in tried[number + 1 :])
    raise MonitorError(f"{site} offers no feed", hint="look for a feed's address on the publisher's site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an OPML file brought: feeds added, those that were there already, and entries that are no feed."""

    file: Path | None
    added: int
    known: int
    refused: tuple[str, ...] = ()


def import_opml(config_path: Path, config: Config, source: Path) -> Imported:
    """Add the feeds of an OPML file as an included YAML file; outlets are named by title, folders kept as comments."""
    try:
        listed = parse_opml(source.read_bytes())
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise UsageError(f"{source} is no OPML: {error}") from error
    known = {feed.address for feed in feed_sources(config)}
    entries, refused, repeated = _outlets_of(listed, known)
    if not entries:
        return Imported(file=None, added=0, known=repeated, refused=tuple(refused))
    name = f"opml-{slugify(source.stem)}.yaml"
    file = _append(config_path, config, name, entries)
    return Imported(file=file, added=len(entries), known=repeated, refused=tuple(refused))


def _outlets_of(listed: Opml, known: set[str]) -> tuple[list[dict[str, Any]], list[str], int]:
    entries: list[dict[str, Any]] = []
    refused = [issue.detail for issue in listed.issues]
    repeated = 0
    slugs: Counter[str] = Counter()
    for feed in listed.feeds:
        try:
            address = feed_address(feed.url)
        except ValueError as error:
            refused.append(f"{feed.title or feed.url}: {error}")
            continue
        if address in known:
            repeated += 1
            continue
        known.add(address)
        name = feed.title or urlsplit(address).hostname or address
        slug = slugify(name)[:50]
        slugs[slug] += 1
        entry: dict[str, Any] = {"name": name[:200]}
        if slugs[slug] > 1:
            entry["slug"] = f"{slug}-{slugs[slug]}"
        if feed.language and len(feed.language) == 2:
            entry["language"] = feed.language
        entries.append(entry | {"feeds": [{"rss": address}]})
    return entries, refused, repeated


def export_opml(config: Config, now: dt.datetime) -> bytes:
    """The configured feeds as OPML 2.0, in a folder for each language."""
    feeds: Iterable[OpmlFeed] = (
        OpmlFeed(
            url=source.address,
            title=f"{source.outlet.name} ({source.slug})",
            folder=(source.language or "und",),
            language=source.language,
        )
        for source in feed_sources(config)
        if source.kind is FeedKind.RSS
    )
    return write_opml(feeds, title="Feeds of the news monitor", created=now)


def _append(config_path: Path, config: Config, name: str, entries: list[dict[str, Any]]) -> Path:
    """Write outlets to an included file of the program's own. UsageError where the result would be wrong."""
    folder = next(
        (config.base / Path(pattern).parent for pattern in config.include if pattern.endswith("*.yaml")), None
    )
    if folder is None:
        raise UsageError(
            "config.yaml includes no folder that a file could be added to",
            hint='add the line include: ["outlets/*.yaml"]',
        )
    path = folder / name
    before = path.read_bytes() if path.exists() else None
    outlets = (yaml.safe_load(before) or {}).get("outlets", []) if before else []
    text = "# Written by `monitor feeds`; edit it as you like.\n" + yaml.safe_dump(
        {"outlets": outlets + entries}, allow_unicode=True, sort_keys=False
    )
    write_files(folder, {name: text.encode("utf-8")})
    try:
        load_config(config_path)
    except MonitorError as error:
        if before is None:
            path.unlink()
        else:
            write_files(folder, {name: before})
        raise UsageError(f"nothing was added: {error}") from error
    return path
