"""Each rule of claims does what its own examples in YAML say."""

from __future__ import annotations

import pytest

from monitor.types.rules import RuleExample
from tests.unit.annotate.rule_reader import LANGUAGES, knowledge, read, short

EXAMPLES = knowledge().claims.examples


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.language}-{e.rule}-{e.text[:24]}")
def test_example(example: RuleExample) -> None:
    _, claims = read(example.text, example.language)
    assert sorted(map(short, claims)) == sorted(example.expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_positive_and_negative_examples(language: str) -> None:
    mine = [example for example in EXAMPLES if example.language == language]
    assert sum(bool(example.expected) for example in mine) >= 12
    assert sum(not example.expected for example in mine) >= 3


def test_each_frame_and_status_is_shown_somewhere() -> None:
    shown = {example.rule for example in EXAMPLES}
    assert set(knowledge().claims.frames) <= shown
    statuses = {line.rpartition(" ")[2] for example in EXAMPLES for line in example.expected}
    assert statuses == {"alleged", "announced", "confirmed", "denied", "refused"}
