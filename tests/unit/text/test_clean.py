from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.clean import MAX_MARKS, clean_line, clean_text, cut_text

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("one\r\ntwo\rthree\u2028four\u2029five\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("tab\tstays", "tab\tstays"),
        ("lone \ud800 half", "lone  half"),
        ("non\ufffecharacter\U0010ffff\ufdd0", "noncharacter"),
        ("e\u0301", "é"),
        ("e\x00\u0301", "é"),
        ("q" + "\u0301" * 50, "q" + "\u0301" * MAX_MARKS),
        ("\u202eabc\u202c", "\u202eabc\u202c"),
        ("می\u200cخواهد", "می\u200cخواهد"),
        ("мій", "мій"),
    ],
)
def test_only_what_no_text_needs_is_taken_out(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@settings(deadline=None)
@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in "\n\t" for c in once)


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_line_has_no_line_end(text: str) -> None:
    assert len(clean_line(text).splitlines()) <= 1


@settings(deadline=None)
@given(ANY_TEXT, st.integers(32, 60))
def test_a_cut_text_fits_and_stays(text: str, limit: int) -> None:
    cut = cut_text(text, limit)
    assert len(cut) <= limit
    assert cut_text(cut, limit) == cut


def test_texts_that_begin_alike_stay_apart_when_cut() -> None:
    assert cut_text("a" * 100 + "x", 50) != cut_text("a" * 100 + "y", 50)
