"""What a desk editor would record, in ten languages: who is cited, who supplies whom. Written before the rules.

A line of `desk/*.yaml`: the text; media, or claims as the rules' examples write them; what else must hold of the
claim (`quantity`, `via`), `optional` where careful editors differ, `unmet` where the rules still fail. `articles` are
whole items: title, body, media, claims.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.types.annotations import Claim
from tests.unit.annotate.rule_reader import media, read

CASES: dict[str, dict[str, list[list[Any]]]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "desk").glob("*.yaml"))
}


def cases(kind: str) -> list[Any]:
    """The cases of a kind as parameters; unmet ones must fail, so that the list stays true."""
    return [
        pytest.param(
            language,
            case[0],
            case[1],
            more,
            id=f"{language}-{number}",
            marks=[pytest.mark.xfail(strict=True, reason="not met yet")] if more.get("unmet") else [],
        )
        for language, content in CASES.items()
        for number, case in enumerate(content[kind])
        if not (more := case[2] if len(case) > 2 else {}).get("optional")
    ]


def articles() -> list[Any]:
    """Whole items as parameters: title, body, media, claims."""
    return [
        pytest.param(
            language,
            *article[:4],
            id=f"{language}-{number}",
            marks=[pytest.mark.xfail(strict=True, reason="not met yet")] if article[4].get("unmet") else [],
        )
        for language, content in CASES.items()
        for number, article in enumerate(content["articles"])
    ]


def written(claim: Claim) -> tuple[str, frozenset[str], str]:
    """Direction, classes without their order, status."""
    return f"{'+'.join(claim.supplier)}>{'+'.join(claim.recipient)}", frozenset(claim.items), claim.status


def expected(line: str) -> tuple[str, frozenset[str], str]:
    """A claim as a case writes it; names of groups may hold blanks."""
    pair, items, status = line.rsplit(" ", 2)
    return pair, frozenset(items.split("+")), status


@pytest.mark.parametrize(("language", "text", "outlets", "more"), cases("citations"))
def test_cites(language: str, text: str, outlets: list[str], more: dict[str, Any]) -> None:
    assert media(text, language) == sorted(outlets)


@pytest.mark.parametrize(("language", "text", "lines", "more"), cases("claims"))
def test_claims(language: str, text: str, lines: str, more: dict[str, Any]) -> None:
    _, claims = read(text, language)
    want = {expected(line) for line in lines.split(" / ") if line}
    assert {written(claim) for claim in claims} == want
    if "quantity" in more:
        assert more["quantity"] in {claim.quantity_min for claim in claims}
    if "via" in more:
        assert more["via"] in {code for claim in claims for code in claim.via}


@pytest.mark.parametrize(("language", "title", "body", "outlets", "lines"), articles())
def test_reads_a_whole_item(language: str, title: str, body: str, outlets: list[str], lines: str) -> None:
    citations, claims = read(body, language, title=title, kind="rss" if title else "telegram")
    assert {one.outlet for one in citations if one.kind == "media"} == set(outlets)
    assert {written(claim) for claim in claims} == {expected(line) for line in lines.split(" / ") if line}


def test_each_language_has_enough_of_all() -> None:
    assert len(CASES) == 10
    for content in CASES.values():
        assert len(content["citations"]) >= 25
        assert len(content["claims"]) >= 30
        assert len(content["articles"]) >= 6
