"""Counts are of distinct stories, shares are one numerator over one denominator."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.render.labels import Labels
from monitor.report import figures, trends
from monitor.report.reading import read
from monitor.types.report import ReportData
from tests import report_rows
from tests.report_rows import NOW, WINDOW, entry, frame


def made(items: list[tuple[int, str, int | None, tuple[str, ...]]]) -> ReportData:
    """Entries as (days before NOW, language, story, topics)."""
    entries = [
        entry(number, 24 * days, language, "A headline", story, None)
        for number, (days, language, story, _) in enumerate(items, start=1)
    ]
    topics = [
        {"entry_id": number, "topic": topic, "score": 1.0, "accepted": True}
        for number, (*_, topics) in enumerate(items, start=1)
        for topic in topics
    ]
    return counted(entries, topics)


def counted(entries: list[dict[str, Any]], topics: list[dict[str, Any]]) -> ReportData:
    accepted = [topic for topic in topics if topic["accepted"]]
    return ReportData(
        generated_at=NOW,
        window=WINDOW,
        entries=frame("entries", entries),
        topics=pd.DataFrame(accepted, columns=["entry_id", "topic", "score"]),
        **report_rows.counts(entries, topics),
    )


def cell(rows: pd.DataFrame, **where: object) -> dict[str, object]:
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return dict(rows.iloc[0])


DAY = dt.date(2026, 11, 20)


def test_a_story_carried_by_two_outlets_counts_once_a_day() -> None:
    reading = read(made([(2, "en", 1, ("sanctions",)), (2, "fr", 1, ("sanctions",)), (2, "de", 2, ())]))
    row = cell(trends.daily(reading, ("sanctions",)), day=DAY)
    assert (row["stories"], row["all_stories"], row["share"]) == (1, 2, 0.5)


def test_entries_without_a_story_count_as_one_each() -> None:
    data = made([(2, "en", None, ("sanctions",)), (2, "en", None, ()), (2, "en", None, ())])
    row = cell(trends.daily(read(data), ("sanctions",)), day=DAY)
    assert (row["stories"], row["all_stories"]) == (1, 3)


def test_a_day_without_any_story_has_no_share() -> None:
    row = cell(trends.daily(read(made([])), ("sanctions",)), day=DAY)
    assert row["stories"] == 0 and pd.isna(row["share"])


def test_the_window_counts_a_story_of_two_days_once() -> None:
    reading = read(made([(2, "en", 1, ("sanctions",)), (3, "en", 1, ("sanctions",))]))
    daily = trends.daily(reading, ("sanctions",))
    assert daily["stories"].sum() == 2
    assert cell(trends.totals(reading, ("sanctions",)), topic="sanctions")["stories"] == 1


def test_shares_by_language_use_the_language_s_own_denominator() -> None:
    reading = read(report_rows.data())
    rows = trends.by_dimension(reading, "language", ("sanctions", "nuclear"))
    spanish = cell(rows, value="es", topic="sanctions")
    assert (spanish["stories"], spanish["all_stories"], spanish["share"]) == (1, 2, 0.5)


def test_unknown_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="language, outlet"):
        trends.by_dimension(read(made([])), "weather", ())


def week(stories: list[int], whole: int = 10) -> pd.DataFrame:
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=n) for n in range(len(stories))]
    rows = pd.DataFrame({"day": days, "topic": "sanctions", "stories": stories, "all_stories": whole})
    return rows.assign(share=rows["stories"] / rows["all_stories"])


def test_the_last_complete_day_is_compared_with_the_mean_of_the_seven_before() -> None:
    compared = trends.last_against_before(week([9, 1, 2, 3, 2, 1, 3, 2, 4, 7]), complete=9)
    assert compared is not None
    assert compared.day == dt.date(2026, 11, 9)
    assert (compared.stories, compared.days, compared.mean) == (4, 7, 2.0)
    assert compared.mean_share == pytest.approx(14 / 70)
    assert compared.change == pytest.approx(1.0)


def test_days_without_any_story_are_left_out_of_the_mean() -> None:
    rows = week([4, 0, 2, 6])
    rows.loc[1, "all_stories"] = 0
    compared = trends.last_against_before(rows, complete=4)
    assert compared is not None and (compared.days, compared.mean) == (2, 3.0)


@pytest.mark.parametrize("complete", [0, 5])
def test_nothing_is_compared_without_a_complete_day(complete: int) -> None:
    assert trends.last_against_before(week([1, 2]), complete=complete) is None


def test_a_topic_new_after_silence_has_no_relative_change() -> None:
    compared = trends.last_against_before(week([0, 0, 5]), complete=3)
    assert compared is not None and compared.mean == 0 and compared.change is None


def test_a_change_of_the_panel_within_the_comparison_is_flagged() -> None:
    rows = week([1] * 9)
    inside, outside = rows["day"][4], rows["day"][0]
    flagged = trends.last_against_before(rows, complete=9, marked=frozenset({inside}))
    clean = trends.last_against_before(rows, complete=9, marked=frozenset({outside}))
    assert flagged is not None and flagged.unsafe
    assert clean is not None and not clean.unsafe


def test_coverage_names_the_feeds_that_joined() -> None:
    from monitor.report.reading import typed

    rows = trends.coverage(typed(report_rows.data().coverage_daily), read(report_rows.data()).days)
    assert cell(rows, day=dt.date(2026, 11, 16))["changes"] == ("de-1: joined",)
    assert rows["entries"].sum() == len(report_rows.rows()["entries"])


def test_days_on_which_nobody_polled_are_told_apart_and_flag_a_comparison() -> None:
    content = report_rows.rows()
    for row in content["coverage_daily"]:
        if row["day"] < "2026-11-20":
            row["state"] = "unpolled"
    data = report_rows.data(content)
    labels = Labels()
    panel = figures.coverage(data, read(data), labels)
    assert max(panel.unpolled) == dt.date(2026, 11, 19) and dt.date(2026, 11, 9) not in panel.unpolled
    cards, _ = figures.topic_cards(read(data), ("sanctions",), labels, panel)
    assert cards[0].unsafe and "not polled that day" in cards[0].chart


items = st.tuples(
    st.integers(0, 16),
    st.sampled_from(["en", "fr", "ar"]),
    st.one_of(st.none(), st.integers(1, 6)),
    st.sets(st.sampled_from(["sanctions", "nuclear"])).map(lambda topics: tuple(sorted(topics))),
)


@given(st.lists(items, max_size=30))
@settings(deadline=None)
def test_every_cell_equals_a_recount_by_hand(
    listed: list[tuple[int, str, int | None, tuple[str, ...]]],
) -> None:
    reading = read(made(listed))
    for row in trends.daily(reading, ("sanctions", "nuclear")).to_dict("records"):
        day = [
            (story or -number, topics)
            for number, (days, _, story, topics) in enumerate(listed, start=1)
            if (NOW - dt.timedelta(days=days)).date() == row["day"]
        ]
        assert row["all_stories"] == len({story for story, _ in day})
        assert row["stories"] == len({story for story, topics in day if row["topic"] in topics})
        assert row["stories"] <= row["all_stories"]
