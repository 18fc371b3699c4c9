"""Fingerprints: the same on every machine, near for near texts, fit for both databases."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.group.facts import negations_in, numbers_in
from monitor.group.files import group_items
from monitor.group.fingerprint import fingerprint, fingerprints, is_article
from monitor.group.minhash import PERMUTATIONS, jaccard, shingles, signatures
from monitor.group.words import number, tokens
from tests.story_items import story_item

TEXT = "Norvia will ship 1,200 shells to Tarsk in May, the ministry of trade told reporters near the port of Velm."


def test_one_at_a_time_or_many_at_once_is_the_same() -> None:
    items = [story_item(n, f"{TEXT} Part {n}.") for n in range(1, 6)]
    assert fingerprints(items) == [fingerprint(item) for item in items]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_hash_seed_of_python_does_not_count(seed: str) -> None:
    program = (
        "from tests.story_items import story_item; from monitor.group.fingerprint import fingerprint; "
        f"f = fingerprint(story_item(1, {TEXT!r})); print(f.keys, f.bands, f.signature.hex()[:64])"
    )
    here = fingerprint(story_item(1, TEXT))
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed},
    ).stdout.strip()
    assert told == f"{here.keys} {here.bands} {here.signature.hex()[:64]}"


def test_bands_fit_signed_64_bits_and_the_signature_is_packed() -> None:
    mark = fingerprint(story_item(1, TEXT))
    assert len(mark.bands) == 16
    assert all(-(2**63) <= band < 2**63 for band in mark.bands)
    assert len(mark.signature) == PERMUTATIONS * 4


def test_very_short_texts_are_found_by_exact_keys_only() -> None:
    assert fingerprint(story_item(1, "All clear in Velm")).bands == ()
    assert fingerprint(story_item(1, "")).keys == ()


@given(
    st.sets(st.integers(0, 400), min_size=60, max_size=200),
    st.sets(st.integers(0, 400), min_size=60, max_size=200),
)
def test_the_signature_estimates_the_share_of_common_shingles(one: set[int], two: set[int]) -> None:
    sets = [shingles([f"w{n}" for n in sorted(values)], 1) for values in (one, two)]
    rows = signatures(sets)
    guess = float(np.mean(rows[0] == rows[1]))
    # standard error is at most .0625; five of them are room enough for any draw
    assert abs(guess - jaccard(*sets)) < 0.3125


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_fingerprinted_and_grouped(title: str, body: str) -> None:
    items = [story_item(1, body, title=title), story_item(2, title, title=body, language="und")]
    assert set(group_items(items)) == {"e00001", "e00002"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1,200", "1200"),
        ("1.200", "1200"),
        ("3,5", "3.50"),
        ("٢٥", "25"),
        ("۲۵", "25"),
        ("007", "7"),
        ("1\u00a0000", "1000"),
    ],
)
def test_a_number_has_one_spelling(one: str, two: str) -> None:
    assert [number(word) for word in tokens(one)] == [number(word) for word in tokens(two)]


def test_spelt_numbers_and_days_count_as_numbers() -> None:
    assert numbers_in(tokens("Three ships on Monday, 3 on 周一")) == ["3", "day 1", "3", "day 1"]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The minister does not deny it", "en", ("not", "denied")),
        ("It isn't so", "en", ("not",)),
        ("Министр опроверг это", "ru", ("denied",)),
        ("وزارت خارجه آن را تکذیب کرد", "fa", ("denied",)),
        ("وزیر نمی‌پذیرد", "fa", ("not",)),
        ("外交部否认", "zh", ("denied",)),
        ("외교부는 부인했다", "ko", ("denied",)),
        ("Der Minister bestätigt", "de", ()),
    ],
)
def test_negation_and_denial_are_seen(text: str, language: str, found: tuple[str, ...]) -> None:
    assert negations_in(tokens(text), language) == found


@pytest.mark.parametrize(
    ("url", "article"),
    [
        ("https://example.org/", False),
        ("https://example.org/world", False),
        ("https://example.org/fr/monde/", False),
        ("https://example.org/2026/03/03/norvia", True),
        ("https://example.org/?p=17", True),
        ("https://example.org/norvia-ships-shells-to-tarsk", True),
    ],
)
def test_addresses_of_articles_are_told_from_pages_of_headlines(url: str, article: bool) -> None:
    assert is_article(url) is article
