"""Links, isolation and anchors: what may stand in a page, a mail or a cell."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.render.escape import (
    anchor,
    bdi,
    direction,
    isolate,
    language_tag,
    link,
    one_line,
    safe_url,
    shorten,
)


@pytest.mark.parametrize(
    ("given_url", "wanted"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("HTTP://a.example/", "HTTP://a.example/"),
        ("https://a.example/a b\"c'd<e>", "https://a.example/a%20b%22c%27d%3Ce%3E"),
        ("https://a.example/новости", "https://a.example/новости"),
        ("https://новости.example/", "https://новости.example/"),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/", None),
        ("/a", None),
        ("https://", None),
        ("https://user:secret@a.example/", None),
        ("https://a.example\r\nX: y", None),
        ("https://[::1", None),
        ("https://a.example/\u202egnp.exe", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_only_plain_web_addresses_are_links(given_url: object, wanted: str | None) -> None:
    assert safe_url(given_url) == wanted


@given(st.text())
def test_no_text_becomes_an_unsafe_address(text: str) -> None:
    url = safe_url(text)
    if url is not None:
        assert urlsplit(url).scheme in {"http", "https"} and not re.search(r"[\x00-\x20\"'<>`\\]", url)


@given(st.text(), st.text(max_size=6), st.text())
def test_a_link_parses_as_one_bdi_in_at_most_one_anchor_with_the_text_as_text(
    text: str, language: str, url: str
) -> None:
    body = LexborHTMLParser(f"<body>{link('https://a.example/' + url, text, language)}</body>").body
    assert body is not None
    assert [node.tag for node in body.css("*")] in (
        ["a", "bdi"],
        ["bdi"],
        ["body", "a", "bdi"],
        ["body", "bdi"],
    )
    (inner,) = body.css("bdi")
    assert set(inner.attributes) == {"lang", "dir"}
    assert " ".join(inner.text().split()) == one_line(text).replace("\x00", "")


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [("ar", "", "rtl"), ("fa", "abc", "rtl"), ("he-IL", "", "rtl"), ("en", "سلام", "ltr"), ("und", "12 سلام", "rtl"),
     ("und", "12 abc سلام", "ltr"), ("", "", "ltr"), (None, "۱۲ خبر", "rtl")],
)  # fmt: skip
def test_direction_is_the_language_s_or_of_the_first_strong_letter(
    language: object, text: str, wanted: str
) -> None:
    assert direction(language, text) == wanted


def test_the_language_attribute_is_empty_where_nothing_is_known() -> None:
    assert [language_tag(code) for code in ("fr", "zh-Hans", "und", None, '"><b>')] == [
        "fr",
        "zh-Hans",
        "",
        "",
        "",
    ]


def test_a_text_cannot_reorder_or_break_out_of_its_line() -> None:
    assert one_line("a\u202eb\u2066c\r\nd\x00e\u2028f") == "abc d e f"
    assert isolate("a\u2069b") == "\u2068ab\u2069"
    assert one_line(None) == one_line(float("nan")) == ""
    assert bdi("<b>", "x>") == '<bdi lang="" dir="ltr">&lt;b&gt;</bdi>'


def test_zero_width_joiners_of_persian_stay() -> None:
    assert one_line("می\u200cرود") == "می\u200cرود"


@given(st.text(), st.integers(2, 60))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_shortening_prefers_whole_words() -> None:
    assert shorten("Inspectors return to the plant", 24) == "Inspectors return to…"


@pytest.mark.parametrize(
    ("key", "wanted"), [(12, "story-12"), (12.0, "story-12"), ("ab_9-Z", "story-ab_9-Z")]
)
def test_anchors_are_readable_where_the_key_allows(key: object, wanted: str) -> None:
    assert anchor("story", key) == wanted


@given(st.text())
def test_any_key_gives_a_plain_anchor(key: str) -> None:
    assert re.fullmatch(r"claim-[A-Za-z0-9_-]{1,80}", anchor("claim", key))
