"""What a list is told: its filters, nothing twice, updates with the difference, ranked and diverse."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.select import choose, fold_clusters, rank
from monitor.types.digest import CarriedBy, Change, DigestContent, DigestStory, ToldStory
from tests.digest_stories import NOTES, PERIOD, SINCE, TOPICS, UNTIL, changed, spec, stories


def story(number: int, **values: Any) -> DigestStory:
    seen = values.pop("first_seen_at", SINCE + dt.timedelta(hours=12))
    defaults: dict[str, Any] = {
        "title": f"Headline {number}", "outlet": f"Outlet {number}", "language": "en", "effective_at": seen,
        "first_seen_at": seen, "topics": {"sanctions": 0.6}, "story_ids": (number,), "entry_ids": (number,),
    }  # fmt: skip
    return DigestStory(story_id=number, **{**defaults, **values})


def told_ids(content: DigestContent) -> list[int]:
    return [told.story_id for told in content.stories]


def adds_up(content: DigestContent) -> bool:
    counts = dict(content.counts)
    return counts.pop("offered") == sum(counts.values())


def test_a_day_of_news_is_told_by_topic_and_every_story_has_one_disposition() -> None:
    content = choose(spec(max_stories=10), PERIOD, stories(), topics=TOPICS, feeds=NOTES)
    assert [section.topic for section in content.sections] == [
        "arms-transfers", "sanctions", "armed-conflict", "missiles-drones", "military-cooperation",
    ]  # fmt: skip
    assert content.empty_topics == ("nuclear",)
    assert (len(content.stories), len(content.left_out_ids)) == (10, 2)
    assert sum(section.left_out for section in content.sections) == 2
    assert adds_up(content)


@pytest.mark.parametrize(
    ("wish", "numbers"),
    [
        ({"languages": ("fr", "de")}, {2, 3}),
        ({"countries": ("GB",)}, {1, 12}),
        ({"ownership": ("state",)}, {7, 9}),
        ({"topics": ("sanctions",)}, {3, 4, 11}),
    ],
)
def test_the_filters_of_a_list(wish: dict[str, Any], numbers: set[int]) -> None:
    content = choose(spec(**wish), PERIOD, stories(), topics=TOPICS)
    assert set(told_ids(content)) == numbers
    assert adds_up(content)


def test_an_undetermined_language_matches_every_language_of_its_script() -> None:
    cyrillic = story(1, language="und", title="Совет")
    assert told_ids(choose(spec(languages=("uk",)), PERIOD, [cyrillic], topics=TOPICS)) == [1]
    assert told_ids(choose(spec(languages=("en", "ar")), PERIOD, [cyrillic], topics=TOPICS)) == []


def test_a_story_without_a_topic_is_not_told_and_one_of_the_next_period_waits() -> None:
    content = choose(spec(), PERIOD, [story(1, topics={}), story(2, first_seen_at=UNTIL)], topics=TOPICS)
    assert content.stories == ()
    assert (content.counts["untagged"], content.counts["early"]) == (1, 1)


def test_a_story_stored_late_is_told_though_the_period_of_its_arrival_is_over() -> None:
    late = story(1, first_seen_at=SINCE - dt.timedelta(seconds=2))
    assert told_ids(choose(spec(), PERIOD, [late], topics=TOPICS)) == [1]


def test_no_story_is_told_twice() -> None:
    content = choose(
        spec(), PERIOD, [story(1), story(1), story(2)], topics=TOPICS, told=[ToldStory(story_id=2)]
    )
    assert told_ids(content) == [1]
    assert content.counts["repeated"] == 2
    assert adds_up(content)


def test_an_entry_that_was_told_before_it_was_grouped_is_not_told_with_its_story() -> None:
    grouped = story(9, entry_ids=(50, 51))
    assert choose(spec(), PERIOD, [grouped], topics=TOPICS, told=[ToldStory(story_id=-50)]).stories == ()


def test_a_grown_story_returns_with_the_outlets_that_joined() -> None:
    carried = tuple(CarriedBy(outlet=name, language="en", url=None) for name in "ABCD")
    before = ToldStory(story_id=1, title="Headline 1", outlets=("Outlet 1", "A"), entry_ids=(1,))
    content = choose(spec(), PERIOD, [story(1, carried_by=carried)], topics=TOPICS, told=[before])
    assert content.stories[0].updated == (Change(kind="grown", outlets=("B", "C", "D")),)


def test_another_headline_is_an_update_but_not_another_comma_or_language() -> None:
    before = ToldStory(story_id=1, title="Port was never used", entry_ids=(1,))
    edited = choose(spec(), PERIOD, [story(1, title="Port was used twice")], topics=TOPICS, told=[before])
    same = choose(spec(), PERIOD, [story(1, title="“Port was never used”")], topics=TOPICS, told=[before])
    other = choose(
        spec(), PERIOD, [story(1, entry_ids=(9,), title="Der Hafen")], topics=TOPICS, told=[before]
    )
    assert edited.stories[0].updated == (Change(kind="edited", text="Port was never used"),)
    assert (same.stories, other.stories) == ((), ())


def test_a_denied_story_returns_though_it_was_told() -> None:
    denied = story(1, updated=(Change(kind="denied", text="the defence ministry"),))
    assert told_ids(choose(spec(), PERIOD, [denied], topics=TOPICS, told=[ToldStory(story_id=1)])) == [1]


def test_what_became_of_a_told_story_is_said_and_a_new_one_has_no_past() -> None:
    denied, gone = Change(kind="denied", text="the defence ministry"), Change(kind="gone", text="Outlet 1")
    before = ToldStory(
        story_id=1,
        cluster_id=5,
        title="Port used",
        title_now="Port closed",
        entry_ids=(1,),
        changes=(denied, gone),
    )
    # another outlet's version tells it now: the edit is still of the headline that the list was told
    other = story(2, cluster_id=5)
    content = choose(spec(), PERIOD, [other, story(3)], topics=TOPICS, told=[before])
    updates = {told.story_id: told.updated for told in content.stories}
    assert updates == {2: (denied, gone, Change(kind="edited", text="Port used")), 3: ()}


def test_the_news_of_a_cluster_is_told_once_in_the_readers_language() -> None:
    english = story(1, cluster_id=5, independent_sources=2)
    french = story(2, cluster_id=5, language="fr", topics={"arms-transfers": 0.9})
    (told,) = choose(spec(reader_language="fr"), PERIOD, [english, french], topics=TOPICS).stories
    assert (told.story_id, told.language, set(told.story_ids)) == (2, "fr", {1, 2})
    assert [other.outlet for other in told.carried_by] == ["Outlet 1"]
    assert told.independent_sources == 2
    assert told.topics == {"arms-transfers": 0.9, "sanctions": 0.6}


def test_a_new_story_of_a_cluster_that_was_told_is_no_news_by_itself() -> None:
    content = choose(
        spec(), PERIOD, [story(2, cluster_id=5)], topics=TOPICS, told=[ToldStory(story_id=1, cluster_id=5)]
    )
    assert content.stories == ()


def test_rank_rises_with_reach_independence_and_novelty() -> None:
    carried = tuple(CarriedBy(outlet=name, language="en", url=None) for name in "ABC")
    assert rank(story(1, carried_by=carried), PERIOD) > rank(story(1), PERIOD)
    assert rank(story(1, first_seen_at=UNTIL - dt.timedelta(hours=1)), PERIOD) > rank(
        story(1, first_seen_at=SINCE), PERIOD
    )
    copies = story(1, carried_by=carried, independent_sources=1)
    assert rank(copies, PERIOD) < rank(story(1, carried_by=carried, independent_sources=4), PERIOD)


def test_one_topic_cannot_fill_a_digest_while_others_wait_but_may_use_what_they_leave() -> None:
    many = [story(n) for n in range(1, 31)]
    rival = [story(n, topics={"nuclear": 0.3}) for n in range(40, 43)]
    shared = choose(spec(max_stories=10), PERIOD, many + rival, topics=TOPICS)
    sizes = {section.topic: len(section.stories) for section in shared.sections}
    assert sizes == {"sanctions": 7, "nuclear": 3}
    assert len(choose(spec(max_stories=10), PERIOD, many, topics=TOPICS).stories) == 10


def test_a_busy_outlet_yields_to_others_of_the_same_weight() -> None:
    busy = [story(n, outlet="Busy") for n in range(1, 6)]
    others = [story(n) for n in range(6, 9)]
    first = choose(spec(max_stories=4), PERIOD, busy + others, topics=TOPICS).stories
    assert len({told.outlet for told in first}) == 4


def test_a_story_of_two_topics_is_told_under_its_stronger_one_only() -> None:
    content = choose(spec(), PERIOD, [story(1, topics={"nuclear": 0.4, "sanctions": 0.8})], topics=TOPICS)
    assert [section.topic for section in content.sections] == ["sanctions"]
    assert "nuclear" in content.empty_topics


def test_an_empty_day_is_a_digest_too() -> None:
    content = choose(spec(), PERIOD, [], topics=TOPICS, backlog={"nuclear": 3}, backlog_entries=3)
    assert (content.sections, content.empty_topics, content.backlog) == ((), TOPICS, {"nuclear": 3})


@given(st.permutations(stories()), st.integers(1, 14))
def test_the_order_of_rows_does_not_matter(rows: list[DigestStory], most: int) -> None:
    content = choose(spec(max_stories=most), PERIOD, rows, topics=TOPICS)
    assert content == choose(spec(max_stories=most), PERIOD, stories(), topics=TOPICS)
    assert len(content.stories) == min(most, 12)
    assert adds_up(content)


def test_folding_keeps_stories_without_a_cluster_apart() -> None:
    assert len(fold_clusters([story(1), story(2), changed(story(3), cluster_id=1)], "en")) == 3
