"""What one attempt at an article page leaves, as plain data; and sitemaps among the bodies that are read."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest

from monitor.pipeline.articles import PAGES_PER_HOST, RETRIES, page_record, pages_by_host
from monitor.pipeline.pages import PageTask, moment_of, read_page
from monitor.pipeline.reading import ReadFailed, ReadTask, read_body
from monitor.types.article import (
    Article,
    ArticleFetched,
    Consent,
    Disallowed,
    PageOutcome,
    PageRead,
    PageRecord,
    PageWanted,
)
from monitor.types.entries import ReadFeed
from monitor.types.fetching import FailureKind, Fetched, FetchFailed
from monitor.types.source import FeedKind, Validators

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
URL = "https://gazette.example/a"
WANTED = PageWanted(entry_id=7, feed_id=1, url=URL, title="From the feed", body_length=20)
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://gazette.example/1</loc>
 <news:news><news:title>Crates of engines</news:title>
 <news:publication_date>2026-11-20T08:00:00Z</news:publication_date></news:news></url></urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
 <sitemap><loc>https://gazette.example/sitemap-news.xml</loc></sitemap></sitemapindex>"""


def fetched(url: str = URL) -> ArticleFetched:
    page = Fetched(url=url, status=200, headers={}, body=b"<p>", validators=Validators())
    return ArticleFetched(url=URL, page=page, content_type="text/html")


def failed(code: str, kind: FailureKind, retry_after: dt.timedelta | None = None) -> FetchFailed:
    return FetchFailed(url=URL, kind=kind, code=code, detail="said so", retry_after=retry_after)


def record(outcome: object, read: object = None, wanted: PageWanted = WANTED) -> PageRecord:
    made = page_record(wanted, outcome, read, NOW)  # type: ignore[arg-type]
    assert made is not None
    return made


def article(body: str, title: str = "From the page") -> PageRead:
    return PageRead(consent=Consent(), article=Article(title=title, body=body))


def test_a_text_is_stored_under_its_own_hash_and_the_feeds_title_stands_in_for_a_missing_one() -> None:
    stored = record(fetched(), article("A whole text of the page.", title=""))
    assert (stored.outcome, stored.title, stored.body) == (
        PageOutcome.STORED,
        "From the feed",
        "A whole text of the page.",
    )
    assert stored.sha256 != record(fetched(), article("A whole text of the page.")).sha256


@pytest.mark.parametrize(
    ("read", "outcome", "code"),
    [
        (PageRead(consent=Consent(text_mining=False), article=None), "withheld", "text_mining_reserved"),
        (article(""), "fallback", "no_text"),
        (article("Too short."), "fallback", "shorter_than_feed"),
        (ReadFailed(code="parse_timeout", detail="reading took more than 10 s"), "failed", "parse_timeout"),
    ],
)
def test_without_a_text_to_use_nothing_but_the_attempt_is_kept(
    read: PageRead | ReadFailed, outcome: str, code: str
) -> None:
    made = record(fetched(), read)
    assert (made.outcome, made.code, made.body, made.sha256, made.next_try_at) == (
        outcome,
        code,
        "",
        None,
        None,
    )


def test_a_passing_failure_is_tried_again_twice_and_not_before_the_server_says() -> None:
    timeout = failed("timeout", FailureKind.TRANSIENT)
    tries = [
        record(
            timeout, wanted=PageWanted(entry_id=7, feed_id=1, url=URL, title="", body_length=0, attempts=n)
        )
        for n in range(3)
    ]
    assert [made.next_try_at for made in tries] == [NOW + RETRIES[0], NOW + RETRIES[1], None]
    assert [made.attempts for made in tries] == [1, 2, 3]
    later = dt.timedelta(hours=20)
    assert record(failed("http_503", FailureKind.TRANSIENT, later)).next_try_at == NOW + later
    assert record(failed("http_404", FailureKind.PERMANENT)).next_try_at is None


def test_a_page_that_robots_txt_closes_is_over_and_one_behind_an_unreadable_robots_txt_is_not() -> None:
    closed = record(Disallowed(url=URL, at=URL, reason="robots_disallowed"))
    assert (closed.outcome, closed.next_try_at) == (PageOutcome.DISALLOWED, None)
    unread = record(Disallowed(url=URL, at=URL, reason="robots_unreachable"))
    assert (unread.outcome, unread.next_try_at) == (PageOutcome.FAILED, NOW + RETRIES[0])


def test_a_page_that_was_not_asked_for_leaves_nothing() -> None:
    assert page_record(WANTED, failed("host_stopped", FailureKind.OURS), None, NOW) is None


def test_pages_are_taken_by_host_each_once_and_no_host_fills_a_run() -> None:
    def page(entry_id: int, url: str) -> PageWanted:
        return PageWanted(entry_id=entry_id, feed_id=1, url=url, title="", body_length=0)

    many = [page(n, f"https://a.example/{n}") for n in range(PAGES_PER_HOST + 5)]
    others = [
        page(900, "https://b.example/x#top"),
        page(901, "https://b.example/x"),
        page(902, "http://[broken"),
    ]
    by_host = pages_by_host([*many, *others])
    assert len(by_host["a.example"]) == PAGES_PER_HOST
    assert [[one.entry_id for one in entries] for entries in by_host["b.example"]] == [[900, 901]]
    assert [one.entry_id for [one] in by_host[""]] == [902]


def test_what_may_not_be_mined_is_not_even_extracted() -> None:
    page = b"<html><body><article><p>A long enough text of the page, with a full stop.</p></article></body></html>"
    task = PageTask(body=page, url=URL, content_type="text/html", headers={"tdm-reservation": "1"})
    read = read_page(task)
    assert isinstance(read, PageRead)
    assert (read.article, read.consent.text_mining) == (None, False)


def test_dates_of_pages_are_read_as_those_of_feeds() -> None:
    assert moment_of("20.11.2026 10:30") == dt.datetime(2026, 11, 20, 10, 30, tzinfo=dt.UTC)
    assert moment_of("yesterday") is None


def read(body: bytes) -> ReadFeed | ReadFailed:
    return read_body(
        ReadTask(
            body=body,
            content_type="application/xml",
            url="https://gazette.example/news.xml",
            kind=FeedKind.RSS,
            feed_language=None,
            now=NOW,
        )
    )


@pytest.mark.parametrize("body", [SITEMAP, gzip.compress(SITEMAP)])
def test_a_news_sitemap_is_read_as_a_feed_packed_or_not(body: bytes) -> None:
    feed = read(body)
    assert isinstance(feed, ReadFeed)
    assert feed.format == "sitemap"
    [entry] = feed.entries
    assert (entry.title, entry.url, entry.published_at) == (
        "Crates of engines",
        "https://gazette.example/1",
        NOW - dt.timedelta(hours=1),
    )


def test_an_index_of_sitemaps_says_which_to_poll_instead() -> None:
    feed = read(INDEX)
    assert isinstance(feed, ReadFeed)
    assert feed.entries == ()
    assert [issue.code for issue in feed.issues] == ["sitemap_index"]
    assert "sitemap-news.xml" in feed.issues[0].detail
