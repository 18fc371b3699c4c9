"""The reference says everything: commands, configuration keys, what documents name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.config import config_schema
from tests.contract.test_commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def keys(schema: dict[str, Any], node: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, part in node.get("properties", {}).items():
        target = part
        if "$ref" in part:
            target = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        elif "$ref" in part.get("items", {}):
            target = {}
        full = f"{path}{name}"
        if target.get("properties"):
            yield from keys(schema, target, f"{full}.")
        else:
            yield full


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_reference(command: str) -> None:
    assert f"| `monitor {command}` |" in (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")


def test_every_configuration_key_is_in_the_reference() -> None:
    text = (DOCS / "reference" / "configuration.md").read_text(encoding="utf-8")
    schema = config_schema()
    assert [key for key in keys(schema, schema) if f"`{key}`" not in text] == []
    for kind in ("OutletOptions", "Feed", "Digest"):
        lacking = [name for name in schema["$defs"][kind]["properties"] if f"`{name}" not in text]
        assert lacking == [], kind


def test_every_file_that_the_documents_name_is_there() -> None:
    missing = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        for name in re.findall(
            r"`((?:docs|monitor|migrations|tests|benches|flows|outlets)/[\w./-]+)`",
            page.read_text(encoding="utf-8"),
        ):
            if not (ROOT / name).exists():
                missing.append(f"{page.relative_to(ROOT)}: {name}")
        for name in re.findall(r"!?\[[^\]]*\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not (page.parent / name).exists():
                missing.append(f"{page.relative_to(ROOT)}: {name}")
    assert missing == []


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {
        page.name
        for page in DOCS.rglob("*.md")
        if page.parent.name != "decisions" and page.name != "README.md"
    }
    assert [name for name in sorted(pages) if name not in index] == []


def test_no_document_has_marks_of_an_unfinished_merge() -> None:
    marks = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    assert [str(page) for page in pages if marks.search(page.read_text(encoding="utf-8"))] == []
