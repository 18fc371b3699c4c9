"""A burst is news; what the panel does is none."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from monitor.report.attention import Attention, attention
from monitor.report.bursts import BASELINE, Finding, judge_series
from monitor.report.changes import change_points

DAYS = 84
START = dt.date(2026, 3, 2)  # a Monday
FEEDS = 6
WEEK = (1.0, 1.1, 1.0, 1.1, 1.0, 0.5, 0.5)


class Panel:
    """Six feeds with forty stories on a working day, a tenth of them on the topic, more by the first feed."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self.days = [START + dt.timedelta(days=number) for number in range(DAYS)]
        volume = np.array([WEEK[day.weekday()] for day in self.days])
        shares = np.array([0.3, 0.1, 0.06, 0.06, 0.06, 0.02])
        self.whole = np.round(40 * volume * np.ones((FEEDS, DAYS)))
        self.topic = rng.poisson(shares[:, None] * self.whole).astype(float)
        self.state = np.full((FEEDS, DAYS), "healthy", dtype=object)

    def attention(self, breaks: tuple[int, ...] = ()) -> Attention:
        rows = [
            (self.days[day], f"feed-{feed}", series, int(counts[feed, day]))
            for feed in range(FEEDS)
            for day in range(DAYS)
            for series, counts in (("", self.whole), ("t", self.topic))
        ]
        states = [
            (self.days[day], f"feed-{feed}", self.state[feed, day])
            for feed in range(FEEDS)
            for day in range(DAYS)
        ]
        return attention(
            pd.DataFrame(rows, columns=["day", "feed", "series", "stories"]),
            pd.DataFrame(states, columns=["day", "feed", "state"]),
            self.days,
            [self.days[day] for day in breaks],
        )


@pytest.fixture
def panel() -> Panel:
    return Panel()


def findings(made: Attention) -> list[Finding]:
    return list(judge_series(made, "t").findings)


def test_an_ordinary_panel_has_no_burst_and_no_drop(panel: Panel) -> None:
    assert findings(panel.attention()) == []


def test_two_and_a_half_times_the_attention_is_found_on_its_first_day(panel: Panel) -> None:
    panel.topic[:, 70:72] = np.round(panel.topic[:, 70:72] * 2.5)
    found = findings(panel.attention())
    assert (found[0].day, found[0].direction) == (panel.days[70], "burst")
    assert {f.day for f in found} <= set(panel.days[70:72])
    assert found[0].ratio > 1.5
    assert found[0].feeds == FEEDS


def test_a_topic_that_nearly_vanishes_is_a_drop(panel: Panel) -> None:
    panel.topic[:, 72] = 0
    found = findings(panel.attention())
    assert (found[0].day, found[0].direction) == (panel.days[72], "drop")


@pytest.mark.parametrize("state", ["failing", "unpolled"])
def test_an_outage_of_the_feed_that_had_most_is_no_drop(panel: Panel, state: str) -> None:
    panel.state[0, 70:75] = state
    panel.whole[0, 70:75] = panel.topic[0, 70:75] = 0
    assert findings(panel.attention()) == []


def test_a_feed_that_answers_with_nothing_is_silent_and_no_drop(panel: Panel) -> None:
    panel.whole[0, 70:75] = panel.topic[0, 70:75] = 0
    assert findings(panel.attention()) == []


def test_a_feed_that_returns_is_no_burst(panel: Panel) -> None:
    panel.state[0, 20:70] = "failing"
    panel.whole[0, 20:70] = panel.topic[0, 20:70] = 0
    assert findings(panel.attention()) == []


def test_a_new_feed_that_writes_of_nothing_else_is_no_burst(panel: Panel) -> None:
    panel.state[5, :70] = "unpolled"
    panel.whole[5, :70] = panel.topic[5, :70] = 0
    panel.topic[5, 70:] = panel.whole[5, 70:]
    assert findings(panel.attention()) == []


def test_a_new_taxonomy_is_no_burst_and_nothing_is_tested_until_there_is_a_baseline(panel: Panel) -> None:
    panel.topic[:, 42:] *= 2
    made = panel.attention(breaks=(42,))
    assert not [found for found in findings(made) if found.direction == "burst"]
    untested = judge_series(made, "t", first=42).untested
    assert untested == set(panel.days[42 : 42 + BASELINE])


def test_one_source_alone_makes_no_burst(panel: Panel) -> None:
    panel.topic[:, 70] = np.round(panel.topic[:, 70] * 2.5)
    made = panel.attention()
    assert judge_series(made, "t", sources={panel.days[70]: 1}).findings == ()
    assert len(judge_series(made, "t", sources={panel.days[70]: 2}).findings) == 1


def test_a_handful_of_stories_is_no_burst(panel: Panel) -> None:
    panel.topic[:] = 0
    panel.topic[1, 70] = 4
    assert findings(panel.attention()) == []


def test_a_level_that_stays_is_a_change_point(panel: Panel) -> None:
    panel.topic[:, 50:] *= 2
    (change,) = change_points(panel.attention(), "t")
    assert abs((change.day - panel.days[50]).days) <= 2
    assert change.after > 1.6 * change.before


def test_a_level_changed_by_the_taxonomy_is_none(panel: Panel) -> None:
    assert change_points(panel.attention(), "t") == ()
    panel.topic[:, 50:] *= 2
    (change,) = change_points(panel.attention(), "t")
    assert change_points(panel.attention(breaks=(panel.days.index(change.day),)), "t") == ()
