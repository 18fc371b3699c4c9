"""OPML: whatever a feed reader exported is read, and what we write is read again as the same."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor.errors import ParseError
from monitor.parse.opml import Opml, OpmlFeed, parse_opml, write_opml

NESTED = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>My desks</title></head><body>
  <outline text="Europe">
    <outline text="Harbours" title="Ports &amp; harbours">
      <outline type="rss" text="Daily Example" xmlUrl="https://daily.example/rss" htmlUrl="https://daily.example/"/>
    </outline>
    <outline type="rss" text="Morning" xmlUrl="https://morning.example/feed" language="de"/>
  </outline>
  <outline text="https://bare.example/atom" xmlurl="feed://bare.example/atom"/>
</body></opml>"""


def codes(opml: Opml) -> list[str]:
    return [issue.code for issue in opml.issues]


def test_folders_are_kept_as_a_path() -> None:
    read = parse_opml(NESTED)
    assert read.title == "My desks"
    assert read.feeds == (
        OpmlFeed(
            url="https://daily.example/rss",
            title="Daily Example",
            html_url="https://daily.example/",
            folder=("Europe", "Ports & harbours"),
        ),
        OpmlFeed(url="https://morning.example/feed", title="Morning", folder=("Europe",), language="de"),
        OpmlFeed(url="https://bare.example/atom"),
    )
    assert read.issues == ()


@pytest.mark.parametrize(
    ("outline", "url"),
    [
        ('<outline XMLURL="https://a.example/f"/>', "https://a.example/f"),
        ('<outline type="rss" url="https://a.example/f"/>', "https://a.example/f"),
        ('<outline xmlUrl=" feed:https://a.example/f "/>', "https://a.example/f"),
        ('<outline xmlUrl="https://a.example/f?a=1&b=2"/>', "https://a.example/f?a=1&b=2"),
        ('<outline text="Caf&eacute; & more" xmlUrl="https://a.example/f"/>', "https://a.example/f"),
        ('<outline text="a < b > c" xmlUrl="https://a.example/f"/>', "https://a.example/f"),
        ('<outline text="the "free" press" xmlUrl="https://a.example/f" type="rss"/>', "https://a.example/f"),
        (
            '<outline description="<p>One.</p><p>Two.</p>" xmlUrl="https://a.example/f"/>',
            "https://a.example/f",
        ),
        ('<outline xmlUrl="https://a.example/f">', "https://a.example/f"),
        ("<outline text='x\x00y' xmlUrl='https://a.example/f'/>", "https://a.example/f"),
    ],
)
def test_broken_lists_are_read(outline: str, url: str) -> None:
    read = parse_opml(f"<opml><body>{outline}</body></opml>".encode())
    assert [feed.url for feed in read.feeds] == [url]


def test_quotes_and_tags_in_a_title_do_not_cost_the_next_feed() -> None:
    body = b"""<opml><body><outline text="The "Daily" <b>Example</b>" xmlUrl="https://a.example/1"/>
    <outline text="Next" xmlUrl="https://a.example/2"/></body></opml>"""
    read = parse_opml(body)
    assert [(feed.title, feed.url) for feed in read.feeds] == [
        ('The "Daily" <b>Example</b>', "https://a.example/1"),
        ("Next", "https://a.example/2"),
    ]
    assert codes(read) == ["xml_damaged"]


def test_what_is_not_taken_over_is_said() -> None:
    read = parse_opml(
        b"""<opml><body>
        <outline text="script" xmlUrl="javascript:alert(1)"/>
        <outline text="file" xmlUrl="file:///etc/passwd"/>
        <outline text="list" type="include" url="https://a.example/other.opml"/>
        <outline text="nothing"/>
        <outline text="one" xmlUrl="https://a.example/1"/><outline text="again" xmlUrl="https://a.example/1"/>
        <outline text="Elsewhere"><outline text="one" xmlUrl="https://a.example/1"/></outline>
        </body></opml>"""
    )
    assert [(feed.folder, feed.url) for feed in read.feeds] == [
        ((), "https://a.example/1"),
        (("Elsewhere",), "https://a.example/1"),
    ]
    assert codes(read) == [
        "opml_bad_address",
        "opml_bad_address",
        "opml_link",
        "opml_no_address",
        "opml_repeated",
    ]


def test_a_feed_may_hold_others() -> None:
    read = parse_opml(
        b'<opml><body><outline text="Paper" xmlUrl="https://a.example/1">'
        b'<outline text="Sport" xmlUrl="https://a.example/2"/></outline></body></opml>'
    )
    assert [(feed.folder, feed.title) for feed in read.feeds] == [((), "Paper"), (("Paper",), "Sport")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"<!doctype html><html><body>Sign in</body></html>", "html_instead"),
        (b"<rss><channel/></rss>", "not_opml"),
        (b"just words", "unreadable"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(body: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_opml(body)
    assert caught.value.code == code


def test_entities_are_neither_expanded_nor_fetched(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    body = f"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;]>&a;&a;&a;">
    <!ENTITY x SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>
    <opml><body><outline text="&b;&x;" xmlUrl="https://a.example/1"/></body></opml>"""
    shown = repr(parse_opml(body.encode()))
    assert "canary" not in shown
    assert "aaaa" not in shown


@pytest.mark.parametrize(
    "body",
    [
        b"<opml><body>" + b'<outline text="x">' * 100_000,
        b"<opml " + b" ".join(b'a%d=">"' % n for n in range(50_000)) + b"/>",
        b"<opml>" + b"<![CDATA[" * 100_000,
        b"<opml>" + b"&" * 300_000,
        b"<!DOCTYPE " + b"[" * 500_000 + b"<opml/>",
        b"<opml><body>" + b'<outline xmlUrl="x"/>' * 5_000,
    ],
    ids=["deep", "attributes", "cdata", "ampersands", "doctype", "issues"],
)
def test_hostile_lists_cost_little(body: bytes) -> None:
    assert len(parse_opml(body).issues) <= 201


def test_what_is_written_is_opml_2_with_nested_folders() -> None:
    feeds = (
        OpmlFeed(url="https://a.example/?a=1&b=<2>", title='The "Daily" & more', folder=("Desk", "Ports")),
        OpmlFeed(url="https://b.example/", folder=("Desk",)),
    )
    written = write_opml(feeds, title="Sources", created=dt.datetime(2026, 11, 20, 18, 5, tzinfo=dt.UTC))
    root = etree.fromstring(written)
    assert root.get("version") == "2.0"
    assert root.findtext("head/dateCreated") == "Fri, 20 Nov 2026 18:05:00 GMT"
    desk = root.find("body/outline")
    assert [outline.get("text") for outline in desk] == ["Ports", "https://b.example/"]
    assert all(outline.get("text") for outline in root.iter("outline"))
    assert set(parse_opml(written).feeds) == set(feeds)


NAMES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8).map(
    lambda text: f"{text} x"
)
FEEDS = st.builds(
    OpmlFeed,
    url=st.integers(0, 40).map(lambda n: f"https://a.example/feed?n={n}&x=<é>"),
    title=st.one_of(st.just(""), NAMES),
    html_url=st.sampled_from([None, "https://a.example/"]),
    folder=st.lists(NAMES, max_size=3).map(tuple),
    language=st.sampled_from([None, "fa"]),
)


def tidy(feed: OpmlFeed) -> OpmlFeed:
    """As the names come back: cleaned (NFC, no controls)."""
    from dataclasses import replace

    from monitor.text.clean import clean_line

    folder = tuple(name for name in map(clean_line, feed.folder))
    return replace(feed, title=clean_line(feed.title), folder=folder)


@settings(max_examples=80, deadline=None)
@given(st.lists(FEEDS, max_size=12, unique_by=lambda feed: (feed.url, tidy(feed).folder)))
def test_round_trip(feeds: list[OpmlFeed]) -> None:
    read = parse_opml(write_opml(feeds, title="All"))
    assert read.issues == ()
    assert sorted(read.feeds, key=repr) == sorted(map(tidy, feeds), key=repr)
    again = parse_opml(write_opml(read.feeds, title="All"))
    assert again.feeds == read.feeds


def test_every_address_of_real_lists_is_found(shared_data) -> None:
    files = sorted((shared_data / "opml").glob("*.opml"))
    lists = [parse_opml(path.read_bytes()) for path in files]
    assert len(lists) == 59
    assert sum(len(read.feeds) for read in lists) == 786
    assert len({feed.url for read in lists for feed in read.feeds}) == 781
    assert {issue.code for read in lists for issue in read.issues} == {"xml_damaged"}
    assert all(parse_opml(write_opml(read.feeds, title=read.title)).feeds == read.feeds for read in lists)
