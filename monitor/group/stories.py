"""Place entries in stories: the entries that are the same report.

    nodes -> pairs sharing a key or band -> verdicts -> strongest first, one language, no veto -> decisions

Links are taken from the strongest to the weakest; one that would bring together two items whose pair was
vetoed is left out. Nothing depends on the order of `items` or on entry ids. docs/explanation/stories.md
says what is refused, and the one case in which the order of arrival matters.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from monitor.group.pairs import RULES, UNKNOWN, Node, Recurring, Verdict, pairs, recurring_of, verdict
from monitor.types.grouping import Candidate, Fingerprint, StoryDecision, StoryItem, StoryOptions

VERSION = "stories-2"
# how many entries of each stored story are held against each other before the two are merged
_JUDGED = 8


@dataclass(frozen=True, slots=True)
class _Link:
    left: int
    right: int
    rule: str
    score: float


@dataclass(slots=True)
class _Groups:
    """Disjoint sets of nodes that never hold a vetoed pair or two languages.

    `forbidden` has the vetoes among pairs compared; `veto` judges two stored entries, which are not compared
    before a new one would bring their stories together.
    """

    nodes: Sequence[Node]
    forbidden: dict[int, set[int]]
    veto: Callable[[Node, Node], str]
    root: list[int] = field(init=False)
    members: dict[int, set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.root = list(range(len(self.nodes)))
        self.members = {place: {place} for place in self.root}

    def join(self, left: int, right: int, *, checked: bool) -> bool:
        """Bring two groups together; False where that is refused."""
        one, two = self.root[left], self.root[right]
        if one == two:
            return True
        if len(self.members[one]) < len(self.members[two]):
            one, two = two, one
        if checked and not self._allowed(one, two):
            return False
        for place in self.members[two]:
            self.root[place] = one
        self.members[one] |= self.members.pop(two)
        return True

    def _allowed(self, one: int, two: int) -> bool:
        small, large = self.members[two], self.members[one]
        if any(not self.forbidden.get(place, set()).isdisjoint(large) for place in small):
            return False
        if len(self._languages(small) | self._languages(large)) > 1:
            return False
        stored = [
            [self.nodes[p] for p in sorted(group) if self.nodes[p].stored][:_JUDGED]
            for group in (small, large)
        ]
        return not any(self.veto(a, b) for a, b in product(*stored))

    def _languages(self, members: Iterable[int]) -> set[str]:
        return {self.nodes[place].item.language for place in members} - {UNKNOWN}


def decide(
    items: Sequence[StoryItem],
    fingerprints: Sequence[Fingerprint],
    candidates: Sequence[Candidate] = (),
    options: StoryOptions | None = None,
) -> list[StoryDecision]:
    """Decide for each item, given its fingerprint, which entry it joins; `candidates` share a key or band.

    Decisions come in an order in which an entry joined within the batch is decided before those that join it.
    Raises ValueError where items and fingerprints do not belong together.
    """
    options = options or StoryOptions()
    nodes = _nodes(items, fingerprints, candidates)
    recurring = recurring_of(nodes)
    links, refused = _compare(nodes, options, recurring)
    groups = _group(nodes, links, refused, lambda a, b: verdict(a, b, options, recurring).veto)
    neighbours: dict[int, list[_Link]] = defaultdict(list)
    for link in links:
        if groups.root[link.left] == groups.root[link.right]:
            neighbours[link.left].append(link)
            neighbours[link.right].append(link)
    wanted = {item.entry_id for item in items}
    decisions: list[StoryDecision] = []
    for members in sorted(groups.members.values(), key=lambda places: min(nodes[p].order for p in places)):
        decisions += _explain(nodes, sorted(members, key=lambda p: nodes[p].order), neighbours, refused)
    return [decision for decision in decisions if decision.entry_id in wanted]


def _nodes(
    items: Sequence[StoryItem], fingerprints: Sequence[Fingerprint], candidates: Sequence[Candidate]
) -> list[Node]:
    if [item.entry_id for item in items] != [mark.entry_id for mark in fingerprints]:
        raise ValueError("items and fingerprints must be of the same entries, in the same order")
    nodes = {
        item.entry_id: Node(item, mark, item.story_id is not None)
        for item, mark in zip(items, fingerprints, strict=True)
    }
    for candidate in candidates:
        # one without a story waits for its own turn, and then meets this batch as candidates
        if candidate.item.story_id is not None:
            nodes.setdefault(candidate.item.entry_id, Node(candidate.item, candidate.fingerprint, True))
    return sorted(nodes.values(), key=lambda node: node.order)


def _compare(
    nodes: Sequence[Node], options: StoryOptions, recurring: Recurring
) -> tuple[list[_Link], dict[int, dict[int, Verdict]]]:
    links = []
    refused: dict[int, dict[int, Verdict]] = defaultdict(dict)
    for left, right in pairs(nodes):
        found = verdict(nodes[left], nodes[right], options, recurring)
        if found.rule:
            links.append(_Link(left, right, found.rule, found.score))
        elif found.veto:
            refused[left][right] = refused[right][left] = found
    return links, refused


def _group(
    nodes: Sequence[Node],
    links: list[_Link],
    refused: dict[int, dict[int, Verdict]],
    veto: Callable[[Node, Node], str],
) -> _Groups:
    groups = _Groups(nodes, {place: set(others) for place, others in refused.items()}, veto)
    stories: dict[int, int] = {}
    for place, node in enumerate(nodes):
        if node.stored and node.item.story_id is not None:
            groups.join(stories.setdefault(node.item.story_id, place), place, checked=False)
    links.sort(key=lambda link: (RULES.index(link.rule), -round(link.score, 6), link.left, link.right))
    for link in links:
        groups.join(link.left, link.right, checked=True)
    return groups


def _explain(
    nodes: Sequence[Node],
    members: list[int],
    neighbours: dict[int, list[_Link]],
    refused: dict[int, dict[int, Verdict]],
) -> list[StoryDecision]:
    """Walk a group outward from its surviving story, or from its earliest item, and say how each came in."""
    stories = {story for p in members if nodes[p].stored and (story := nodes[p].item.story_id) is not None}
    survivor = min(stories, default=None)
    if survivor is None:
        decisions = [_opened(nodes[members[0]], refused.get(members[0], {}))]
        queue = deque(members[:1])
    else:
        decisions = []
        queue = deque(p for p in members if nodes[p].stored and nodes[p].item.story_id == survivor)
        decisions += [_kept(nodes[p]) for p in queue]
    reached = set(queue)
    told: set[int] = {survivor} if survivor is not None else set()
    while queue:
        here = queue.popleft()
        for link in neighbours.get(here, ()):
            there = link.right if link.left == here else link.left
            if there in reached:
                continue
            fresh = [there]
            if nodes[there].stored:
                story = nodes[there].item.story_id
                fresh = [p for p in members if nodes[p].stored and nodes[p].item.story_id == story]
                decisions += [_kept(nodes[p]) for p in fresh]
            else:
                merges = _proved(nodes, there, neighbours, told)
                told |= set(merges)
                decisions.append(_joined(nodes[there], nodes[here], link, merges))
            reached.update(fresh)
            queue.extend(fresh)
    return decisions


def _proved(
    nodes: Sequence[Node], place: int, neighbours: dict[int, list[_Link]], told: set[int]
) -> tuple[int, ...]:
    """Stories that a new item links to and no decision has named yet."""
    found = set()
    for link in neighbours.get(place, ()):
        other = nodes[link.left if link.right == place else link.right]
        if other.stored and other.item.story_id is not None:
            found.add(other.item.story_id)
    return tuple(sorted(found - told))


def _opened(node: Node, refused: dict[int, Verdict]) -> StoryDecision:
    nearest = max(refused.values(), key=lambda found: (found.score, found.veto), default=None)
    rule, score = ("new", 0.0) if nearest is None else (f"new:{nearest.veto}", nearest.score)
    return StoryDecision(
        entry_id=node.item.entry_id, joined=None, rule=rule, score=round(score, 4), version=VERSION
    )


def _kept(node: Node) -> StoryDecision:
    entry = node.item.entry_id
    return StoryDecision(entry_id=entry, joined=entry, rule="kept", score=1.0, version=VERSION)


def _joined(node: Node, other: Node, link: _Link, merges: tuple[int, ...]) -> StoryDecision:
    return StoryDecision(
        entry_id=node.item.entry_id,
        joined=other.item.entry_id,
        rule=link.rule,
        score=round(link.score, 4),
        version=VERSION,
        merges=merges,
    )
