"""The documents build: links and anchors lead somewhere, fences are closed, headings and tables are well formed."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def without_code(text: str) -> str:
    """A page less its fenced and indented blocks and code spans."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(?: {4}|\t).*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "x", text)


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as web renderers make them."""
    found = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, flags=re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        found.add(plain.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_well_formed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(re.findall(r"^```", text, flags=re.MULTILINE)) % 2 == 0, "a fence is not closed"
    plain = without_code(text)
    levels = [len(marks) for marks in re.findall(r"^(#{1,6}) ", plain, flags=re.MULTILINE)]
    assert levels and levels[0] == 1 and levels.count(1) == 1, "one title, at the top"
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), "a level is skipped"
    for table in re.findall(r"(?:^\|.*\|$\n?)+", plain, flags=re.MULTILINE):
        widths = {row.replace("\\|", "").count("|") for row in table.strip().splitlines()}
        assert len(widths) == 1, f"rows of different width: {table[:200]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_pages_and_headings_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name) if name else page
        assert other.exists(), target
        if anchor and other.suffix == ".md":
            assert anchor in anchors(other.read_text(encoding="utf-8")), target


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [phony] = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    described = set(re.findall(r"^([a-z-]+):.*##", makefile, flags=re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert targets == described, "each target says what it does"
    assert targets <= set(phony.split())
