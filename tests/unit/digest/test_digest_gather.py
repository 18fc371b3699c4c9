"""Rows of the store become stories; backlog is counted, not told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest.gather import LEAD_LENGTH, gather_stories, lead_of
from monitor.types.storage import Carrier, DigestCandidate

NOW = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)


def row(entry_id: int, **values: Any) -> DigestCandidate:
    defaults: dict[str, Any] = {
        "uid": f"e{entry_id}", "kind": "rss", "story_id": 7, "cluster_id": None, "title": "Ships listed",
        "body": "Fourteen ships and two insurers were listed on Thursday.", "url": "https://a.example/1",
        "language": "en", "outlet": "Northlight Wire", "country": "NO", "ownership": "private",
        "published_at": None, "observed_at": NOW, "effective_at": NOW, "backlog": False,
        "topics": {"sanctions": 0.6},
    }  # fmt: skip
    return DigestCandidate(entry_id=entry_id, **{**defaults, **values})


def test_entries_of_a_story_are_one_story_with_the_outlets_that_carry_it() -> None:
    later = NOW + dt.timedelta(minutes=5)
    copy = row(2, outlet="Spreebote", url="https://b.example/2", observed_at=later, topics={"sanctions": 0.9})
    gathered = gather_stories([row(1), copy])
    (story,) = gathered.stories
    assert (story.story_id, story.outlet, story.entry_ids) == (7, "Northlight Wire", (1, 2))
    assert story.topics == {"sanctions": 0.9}
    assert [(other.outlet, other.url) for other in story.carried_by] == [("Spreebote", "https://b.example/2")]


def test_carriers_from_before_the_period_count_and_an_outlet_counts_once() -> None:
    carriers = [
        Carrier(story_id=7, entry_id=n, outlet=outlet, country=None, ownership="unknown", language="en",
                url=f"https://c.example/{n}", effective_at=NOW - dt.timedelta(hours=n))
        for n, outlet in ((3, "Hexagone Infos"), (4, "Hexagone Infos"), (5, "Northlight Wire"))
    ]  # fmt: skip
    (story,) = gather_stories([row(1)], carriers).stories
    assert [(other.outlet, other.url) for other in story.carried_by] == [
        ("Hexagone Infos", "https://c.example/4")
    ]


@pytest.mark.parametrize(
    ("body", "title", "lead"),
    [
        ("A frigate of 4.5 tonnes left port. It carries shells, says the mayor.",
         "A frigate of 4.5 tonnes left port.", "It carries shells, says the mayor."),
        ("两国海军举行联合搜救演练，为期三天，双方派出六艘舰艇。演练在东部海域进行。",
         "两国海军举行联合搜救演练，为期三天，双方派出六艘舰艇。", "演练在东部海域进行。"),
        ("Short post", "Short post", ""),
        ("word " * 40, ("word " * 23).strip() + "…", "…" + ("word " * 17).strip()),
    ],
    ids=["a sentence", "without blanks", "one line", "no end"],
)  # fmt: skip
def test_a_post_without_a_title_is_headed_by_its_beginning_and_led_by_the_rest(
    body: str, title: str, lead: str
) -> None:
    (story,) = gather_stories([row(1, title="", body=body)]).stories
    assert (story.title, story.lead) == (title, lead)


def test_where_nothing_may_be_quoted_the_outlet_heads_it() -> None:
    (story,) = gather_stories([row(1, title="", excerpt_length=0)]).stories
    assert (story.title, story.lead) == ("Northlight Wire", "")


def test_backlog_is_counted_by_topic_and_not_told_unless_the_story_has_a_fresh_entry() -> None:
    old = [
        row(1, story_id=1, backlog=True, topics={"nuclear": 0.5, "sanctions": 0.6}),
        row(2, story_id=2, backlog=True),
    ]
    both = [row(3, story_id=3, backlog=True), row(4, story_id=3)]
    gathered = gather_stories(old + both)
    assert [story.story_id for story in gathered.stories] == [3]
    assert (gathered.backlog, gathered.backlog_entries) == ({"nuclear": 1, "sanctions": 2}, 2)


def test_an_entry_that_was_not_grouped_yet_is_its_own_story() -> None:
    gathered = gather_stories([row(1, story_id=None), row(2, story_id=None)])
    assert sorted(story.story_id for story in gathered.stories) == [-2, -1]


def test_a_post_without_a_title_shows_its_text() -> None:
    (story,) = gather_stories([row(1, title="")]).stories
    assert story.title.startswith("Fourteen ships")


def test_the_lead_does_not_repeat_the_headline_and_is_cut_at_a_word() -> None:
    assert lead_of("Ships  listed\n\nFourteen ships and two insurers were listed.", "Ships listed") == (
        "Fourteen ships and two insurers were listed."
    )
    assert lead_of("", "x") == lead_of("Ships listed", "ships listed") == ""
    long = lead_of("word " * 400, "x")
    assert len(long) <= LEAD_LENGTH
    assert long.endswith("word…")


def test_independent_sources_come_from_the_cluster() -> None:
    (story,) = gather_stories([row(1, cluster_id=5)], independent={5: 3}).stories
    assert story.independent_sources == 3


TEXT = "Fourteen ships and two insurers were listed on Thursday, " * 12


@given(st.text(), st.integers(-1, 400))
def test_a_lead_is_never_longer_than_permitted(body: str, limit: int) -> None:
    assert len(lead_of(body, "", limit)) <= max(limit, 0)


@pytest.mark.parametrize(
    ("permitted", "longest"), [(None, LEAD_LENGTH), (60, 60), (5000, LEAD_LENGTH), (0, 0)]
)
def test_the_excerpt_length_of_an_entry_bounds_its_lead(permitted: int | None, longest: int) -> None:
    [story] = gather_stories([row(1, body=TEXT, excerpt_length=permitted)]).stories
    assert len(story.lead) <= longest
    assert bool(story.lead) == bool(longest)
    assert story.title == "Ships listed"


def test_where_nothing_may_be_quoted_an_entry_without_a_title_goes_by_its_outlet() -> None:
    [story] = gather_stories([row(1, title="", body=TEXT, excerpt_length=0)]).stories
    assert (story.title, story.lead) == ("Northlight Wire", "")
    [story] = gather_stories([row(1, title="", body=TEXT, excerpt_length=50)]).stories
    assert 0 < len(story.title) <= 50
