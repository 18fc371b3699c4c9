"""What re-tagging reads (an archived text with what was said of it) and what it reports (gained and lost)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.types.annotations import Annotation, EntryText

Versions = tuple[str, str]
"""Taxonomy version, code version."""

Cell = tuple[str, str, str]
"""Topic, language, outlet."""

EXAMPLES = 3
"""Examples kept for each topic that is gained or lost."""
_SHOWN = 100
_ROWS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A stored text with the topics accepted and the language said of it now."""

    text: EntryText
    topics: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRange:
    """Entry ids above `after` and up to `until` (None: no end): a part of the archive."""

    after: int = 0
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One entry that gained or lost a topic. `rules` are those that hold now."""

    uid: str
    outlet: str
    language: str
    text: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetagResult:
    """What a re-tag changed, or would change. Entries read = changed + the same; `written` are new annotations."""

    since: dt.datetime | None = None
    versions: Versions = ("", "")
    dry_run: bool = False
    sample: int | None = None
    waiting: int = 0
    read: int = 0
    changed: int = 0
    written: int = 0
    language_changed: int = 0
    gained: Mapping[Cell, int] = field(default_factory=dict)
    lost: Mapping[Cell, int] = field(default_factory=dict)
    examples: Mapping[tuple[str, str], tuple[Example, ...]] = field(default_factory=dict)

    def by(self, part: int) -> list[tuple[str, int, int]]:
        """(name, gained, lost) by topic (0), language (1) or outlet (2), the most changed first."""
        gained: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        for total, cells in ((gained, self.gained), (lost, self.lost)):
            for cell, count in cells.items():
                total[cell[part]] += count
        names = sorted({*gained, *lost}, key=lambda name: (-gained[name] - lost[name], name))
        return [(name, gained[name], lost[name]) for name in names]

    @property
    def lines(self) -> list[str]:
        """The difference for a person: totals, then by topic, language and outlet, then examples."""
        verb = "would change" if self.dry_run else "changed"
        of = f"{self.read} entries read" + (f" (a sample of {self.waiting})" if self.sample else "")
        lines = [
            f"taxonomy {self.versions[0][:12]}, code {self.versions[1]}: {of}, {self.changed} {verb} their topics,"
            f" {sum(self.gained.values())} tags gained, {sum(self.lost.values())} lost,"
            f" {self.language_changed} with another language"
        ]
        if not self.read:
            return ["nothing to re-tag: every entry has been read with the current taxonomy and code"]
        for part, title in enumerate(("topic", "language", "outlet")):
            rows = self.by(part)
            lines += [f"by {title}:"] if rows else []
            lines += [f"  {name}: +{gained} -{lost}" for name, gained, lost in rows[:_ROWS]]
            if len(rows) > _ROWS:
                lines.append(f"  and {len(rows) - _ROWS} more (--json has all)")
        return lines + list(self._example_lines())

    def _example_lines(self) -> Iterator[str]:
        for (what, topic), examples in sorted(self.examples.items()):
            yield f"{what} {topic}, for example:"
            for example in examples:
                rules = f" [{', '.join(example.rules)}]" if example.rules else ""
                yield f"  {example.uid} {example.outlet} ({example.language}): {example.text}{rules}"


class Difference:
    """Adds up what changes from what is stored to what analysis says now. Bounded by outlets, not by entries."""

    def __init__(self) -> None:
        self.read = self.changed = self.language_changed = 0
        self.gained: Counter[Cell] = Counter()
        self.lost: Counter[Cell] = Counter()
        self.examples: dict[tuple[str, str], tuple[Example, ...]] = {}

    def add(self, before: Archived, after: Annotation) -> None:
        """Count one entry."""
        now = frozenset(after.accepted)
        language = after.language.language
        self.read += 1
        self.changed += now != before.topics
        self.language_changed += language != before.language
        for what, counted, topics in (
            ("gained", self.gained, now - before.topics),
            ("lost", self.lost, before.topics - now),
        ):
            for topic in topics:
                counted[(topic, language, before.text.outlet)] += 1
                self._show(what, topic, before.text, after)

    def _show(self, what: str, topic: str, text: EntryText, after: Annotation) -> None:
        kept = self.examples.get((what, topic), ())
        if len(kept) >= EXAMPLES:
            return
        rules = next((tag.rules for tag in after.topics if tag.topic == topic), ())
        shown = " ".join((text.title or text.body).split())
        shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
        language = after.language.language
        example = Example(uid=text.uid, outlet=text.outlet, language=language, text=shown, rules=rules)
        self.examples[(what, topic)] = (*kept, example)
