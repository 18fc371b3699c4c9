"""Every trick with identity (reliability.md, B8): nothing twice, nothing lost, no false edit."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.normalise.entry import normalise_feed
from monitor.normalise.plan import plan_changes
from monitor.types.entries import ParsedFeed, RawEntry, ReadFeed
from monitor.types.plans import Disposition, EntryChange, KnownEntry
from monitor.types.source import FeedKind

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class Store:
    """What a store keeps of one feed, as far as planning sees it."""

    def __init__(self) -> None:
        self.rows: list[KnownEntry] = []

    def poll(
        self, *raws: RawEntry, now: dt.datetime = NOW, recovering: bool = False
    ) -> list[tuple[str, str]]:
        changes, _ = plan_changes(
            read(raws), self.rows, now=now, first_poll=not self.rows, recovering=recovering
        )
        for change in changes:
            self._apply(change, now)
        assert len({row.external_id for row in self.rows}) == len(self.rows)
        return [(change.disposition.value, change.rule) for change in changes]

    def _apply(self, change: EntryChange, now: dt.datetime) -> None:
        entry = change.entry
        if change.disposition is Disposition.NEW:
            self.rows.append(
                KnownEntry(
                    entry_id=len(self.rows) + 1,
                    external_id=entry.external_id,
                    url=entry.url,
                    sha256=entry.sha256,
                    effective_at=entry.published_at or now,
                )
            )
        elif change.disposition is Disposition.REVISED:
            self.rows = [
                replace(r, sha256=entry.sha256) if r.entry_id == change.entry_id else r for r in self.rows
            ]


def read(raws: Sequence[RawEntry]) -> ReadFeed:
    parsed = ParsedFeed(format="rss20", encoding="utf-8", entries=tuple(raws))
    return normalise_feed(
        parsed, kind=FeedKind.RSS, feed_url="https://desk.example/feed", feed_language=None, now=NOW
    )


def raw(n: int, **more: str | None) -> RawEntry:
    values: dict[str, str | None] = {
        "guid": f"g{n}",
        "link": f"https://desk.example/{n}",
        "title": f"Report {n}",
        "content": f"Text of report {n}.",
        "published": f"Sat, 21 Nov 2026 {n:02}:00:00 GMT",
    }
    return RawEntry(**{**values, **more})  # type: ignore[arg-type]


FEED = [raw(n) for n in range(1, 6)]


def dispositions(result: list[tuple[str, str]]) -> set[str]:
    return {disposition for disposition, _ in result}


POLLED_AGAIN = {
    "unchanged": lambda e, k: e,
    "guids change": lambda e, k: replace(e, guid=f"{e.guid}-{k}"),
    "links change": lambda e, k: replace(e, link=f"{e.link}?visit={k}"),
    "links gain trackers": lambda e, k: replace(e, link=f"{e.link}?utm_campaign={k}"),
    "mirrors flip": lambda e, k: replace(
        e, guid=f"{e.guid}-{k}", link=(e.link or "").replace("desk", f"m{k}.desk")
    ),
    "dates are now": lambda e, k: replace(e, published=f"Sun, 22 Nov 2026 10:00:{k:02} GMT"),
    "markup jitters": lambda e, k: replace(
        e, content=f"<!-- {k} --><p class=c{k}>{e.content}</p><img src=p{k}>"
    ),
    "counters jitter": lambda e, k: replace(e, content=f"{e.content}<p>Views: {k}</p>"),
    "guids go": lambda e, k: replace(e, guid=None),
}
BEFORE = {
    "none": lambda e: e,
    "no guid": lambda e: replace(e, guid=None),
    "bare": lambda e: replace(e, guid=None, link=None),
}


@pytest.mark.parametrize("trick", POLLED_AGAIN)
@pytest.mark.parametrize("lacking", BEFORE)
def test_a_feed_polled_again_brings_nothing_new(trick: str, lacking: str) -> None:
    store = Store()
    for k in range(4):
        body = [BEFORE[lacking](POLLED_AGAIN[trick](entry, k)) for entry in FEED]
        random.Random(k).shuffle(body)
        assert dispositions(store.poll(*body)) == ({"new"} if k == 0 else {"known"})
    assert len(store.rows) == len(FEED)


def test_an_edit_is_a_revision_of_the_same_entry() -> None:
    store = Store()
    store.poll(*FEED)
    assert store.poll(raw(1, content="Corrected.")) == [("revised", "key")]
    assert store.poll(raw(1, content="Corrected.")) == [("known", "key")]


def test_an_edit_with_a_new_slug_is_a_revision() -> None:
    store = Store()
    store.poll(*FEED)
    result = store.poll(raw(1, link="https://desk.example/1-corrected", title="Report one"))
    assert result == [("revised", "key_link_and_text_changed")]


def test_an_edit_under_changing_guids_is_a_revision() -> None:
    store = Store()
    store.poll(*FEED)
    changed = [replace(entry, guid=f"{entry.guid}-later") for entry in FEED]
    changed[0] = replace(changed[0], content="Corrected.")
    assert store.poll(*changed)[0] == ("revised", "link_of_changing_guid")


def test_two_items_with_one_guid_are_both_kept_also_apart() -> None:
    store = Store()
    first, second = raw(1, guid="same"), raw(2, guid="same")
    assert dispositions(store.poll(first, second)) == {"new"}
    assert dispositions(store.poll(first, second)) == {"known"}
    assert store.poll(second) == [("known", "link_and_text")]
    assert store.poll(replace(second, content="Corrected."))[0][0] == "revised"
    assert store.poll(raw(3, guid="same")) == [("new", "key_shared")]
    assert store.poll(raw(3, guid="same"))[0][0] == "known"
    assert len(store.rows) == 3


def test_a_guid_used_again_for_another_item_is_a_new_entry() -> None:
    store = Store()
    store.poll(raw(1, guid="latest"))
    assert store.poll(raw(4, guid="latest")) == [("new", "guid_reused")]
    assert store.poll(raw(4, guid="latest"))[0][0] == "known"
    assert store.poll(raw(1, guid="latest"))[0][0] == "known"
    assert len(store.rows) == 2


def test_items_that_share_a_page_are_kept_apart() -> None:
    store = Store()
    live = "https://desk.example/live"
    posts = [raw(n, link=f"{live}#{n}") for n in range(1, 4)]
    assert dispositions(store.poll(*posts)) == {"new"}
    assert store.poll(raw(4, link=f"{live}#4"), *posts)[0] == ("new", "unknown")
    bare = [raw(n, guid=None, link=live + "2") for n in range(1, 4)]
    assert dispositions(store.poll(*bare)) == {"new"}
    assert store.poll(bare[0])[0][0] == "known"
    assert store.poll(raw(9, guid=None, link=live + "2"))[0][0] == "new"


def test_an_old_entry_is_backlog_on_a_first_poll_or_a_recovery_only() -> None:
    old, fresh = raw(1, published="Wed, 18 Nov 2026 10:00:00 GMT"), raw(2)
    undated = raw(3, published=None)

    def backlog(first_poll: bool, recovering: bool) -> list[bool]:
        changes, _ = plan_changes(
            read([old, fresh, undated]), (), now=NOW, first_poll=first_poll, recovering=recovering
        )
        return [change.backlog for change in changes]

    assert backlog(True, False) == backlog(False, True) == [True, False, False]
    assert backlog(False, False) == [False, False, False]


def test_refused_items_are_counted_with_those_of_reading() -> None:
    store = Store()
    store.poll(raw(1))
    body = read([raw(1), raw(1), raw(1, guid="other"), RawEntry()])
    changes, rejected = plan_changes(body, store.rows, now=NOW, first_poll=False, recovering=False)
    assert [change.rule for change in changes] == ["key"]
    assert rejected == {"repeated_in_body": 1, "empty_item": 1, "same_row_twice": 1}


_RAW = st.builds(
    raw,
    st.integers(1, 9),
    guid=st.sampled_from([None, "a", "b", "c"]),
    link=st.sampled_from(
        [None, "https://desk.example/x", "https://desk.example/y", "https://m.desk.example/x"]
    ),
    title=st.sampled_from(["One", "Two", ""]),
    content=st.sampled_from(["Text.", "More text.", ""]),
)


@settings(deadline=None)
@given(st.lists(st.lists(_RAW, min_size=1, max_size=5), min_size=1, max_size=4))
def test_whatever_was_polled_before_polling_it_twice_adds_nothing(bodies: list[list[RawEntry]]) -> None:
    store = Store()
    for body in bodies:
        store.poll(*body)
        assert "new" not in dispositions(store.poll(*body))
