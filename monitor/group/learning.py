"""Boilerplate learnt: lines that come again and again at the head or the tail of one feed's texts.

    edges of a batch's texts -> counts of the feed, with days -> lines that are its habit -> left out of fingerprints

Counts are a mergeable summary of bounded size (Misra and Gries, 1982; Agarwal et al., Mergeable Summaries, PODS
2012): a line that is more than one in `CAPACITY` of those counted is never lost, and no count is too high. Within a
batch order does not matter; over batches a line is left out from the batch after that in which it became a habit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.types.grouping import FeedLines, Fingerprint, Line, LineCount, StoryItem

CAPACITY = 64
"""Lines that are remembered of a feed."""

LEAST, DAYS = 5, 3
"""Texts that must have the line, and different days on which they came."""

SHARES = {"head": 0.2, "tail": 0.05}
"""Least share of the feed's texts. Higher at the head, where a line may say what the text is about."""

AGE = 2_000
"""Texts after which all counts are halved, so that a new footer soon outweighs an old one."""


def learnt(lines: FeedLines) -> frozenset[Line]:
    """The lines that are the feed's habit."""
    return frozenset(
        line
        for line, seen in lines.lines.items()
        if seen.count >= LEAST and len(seen.days) >= DAYS and seen.count >= SHARES[line[0]] * lines.entries
    )


def learn(
    items: Sequence[StoryItem], prints: Sequence[Fingerprint], known: Mapping[int, FeedLines]
) -> list[FeedLines]:
    """The counts of each feed of `items` with theirs added. Items of no feed (0) teach nothing."""
    feeds: dict[int, list[tuple[dt.datetime, tuple[Line, ...]]]] = {}
    for item, mark in zip(items, prints, strict=True):
        if item.feed_id and mark.edges:
            feeds.setdefault(item.feed_id, []).append((item.effective_at, mark.edges))
    return [_added(known.get(feed, FeedLines(feed_id=feed)), texts) for feed, texts in sorted(feeds.items())]


def _added(lines: FeedLines, texts: Iterable[tuple[dt.datetime, tuple[Line, ...]]]) -> FeedLines:
    counts: Counter[Line] = Counter({line: seen.count for line, seen in lines.lines.items()})
    days = {line: set(seen.days) for line, seen in lines.lines.items()}
    entries = lines.entries
    for at, edges in texts:
        entries += 1
        for line in set(edges):
            counts[line] += 1
            days.setdefault(line, set()).add(at.date().toordinal())
    if entries >= AGE:
        entries //= 2
        counts = Counter({line: count // 2 for line, count in counts.items()})
    kept = _fewest_off(counts)
    found = {line: LineCount(count, tuple(sorted(days[line])[:DAYS])) for line, count in kept.items()}
    return replace(lines, entries=entries, lines=found)


def _fewest_off(counts: Counter[Line]) -> dict[Line, int]:
    """At most `CAPACITY` lines: where there are more, all lose what the largest of the surplus has."""
    ordered = sorted(counts.values(), reverse=True)
    less = ordered[CAPACITY] if len(ordered) > CAPACITY else 0
    return {line: count - less for line, count in sorted(counts.items()) if count > less}
