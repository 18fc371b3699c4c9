"""Each rule of citations does what its own examples in YAML say."""

from __future__ import annotations

import re

import pytest

from monitor.types.rules import RuleExample
from tests.unit.annotate.rule_reader import knowledge, media

EXAMPLES = knowledge().citations.examples
_SCRIPTS = (("zh", "[\u4e00-\u9fff]"), ("ko", "[\uac00-\ud7a3]"), ("ru", "[\u0400-\u04ff]"))


def _language(example: RuleExample) -> str:
    if example.language != "any":
        return example.language
    return next((code for code, script in _SCRIPTS if re.search(script, example.text)), "en")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.language}-{e.rule}-{e.text[:24]}")
def test_example(example: RuleExample) -> None:
    assert media(example.text, _language(example)) == sorted(example.expected)


def test_every_language_has_positive_and_negative_examples() -> None:
    for language in knowledge().citations.words:
        mine = [example for example in EXAMPLES if example.language == language]
        assert any(example.expected for example in mine), language
        assert any(not example.expected for example in mine), language
