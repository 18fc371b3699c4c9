from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.parse.feed import parse_feed
from monitor.types.entries import ParsedFeed

DATA = Path(__file__).resolve().parents[2] / "data" / "parse"


def rss(items: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Desk</title>'
        f"<link>https://desk.example/</link>{head}{items}</channel></rss>"
    ).encode()


def item(n: int, more: str = "") -> str:
    return (
        f"<item><title>Report {n}</title><link>https://desk.example/{n}</link><guid>g{n}</guid>{more}</item>"
    )


def codes(feed: ParsedFeed) -> list[str]:
    return [issue.code for issue in feed.issues]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b" \n\x00 ", "empty_body"),
        (b"\xef\xbb\xbf", "empty_body"),
        (b"<!DOCTYPE html><html><head><title>Blocked</title></head><body>Wait</body></html>", "html_instead"),
        (b"<!-- cache --><html><body>x</body></html>", "html_instead"),
        (b"<div>Please enable cookies</div>", "html_instead"),
        (b'{"error": "not found"}', "not_a_feed"),
        (b"[1, 2, 3]", "not_a_feed"),
        (b'{"items": [', "json_broken"),
        (b"just words", "not_a_feed"),
        (b'<?xml version="1.0"?><opml><body><outline/></body></opml>', "html_instead"),
        (b'<?xml version="1.0"?><sitemap><url/></sitemap>', "not_a_feed"),
        (b"\xff" * 1000, "not_a_feed"),
        (rss("<item>" + "<a>" * 20_000), "too_deep"),
        (rss("<item>" + "<a>" * 20_000 + "</a>" * 20_000 + "</item>"), "too_deep"),
        (rss("<item a='' " + " ".join(f"a{n}=''" for n in range(5000)) + "/>"), "too_complex"),
        (b"\x1f\x8bnot gzip", "unreadable"),
        (gzip.compress(b"<rss>" + b" " * 16_000_000), "too_large"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_code(body: bytes, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(body)
    assert caught.value.code == code


def test_a_feed_without_entries_is_an_answer() -> None:
    feed = parse_feed(rss(""))
    assert (feed.format, feed.title, feed.entries, feed.issues) == ("rss20", "Desk", (), ())


def test_entries_before_and_after_the_damage_are_kept() -> None:
    feed = parse_feed(rss(item(1) + "<item><title>A & B <broken</title></item>" + item(3)))
    assert {"Report 1", "Report 3"} <= {entry.title for entry in feed.entries}
    assert feed.damaged
    assert "xml_damaged" in codes(feed)


def test_an_item_that_is_cut_off_waits_for_the_next_poll() -> None:
    whole = rss(item(1) + item(2) + item(3, "<description>Long text here</description>"))
    feed = parse_feed(whole[: whole.index(b"text here")])
    assert [entry.title for entry in feed.entries] == ["Report 1", "Report 2"]
    assert codes(feed) == ["xml_damaged", "entry_cut_off"]


@pytest.mark.parametrize(
    "reference",
    ["&#xD800;", "&#55296;", "&#xDFFF;", "&#0;", "&#x1F;", "&#xFFFF;", "&#x110000;", "&#99999999999;"],
)
def test_impossible_references_lose_neither_feed_nor_text(reference: str) -> None:
    feed = parse_feed(rss(f"<item><title>Before{reference}after</title></item>" + item(2)))
    assert [entry.title for entry in feed.entries] == ["Beforeafter", "Report 2"]
    assert not feed.damaged


def test_the_halves_of_a_pair_are_one_character() -> None:
    assert (
        parse_feed(rss("<item><title>&#55357;&#56832; &#x10FFFD;</title></item>")).entries[0].title
        == "😀 \U0010fffd"
    )


def test_controls_and_nul_do_not_break_the_document() -> None:
    feed = parse_feed(rss("<item><title>a\x00b\x1bc</title></item>"))
    assert (feed.entries[0].title, feed.damaged) == ("abc", False)


def test_entities_bombs_and_files_are_harmless() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = head + '<rss version="2.0"><channel><item><title>T &l9; &f;</title></item></channel></rss>'
    title = parse_feed(body.encode()).entries[0].title
    assert len(title) < 100
    assert "root:" not in title


def test_atom_text_keeps_its_angle_brackets() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="text">a &lt;b&gt; c</title>'
        '<summary type="text">5 &lt; 6 &amp; &lt;p&gt;</summary></entry>'
        '<entry><title type="html">d &lt;b&gt;e&lt;/b&gt;</title></entry></feed>'
    )
    plain, marked = parse_feed(body.encode()).entries
    assert (plain.title, plain.title_is_html) == ("a <b> c", False)
    assert plain.summary == "5 &lt; 6 &amp; &lt;p&gt;"
    assert (marked.title, marked.title_is_html) == ("d <b>e</b>", True)


def test_links_are_joined_to_what_the_feed_means() -> None:
    one = parse_feed(rss("<item><title>x</title><link>/a</link></item>"), url="https://feeds.example/rss")
    assert one.entries[0].link == "https://desk.example/a"
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"{}><entry><title>x</title><link href="a"/></entry></feed>'
    )
    two = parse_feed(atom.format("").encode(), url="https://feeds.example/news/atom")
    assert two.entries[0].link == "https://feeds.example/news/a"
    three = parse_feed(
        atom.format(' xml:base="https://base.example/x/"').encode(), url="https://feeds.example/"
    )
    assert three.entries[0].link == "https://base.example/x/a"


def test_hints_of_polling_are_read() -> None:
    head = (
        "<ttl>45</ttl><skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>noday</day></skipDays>"
    )
    hints = parse_feed(rss(item(1), head)).hints
    assert (hints.ttl_minutes, hints.skip_hours, hints.skip_days) == (45, (0, 23), ("Sunday",))
    module = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel></rss>"
    )
    assert parse_feed(module.encode()).hints.update_period_s == 1800


def test_the_next_page_and_the_source_are_noted() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="?page=2"/><entry><title>x</title>'
        '<link href="https://copy.example/1"/><link rel="via" href="https://agency.example/1"/></entry></feed>'
    )
    feed = parse_feed(body.encode(), url="https://copy.example/atom")
    assert feed.next_url == "https://copy.example/atom?page=2"
    assert feed.entries[0].source_url == "https://agency.example/1"
    named = rss('<item><title>x</title><source url="https://agency.example/rss">Agency</source></item>')
    assert parse_feed(named).entries[0].source_url == "https://agency.example/rss"


def test_the_newest_entries_are_kept_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.parse.feed.MAX_ENTRIES", 50)
    many = "".join(
        item(n, f"<pubDate>Sat, 21 Nov 2026 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} GMT</pubDate>")
        for n in range(55)
    )
    feed = parse_feed(rss(many))
    assert len(feed.entries) == 50
    assert feed.entries[0].title == "Report 5"
    assert codes(feed) == ["entries_capped"]


def test_a_gzipped_file_is_unpacked() -> None:
    assert len(parse_feed(gzip.compress(rss(item(1)))).entries) == 1


_SEEDS = [path.read_bytes() for path in sorted(DATA.glob("*.xml"))] + [rss(item(1) + item(2))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.none() | st.text(max_size=40))
def test_any_bytes_give_a_feed_or_a_parse_error(body: bytes, content_type: str | None) -> None:
    read_or_refused(body, content_type)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40), st.binary(max_size=12)), max_size=6),
)
def test_a_mutated_feed_gives_a_feed_or_a_parse_error(
    body: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    for place, length, put in edits:
        body = body[:place] + put + body[place + length :]
    read_or_refused(body, None)


_TOKENS = """<rss> <channel> <item> </item> <title > </title> & &#xD800; <![CDATA[ ]]> <link\xa0href='u'> </link>
<content\xa0type='xhtml'> <source\xa0url='x'> </source> <author> <x:y> <image> <!-- --> <?xml?> <entry> <guid>
<category> </category> <links\xa0a='b'> <authors\xa0a='b'> <tags\xa0a=''> <feed> \x00 é a '""".replace(
    "\xa0", "_"
).split()
TOKENS = [token.replace("_", " ") for token in _TOKENS]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_any_order_of_tags_gives_a_feed_or_a_parse_error(tokens: list[str]) -> None:
    read_or_refused("".join(tokens).encode(), None)


def read_or_refused(body: bytes, content_type: str | None) -> None:
    try:
        feed = parse_feed(body, content_type=content_type, url="https://desk.example/feed")
    except ParseError as error:
        assert error.code
        return
    for entry in feed.entries:
        assert isinstance(entry.title, str)
        assert isinstance(entry.content, str)
