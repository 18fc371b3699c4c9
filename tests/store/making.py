"""Sources, plans and annotations for tests of the store, with everything that a test does not care about filled in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from monitor.store import Store
from monitor.types.annotations import Annotation, EntryText, LanguageGuess, TopicTag
from monitor.types.entries import DateSource, Entry, KeySource
from monitor.types.grouping import Fingerprint, StoryDecision, StoryItem
from monitor.types.plans import AppliedFeed, Disposition, EntryChange, FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedKind, FeedLease, FeedSource, FeedState, Outlet

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LEASE = 5 * MINUTE


def outlet(name: str = "Harbour Gazette", /, **values: Any) -> Outlet:
    defaults: dict[str, Any] = {"slug": name.lower().replace(" ", "-"), "name": name, "country": "GB"}
    return Outlet(**(defaults | values))


def source(slug: str = "gazette", **values: Any) -> FeedSource:
    defaults: dict[str, Any] = {
        "slug": slug,
        "kind": FeedKind.RSS,
        "address": f"https://{slug}.example/feed",
        "outlet": outlet(slug.title()),
    }
    return FeedSource(**(defaults | values))


def entry(external_id: str = "a", body: str = "A convoy left the harbour.", **values: Any) -> Entry:
    title = values.get("title", f"Report {external_id}")
    defaults: dict[str, Any] = {
        "external_id": external_id,
        "key_source": KeySource.GUID,
        "kind": FeedKind.RSS,
        "url": f"https://gazette.example/{external_id}",
        "url_raw": None,
        "title": title,
        "body": body,
        "published_at": NOW - HOUR,
        "published_raw": "an hour ago",
        "date_source": DateSource.PUBLISHED,
        "sha256": hashlib.sha256(f"{title}\n{body}".encode("utf-8", "surrogatepass")).hexdigest(),
    }
    return Entry(**(defaults | values))


def change(item: Entry, disposition: Disposition = Disposition.NEW, **values: Any) -> EntryChange:
    return EntryChange(disposition=disposition, entry=item, rule="test", **values)


def plan(lease: FeedLease, *changes: EntryChange | Entry, at: dt.datetime = NOW, **values: Any) -> FeedPlan:
    made = tuple(item if isinstance(item, EntryChange) else change(item) for item in changes)
    defaults: dict[str, Any] = {
        "feed_id": lease.feed_id,
        "slug": lease.slug,
        "fence": lease.fence,
        "fetch": FetchRecord(started_at=at, outcome=Outcome.STORED, url=lease.current_url, status=200),
        "state": FeedState(last_success_at=at, first_success_at=at),
        "next_poll_at": at + 10 * MINUTE,
        "changes": made,
    }
    return FeedPlan(**(defaults | values))


def leased(store: Store, *sources: FeedSource, now: dt.datetime = NOW) -> list[FeedLease]:
    """Configure these feeds and lease them, in the order of the list."""
    wanted = sources or (source(),)
    store.sync_sources(wanted, now=now)
    found = {
        lease.slug: lease
        for lease in store.lease_due(owner="w1", now=now, limit=1000, lease_for=LEASE, ignore_due=True)
    }
    return [found[one.slug] for one in wanted]


def ingest(
    store: Store, *items: Entry, now: dt.datetime = NOW, feed: FeedSource | None = None
) -> AppliedFeed:
    """Poll one feed that shows these items, all of them new; it is the only one configured then."""
    [lease] = leased(store, feed or source(), now=now)
    [answer] = store.apply([plan(lease, *items, at=now)], now=now)
    assert not answer.error
    return answer


def annotation(text: EntryText, *topics: str, language: str = "en", **values: Any) -> Annotation:
    defaults: dict[str, Any] = {
        "entry_id": text.entry_id,
        "revision_id": text.revision_id,
        "language": LanguageGuess(language=language, score=0.99, detector="test"),
        "taxonomy_version": "t1",
        "code_version": "c1",
        "topics": tuple(TopicTag(topic=topic, score=0.9, accepted=True) for topic in topics),
    }
    return Annotation(**(defaults | values))


def annotate_all(store: Store, *topics: str, language: str = "en", now: dt.datetime = NOW) -> list[EntryText]:
    texts = store.pending_texts(limit=1000)
    store.save_annotations([annotation(text, *topics, language=language) for text in texts], now=now)
    return texts


def fingerprint(item: StoryItem, *keys: str, bands: Sequence[int] = ()) -> Fingerprint:
    return Fingerprint(
        entry_id=item.entry_id, keys=keys, bands=tuple(bands), signature=b"\x01\x02", shingles=2
    )


def decision(entry_id: int, joined: int | None = None, **values: Any) -> StoryDecision:
    rule = "text" if joined else "new"
    return StoryDecision(entry_id=entry_id, joined=joined, rule=rule, score=1.0, version="g1", **values)


def place_all(store: Store, now: dt.datetime = NOW) -> list[StoryItem]:
    """Give every entry that waits a story of its own."""
    items = store.pending_stories(limit=1000)
    store.save_stories(items, [], [decision(item.entry_id) for item in items], now=now)
    return items
