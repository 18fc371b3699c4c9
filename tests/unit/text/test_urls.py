from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.urls import canonical_url, host_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.COM:443/A/b?P=4#top", "https://example.com/A/b?P=4"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com./x", "http://example.com/x"),
        ("https://example.com/a?utm_source=rss&id=3&fbclid=x&p=1", "https://example.com/a?id=3&p=1"),
        (
            "https://example.com/?story=9&v=2&at_medium=RSS&xtor=RSS-1&CMP=x",
            "https://example.com/?story=9&v=2",
        ),
        ("https://example.com/?b=2&a=1", "https://example.com/?b=2&a=1"),
        ("https://example.com/?ref=rss&source=feed&from=42", "https://example.com/?from=42"),
        ("https://example.com/?ref=abc123", "https://example.com/?ref=abc123"),
        ("https://example.com/?utm%5Fsource=x&id=1", "https://example.com/?id=1"),
        ("https://example.com/a;jsessionid=12AB?x=1&PHPSESSID=3", "https://example.com/a?x=1"),
        ("https://example.com/#!/news/1", "https://example.com/#!/news/1"),
        ("https://example.com/%7euser/%c3%a4/%2f", "https://example.com/~user/%C3%A4/%2F"),
        (
            "https://example.com/новости?q=ё",
            "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%D1%91",
        ),
        ("https://müller.example/ä ö", "https://xn--mller-kva.example/%C3%A4%20%C3%B6"),
        ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://example.com/amp/story", "https://example.com/amp/story"),
        ("https://user:secret@example.com/", "https://example.com/"),
        (" https://example.com/a\nb ", "https://example.com/ab"),
        ("//example.com/x", "https://example.com/x"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
    ],
)
def test_one_page_has_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "data:text/html,x", "mailto:desk@example.org", "file:///etc/passwd", "ftp://example.com/",
     "vbscript:x", "/relative", "#top", "https://", "http://example.com:99999/", "http://[::1", "http://exa mple.com/",
     "https://example.com/" + "a" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_relative_addresses_are_joined() -> None:
    assert canonical_url("../c?x=1", "https://example.com/a/b") == "https://example.com/c?x=1"
    assert canonical_url("javascript:x", "https://example.com/") is None


def test_host_is_lower_case_without_port() -> None:
    assert host_of("https://User@WWW.Example.COM:8443/x") == "www.example.com"
    assert host_of("nothing") == host_of(None) == host_of("http://[::1") == ""


_PARTS = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


@settings(deadline=None)
@given(st.builds(lambda h, p: f"http{h}://Exa{p}", st.sampled_from(["", "s"]), _PARTS) | _PARTS)
def test_canonical_is_a_fixed_point(url: str) -> None:
    once = canonical_url(url)
    assert once is None or canonical_url(once) == once


@settings(deadline=None)
@given(st.text(alphabet="abc%2eEfF7.~/;:@?&=+#! é\\[]|", max_size=60))
def test_canonical_is_a_fixed_point_for_every_path(tail: str) -> None:
    once = canonical_url("https://example.com/" + tail)
    assert once is None or canonical_url(once) == once
