"""What one poll changes: each entry of a body held against what the store knows of its feed.

    same key and address -> same address and text -> same key elsewhere -> same text nearby
        -> a key that several items share -> same address under changing guids -> new

The order is the rule: the surest sign first (reliability.md, B8). Every decision names its rule.
A feed that is polled twice gives no new entry, whatever it does to guids, links, order or dates.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.normalise.identity import guid_with_link, shared_guids, title_key
from monitor.types.entries import Entry, KeySource, ReadFeed
from monitor.types.plans import Disposition, EntryChange, KnownEntry

BACKLOG_AGE = dt.timedelta(hours=48)
"""Published longer before it was seen, by a first poll or a recovery, an entry is backlog (design.md)."""
SAME_ITEM = dt.timedelta(minutes=1)
"""How far the date of an item may move while address and text change under one guid, and it is still an edit of it."""
SAME_ROW = "same_row_twice"


@dataclass(slots=True)
class _Known:
    """The known rows by what they can be found by."""

    by_id: dict[str, KnownEntry] = field(default_factory=dict)
    by_url: defaultdict[str, list[KnownEntry]] = field(default_factory=lambda: defaultdict(list))
    by_text: defaultdict[str, list[KnownEntry]] = field(default_factory=lambda: defaultdict(list))
    shared: frozenset[str] = frozenset()
    changing_guids: bool = False
    urls: frozenset[str | None] = frozenset()

    def at(self, url: str | None) -> Sequence[KnownEntry]:
        """The rows at an address."""
        return self.by_url.get(url, ()) if url is not None else ()


def plan_changes(
    read: ReadFeed, known: Sequence[KnownEntry], *, now: dt.datetime, first_poll: bool, recovering: bool
) -> tuple[tuple[EntryChange, ...], dict[str, int]]:
    """Return the change of each entry, and the counts of what was refused with the reasons.

    `known` are the rows of this feed that share a key, an address or a text with the body. An
    entry is new, revised (its text changed), known, or rejected (a second item for one row).
    """
    index = _index(known, read.entries)
    rejected = Counter(dict(read.rejected))
    changes = []
    taken: dict[int, str] = {}
    for entry in read.entries:
        change = _decide(entry, index)
        if change.entry_id is not None and change.entry_id in taken:
            if taken[change.entry_id] == entry.sha256 or entry.external_id in index.by_id:
                rejected[SAME_ROW] += 1
                continue
            change = EntryChange(disposition=Disposition.NEW, entry=entry, rule="row_taken")
        if change.entry_id is not None:
            taken[change.entry_id] = entry.sha256
        old = (first_poll or recovering) and change.disposition is Disposition.NEW
        changes.append(replace(change, backlog=True) if old and is_backlog(entry, now) else change)
    return tuple(changes), dict(rejected)


def is_backlog(entry: Entry, now: dt.datetime) -> bool:
    """Return whether an entry was published more than 48 hours before `now`."""
    return entry.published_at is not None and now - entry.published_at > BACKLOG_AGE


def _index(known: Sequence[KnownEntry], entries: Sequence[Entry]) -> _Known:
    index = _Known(shared=shared_guids(row.external_id for row in known))
    for row in known:
        index.by_id[row.external_id] = row
        index.by_text[row.sha256].append(row)
        if row.url is not None:
            index.by_url[row.url].append(row)
    index.urls = frozenset(entry.url for entry in entries)
    index.changing_guids = _guids_change(index, entries)
    return index


def _guids_change(index: _Known, entries: Sequence[Entry]) -> bool:
    """Whether the feed makes up guids anew: most items at known addresses have guids nobody knows.

    Most of those must also have the text that is known there: addresses that are given to other items say nothing.
    """
    at_known = [
        e
        for e in entries
        if e.key_source is KeySource.GUID and e.url is not None and len(index.at(e.url)) == 1
    ]
    unknown = [entry for entry in at_known if entry.external_id not in index.by_id]
    same = sum(entry.sha256 == index.at(entry.url)[0].sha256 for entry in unknown)
    return len(at_known) >= 2 and 2 * len(unknown) > len(at_known) and 2 * same >= len(unknown)


def _decide(entry: Entry, index: _Known) -> EntryChange:
    """The first rule that finds a row, or says that there is none."""
    for rule in _RULES:
        change = rule(entry, index)
        if change is not None:
            return change
    return EntryChange(disposition=Disposition.NEW, entry=entry, rule="unknown")


def _by_key(entry: Entry, index: _Known) -> EntryChange | None:
    row = index.by_id.get(entry.external_id)
    return _of_row(entry, row, "key") if row is not None and row.url == entry.url else None


def _by_link_and_text(entry: Entry, index: _Known) -> EntryChange | None:
    for row in index.at(entry.url):
        if row.sha256 == entry.sha256:
            return _of_row(entry, row, "link_and_text")
    return None


def _by_key_elsewhere(entry: Entry, index: _Known) -> EntryChange | None:
    """The key is known, but under another address."""
    row = index.by_id.get(entry.external_id)
    if row is None or row.sha256 == entry.sha256:
        return _of_row(entry, row, "key_link_changed") if row is not None else None
    at_url = index.at(entry.url)
    if len(at_url) == 1:
        return _of_row(entry, at_url[0], "link_of_reused_guid")
    # a guid on another address with another text and another date is another item
    moved = entry.published_at is not None and abs(entry.published_at - row.effective_at) > SAME_ITEM
    if entry.url is not None and row.url is not None and moved:
        return _beside(entry, index, "guid_reused")
    return _of_row(entry, row, "key_link_and_text_changed")


def _by_text(entry: Entry, index: _Known) -> EntryChange | None:
    """The same text under an address that differs a little, while the known one is gone from the body."""
    for row in index.by_text.get(entry.sha256, ()):
        if (row.url is None or row.url not in index.urls) and _same_place(entry.url, row.url):
            return _of_row(entry, row, "text_nearby")
    return None


def _by_shared_key(entry: Entry, index: _Known) -> EntryChange | None:
    return _beside(entry, index, "key_shared") if entry.external_id in index.shared else None


def _by_changing_guid(entry: Entry, index: _Known) -> EntryChange | None:
    at_url = index.at(entry.url)
    if len(at_url) == 1 and (index.changing_guids or entry.key_source is not KeySource.GUID):
        return _of_row(entry, at_url[0], "link_of_changing_guid")
    return None


_RULES = (_by_key, _by_link_and_text, _by_key_elsewhere, _by_text, _by_shared_key, _by_changing_guid)


def _beside(entry: Entry, index: _Known, rule: str) -> EntryChange:
    """An entry whose key stands on others: it is known by key and link together, or new under both."""
    beside = entry.title if entry.external_id == entry.url else None
    key = (
        guid_with_link(entry.external_id, None, title_key(beside, entry.sha256))
        if beside is not None
        else guid_with_link(entry.external_id, entry.url, entry.sha256)
    )
    source = KeySource.LINK if entry.url is not None and beside is None else KeySource.HASH
    entry = replace(entry, external_id=key, key_source=source)
    row = index.by_id.get(key)
    if row is not None:
        return _of_row(entry, row, rule)
    return EntryChange(disposition=Disposition.NEW, entry=entry, rule=rule)


def _of_row(entry: Entry, row: KnownEntry, rule: str) -> EntryChange:
    disposition = Disposition.KNOWN if row.sha256 == entry.sha256 else Disposition.REVISED
    return EntryChange(disposition=disposition, entry=entry, rule=rule, entry_id=row.entry_id)


def _same_place(url: str | None, other: str | None) -> bool:
    """Whether addresses differ in the host at most (mirrors in turn), or in the query at most (visits), or are none."""
    if url is None or other is None:
        return url is other
    one, two = urlsplit(url), urlsplit(other)
    if one.path != two.path or one.path in {"", "/"}:
        return False
    return one.query == two.query or one.netloc == two.netloc
