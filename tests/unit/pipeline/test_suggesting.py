"""What to follow next: who is cited or forwarded by many, and is not polled yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from monitor.catalogue.register import load_register
from monitor.config import Config
from monitor.pipeline.suggesting import Cited, ranked, suggestions
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.annotations import Citation
from monitor.types.entries import Forward
from monitor.types.source import FeedKind, FeedSource
from tests.store.making import DAY, NOW, annotation, entry, ingest, outlet, source


def cited(name: str, by: str = "Harbour Gazette", times: int = 1, *, channel: bool = False) -> Cited:
    return Cited(name=name, channel=channel, by=by, times=times, last_at=NOW)


def names(rows: list[Cited], followed: list[FeedSource] | None = None) -> list[str]:
    return [one.name for one in ranked(rows, followed or [], load_register())]


def channel(name: str, of: str) -> FeedSource:
    return source("c", kind=FeedKind.TELEGRAM, address=name, outlet=outlet(of))


def test_what_many_outlets_cite_comes_before_what_one_cites_often() -> None:
    rows = [cited("Kestrel Post", "A", 30), cited("Tarn Times", "A"), cited("Tarn Times", "B", 2)]
    first, second = ranked(rows, [], load_register())
    assert (first.name, first.outlets, first.times) == ("Tarn Times", 2, 3)
    assert (second.name, second.outlets, second.times) == ("Kestrel Post", 1, 30)
    assert (first.kind, first.country, first.address) == ("unknown", None, None)


def test_the_register_says_what_it_is_and_where() -> None:
    [one] = ranked([cited("Reuters", "A")], [], load_register())
    assert (one.kind, one.country, one.address) == ("agency", "GB", "https://reuters.com")


def test_what_is_followed_is_left_out_by_name_by_address_and_by_edition() -> None:
    rows = [cited("Reuters"), cited("Tarn Times")]
    assert names(rows, [source(outlet=outlet("reuters"))]) == ["Tarn Times"]
    assert names(rows, [source(address="https://www.reuters.com/feed", outlet=outlet("Wire"))]) == [
        "Tarn Times"
    ]
    assert names([cited("TASS")], [source(outlet=outlet("ТАСС"))]) == []


def test_a_forwarded_channel_is_followed_only_where_it_is_polled() -> None:
    rows = [cited("quay_watch", channel=True)]
    [one] = ranked(rows, [], load_register())
    assert (one.name, one.kind, one.address) == ("@quay_watch", "telegram-channel", "https://t.me/quay_watch")
    assert names(rows, [channel("quay_watch", "Quay Watch")]) == []
    assert names(rows, [channel("other", "Quay Watch")]) == ["@quay_watch"]


def test_a_channel_counts_with_its_outlet_unless_that_is_followed_elsewhere() -> None:
    rows = [cited("tass_agency", "A", channel=True), cited("TASS", "B")]
    [both] = ranked(rows, [], load_register())
    assert (both.name, both.times, both.address) == ("TASS", 2, "https://t.me/tass_agency")
    assert names(rows, [source(address="https://tass.com/rss.xml", outlet=outlet("TASS"))]) == [
        "@tass_agency"
    ]


# from what is stored, on both databases


@pytest.fixture
def workspace(store: Store) -> Iterator[Workspace]:
    yield Workspace(config=Config(), store=store, clock=lambda: NOW, owner="test")


def citing(store: Store, *media: str) -> None:
    """Annotate what waits: each text cites these."""
    texts = store.pending_texts(limit=100)
    found = tuple(
        Citation(outlet=name, kind="media", rule="said", field="body", start_char=0, end_char=4)
        for name in media
    )
    store.save_annotations([annotation(text, citations=found) for text in texts], now=NOW)


def test_counts_come_from_citations_and_forwards_since_a_time(workspace: Workspace) -> None:
    store = workspace.store
    ingest(store, entry("a"), entry("b"), feed=source("one"))
    citing(store, "Reuters", "Tarn Times")
    ingest(store, entry("c"), feed=source("two"))
    citing(store, "Tarn Times")
    posts = [
        entry(f"p{n}", kind=FeedKind.TELEGRAM, forward=Forward(channel="quay_watch", post_id=n))
        for n in range(2)
    ]
    ingest(store, *posts, feed=channel("dock_talk", "Dock Talk"))
    citing(store)
    found = {one.name: (one.times, one.outlets) for one in suggestions(workspace)}
    assert found == {"Tarn Times": (3, 2), "Reuters": (2, 1), "@quay_watch": (2, 1)}
    assert suggestions(workspace, limit=1)[0].name == "Tarn Times"
    assert suggestions(workspace, since=NOW + DAY) == []
    assert all(one.last_seen_at.tzinfo is not None and isinstance(one.last_seen_at, dt.datetime)
               for one in suggestions(workspace))  # fmt: skip
