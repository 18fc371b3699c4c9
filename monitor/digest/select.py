"""What a list is told: filters, clusters folded, nothing twice, ranked, diverse.

    offered ─► early? wanted? tagged? ─► fold clusters ─► told before? ─► topics take turns ─► told | left out

Every story that is offered has one disposition, counted in `DigestContent.counts`.

Rank = topic score + reach + novelty (weights below, chosen by hand and documented in
docs/explanation/digests.md). A turn picks the best story that is left of a topic; within a section each
story of an outlet that is there already counts a little less, so that one busy outlet does not fill it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.digest.edits import text_changes
from monitor.text.scripts import LANGUAGE_SCRIPTS, script_weights
from monitor.types.digest import (
    CarriedBy,
    Change,
    DigestContent,
    DigestPeriod,
    DigestSpec,
    DigestStory,
    FeedNote,
    Section,
    ToldStory,
)

REACH_WEIGHT = 0.5
"""Worth of each doubling of outlets (of independent sources where they were counted)."""
NOVELTY_WEIGHT = 0.3
"""A story seen first at the very end of the period gets this much, at its beginning nothing."""
UPDATE_WEIGHT = -0.25
"""An update yields to a new story of the same weight; a denial or confirmation does not."""
SAME_OUTLET = 0.15
"""Taken off for each story of the same outlet that the section has already."""
TOPIC_SHARE = 0.5
"""The part of `max_stories` that one topic may take while others have stories left."""


@dataclass(frozen=True, slots=True)
class _Choice:
    sections: dict[str, list[DigestStory]] = field(default_factory=dict)
    left: dict[str, list[DigestStory]] = field(default_factory=dict)


def choose(
    spec: DigestSpec,
    period: DigestPeriod,
    stories: Sequence[DigestStory],
    *,
    topics: Sequence[str],
    told: Iterable[ToldStory] = (),
    feeds: Sequence[FeedNote] = (),
    backlog: Mapping[str, int] | None = None,
    backlog_entries: int = 0,
) -> DigestContent:
    """Return what the list is told of `stories`. Deterministic, whatever their order.

    `topics` are the taxonomy's slugs in the order of sections; the list's own order comes first. `told`
    are the stories this list was told of, or had to leave out, before. A story seen before the
    period began and never told (it was stored or analysed late) is told now.
    """
    wanted = tuple(spec.topics) or tuple(topics)
    counts = Counter({"offered": len(stories)})
    unique = {story.story_id: story for story in sorted(stories, key=lambda item: item.story_id)}
    counts["repeated"] = len(stories) - len(unique)
    fit: list[DigestStory] = []
    for story in unique.values():
        reason = _unfit(spec, period, wanted, story)
        if reason:
            counts[reason] += 1
        else:
            fit.append(replace(story, topics={t: s for t, s in story.topics.items() if t in wanted}))
    folded = fold_clusters(fit, spec.reader_language)
    counts["folded"] = len(fit) - len(folded)
    fresh = _not_told(folded, tuple(told))
    counts["repeated"] += len(folded) - len(fresh)
    choice = _take(spec, period, wanted, fresh)
    left = [story for rest in choice.left.values() for story in rest]
    counts["told"] = len(fresh) - len(left)
    counts["left_out"] = len(left)
    return DigestContent(
        spec=spec,
        period=period,
        sections=tuple(
            Section(topic=topic, stories=tuple(chosen), left_out=len(choice.left.get(topic, ())))
            for topic, chosen in choice.sections.items()
            if chosen
        ),
        empty_topics=tuple(t for t in wanted if not choice.sections.get(t) and not choice.left.get(t)),
        feeds=tuple(feeds),
        backlog={t: n for t, n in (backlog or {}).items() if t in wanted},
        backlog_entries=backlog_entries,
        left_out_ids=tuple(sorted(i for story in left for i in (story.story_ids or (story.story_id,)))),
        counts=dict(counts),
    )


def fold_clusters(stories: Sequence[DigestStory], reader_language: str) -> list[DigestStory]:
    """Return one story a cluster: in the reader's language where an outlet has it, else the one most carried.

    The others become outlets that carry it. Stories without a cluster stay alone.
    """
    groups: dict[tuple[str, int], list[DigestStory]] = {}
    for story in stories:
        alone = story.cluster_id is None
        key = ("story", story.story_id) if alone else ("cluster", int(story.cluster_id or 0))
        groups.setdefault(key, []).append(story)
    return [_fold(group, reader_language) for group in groups.values()]


def rank(story: DigestStory, period: DigestPeriod) -> float:
    """Weight of a story for this period: topic score, reach and novelty."""
    reach = story.independent_sources or 1 + len({other.outlet for other in story.carried_by})
    length = (period.until - period.since).total_seconds() or 1.0
    age = (story.first_seen_at - period.since).total_seconds() / length
    kinds = {change.kind for change in story.updated}
    penalty = UPDATE_WEIGHT if kinds and not kinds & {"denied", "confirmed"} else 0.0
    best = max(story.topics.values(), default=0.0)
    return best + REACH_WEIGHT * math.log2(reach) + NOVELTY_WEIGHT * min(1.0, max(0.0, age)) + penalty


def _unfit(spec: DigestSpec, period: DigestPeriod, wanted: Sequence[str], story: DigestStory) -> str:
    if story.first_seen_at >= period.until:
        return "early"
    if spec.languages and not _speaks(spec.languages, story):
        return "unwanted"
    if spec.countries and story.country not in spec.countries:
        return "unwanted"
    if spec.ownership and story.ownership not in spec.ownership:
        return "unwanted"
    if not story.topics:
        return "untagged"
    return "" if any(topic in wanted for topic in story.topics) else "unwanted"


def _speaks(languages: Sequence[str], story: DigestStory) -> bool:
    """Design: `und` matches every configured language of its script."""
    if story.language != "und":
        return story.language.split("-")[0] in languages
    scripts = script_weights(f"{story.title} {story.lead}")
    return not scripts or any(LANGUAGE_SCRIPTS.get(code, "Latin") in scripts for code in languages)


def _fold(group: Sequence[DigestStory], reader_language: str) -> DigestStory:
    if len(group) == 1:
        return group[0]
    ordered = sorted(
        group, key=lambda s: (s.language != reader_language, -len(s.carried_by), s.first_seen_at, s.story_id)
    )
    best, others = ordered[0], ordered[1:]
    carried = {other.outlet: other for other in best.carried_by}
    for story in others:
        own = CarriedBy(outlet=story.outlet, language=story.language, url=story.url)
        for other in (own, *story.carried_by):
            if other.outlet != best.outlet:
                carried.setdefault(other.outlet, other)
    topics: dict[str, float] = {}
    for story in group:
        for topic, score in story.topics.items():
            topics[topic] = max(score, topics.get(topic, 0.0))
    counted = [story.independent_sources for story in group if story.independent_sources is not None]
    return replace(
        best,
        topics=dict(sorted(topics.items())),
        carried_by=tuple(carried.values()),
        independent_sources=max(counted, default=None),
        entry_ids=tuple(dict.fromkeys(i for story in ordered for i in story.entry_ids)),
        story_ids=tuple(dict.fromkeys(i for s in ordered for i in (s.story_ids or (s.story_id,)))),
        updated=tuple(dict.fromkeys(change for story in ordered for change in story.updated)),
        first_seen_at=min(story.first_seen_at for story in group),
    )


def _not_told(stories: Sequence[DigestStory], told: Sequence[ToldStory]) -> list[DigestStory]:
    by_story = {before.story_id: before for before in told}
    by_cluster: dict[int | None, ToldStory] = {b.cluster_id: b for b in told if b.cluster_id is not None}
    # an entry that was told before it was grouped is known by its own id
    by_entry = {entry: before for before in told for entry in (*before.entry_ids, -before.story_id)}
    fresh: list[DigestStory] = []
    for story in stories:
        known = [by_story.get(i) for i in story.story_ids or (story.story_id,)]
        known += [by_entry.get(i) for i in story.entry_ids]
        before = next((one for one in known if one is not None), by_cluster.get(story.cluster_id))
        if before is None:
            fresh.append(story)
        elif updates := tuple(dict.fromkeys((*story.updated, *changes(before, story)))):
            fresh.append(replace(story, updated=updates))
    return fresh


GROWN = 3
"""So many further outlets make a story worth telling again."""


def changes(before: ToldStory, story: DigestStory) -> tuple[Change, ...]:
    """Return what is new in a story that was told before: further outlets, another headline or text, what is known.

    Where `before.outlets` or `before.title` was not kept, it is not compared. A headline in
    another language or of another entry is no edit.
    """
    found = list(before.changes)
    now = dict.fromkeys([story.outlet, *(other.outlet for other in story.carried_by)])
    joined = tuple(outlet for outlet in now if outlet not in before.outlets)
    if before.outlets and len(joined) >= GROWN:
        found.append(Change(kind="grown", outlets=joined))
    same_entry = bool(before.entry_ids and story.entry_ids[:1] == before.entry_ids[:1])
    now_title = before.title_now or (story.title if same_entry else "")
    if before.title and now_title and _words(before.title) != _words(now_title):
        found.append(Change(kind="edited", text=before.title))
    if before.body and before.body_now:
        # what may be quoted is known of the entry that is shown
        quotable = story.quotable if same_entry else 0
        found += text_changes(before.body, before.body_now, language=story.language, quotable=quotable)
    return tuple(found)


def _words(title: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in title.casefold()).split()


def _take(
    spec: DigestSpec, period: DigestPeriod, wanted: Sequence[str], stories: Sequence[DigestStory]
) -> _Choice:
    order = {topic: place for place, topic in enumerate(wanted)}
    left: dict[str, list[DigestStory]] = {topic: [] for topic in wanted}
    for story in stories:
        home = min(story.topics, key=lambda topic: (-story.topics[topic], order[topic]))
        left[home].append(story)
    sections: dict[str, list[DigestStory]] = {topic: [] for topic in wanted}
    weights = {story.story_id: rank(story, period) for story in stories}
    most = max(1, math.ceil(spec.max_stories * TOPIC_SHARE))
    # second round: what other topics did not use
    for cap in (most, spec.max_stories):
        _turns(sections, left, weights, cap, spec.max_stories)
    return _Choice(sections, {topic: rest for topic, rest in left.items() if rest})


def _turns(
    sections: dict[str, list[DigestStory]],
    left: dict[str, list[DigestStory]],
    weights: Mapping[int, float],
    cap: int,
    room: int,
) -> None:
    """Topics take turns, the one with the weightiest story first, until all are full or empty."""
    while sum(map(len, sections.values())) < room:
        open_topics = [topic for topic, rest in left.items() if rest and len(sections[topic]) < cap]
        if not open_topics:
            return
        best = {topic: _best(left[topic], sections[topic], weights) for topic in open_topics}
        topic = min(open_topics, key=lambda t: (len(sections[t]), -weights[best[t].story_id]))
        left[topic].remove(best[topic])
        sections[topic].append(best[topic])


def _best(
    rest: Sequence[DigestStory], chosen: Sequence[DigestStory], weights: Mapping[int, float]
) -> DigestStory:
    outlets = Counter(story.outlet for story in chosen)
    return min(rest, key=lambda s: (-(weights[s.story_id] - SAME_OUTLET * outlets[s.outlet]), s.story_id))
