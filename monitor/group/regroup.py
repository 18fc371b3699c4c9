"""How the clusters that stand become those of a recomputation: parts that leave, then parts that join.

stories with their clusters + decisions of `place` ─► pieces by cluster, the one that stays last
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.types.clusters import ClusterDecision


@dataclass(frozen=True, slots=True)
class Piece:
    """Stories of one standing cluster that go to one group of the decisions; empty for stories outside of them."""

    group: int
    stories: tuple[int, ...]


def regrouped(
    placed: Sequence[ClusterDecision], homes: Mapping[int, int], standing: Mapping[int, int]
) -> dict[int, tuple[Piece, ...]]:
    """The pieces of each cluster that the decisions touch, the smallest first; the last stays where the rest is.

    `homes` has the cluster of each story decided on, `standing` how many further stories of a cluster stand from
    before: they are with the group that names their cluster among its `merges`, else by themselves. Numbers of groups
    are those of the decisions; stories that stand by themselves have the negative of their cluster.
    """
    pieces: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    named: dict[int, int] = {}
    for decision in placed:
        if decision.story_id in homes:
            pieces[homes[decision.story_id]][decision.cluster].append(decision.story_id)
            named |= dict.fromkeys(decision.merges, decision.cluster)
    for cluster in {*named, *(cluster for cluster in pieces if standing.get(cluster))}:
        pieces[cluster][named.get(cluster, -cluster)] += []
    return {
        cluster: tuple(
            Piece(group, tuple(stories))
            for group, stories in sorted(
                parts.items(), key=lambda part: (part[0] == _stays(cluster, named, standing), len(part[1]))
            )
        )
        for cluster, parts in sorted(pieces.items())
    }


def _stays(cluster: int, named: Mapping[int, int], standing: Mapping[int, int]) -> int | None:
    """The group of the stories that stand; None where there are none, and the largest piece is the rest."""
    return named.get(cluster, -cluster) if standing.get(cluster) or cluster in named else None
