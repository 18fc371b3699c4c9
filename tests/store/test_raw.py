"""Raw answers: kept as they came beside what was read from them, found again by entry, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.store import Store
from monitor.types.article import PageOutcome, PageRecord
from monitor.types.raw import RawBody, pack
from tests.store.making import DAY, HOUR, MINUTE, NOW, entry, leased, plan

FEED = b"<rss><item><guid>a&amp;b</guid></item></rss>"


def kept(body: bytes = FEED, **values: object) -> RawBody:
    options = {"url": "https://gazette.example/feed", "observed_at": NOW, "status": 200} | values
    return pack(body, **options)  # type: ignore[arg-type]


def test_an_answer_comes_back_as_it_was_with_its_headers_but_no_cookie(store: Store) -> None:
    [lease] = leased(store)
    headers = {"content-type": "application/rss+xml", "set-cookie": "visitor=7"}
    [done] = store.apply([plan(lease, entry("a&b"), bodies=(kept(headers=headers),))], now=NOW)
    raw = store.raw_body_for_entry(done.new_entry_ids[0])
    assert raw is not None
    assert (raw.body, raw.size, raw.status) == (FEED, len(FEED), 200)
    assert raw.headers == (("content-type", "application/rss+xml"),)


def test_of_several_pages_of_one_poll_it_is_the_one_that_shows_the_entry(store: Store) -> None:
    [lease] = leased(store)
    older = kept(b"<rss><guid>older</guid></rss>", observed_at=NOW + MINUTE)
    [done] = store.apply([plan(lease, entry("a&b"), entry("older"), bodies=(kept(), older))], now=NOW)
    bodies = [store.raw_body_for_entry(one) for one in done.new_entry_ids]
    assert [raw.body for raw in bodies if raw] == [FEED, older.body]


def test_a_later_poll_that_shows_the_entry_unchanged_is_not_where_it_was_read(store: Store) -> None:
    [lease] = leased(store)
    [done] = store.apply([plan(lease, entry("a&b"), bodies=(kept(),))], now=NOW)
    [lease] = leased(store, now=NOW + HOUR)
    later = kept(FEED + b"<!-- later -->", observed_at=NOW + HOUR)
    store.apply([plan(lease, entry("b"), at=NOW + HOUR, bodies=(later,))], now=NOW + HOUR)
    raw = store.raw_body_for_entry(done.new_entry_ids[0])
    assert raw is not None and raw.body == FEED


def test_the_page_is_what_a_full_text_was_read_from(store: Store) -> None:
    [lease] = leased(store)
    [done] = store.apply([plan(lease, entry("a&b"), bodies=(kept(),))], now=NOW)
    page = PageRecord(
        entry_id=done.new_entry_ids[0],
        outcome=PageOutcome.STORED,
        url="https://gazette.example/a",
        title="Report a",
        body="A convoy left the harbour, and the minister said why.",
        sha256="0" * 64,
        raw=kept(b"<html>page</html>", url="https://gazette.example/a"),
    )
    store.save_page(page, now=NOW + MINUTE)
    store.save_page(replace(page, raw=kept(b"<html>page 2</html>")), now=NOW + 2 * MINUTE)
    raw = store.raw_body_for_entry(page.entry_id)
    assert raw is not None and raw.body == b"<html>page 2</html>"


def test_without_a_kept_answer_there_is_none(store: Store) -> None:
    [lease] = leased(store)
    [done] = store.apply([plan(lease, entry("a"))], now=NOW)
    assert store.raw_body_for_entry(done.new_entry_ids[0]) is None
    assert store.raw_body_for_entry(10**6) is None


@pytest.mark.parametrize(
    ("since", "expected"), [(None, ["one", "two", "three"]), (lambda: NOW + DAY, ["two", "three"])]
)
def test_kept_answers_are_walked_in_order_with_their_feed(
    store: Store, since: Callable[[], object] | None, expected: list[str]
) -> None:
    for number, name in enumerate(("one", "two", "three")):
        at = NOW + number * DAY
        [lease] = leased(store, now=at)
        body = kept(name.encode(), observed_at=at, failed=name == "two")
        store.apply([plan(lease, at=at, bodies=(body,))], now=at)
    found, after = [], 0
    while batch := store.kept_bodies(limit=2, since=since() if since else None, after=after):  # type: ignore[arg-type]
        found += batch
        after = batch[-1].body_id
    assert [one.raw.body.decode() for one in found] == expected
    assert [one.raw.body for one in found if one.raw.failed] == [b"two"]
    assert {(one.slug, one.kind) for one in found} == {("gazette", "rss")}
