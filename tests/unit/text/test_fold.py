"""Folding gives every spelling one form and never loses the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.fold import fold, folded_word


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Arms-Transfers", "arms transfers"),
        ("ЁЛКА", "елка"),
        ("объект «Град»", "объект  град "),
        ("об'єкт", "об єкт"),
        ("обʼєкт", "об єкт"),
        ("Straße", "strasse"),
        ("ＮＡＴＯ", "nato"),
        ("F‑16", "f 16"),
        ("الصَّواريخُ", "الصواريخ"),
        ("صـــاروخ", "صاروخ"),
        ("أسلحة", "اسلحه"),
        ("موشک‌های", "موشكهاي"),
        ("۱۲۳ ٤٥٦", "123 456"),
        ("導彈", "导弹"),
        ("미사일을", "미사일을"),
        ("санкци\u0301и", "санкции"),
        ("и\u0306", "й"),
        ("дрон🚀ракета", "дрон ракета"),
        ("240㎜", "240mm"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_spellings_of_one_word_fold_alike(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_latin_look_alikes_in_a_cyrillic_word_become_cyrillic() -> None:
    assert fold("cанкции").text == fold("санкции").text
    assert fold("рakета").text == "ракета"


def test_a_latin_word_beside_a_cyrillic_one_stays_latin() -> None:
    assert fold("ракеты HIMARS").text == "ракеты himars"


def test_a_span_leads_back_over_what_was_dropped_and_what_grew() -> None:
    text = "x\u200bßе\u0301 ракета"
    folded = fold(text)
    start = folded.text.index("ракета")
    begin, end = folded.span(start, start + len("ракета"))
    assert text[begin:end] == "ракета"


@given(st.text())
def test_folding_never_raises_and_each_place_lies_in_the_text_in_order(text: str) -> None:
    folded = fold(text)
    places = [folded.span(i, i + 1) for i in range(len(folded.text))]
    assert all(0 <= begin < end <= len(text) for begin, end in places)
    assert [begin for begin, _ in places] == sorted(begin for begin, _ in places)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.text(st.characters(codec="ascii")))
def test_ascii_takes_the_fast_path_with_the_same_result(text: str) -> None:
    assert fold(text + "é").text[: len(text)] == fold(text).text


@given(st.text())
def test_words_fold_as_texts_do(text: str) -> None:
    assert folded_word(text) == fold(text).text
