"""The quick reader gives what feedparser gives, or leaves the document to it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.parse import feed as feed_module
from monitor.parse.feed import parse_feed
from monitor.parse.quick import quick_items
from monitor.types.entries import ParsedFeed

URL = "https://feeds.example/feed"
ITEM = "<item><title>Talks</title><link>https://desk.example/1</link><guid>1</guid></item>"


def both(body: bytes) -> tuple[ParsedFeed | str, ParsedFeed | str]:
    """A body as it is read, and as feedparser alone has it read; a refusal is its code."""
    answers: list[ParsedFeed | str] = []
    for reader in (quick_items, lambda _: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(feed_module, "quick_items", reader)
            try:
                answers.append(parse_feed(body, url=URL))
            except ParseError as error:
                answers.append(error.code)
    return answers[0], answers[1]


def rss(items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">'
        f"<channel><title>Desk</title><link>https://desk.example/</link>{head}{items}</channel></rss>"
    ).encode()


def atom(entries: str, attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Desk</title>{entries}</feed>'.encode()
    )


def test_usual_feeds_are_read_quickly() -> None:
    assert quick_items(rss(ITEM * 2)) is not None
    entry = '<entry><id>1</id><title>T</title><link href="/1"/><author><name>Desk</name></author></entry>'
    assert quick_items(atom(entry)) is not None


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>One</title><title>Two</title></item>"),
        rss("<item><description>plain <b>tag</b></description></item>"),
        rss(ITEM, "").replace(b"<rss ", b'<!DOCTYPE rss [<!ENTITY x "y">]><rss '),
        rss(ITEM).replace(b"<rss ", b'<rss xml:base="https://other.example/" '),
        rss("<item><media:title>first</media:title><title>Talks</title></item>"),
        rss(ITEM + "<ttl>30</ttl>" + ITEM),
        rss(ITEM)[:-20],
        atom(
            '<entry><id>1</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content></entry>'
        ),
    ],
)
def test_what_is_not_certain_is_left_to_feedparser(body: bytes) -> None:
    assert quick_items(body) is None
    quick, slow = both(body)
    assert quick == slow


def captures(shared_data: Path) -> Iterator[Path]:
    for folder in ("feeds", "feeds_conformance"):
        yield from (
            p for p in sorted((shared_data / folder).rglob("*")) if p.suffix not in {".tsv", ".md", ""}
        )


def test_every_capture_is_read_alike(shared_data: Path) -> None:
    quickly = 0
    for path in captures(shared_data):
        body = path.read_bytes()
        if quick_items(body) is None:
            continue
        quickly += 1
        quick, slow = both(body)
        assert quick == slow, path.name
    assert quickly > 200  # most of the suite is made to be odd; of usual feeds over half are read quickly


TEXT = st.text(st.sampled_from("ab é€ж中&<>;#x26 \n@./:'\"\u200f"), max_size=24) | st.sampled_from(
    [
        "",
        " ",
        "<p>One</p>",
        "AT&amp;T",
        "&#8230;",
        "https://desk.example/?a=1&b=2",
        "desk@mail.example (Desk)",
    ]
)
TAGS = st.sampled_from(
    [
        "title", "link", "guid", 'guid isPermaLink="false"', "description", "content:encoded", "dc:creator", "author",
        "category", 'category domain="x"', "pubDate", "dc:date", "comments", "slash:comments", "dc:subject",
        'source url="https://agency.example/rss"', "media:title", "media:thumbnail", 'enclosure url="x.mp3"', "summary",
        "id", "dc:language", "updated", "unknown", "content", 'title type="html"', "image",
    ]
)  # fmt: skip
ATOM_TAGS = st.sampled_from(
    [
        "title", 'title type="html"', "id", 'link href="/one"', 'link rel="self" href="https://x.example/1"',
        'link rel="via" href="https://x.example/2"', "summary", 'summary type="html"', "content", 'content type="html"',
        "published", "updated", 'category term="war"', 'category term="a" label="b"', "rights", "author", "link",
        'content type="text" xml:lang="fr_FR"', "contributor",
    ]
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    is_atom = draw(st.booleans())
    items = ""
    for _ in range(draw(st.integers(1, 3))):
        parts = ""
        for opened in draw(st.lists(ATOM_TAGS if is_atom else TAGS, max_size=7)):
            name, text = opened.split()[0], draw(TEXT)
            if name in {"author", "contributor"} and is_atom:
                parts += f"<{name}><name>{escape(text)}</name></{name}>"
            elif draw(st.booleans()) and "]]>" not in text:
                parts += f"<{opened}><![CDATA[{text}]]></{name}>"
            else:
                parts += f"<{opened}>{escape(text)}</{name}>"
        items += f"<entry>{parts}</entry>" if is_atom else f"<item>{parts}</item>"
    if is_atom:
        return atom(items, draw(st.sampled_from(["", 'xml:lang="en_US"', 'xml:base="https://b.example/"'])))
    return rss(
        items,
        draw(
            st.sampled_from(["", "<language>fr</language>", "<ttl>60</ttl>", "<image><url>x</url></image>"])
        ),
    )


@settings(max_examples=300, deadline=None)
@given(documents())
@example(rss('<item><title>2</title><source url="https://a.example/rss"></source><media:title/></item>', ""))
def test_made_up_feeds_are_read_alike(body: bytes) -> None:
    quick, slow = both(body)
    assert quick == slow
