"""Scripts by weight, sentences by their marks."""

from __future__ import annotations

import pytest

from monitor.text.scripts import script_of_language, script_weights
from monitor.text.tokens import sentence_of, sentence_starts, words


def test_each_letter_counts_for_its_script() -> None:
    assert script_weights("ab жз 123") == {"Latin": 2, "Cyrillic": 2}


def test_an_ideograph_weighs_more_than_a_letter() -> None:
    weights = script_weights("北京 ab")
    assert weights["Han"] > weights["Latin"]


@pytest.mark.parametrize(("language", "script"), [("uk", "Cyrillic"), ("fa", "Arabic"), ("xx", "Latin")])
def test_a_language_has_its_usual_script(language: str, script: str) -> None:
    assert script_of_language(language) == script


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Первое. Второе… Третье", 3),
        ("第一句。第二句！第三句", 3),
        ("هل وصل؟ نعم. انتهى", 3),
        ("a line\nanother line", 2),
        ("the U.S. army left at 5.30 p.m. on Monday", 1),
        ("", 1),
    ],
)
def test_sentences_end_where_their_script_ends_them(text: str, count: int) -> None:
    assert len(sentence_starts(text)) == count


def test_an_offset_belongs_to_the_sentence_around_it() -> None:
    text = "One. Two. Three."
    starts = sentence_starts(text)
    assert [sentence_of(starts, text.index(word)) for word in ("One", "Two", "Three")] == [0, 1, 2]


def test_words_are_runs_of_letters_and_digits() -> None:
    assert words("L'arme F-16, «Град»!") == ["l", "arme", "f", "16", "град"]
