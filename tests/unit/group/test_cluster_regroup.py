"""From the clusters that stand to those computed anew: which pieces leave, and which stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.group.regroup import Piece, regrouped
from monitor.types.clusters import ClusterDecision


def decision(story: int, group: int, *merges: int) -> ClusterDecision:
    return ClusterDecision(
        story_id=story, cluster=group, joined=None, rule="new", score=0.0, version="t", merges=merges
    )


def test_the_smaller_part_leaves() -> None:
    placed = [decision(1, 0), decision(2, 1), decision(3, 1)]
    assert regrouped(placed, {1: 7, 2: 7, 3: 7}, {}) == {7: (Piece(0, (1,)), Piece(1, (2, 3)))}


def test_what_stands_from_before_stays_with_those_that_join_it() -> None:
    placed = [decision(1, 0, 7), decision(2, 1), decision(3, 1)]
    assert regrouped(placed, {1: 7, 2: 7, 3: 7}, {7: 1})[7][-1] == Piece(0, (1,))


def test_what_stands_from_before_stays_alone_where_nobody_joins_it() -> None:
    pieces = regrouped([decision(1, 0)], {1: 7}, {7: 2})
    assert pieces == {7: (Piece(0, (1,)), Piece(-7, ()))}


def test_a_cluster_joined_from_before_is_in_the_group() -> None:
    pieces = regrouped([decision(1, 0, 5)], {1: 7}, {5: 3})
    assert pieces == {5: (Piece(0, ()),), 7: (Piece(0, (1,)),)}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=12))
def test_every_story_is_in_one_piece_of_its_cluster(told: list[tuple[int, int]]) -> None:
    homes = {story: home for story, (home, _) in enumerate(told)}
    pieces = regrouped([decision(story, group) for story, (_, group) in enumerate(told)], homes, {})
    listed = [
        (cluster, story) for cluster, parts in pieces.items() for part in parts for story in part.stories
    ]
    assert sorted(listed) == sorted((home, story) for story, home in homes.items())
    assert all(
        len(parts[-1].stories) == max(len(part.stories) for part in parts) for parts in pieces.values()
    )
