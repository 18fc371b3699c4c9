from __future__ import annotations

import json

from monitor.parse.feed import parse_feed

FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Desk & Co",
    "home_page_url": "https://desk.example/",
    "language": "en",
    "next_url": "https://desk.example/feed.json?page=2",
    "items": [
        {
            "id": 7,
            "url": "/n/7",
            "external_url": "https://agency.example/7",
            "title": "Talks on <b>patrol boats</b> resume",
            "content_text": "The ministry said 5 < 6.\n\nNo more.",
            "date_published": "2026-11-21T08:30:00+02:00",
            "tags": ["World", 3, None],
            "authors": [{"name": "Foreign desk"}, "odd"],
        },
        {"id": "8", "content_html": "<p>One</p>", "author": {"name": "Agency"}},
        "odd",
    ],
}


def test_a_json_feed_is_read() -> None:
    feed = parse_feed(json.dumps(FEED).encode())
    first, second = feed.entries
    assert (feed.format, feed.title, feed.language) == ("json11", "Desk &amp; Co", "en")
    assert feed.next_url == "https://desk.example/feed.json?page=2"
    assert (first.guid, first.link, first.source_url) == (
        "7",
        "https://desk.example/n/7",
        "https://agency.example/7",
    )
    assert (first.title, first.title_is_html) == ("Talks on <b>patrol boats</b> resume", False)
    assert first.content == "The ministry said 5 &lt; 6.\n\nNo more."
    assert (first.author, first.categories) == ("Foreign desk", ("World", "3"))
    assert (second.content, second.author, second.link) == ("<p>One</p>", "Agency", None)
    assert [issue.code for issue in feed.issues] == ["item_unreadable"]


def test_version_one_and_a_byte_order_mark() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({**FEED, "version": "http://jsonfeed.org/version/1"}).encode()
    assert parse_feed(body).format == "json10"
