"""What stands out is said in every language, with the stories behind it, and what was not tested is said too."""

from __future__ import annotations

import datetime as dt

import pytest

from monitor.render.labels import READER_LANGUAGES, Labels
from monitor.report.standouts import section
from monitor.types.trends import BehindStory, Change, Finding, Standout, Trends

DAY = dt.date(2026, 3, 5)


def finding(direction: str, stories: int, expected: float, series: str = "sanctions") -> Finding:
    return Finding(
        series=series, day=DAY, direction=direction, stories=stories, expected=expected,  # type: ignore[arg-type]
        probability=1e-4, feeds=9,
    )  # fmt: skip


BEHIND = BehindStory(title="<b>Port closed", outlet="Example Post", outlets=4, language="en", cluster_id=7)
TRENDS = Trends(
    standouts=(
        Standout(finding=finding("burst", 30, 12.0), stories=(BEHIND,)),
        Standout(finding=finding("drop", 2, 11.6, "nuclear/fr")),
    ),
    changes=(Change(series="sanctions", day=DAY, before=0.1, after=0.21),),
    untested=12,
    days=60,
)


def test_a_burst_a_drop_and_a_change_in_words() -> None:
    made = section(TRENDS, Labels("en"))
    assert [line.sentence for line in made.lines] == [
        "Sanctions: 30 stories on 5 Mar, 2.5 times the usual",
        "Nuclear (French): 2 stories on 5 Mar, where about 12 are usual",
    ]
    assert made.changes == ("Sanctions: 21.0% of all stories from 5 Mar on, 10.0% before",)
    assert made.note.startswith("Not tested: 12 of 60 days")


def test_the_stories_behind_lead_to_their_place_and_are_text() -> None:
    (story,) = section(TRENDS, Labels("en"), {"cluster-7"}).lines[0].stories
    assert story.href == "#cluster-7"
    assert section(TRENDS, Labels("en")).lines[0].stories[0].href == ""
    assert "<b>" not in str(story.title)


@pytest.mark.parametrize("language", READER_LANGUAGES)
def test_every_language_has_the_words(language: str) -> None:
    made = section(TRENDS, Labels(language))
    texts = [*(line.sentence for line in made.lines), *made.changes, made.note]
    assert all(text and "{" not in text for text in texts)


def test_where_all_was_tested_nothing_is_noted() -> None:
    assert section(Trends(days=60), Labels("en")).note == ""
