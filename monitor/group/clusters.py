"""Place stories in clusters: the stories about one happening, across outlets and languages.

    stories ─► pairs (near vectors, shared keys) ─► scores ─► average linkage, people's rulings first ─► decisions

Clusters join where the mean over pairs of their stories reaches the threshold, the likest first: one likeness in
between does not chain two happenings. Nothing depends on the order of the stories handed in or on their ids;
docs/explanation/clusters.md says where the order of batches does matter.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.group.evidence import Comparison, compare, keys_of
from monitor.types.clusters import ClusterDecision, ClusterOptions, ClusterStory, Ruling

VERSION = "clusters-3"
_CROWD = 24
"""Stories of one key that each is compared with: its neighbours in time."""
_BLOCK = 256


def place(
    new: Sequence[ClusterStory],
    known: Sequence[ClusterStory] = (),
    options: ClusterOptions | None = None,
    rulings: Sequence[Ruling] = (),
) -> list[ClusterDecision]:
    """Decide for each new story which others are of its happening; `known` stand in clusters already.

    A story in both lists counts as new. Decisions come earliest story first. What people ruled holds, whatever the
    score.
    """
    options = options or ClusterOptions()
    fresh = {story.story_id for story in new}
    merged = {story.story_id: story for story in (*known, *new)}
    work = _Work(sorted(merged.values(), key=lambda story: story.order), fresh, options, rulings)
    work.join_known()
    work.agglomerate()
    return work.decisions()


@dataclass(eq=False)
class _Work:
    """Disjoint groups of stories, by place in `stories`, and the scores between them."""

    stories: Sequence[ClusterStory]
    fresh: set[int]
    options: ClusterOptions
    rulings: Sequence[Ruling]
    root: list[int] = field(init=False)
    members: dict[int, list[int]] = field(init=False)
    scores: dict[tuple[int, int], Comparison] = field(default_factory=dict)
    near: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    verdicts: Mapping[tuple[int, int], str] = field(init=False)
    touched: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.root = list(range(len(self.stories)))
        self.members = {place: [place] for place in self.root}
        self.verdicts = _verdicts(self.stories, self.rulings)

    # groups

    def unite(self, one: int, two: int) -> int:
        """Bring two groups together; the place that stands for both."""
        a, b = sorted((self.root[one], self.root[two]))
        if a == b:
            return a
        for member in self.members[b]:
            self.root[member] = a
        self.members[a] = sorted(self.members[a] + self.members.pop(b))
        self.near[a] = {self.root[g] for g in self.near[a] | self.near.pop(b, set())} - {a, b}
        return a

    def join_known(self) -> None:
        """Stories that stand in one cluster, and those that a person put together."""
        first: dict[int, int] = {}
        for place_, story in enumerate(self.stories):
            if story.cluster_id is not None and story.story_id not in self.fresh:
                self.unite(first.setdefault(story.cluster_id, place_), place_)
        for (one, two), verdict in sorted(self.verdicts.items()):
            if verdict == "together":
                self.unite(one, two)

    # scores

    def score(self, one: int, two: int) -> Comparison:
        """Compare two stories, once."""
        pair = (one, two) if one < two else (two, one)
        found = self.scores.get(pair)
        if found is None:
            found = self.scores[pair] = compare(self.stories[pair[0]], self.stories[pair[1]])
        return found

    def margin(self, one: int, two: int) -> float:
        """By how much a pair is over its threshold; pairs too far apart in time are as unlike as can be."""
        a, b = self.stories[one], self.stories[two]
        blind = a.vector is None or b.vector is None
        least = self.options.alone if blind else self.options.threshold
        far = max(a.first_seen_at - b.last_seen_at, b.first_seen_at - a.last_seen_at) > self.options.window
        return -least if far else self.score(one, two).score - least

    def linkage(self, one: int, two: int) -> float:
        """Mean margin over the pairs of two groups: all of them, or those of a dozen stories each."""
        left, right = (
            _some(self.members[one], self.options.judged),
            _some(self.members[two], self.options.judged),
        )
        return sum(self.margin(a, b) for a in left for b in right) / (len(left) * len(right))

    def forbidden(self, one: int, two: int) -> bool:
        """Whether a person keeps a story of the one group apart from one of the other."""
        return bool(self.verdicts) and any(
            self.verdicts.get((min(a, b), max(a, b))) == "apart"
            for a in self.members[one]
            for b in self.members[two]
        )

    def agglomerate(self) -> None:
        """Join the likest groups until none is like enough."""
        for one, two in self._pairs():
            if self.root[one] != self.root[two] and self.margin(one, two) > -self.options.threshold / 2:
                self.near[self.root[one]].add(self.root[two])
                self.near[self.root[two]].add(self.root[one])
        queue: list[tuple[float, int, int]] = []
        for one in list(self.near):
            self._push(queue, one, [two for two in self.near[one] if one < two])
        while queue:
            _, one, two = heapq.heappop(queue)
            sizes = (len(self.members.get(one, ())), len(self.members.get(two, ())))
            if sizes != self._sizes.get((one, two)):
                continue
            joined = self.unite(one, two)
            self._push(queue, joined, [self.root[other] for other in self.near[joined]])

    def _push(self, queue: list[tuple[float, int, int]], one: int, others: Iterable[int]) -> None:
        for two in sorted(set(others) - {one}):
            a, b = min(one, two), max(one, two)
            if not (self._moving(a) or self._moving(b)) or self.forbidden(a, b):
                continue
            mean = self.linkage(a, b)
            if mean >= 0:
                self._sizes[a, b] = (len(self.members[a]), len(self.members[b]))
                heapq.heappush(queue, (-round(mean, 6), a, b))

    @property
    def _sizes(self) -> dict[tuple[int, int], tuple[int, int]]:
        return self.__dict__.setdefault("_pushed", {})  # type: ignore[no-any-return]

    def _moving(self, group: int) -> bool:
        """Whether a group holds a new story: clusters that stand are left alone by themselves."""
        return any(self.stories[member].story_id in self.fresh for member in self.members[group])

    # which pairs

    def _pairs(self) -> Iterator[tuple[int, int]]:
        seen: set[tuple[int, int]] = set()
        for one, two in (*self._near_vectors(), *self._shared_keys()):
            pair = (one, two) if one < two else (two, one)
            if pair not in seen:
                seen.add(pair)
                yield pair

    def _near_vectors(self) -> Iterator[tuple[int, int]]:
        """Each new story with its nearest neighbours by vector."""
        held = [(place_, s.vector) for place_, s in enumerate(self.stories) if s.vector is not None]
        wanted = [n for n, (place_, _) in enumerate(held) if self.stories[place_].story_id in self.fresh]
        if len(held) < 2 or not wanted:
            return
        matrix = np.stack([vector for _, vector in held])
        count = min(self.options.neighbours + 1, len(held))
        for start in range(0, len(wanted), _BLOCK):
            rows = wanted[start : start + _BLOCK]
            likeness = matrix[rows] @ matrix.T
            best = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
            for row, neighbours in zip(rows, best, strict=True):
                yield from ((held[row][0], held[n][0]) for n in neighbours.tolist() if n != row)

    def _shared_keys(self) -> Iterator[tuple[int, int]]:
        """Each new story with those of one key that are nearest in time."""
        buckets: dict[str, list[int]] = defaultdict(list)
        for place_, story in enumerate(self.stories):
            for key in keys_of(story.evidence):
                buckets[key].append(place_)
        for places in buckets.values():
            for position, right in enumerate(places):
                for left in places[max(0, position - _CROWD) : position]:
                    if (
                        self.stories[left].story_id in self.fresh
                        or self.stories[right].story_id in self.fresh
                    ):
                        yield left, right

    # what came of it

    def decisions(self) -> list[ClusterDecision]:
        """One for each new story, earliest first."""
        found = []
        for place_, story in enumerate(self.stories):
            if story.story_id in self.fresh:
                group = self.members[self.root[place_]]
                found.append(self._decision(place_, group))
        return found

    def _decision(self, place_: int, group: Sequence[int]) -> ClusterDecision:
        stored = {
            cluster
            for member in group
            if self.stories[member].story_id not in self.fresh
            and (cluster := self.stories[member].cluster_id) is not None
        }
        # the first to tell of it opened the cluster, where none stands
        others = [] if not stored and place_ == group[0] else [other for other in group if other != place_]
        best = max(
            others, key=lambda other: (round(self.score(place_, other).score, 6), -other), default=None
        )
        ruled = any(self.verdicts.get((min(place_, o), max(place_, o))) == "together" for o in others)
        if best is None:
            return ClusterDecision(
                story_id=self.stories[place_].story_id, cluster=group[0], joined=None, rule="new", score=0.0,
                version=VERSION, merges=tuple(sorted(stored)),
            )  # fmt: skip
        why = self.score(place_, best)
        return ClusterDecision(
            story_id=self.stories[place_].story_id,
            cluster=group[0],
            joined=self.stories[best].story_id,
            rule="person" if ruled else "same" if "vectors" in why.parts else "evidence",
            score=round(why.score, 4),
            version=VERSION,
            merges=tuple(sorted(stored)),
            parts={name: round(value, 4) for name, value in why.parts.items()},
            shared=why.shared,
        )


def _some(members: Sequence[int], most: int) -> Sequence[int]:
    """All members, or as many of the earliest as of the latest."""
    return members if len(members) <= most else [*members[: most // 2], *members[-(most - most // 2) :]]


def _verdicts(stories: Sequence[ClusterStory], rulings: Sequence[Ruling]) -> dict[tuple[int, int], str]:
    """What people ruled on pairs of these stories; the later ruling on a pair holds."""
    if not rulings:
        return {}
    places = {uid: place_ for place_, story in enumerate(stories) for uid in (*story.uids, story.uid)}
    found: dict[tuple[int, int], str] = {}
    for ruling in rulings:
        groups = [sorted({places[uid] for uid in group if uid in places}) for group in ruling.groups]
        for number, group in enumerate(groups):
            for other in groups if ruling.verdict == "together" else groups[:number]:
                for a in group:
                    for b in other:
                        if a != b:
                            found[min(a, b), max(a, b)] = ruling.verdict
    return found
