"""Group a file of items without a database, by the same functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.group.clusters import place
from monitor.group.fingerprint import fingerprints
from monitor.group.learning import learn, learnt
from monitor.group.stories import decide
from monitor.types.clusters import ClusterOptions, ClusterStory, Evidence
from monitor.types.embedding import Vectors
from monitor.types.grouping import Fingerprint, StoryDecision, StoryItem, StoryOptions

EvidenceOf = Callable[[StoryItem], Evidence]
"""What an item says beside its words; the pipeline hands it in, for it takes the gazetteer."""
VectorsOf = Callable[[Sequence[StoryItem]], Mapping[int, Vectors]]
"""Centred vectors by entry id, of the items that may be embedded."""


def group_items(
    items: Sequence[StoryItem],
    options: StoryOptions | None = None,
    *,
    evidence: EvidenceOf | None = None,
    vectors: VectorsOf | None = None,
    cluster_options: ClusterOptions | None = None,
) -> dict[str, tuple[str, str]]:
    """Give each item's story and cluster by its uid, as strings unique among `items`.

    A story is named after its earliest item, a cluster after its earliest story, so that a file with more items
    keeps the names of most. Without `evidence` each story is a cluster of its own. Raises ValueError where two
    items have one uid or entry id.
    """
    for name, seen in (("uid", [i.uid for i in items]), ("entry_id", [i.entry_id for i in items])):
        if len(set(seen)) < len(seen):
            raise ValueError(f"items must differ in {name}")
    known = {item.entry_id: item for item in items}
    items, prints = with_habits(items, options)
    founders = founders_of(decide(items, prints, (), options))
    clusters = {first: first for first in founders.values()}
    if evidence is not None:
        clusters = _clusters(known, founders, evidence, vectors, cluster_options)
    return {
        known[entry].uid: (f"s-{known[first].uid}", f"c-{known[clusters[first]].uid}")
        for entry, first in founders.items()
    }


def with_habits(
    items: Sequence[StoryItem], options: StoryOptions | None = None
) -> tuple[list[StoryItem], list[Fingerprint]]:
    """Items and fingerprints with the boilerplate of each feed learnt from all of them at once.

    Items that name no feed are taken by their outlet.
    """
    prints = fingerprints(items, options)
    outlets = {name: -place for place, name in enumerate(sorted({item.outlet for item in items} - {""}), 1)}
    owned = [replace(item, feed_id=item.feed_id or outlets.get(item.outlet, 0)) for item in items]
    habits = {lines.feed_id: learnt(lines) for lines in learn(owned, prints, {})}
    changed = {
        item.entry_id: replace(item, habits=habits[owner.feed_id])
        for item, owner in zip(items, owned, strict=True)
        if habits.get(owner.feed_id)
    }
    anew = {mark.entry_id: mark for mark in fingerprints(list(changed.values()), options)}
    return (
        [changed.get(item.entry_id, item) for item in items],
        [anew.get(mark.entry_id, mark) for mark in prints],
    )


def founders_of(decisions: Iterable[StoryDecision]) -> dict[int, int]:
    """Follow `joined` to the entry that opened, or already stood in, each story."""
    founders: dict[int, int] = {}
    for decision in decisions:
        joined = decision.entry_id if decision.joined is None else decision.joined
        founders[decision.entry_id] = founders.get(joined, joined)
    return founders


def _clusters(
    items: Mapping[int, StoryItem],
    founders: Mapping[int, int],
    evidence: EvidenceOf,
    vectors: VectorsOf | None,
    options: ClusterOptions | None,
) -> dict[int, int]:
    """The earliest story's founder of each founder's cluster."""
    members: dict[int, list[StoryItem]] = {}
    for entry, first in founders.items():
        members.setdefault(first, []).append(items[entry])
    speakers = {first: _speaker(group) for first, group in members.items()}
    held = vectors(list(speakers.values())) if vectors else {}
    stories = [
        ClusterStory(
            story_id=first,
            uid=items[first].uid,
            language=next((i.language for i in group if i.language != "und"), "und"),
            first_seen_at=min(i.effective_at for i in group),
            last_seen_at=max(i.effective_at for i in group),
            evidence=evidence(speakers[first]),
            vector=held.get(speakers[first].entry_id),
            feed_id=items[first].feed_id,
        )
        for first, group in members.items()
    ]
    heads: dict[int, int] = {}
    decided = place(stories, (), options)
    return {decision.story_id: heads.setdefault(decision.cluster, decision.story_id) for decision in decided}


def _speaker(group: Sequence[StoryItem]) -> StoryItem:
    """The item that stands for a story: the earliest, by choice none of Telegram."""
    return min(group, key=lambda i: (i.kind == "telegram", i.effective_at, i.uid))
