"""Group a file of items without a database, by the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.group.fingerprint import fingerprints
from monitor.group.stories import decide
from monitor.types.grouping import StoryDecision, StoryItem, StoryOptions


def group_items(
    items: Sequence[StoryItem], options: StoryOptions | None = None
) -> dict[str, tuple[str, str]]:
    """Give each item's story and cluster by its uid, as strings unique among `items`.

    A story is named after its earliest item, so that a file with more items keeps the names of most.
    Until clusters come, each story is its own. Raises ValueError where two items have one uid or entry id.
    """
    for name, seen in (("uid", [i.uid for i in items]), ("entry_id", [i.entry_id for i in items])):
        if len(set(seen)) < len(seen):
            raise ValueError(f"items must differ in {name}")
    uids = {item.entry_id: item.uid for item in items}
    founders = founders_of(decide(items, fingerprints(items, options), (), options))
    return {uids[entry]: (f"s-{uids[first]}", f"c-{uids[first]}") for entry, first in founders.items()}


def founders_of(decisions: Iterable[StoryDecision]) -> dict[int, int]:
    """Follow `joined` to the entry that opened, or already stood in, each story."""
    founders: dict[int, int] = {}
    for decision in decisions:
        joined = decision.entry_id if decision.joined is None else decision.joined
        founders[decision.entry_id] = founders.get(joined, joined)
    return founders
