"""Which party of a sentence gives and which receives: the reading of a frame with the greatest weight.

trigger with its frame, parties with marks ──► weight of each party in each role, less distance ──► best pair
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.annotate.claims.marks import Party, Span

LEAST = 0.8
"""Weight below which a party is not taken for a role."""

_COMMA, _STRONG, _PER_CHAR = 0.2, 1.3, 1 / 250
_BY, _AGENT = frozenset({"by"}), 8
"""So close behind a participle stands its agent ("ordered by Turkey")."""
_CAPITAL = 0.3
"""A capital may also be where somebody spoke."""
_SPEAKER = 1.1
"""Whoever makes the statement is rarely named as a party in the same breath."""

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Breaks:
    """Places where clauses of a text may end: commas, and what parts them more strongly."""

    commas: Sequence[int]
    strong: Sequence[int]
    asides: Sequence[tuple[int, int]] = ()
    """Brackets and addresses of links: seen from outside they are not there, from inside their edges are breaks."""

    def cost(self, left: int, right: int) -> float:
        """How much stands between two places."""
        commas, strong = self._count(self.commas, left, right), self._strong(left, right)
        return _COMMA * commas + _STRONG * strong + self.length(left, right) * _PER_CHAR

    def parted(self, left: int, right: int, commas: int = 10) -> bool:
        """Whether a strong break, or more than `commas` commas, stands between two places."""
        return self._strong(left, right) > 0 or self._count(self.commas, left, right) > commas

    def length(self, left: int, right: int) -> int:
        """Characters between two places, without the asides that lie between them."""
        hidden = sum(end - start for start, end in self.asides if left <= start and end <= right)
        return max(0, right - left - hidden)

    def _strong(self, left: int, right: int) -> int:
        edges = sum(left <= edge < right for aside in self.asides for edge in (aside[0], aside[1] - 1))
        whole = 2 * sum(left <= start and end <= right for start, end in self.asides)
        return self._count(self.strong, left, right) + edges - whole

    def _count(self, places: Sequence[int], left: int, right: int) -> int:
        """How many of `places` lie between two places, none of them within an aside that does."""
        inside = sum(
            bisect_left(places, end) - bisect_left(places, start)
            for start, end in self.asides
            if left <= start and end <= right
        )
        return bisect_left(places, right) - bisect_left(places, left) - inside


@dataclass(frozen=True, slots=True)
class Reading:
    """Supplier and recipient of a trigger, either may be None, with their weights."""

    supplier: Party | None
    recipient: Party | None
    weight_supplier: float
    weight_recipient: float

    @property
    def weight(self) -> float:
        """Both weights together."""
        return self.weight_supplier + self.weight_recipient


def read(
    trigger: Span,
    parties: Sequence[Party],
    frame: Weights,
    breaks: Breaks,
    speakers: Sequence[tuple[int, int]],
    others: Sequence[Span] = (),
) -> Reading:
    """The best reading of `trigger`; parties within `speakers` count less, as agents of `others` ("ordered by")."""
    parties = [party for party in parties if not _agent(party, trigger, others)]
    ordered = [p for p in parties if trigger.name != "receive" or not _behind(p, trigger)]  # "bought by" whom
    givers = _weighed(trigger, ordered, frame["supplier"], breaks, speakers)
    agents = [p for p in parties if p not in ordered]
    takers = _weighed(trigger, agents or parties, frame["recipient"], breaks, speakers)
    best = Reading(None, None, 0.0, 0.0)
    for giver, weight_giver in (*givers, (None, 0.0)):
        for taker, weight_taker in (*takers, (None, 0.0)):
            same = giver is not None and taker is not None and giver.code == taker.code
            if not same and weight_giver + weight_taker > best.weight_supplier + best.weight_recipient:
                best = Reading(giver, taker, weight_giver, weight_taker)
    return best


def _agent(party: Party, trigger: Span, others: Sequence[Span]) -> bool:
    """Whether the party is the agent right behind another trigger."""
    place = (trigger.start, trigger.end)
    return any(_behind(party, other) for other in others if (other.start, other.end) != place)


def _behind(party: Party, trigger: Span) -> bool:
    return party.marks == _BY and 1 < party.start - trigger.end <= _AGENT


def _weighed(
    trigger: Span,
    parties: Sequence[Party],
    weights: Mapping[str, float],
    breaks: Breaks,
    speakers: Sequence[tuple[int, int]],
) -> list[tuple[Party, float]]:
    found = []
    for party in parties:
        weight = max(
            (_weight(mark, party, trigger, weights, parties, breaks) for mark in party.marks), default=0.0
        )
        if not weight:
            continue
        left, right = (
            (party.end, trigger.start) if party.start < trigger.start else (trigger.end, party.start)
        )
        weight -= breaks.cost(left, max(left, right)) + (_CAPITAL if party.capital else 0.0)
        if any(low <= party.start < high for low, high in speakers):
            weight -= _SPEAKER
        if weight >= LEAST:
            found.append((party, weight))
    return found


def _weight(
    mark: str,
    party: Party,
    trigger: Span,
    weights: Mapping[str, float],
    parties: Sequence[Party],
    breaks: Breaks,
) -> float:
    """What `mark` weighs; a bare name or nominative is subject before its verb, object or inverted subject after it."""
    before = party.start < trigger.start
    if mark == "bare":
        if before:
            return weights.get("subject", 0.0)
        alone = not any(
            other is not party
            and other.start < trigger.start
            and other.marks & {"bare", "subject"}
            and not breaks.parted(other.end, trigger.start)
            for other in parties
        )
        return max(weights.get("object", 0.0), weights.get("inverted", 0.0) if alone else 0.0)
    if mark == "subject":
        return weights.get("subject", 0.0) if before else weights.get("inverted", 0.0) + 0.4
    if mark == "of" and before and "poss" in weights:
        return weights.get("of", 0.0) * 0.5
    if mark == "dative":
        return weights.get("dative", weights.get("to", 0.0))
    return weights.get(mark, 0.0)
