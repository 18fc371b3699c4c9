"""What a page permits: every word, where it may stand, and that the strictest counts."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from monitor.parse.consent import read_consent
from monitor.types.article import Consent, strictest

ALL = Consent()
DOCS = Path(__file__).parents[3] / "docs" / "reference" / "consent.md"


def meta(content: str, name: str = "robots") -> bytes:
    return f'<html><head><meta name="{name}" content="{content}"></head><body>x</body></html>'.encode()


def rights(consent: Consent) -> tuple[bool, int | None, bool, bool]:
    return consent.archive, consent.snippet_length, consent.machine_learning, consent.text_mining


WORDS = [
    ("noindex", (False, None, False, False)),
    ("none", (False, None, False, False)),
    ("noarchive", (False, None, True, True)),
    ("nocache", (False, None, True, True)),
    ("nosnippet", (True, 0, True, True)),
    ("max-snippet:120", (True, 120, True, True)),
    ("max-snippet: 0", (True, 0, True, True)),
    ("max-snippet:-1", (True, None, True, True)),
    ("noai", (True, None, False, True)),
    ("noml", (True, None, False, True)),
    ("notrain", (True, None, False, True)),
    ("noimageai", (True, None, True, True)),
    ("index, follow, max-image-preview:large", (True, None, True, True)),
    ("NOARCHIVE , max-snippet:80,noai", (False, 80, False, True)),
    ("max-snippet:200, max-snippet:50", (True, 50, True, True)),
    ("noarchivex", (True, None, True, True)),
]


@pytest.mark.parametrize(("words", "expected"), WORDS)
def test_a_word_means_the_same_in_page_and_header(
    words: str, expected: tuple[bool, int | None, bool, bool]
) -> None:
    assert rights(read_consent(meta(words))) == expected
    assert rights(read_consent(b"<p>x", {"x-robots-tag": words})) == expected


def test_silence_permits() -> None:
    assert read_consent(b"<p>x", {"content-type": "text/html"}) == ALL
    assert read_consent(b"", {}) == ALL


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("otherbot: noarchive, nosnippet", (True, None, True, True)),
        ("otherbot: noarchive, news-monitor: nosnippet", (True, 0, True, True)),
        ("news-monitor: noarchive, otherbot: nosnippet", (False, None, True, True)),
        ("noarchive, otherbot: nosnippet", (False, None, True, True)),
        ("otherbot: nofollow, noai", (True, None, False, True)),
        ("unavailable_after: 25 Jun 2030 15:00:00 GMT, noarchive", (False, None, True, True)),
    ],
)
def test_words_for_another_robot_are_not_for_us_but_those_on_learning(
    header: str, expected: tuple[bool, int | None, bool, bool]
) -> None:
    assert rights(read_consent(b"<p>x", {"X-Robots-Tag": header})) == expected


def test_metas_of_other_robots() -> None:
    assert rights(read_consent(meta("noindex, noarchive", "otherbot"))) == rights(ALL)
    assert rights(read_consent(meta("noindex, noai", "otherbot"))) == (True, None, False, True)
    assert rights(read_consent(meta("noarchive", "News-Monitor"))) == (False, None, True, True)


@pytest.mark.parametrize("value", ["1", " 1 ", "0, 1"])
def test_a_reservation_of_text_and_data_mining_covers_learning(value: str) -> None:
    for consent in (
        read_consent(b"<p>x", {"tdm-reservation": value}),
        read_consent(meta(value, "tdm-reservation")),
    ):
        assert rights(consent) == (True, None, False, False)


@pytest.mark.parametrize("value", ["0", "", "yes", "11"])
def test_other_values_reserve_nothing(value: str) -> None:
    assert rights(read_consent(b"<p>x", {"tdm-reservation": value})) == rights(ALL)


def test_the_policy_is_an_address_of_the_web_or_nothing() -> None:
    page = meta("/policies/tdm.json", "tdm-policy")
    assert (
        read_consent(page, url="https://daily.example/a/b").policy_url
        == "https://daily.example/policies/tdm.json"
    )
    assert read_consent(b"<p>x", {"tdm-policy": "javascript:x"}).policy_url is None


def test_what_decided_is_kept() -> None:
    consent = read_consent(
        meta("noarchive,noimageai"), {"x-robots-tag": "noai, noai", "tdm-reservation": "1"}
    )
    assert consent.signals == (
        "header: noai",
        "header: tdm-reservation",
        "meta robots: noarchive",
        "meta robots: noimageai",
    )


def test_a_commented_out_word_is_not_said() -> None:
    assert read_consent(b"<!--" + meta("noarchive") + b"-->") == ALL


def test_of_two_the_strictest_counts() -> None:
    examples = [ALL, *(read_consent(meta(words)) for words, _ in WORDS), Consent(text_mining=False)]
    for first, second in itertools.product(examples, repeat=2):
        both = strictest(first, second)
        assert rights(both) == rights(strictest(second, first))
        assert strictest(both, first) == both
        for one in (first, second):
            assert both.archive <= one.archive
            assert both.machine_learning <= one.machine_learning
            assert both.text_mining <= one.text_mining
            assert one.snippet_length is None or (
                both.snippet_length is not None and both.snippet_length <= one.snippet_length
            )


def test_every_word_and_field_is_documented() -> None:
    told = DOCS.read_text("utf-8")
    words = {
        word.partition(":")[0] for said, _ in WORDS for word in re.split(r"[\s,]+", said.lower()) if word
    }
    for word in (words - {"index", "follow", "noarchivex", "0"}) | {"tdm-reservation", "tdm-policy"}:
        assert f"`{word}" in told, word
    for name in ("archive", "snippet_length", "machine_learning", "text_mining", "policy_url", "signals"):
        assert name in told, name
