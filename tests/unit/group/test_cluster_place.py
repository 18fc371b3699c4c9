"""Which stories are one happening, by which evidence, and what people's rulings do."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.group.clusters import place
from monitor.types.clusters import ClusterOptions, ClusterStory, Evidence, Ruling
from tests.cluster_stories import cluster_story, direction, groups

SHELLS = Evidence(codes=("actor:KP", "actor:LY", "actor:SD", "item:artillery-ammunition"), figures=("40000",))


def test_near_vectors_of_two_languages_are_one_happening() -> None:
    one = cluster_story(1, vector=direction(0.9))
    two = cluster_story(2, language="fr", hours=2, vector=direction(0.9))
    [first, second] = place([one, two])
    assert (first.rule, second.rule, second.joined) == ("new", "same", 1)
    assert first.cluster == second.cluster


def test_far_vectors_stay_apart() -> None:
    far = [
        cluster_story(1, vector=direction(1.0)),
        cluster_story(2, language="fr", vector=direction(0.0, 1.0)),
    ]
    assert groups(place(far)) == {frozenset({1}), frozenset({2})}


def test_one_language_needs_more_than_two() -> None:
    one, two = cluster_story(1, vector=direction(1.0)), cluster_story(2, vector=direction(0.55))
    assert len(groups(place([one, two]))) == 2
    assert len(groups(place([one, replace(two, language="ko")]))) == 1


def test_other_actors_keep_like_texts_apart() -> None:
    """The same words of another war are another happening."""
    evidence = Evidence(codes=("actor:AM", "actor:AZ")), Evidence(codes=("actor:CD", "actor:RW"))
    one = cluster_story(1, vector=direction(1.0), evidence=evidence[0])
    two = cluster_story(2, language="de", vector=direction(0.5), evidence=evidence[1])
    assert len(groups(place([one, two]))) == 2
    assert len(groups(place([one, replace(two, evidence=evidence[0])]))) == 1


def test_stories_without_vectors_join_by_evidence_alone() -> None:
    """Channel posts are never embedded: actors, item and figure tell."""
    post = cluster_story(1, language="ru", evidence=SHELLS)
    page = cluster_story(2, language="ko", hours=3, evidence=SHELLS, vector=direction(1.0))
    [_, second] = place([post, page])
    assert (second.rule, second.joined) == ("evidence", 1)
    assert second.shared["codes"] == SHELLS.codes
    assert second.parts["figures"] > 0


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(codes=("actor:RU", "actor:UA")),
        Evidence(figures=("40000",)),
        Evidence(names=("nsrp",)),
        Evidence(),
    ],
)
def test_one_kind_of_evidence_alone_is_no_proof(evidence: Evidence) -> None:
    assert len(groups(place([cluster_story(1, evidence=evidence), cluster_story(2, evidence=evidence)]))) == 2


def test_a_shared_link_is_proof_where_nothing_speaks_against_it() -> None:
    linked = Evidence(links=("https://a.example/x",), codes=("place:tobruk",))
    assert len(groups(place([cluster_story(1, evidence=linked), cluster_story(2, evidence=linked)]))) == 1


def test_what_is_weeks_apart_is_not_one_happening() -> None:
    near = cluster_story(1, vector=direction(1.0))
    later = cluster_story(2, language="fr", hours=24 * 9, vector=direction(1.0))
    assert len(groups(place([near, later]))) == 2


def test_the_column_of_another_day_is_another_happening() -> None:
    """Exchange rates and weather read alike each day."""
    rate = Evidence(words=("dolla", "offic", "rate", "rises"))
    one = cluster_story(1, vector=direction(1.0), evidence=rate, feed_id=7)
    two = cluster_story(2, hours=24, vector=direction(1.0), evidence=rate, feed_id=7)
    assert len(groups(place([one, two]))) == 2
    assert len(groups(place([one, replace(two, feed_id=8)]))) == 1


def test_a_new_story_joins_a_cluster_that_stands() -> None:
    known = cluster_story(1, vector=direction(1.0), cluster_id=30)
    [decision] = place([cluster_story(2, language="fr", vector=direction(0.9))], [known])
    assert (decision.merges, decision.joined) == ((30,), 1)


def test_a_new_story_may_prove_two_clusters_to_be_one() -> None:
    left = cluster_story(1, vector=direction(0.9), cluster_id=30)
    right = cluster_story(2, language="de", vector=direction(0.9), cluster_id=40)
    [decision] = place([cluster_story(3, language="fr", vector=direction(0.9))], [left, right])
    assert decision.merges == (30, 40)


def test_clusters_that_stand_are_left_alone_by_themselves() -> None:
    left = cluster_story(1, vector=direction(0.9), cluster_id=30)
    right = cluster_story(2, language="de", vector=direction(0.9), cluster_id=40)
    [decision] = place([cluster_story(3, language="fr", vector=direction(0.0, 0.9))], [left, right])
    assert (decision.merges, decision.rule) == ((), "new")


def test_average_linkage_does_not_chain() -> None:
    """A report near to both does not bring together two that have nothing in common."""
    ends = [
        cluster_story(1, vector=direction(1.0)),
        cluster_story(3, language="de", vector=direction(0.0, 1.0)),
    ]
    bridge = cluster_story(2, language="fr", vector=direction(0.6, 0.55))
    assert not any({1, 3} <= group for group in groups(place([*ends, bridge])))


def test_a_ruling_keeps_apart_what_rules_would_join() -> None:
    pair = [cluster_story(n, language=lang, vector=direction(1.0)) for n, lang in ((1, "en"), (2, "fr"))]
    third = cluster_story(3, language="de", vector=direction(1.0))
    apart = Ruling(verdict="apart", groups=(("e00001",), ("e00002",)))
    found = groups(place([*pair, third], rulings=[apart]))
    assert not any({1, 2} <= group for group in found)
    assert any(3 in group and len(group) == 2 for group in found)


def test_a_ruling_joins_what_rules_would_not_and_the_later_one_holds() -> None:
    far = [cluster_story(1, vector=direction(1.0)), cluster_story(2, vector=direction(0.0, 1.0))]
    sides = (("e00001",), ("e00002",))
    together, apart = Ruling(verdict="together", groups=sides), Ruling(verdict="apart", groups=sides)
    [_, second] = place(far, rulings=[apart, together])
    assert second.rule == "person"
    assert len(groups(place(far, rulings=[together, apart]))) == 2


def batch(seed: int) -> list[ClusterStory]:
    draw = random.Random(seed)
    stories = []
    for number in range(1, 25):
        happening = draw.randrange(6)
        codes = (f"actor:A{happening}", f"actor:B{happening}", f"place:p{happening}")
        stories.append(
            cluster_story(
                number,
                language=draw.choice(["en", "fr", "ko"]),
                hours=draw.random() * 40,
                evidence=Evidence(codes=codes) if draw.random() < 0.7 else Evidence(),
                vector=direction(*(0.8 if n == happening else 0.0 for n in range(6)))
                if draw.random() < 0.8
                else None,
            )
        )
    return stories


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_in_a_batch_and_the_ids_do_not_matter(seed: int, shuffle: random.Random) -> None:
    stories = batch(seed)
    wanted = {frozenset(f"e{n:05}" for n in group) for group in groups(place(stories))}
    ids = list(range(100, 100 + len(stories)))
    shuffle.shuffle(ids)
    moved = [replace(story, story_id=number) for story, number in zip(stories, ids, strict=True)]
    shuffle.shuffle(moved)
    uids = {story.story_id: story.uid for story in moved}
    found = {frozenset(uids[n] for n in group) for group in groups(place(moved))}
    assert found == wanted


def test_every_new_story_gets_one_decision() -> None:
    stories = batch(3)
    decided = place(stories, options=ClusterOptions(window=dt.timedelta(days=1)))
    assert sorted(decision.story_id for decision in decided) == sorted(story.story_id for story in stories)
