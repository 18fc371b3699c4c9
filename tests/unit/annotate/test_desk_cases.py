"""What a desk editor would file where, in ten languages: traps that stay out, and inflected positives that come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.annotate.annotator import Annotator
from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.language import make_detector
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.types.annotations import EntryText

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "desk_cases.yaml").read_text(encoding="utf-8")
)
FLAT = [
    pytest.param(case["text"], case["topics"], case.get("optional", []), id=f"{language}-{number}")
    for language, cases in CASES.items()
    for number, case in enumerate(cases)
]


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator(CompiledTaxonomy(load_taxonomy(), CASES), make_detector("auto", CASES))


@pytest.mark.parametrize(("text", "topics", "optional"), FLAT)
def test_filed_as_an_editor_would(
    annotator: Annotator, text: str, topics: list[str], optional: list[str]
) -> None:
    annotation = annotator.annotate(
        EntryText(entry_id=1, revision_id=1, uid="u", kind="rss", title="", body=text)
    )
    assert set(annotation.accepted) - set(optional) == set(topics) - set(optional), annotation.topics


@pytest.mark.parametrize("language", CASES)
def test_each_language_has_its_traps(language: str) -> None:
    assert sum(not case["topics"] for case in CASES[language]) >= 6
