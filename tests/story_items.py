"""Items to group, and an archive that places them batch by batch as the database would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from monitor.group.fingerprint import fingerprints
from monitor.group.stories import decide
from monitor.types.grouping import Candidate, StoryDecision, StoryItem

MORNING = dt.datetime(2026, 3, 3, 6, 0, tzinfo=dt.UTC)


def story_item(number: int, body: str, *, hours: float = 0.0, **known: Any) -> StoryItem:
    """An item of feed `number`, `hours` after six in the morning."""
    values: dict[str, Any] = {
        "entry_id": number,
        "uid": f"e{number:05}",
        "kind": "rss",
        "language": "en",
        "title": "",
        "body": body,
        "effective_at": MORNING + dt.timedelta(hours=hours),
        "outlet": f"Outlet {number}",
        "feed_id": number,
    }
    return StoryItem(**values | known)


class Archive:
    """Places batches one after the other, knowing only what shares a key or a band: a fake of the store."""

    def __init__(self) -> None:
        self.rows: dict[int, Candidate] = {}
        self.decisions: list[StoryDecision] = []

    def place(self, items: Sequence[StoryItem]) -> list[StoryDecision]:
        """Decide a batch, then apply: a new story takes the next number, on a merge the smallest survives."""
        marks = fingerprints(items)
        wanted = {key for mark in marks for key in (*mark.keys, *mark.bands)}
        found = [
            row for row in self.rows.values() if wanted & {*row.fingerprint.keys, *row.fingerprint.bands}
        ]
        decisions = decide(items, marks, found)
        for item, mark in zip(items, marks, strict=True):
            self.rows[item.entry_id] = Candidate(item=item, fingerprint=mark)
        for decision in decisions:
            joined = decision.joined or decision.entry_id
            story = self.rows[joined].item.story_id or decision.entry_id
            self._assign([decision.entry_id], story)
            for other in decision.merges:
                survivor = min(other, story)
                self._assign(
                    [n for n, row in self.rows.items() if row.item.story_id in {other, story}], survivor
                )
                story = survivor
        self.decisions += decisions
        return decisions

    def _assign(self, entries: Iterable[int], story: int) -> None:
        for entry in list(entries):
            row = self.rows[entry]
            self.rows[entry] = replace(row, item=replace(row.item, story_id=story))

    def stories(self) -> set[frozenset[str]]:
        """Which items are together, by uid."""
        groups: dict[int | None, set[str]] = {}
        for row in self.rows.values():
            groups.setdefault(row.item.story_id, set()).add(row.item.uid)
        return {frozenset(group) for group in groups.values()}


def together(items: Sequence[StoryItem]) -> set[frozenset[str]]:
    """Which items are together when they come in one batch."""
    archive = Archive()
    archive.place(items)
    return archive.stories()


def same(*items: StoryItem) -> bool:
    """Whether all items are one story."""
    return len(together(items)) == 1
