"""Older pages fill a gap: which page is asked, and what becomes of the window."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.normalise.entry import normalise_feed
from monitor.parse.feed import parse_feed
from monitor.pipeline.paging import gap_issue, joined, next_page
from monitor.types.entries import ReadFeed
from monitor.types.source import FeedKind

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
URL = "https://desk.example/feed"


def page(*numbers: int, older: str = "") -> ReadFeed:
    link = f'<atom:link rel="next" href="{older}"/>' if older else ""
    items = "".join(
        f"<item><title>Report {n}</title><link>https://desk.example/{n}</link><guid>{n}</guid></item>"
        for n in numbers
    )
    body = (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{link}{items}</channel></rss>'
    )
    parsed = parse_feed(body.encode(), url=URL)
    return normalise_feed(parsed, kind=FeedKind.RSS, feed_url=URL, feed_language=None, now=NOW)


@pytest.mark.parametrize(
    ("older", "asked"),
    [
        ("https://desk.example/feed?page=2", "https://desk.example/feed?page=2"),
        ("/feed?page=2", "https://desk.example/feed?page=2"),
        ("https://other.example/feed?page=2", None),
        ("https://desk.example.evil.example/feed?page=2", None),
        ("http://127.0.0.1/feed?page=2", None),
        ("file:///etc/passwd", None),
        (URL, None),
        ("", None),
    ],
)
def test_only_pages_of_the_own_host_are_asked_and_none_twice(older: str, asked: str | None) -> None:
    assert next_page(page(1, older=older), URL, [URL]) == asked


def test_a_page_adds_what_the_window_does_not_show() -> None:
    window = joined(page(5, 4, older="/feed?page=2"), page(4, 3, 2, older="/feed?page=3"))
    assert [entry.external_id for entry in window.entries] == ["5", "4", "3", "2"]
    assert window.next_url == "https://desk.example/feed?page=3"


def test_a_gap_says_what_was_tried() -> None:
    issue = gap_issue(30, 2, "older pages go on")
    assert issue.code == "window_gap"
    assert "30 items" in issue.detail
    assert "2 older pages" in issue.detail
