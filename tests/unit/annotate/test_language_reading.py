"""What is read of a text before its language is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.language_reading import base_code, main_script, read, segments, without_names


def test_a_long_text_is_read_at_its_start_and_past_its_middle() -> None:
    text = "start " * 200 + "later " * 300
    seen = read(text)
    assert len(seen) < 400
    assert {"start", "later"} == set(seen.split())


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("The port", "Latin"),
        ("порт", "Cyrillic"),
        ("港口", "Han"),
        ("港に着く", "Kana"),
        ("북한 核 실험", "Hangul"),
        ("Blue Harbour открыла порт", "Cyrillic"),
        ("the port is open порт открыт", None),
        ("12:30", None),
        ("", None),
    ],
)
def test_the_script_is_that_of_the_running_text(text: str, script: str | None) -> None:
    assert main_script(text) == script


def test_segments_end_where_sentences_or_lines_do() -> None:
    one, two = "The ships left the port before the end.", "Les navires ont quitté le port avant la fin."
    assert segments(f"{one} {two}", "Latin") == [one, two]
    assert segments(f"{one}\n{two}", "Latin") == [one, two]


@given(st.text(alphabet="abc АБв港ا.!\n ", max_size=400))
def test_segments_hold_every_letter(text: str) -> None:
    held = "".join(segments(text, "Latin"))
    assert [char for char in held if char.isalpha()] == [char for char in text if char.isalpha()]


def test_names_are_left_out() -> None:
    assert without_names("The envoy of O'Neill met Blue-Harbour people").split() == [
        "envoy",
        "of",
        "met",
        "people",
    ]


@pytest.mark.parametrize(
    ("hint", "code"), [("zh-CN", "zh"), ("pt_BR", "pt"), (" EN ", "en"), ("", None), (None, None)]
)
def test_a_declared_tag_is_cut_to_its_language(hint: str | None, code: str | None) -> None:
    assert base_code(hint) == code
