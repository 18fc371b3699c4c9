"""What people decide about claims, citations and tags, and how it was taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ObjectKind = Literal["claim", "citation", "topic"]
VerdictWord = Literal["confirmed", "rejected", "corrected", "open"]
"""`open` takes an earlier decision back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One decision. `key`: the claim's uid, `ENTRY_UID:CITED`, or `ENTRY_UID:TOPIC`.

    `values` are what is right where `word` is `corrected`: fields of a claim, or `cited` of a citation.
    """

    kind: ObjectKind
    key: str
    word: VerdictWord
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one verdict: `recorded`, `unchanged` (it was decided so already), or refused for `problem`."""

    verdict: Verdict
    recorded: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A verdict read from a workbook, with its place there; or the `problem` that its row has."""

    sheet: str
    row: int
    verdict: Verdict | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewResult:
    """What an import did. `problems` name sheet and row."""

    recorded: int = 0
    unchanged: int = 0
    problems: tuple[str, ...] = ()
