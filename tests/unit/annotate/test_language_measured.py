"""Floors under what benches/language.py measures, on one title or line in six of news in 28 languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.annotate.language import make_detector


@pytest.fixture(scope="module")
def lines(shared_data: Path) -> list[tuple[str, str]]:
    rows = [
        json.loads(line)
        for file in sorted((shared_data / "ntrex").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    kept = [
        (row["lang"], line.strip())
        for row in rows
        for line in [row["title"], *row["body"].split("\n")]
        if len(line.strip()) >= 40
    ]
    return kept[::6]


@pytest.mark.parametrize(("characters", "floor"), [(40, 0.99), (None, 0.999)])
def test_nearly_every_line_is_told_among_28_languages(
    lines: list[tuple[str, str]], characters: int | None, floor: float
) -> None:
    detector = make_detector("auto", sorted({language for language, _ in lines}))
    wrong = [
        (language, text)
        for language, text in lines
        if detector.detect(text[:characters]).language != language
    ]
    assert 1 - len(wrong) / len(lines) >= floor, f"{len(wrong)} of {len(lines)}"


def test_a_configured_language_is_not_read_into_others(lines: list[tuple[str, str]]) -> None:
    """With the ten configured, lines in 18 other languages keep their code or are `und`."""
    ten = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
    detector = make_detector("auto", ten)
    others = [(language, text) for language, text in lines if language not in ten]
    drawn = [text for _, text in others if detector.detect(text).language in ten]
    assert len(drawn) / len(others) <= 0.003, f"{len(drawn)} of {len(others)}"
