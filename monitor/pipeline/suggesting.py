"""Which outlets and channels are cited or forwarded often and not followed: what to add next.

citations of media, origins of forwards ─► counted by outlet ─► less those followed ─► ranked, with the register
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.catalogue.register import for_feed, load_register
from monitor.config import feed_sources
from monitor.pipeline.workspace import Workspace
from monitor.types.register import Register, RegisterEntry
from monitor.types.source import FeedKind, FeedSource

CITED = (
    "select c.cited_outlet as cited, count(distinct c.entry_id) as times, c.outlet, max(e.observed_at) as last_at"
    " from report_citations c join report_entries e on e.entry_id = c.entry_id"
    " where c.kind = 'media' and c.rule <> 'forward' and e.observed_at >= :since"
    " group by c.cited_outlet, c.outlet"
)
FORWARDED = (
    "select forward_channel as cited, count(*) as times, outlet, max(observed_at) as last_at from report_entries"
    " where forward_channel is not null and observed_at >= :since group by forward_channel, outlet"
)


RECENT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """How often one outlet names another (or, `channel`, forwards its posts), and when last."""

    name: str
    channel: bool
    by: str
    times: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An outlet that is not followed: how often, and by how many outlets, it is cited or forwarded.

    `kind` and `country` are the register's, `unknown` and None where it does not know the outlet; `address` is a site
    or channel that `monitor feeds add` takes, None where none is known.
    """

    name: str
    kind: str
    country: str | None
    times: int
    outlets: int
    last_seen_at: dt.datetime
    address: str | None


def suggestions(
    workspace: Workspace, *, since: dt.datetime | None = None, limit: int = 20
) -> list[Suggestion]:
    """Outlets and channels cited or forwarded in what was observed since (default 30 days) and not followed."""
    since = since or workspace.clock() - RECENT
    cited = [
        Cited(
            name=row["cited"],
            channel=query is FORWARDED,
            by=row["outlet"],
            times=int(row["times"]),
            last_at=row["last_at"].to_pydatetime(),
        )
        for query in (CITED, FORWARDED)
        for row in workspace.store.frame(query, {"since": since}).to_dict("records")
    ]
    return ranked(cited, feed_sources(workspace.config), load_register())[:limit]


def ranked(cited: Iterable[Cited], followed: Sequence[FeedSource], register: Register) -> list[Suggestion]:
    """Count by outlet, leave out what is followed, and put first what most outlets cite, then what is cited most.

    A channel and a site of one outlet of the register count together. An outlet is followed where a feed has its
    name, or an address that the register knows for it or an edition of it; a channel where it is polled itself, so
    that one whose outlet is followed elsewhere is a row of its own.
    """
    outlets, channels = _followed(followed, register)
    found: dict[str, list[Cited]] = {}
    entries: dict[str, RegisterEntry | None] = {}
    for one in cited:
        if one.channel and one.name.casefold() in channels:
            continue
        entry = register.by_telegram(one.name) if one.channel else _entry(one.name, register)
        known = _plain(entry.name if entry else one.name) in outlets
        if known and not one.channel:
            continue
        key = f"@{one.name.casefold()}" if one.channel and (known or entry is None) else ""
        key = key or _plain(entry.name if entry else one.name)
        entries.setdefault(key, entry)
        found.setdefault(key, []).append(one)
    listed = [_suggestion(key, entries[key], rows) for key, rows in found.items()]
    return sorted(listed, key=lambda s: (-s.outlets, -s.times, -s.last_seen_at.timestamp(), s.name))


def _followed(feeds: Sequence[FeedSource], register: Register) -> tuple[set[str], set[str]]:
    """Plain names of the outlets that are polled, and the channels that are."""
    outlets: set[str] = set()
    for feed in feeds:
        outlets.add(_plain(feed.outlet.name))
        for entry in (for_feed(register, feed.address), _entry(feed.outlet.name, register)):
            if entry is not None:
                outlets |= {_plain(entry.name), _plain(register.main(entry).name)}
    return outlets, {feed.address.casefold() for feed in feeds if feed.kind is FeedKind.TELEGRAM}


def _entry(name: str, register: Register) -> RegisterEntry | None:
    entry = register.entry(name)
    if entry is not None:
        return register.main(entry)
    found = register.by_alias(name)
    return found[0] if len(found) == 1 else None


def _suggestion(key: str, entry: RegisterEntry | None, rows: Sequence[Cited]) -> Suggestion:
    channels = sorted({row.name for row in rows if row.channel})
    first = min(rows, key=lambda row: (row.channel, row.name))
    return Suggestion(
        name=f"@{first.name}" if key.startswith("@") else entry.name if entry else first.name,
        kind="telegram-channel" if key.startswith("@") else entry.kind if entry else "unknown",
        country=entry.country if entry else None,
        times=sum(row.times for row in rows),
        outlets=len({row.by for row in rows}),
        last_seen_at=max(row.last_at for row in rows),
        address=_address(entry, channels),
    )


def _address(entry: RegisterEntry | None, channels: Sequence[str]) -> str | None:
    """Its channel where posts of it were forwarded, else its site, else its channel in the register."""
    if channels:
        return f"https://t.me/{channels[0]}"
    if entry and entry.domains:
        return f"https://{entry.domains[0]}"
    return f"https://t.me/{entry.telegram[0]}" if entry and entry.telegram else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
