"""A news sitemap is a feed; other sitemaps say why they are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.parse.feed import MAX_ENTRIES
from monitor.parse.sitemap import is_sitemap, parse_sitemap, sitemap_children
from monitor.types.entries import RawEntry

URL = "https://daily.example/news-sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc>https://daily.example/1?a=1&amp;b=2</loc><lastmod>2026-11-20T19:00:00Z</lastmod>
  <news:news>
   <news:publication><news:name>The Daily Example</news:name><news:language>uk</news:language></news:publication>
   <news:publication_date>2026-11-20T18:05:00+02:00</news:publication_date>
   <news:title>Двигуни &amp; ящики</news:title><news:keywords>порт, санкції,порт</news:keywords></news:news>
  <image:image><image:loc>https://daily.example/1.jpg</image:loc><image:title>A picture</image:title></image:image>
 </url>
 <url><loc> /2 </loc><news:news><news:title><![CDATA[Crates & "engines"]]></news:title></news:news></url>
 <url><loc>https://daily.example/imprint</loc></url>
</urlset>"""
INDEX = b"""<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
 <sitemap><loc>https://news.example/sitemap-2025.xml</loc><lastmod>2025-12-31</lastmod></sitemap>
 <sitemap><loc>https://news.example/sitemap-2026.xml</loc><lastmod>2026-11-20</lastmod></sitemap>
 <sitemap><loc>/sitemap-news.xml</loc></sitemap>
 <sitemap><loc>javascript:x</loc></sitemap>
</sitemapindex>"""


def test_stories_of_a_news_sitemap_are_entries() -> None:
    feed = parse_sitemap(NEWS.encode(), url=URL)
    assert (feed.format, feed.title, feed.language, feed.damaged) == (
        "sitemap",
        "The Daily Example",
        "uk",
        False,
    )
    assert feed.entries == (
        RawEntry(
            link="https://daily.example/1?a=1&b=2",
            title="Двигуни & ящики",
            title_is_html=False,
            published="2026-11-20T18:05:00+02:00",
            updated="2026-11-20T19:00:00Z",
            categories=("порт", "санкції"),
            language="uk",
        ),
        RawEntry(link="https://daily.example/2", title='Crates & "engines"', title_is_html=False),
    )
    assert [issue.code for issue in feed.issues] == ["no_news_data"]


def test_prefixes_and_case_of_elements_are_the_publishers_choice() -> None:
    body = (
        NEWS.replace("news:", "n:")
        .replace("xmlns:news", "xmlns:n")
        .replace("<url>", "<URL>")
        .replace("</url>", "</URL>")
    )
    assert len(parse_sitemap(body.encode(), url=URL).entries) == 2


def test_a_sitemap_that_ends_early_gives_what_was_whole() -> None:
    feed = parse_sitemap(NEWS[: NEWS.index("<image:image>")].encode(), url=URL)
    assert [entry.title for entry in feed.entries] == ["Двигуни & ящики"]
    assert feed.damaged
    assert feed.issues[0].code == "xml_damaged"


def test_an_index_names_its_sitemaps_and_is_no_story() -> None:
    feed = parse_sitemap(INDEX, url="https://news.example/sitemap.xml")
    assert feed.entries == ()
    assert [issue.code for issue in feed.issues] == ["sitemap_index"]
    assert "https://news.example/sitemap-news.xml" in feed.issues[0].detail
    children = sitemap_children(INDEX, url="https://news.example/sitemap.xml")
    assert [(child.url, child.is_news) for child in children] == [
        ("https://news.example/sitemap-news.xml", True),
        ("https://news.example/sitemap-2026.xml", False),
        ("https://news.example/sitemap-2025.xml", False),
    ]
    assert sitemap_children(NEWS.encode()) == ()


def test_the_newest_of_too_many_are_read() -> None:
    item = (
        "<url><loc>https://a.example/{0}</loc><n:news xmlns:n='x'><n:title>t {0}</n:title>"
        "<n:publication_date>2026-01-01T00:{0:05d}</n:publication_date></n:news></url>"
    )
    body = "<urlset>" + "".join(item.format(n) for n in range(MAX_ENTRIES + 5)) + "</urlset>"
    feed = parse_sitemap(body.encode())
    assert len(feed.entries) == MAX_ENTRIES
    assert "t 4" not in {entry.title for entry in feed.entries}
    assert [issue.code for issue in feed.issues] == ["entries_capped"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (NEWS.encode(), True),
        (INDEX, True),
        (b"\xef\xbb\xbf<!-- made by a plugin --><?xml-stylesheet href='x'?><urlset>", True),
        ("<urlset>".encode("utf-16"), True),
        (b"<sm:urlset xmlns:sm='x'>", True),
        (b"<rss version='2.0'><channel><title>urlset</title>", False),
        (b"<html><urlset>", False),
        (b"", False),
        (b"<!--" * 2000, False),
    ],
)
def test_a_sitemap_is_known_by_its_root(body: bytes, expected: bool) -> None:
    assert is_sitemap(body) is expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"<rss/>", "not_a_feed"),
        (b"<!doctype html><p>x", "html_instead"),
        (b"x", "unreadable"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(body: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_sitemap(body)
    assert caught.value.code == code


def test_entities_are_not_expanded() -> None:
    body = b"""<!DOCTYPE urlset [<!ENTITY b "boom"><!ENTITY x SYSTEM "file:///etc/hostname">]>
    <urlset><url><loc>https://a.example/1</loc><news><title>&b;&x;</title></news></url></urlset>"""
    assert parse_sitemap(body).entries[0].title == "&b;&x;"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!?-=\"' &;[]urlsetnwoci:\x00\ud800"), max_size=120))
def test_bytes_are_a_feed_or_a_stated_refusal(text: str) -> None:
    body = b"<urlset><url>" + text.encode("utf-8", "surrogatepass")
    try:
        parse_sitemap(body)
    except ParseError as error:
        assert error.code in {"empty_body", "html_instead", "too_large", "unreadable", "not_a_feed"}
