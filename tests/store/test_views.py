"""The views keep their contract, are documented column by column, and count what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store import Store
from monitor.store.views import definitions
from monitor.types.plans import FetchRecord, Outcome
from monitor.types.source import FeedState, Ownership
from tests.store.making import (
    DAY,
    HOUR,
    NOW,
    annotate_all,
    annotation,
    decision,
    entry,
    ingest,
    leased,
    outlet,
    place_all,
    plan,
    source,
)

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sql.md"


def columns(store: Store, view: str) -> list[str]:
    return list(store.frame(f"SELECT * FROM {view} LIMIT 0").columns)


def documented() -> dict[str, list[str]]:
    sections = re.split(r"^## ", REFERENCE.read_text(encoding="utf-8"), flags=re.M)[1:]
    found = {section.split("\n", 1)[0].strip(): section for section in sections}
    return {
        name: re.findall(r"^\| `(\w+)` \| \S", section, re.M)
        for name, section in found.items()
        if name.startswith("report_")
    }


def test_every_view_has_the_columns_of_the_contract(store: Store, shared: Path) -> None:
    design = (shared / "design.md").read_text(encoding="utf-8")
    promised = re.findall(r"^\| `(report_\w+)` \| (.+) \|$", design, re.M)
    assert len(promised) == 16
    for view, listed in promised:
        wanted = [name.strip() for name in re.sub(r"\([^()]*\)", "", listed).split(",") if name.strip()]
        assert [name for name in wanted if name not in columns(store, view)] == [], view


def test_every_column_of_every_view_is_documented_in_order(store: Store) -> None:
    pages = documented()
    views = definitions(store._database.dialect)
    assert set(pages) == set(views)
    for view in views:
        assert pages[view] == columns(store, view), view


def test_both_databases_have_the_same_views() -> None:
    assert list(definitions("sqlite")) == list(definitions("postgresql"))


def test_every_view_can_be_read_while_there_is_nothing(store: Store) -> None:
    for view in definitions(store._database.dialect):
        assert store.frame(view).empty


# attention


def test_attention_counts_a_story_once_in_each_cell(store: Store) -> None:
    for slug, country in (("a", "FR"), ("b", "FR"), ("c", "DE")):
        ingest(store, entry(slug), feed=source(slug, outlet=outlet(slug, country=country)))
    annotate_all(store, "sanctions")
    ingest(store, entry("other"), feed=source("a", outlet=outlet("a", country="FR")))
    annotate_all(store)
    items = store.pending_stories(limit=9)
    first, other = items[0].entry_id, items[-1].entry_id
    decided = [decision(i.entry_id, None if i.entry_id in {first, other} else first) for i in items]
    store.save_stories(items, [], decided, now=NOW)
    cells = store.frame("report_topics_daily").set_index("country")
    names = ["topic", "entries", "stories", "all_stories", "share"]
    assert cells.loc["FR", names].tolist() == ["sanctions", 2, 1, 2, 0.5]
    assert cells.loc["DE", names].tolist() == ["sanctions", 1, 1, 1, 1.0]


def test_cells_are_by_day_language_country_and_ownership(store: Store) -> None:
    ingest(store, entry("1", published_at=NOW - DAY), entry("2", published_at=NOW))
    annotate_all(store, "nuclear", language="fa")
    state = source("irib", outlet=outlet("irib", country=None, ownership=Ownership.STATE))
    ingest(store, entry("3", published_at=NOW), feed=state)
    annotate_all(store, "nuclear", language="en")
    cells = store.frame("SELECT * FROM report_topics_daily ORDER BY day, language")
    assert list(cells["language"]) == ["fa", "en", "fa"]
    assert list(cells["ownership"]) == ["unknown", "state", "unknown"]
    assert cells["country"].isna().tolist() == [False, True, False]
    assert list(cells["share"]) == [1.0, 1.0, 1.0]
    assert str(cells["day"].iloc[0].date()) == "2026-03-01"


def test_an_entry_without_a_story_counts_as_its_own_and_an_unread_one_not_at_all(store: Store) -> None:
    ingest(store, entry("1"), entry("2"))
    annotate_all(store, "sanctions")
    ingest(store, entry("unread"), now=NOW + HOUR)
    [cell] = store.frame("report_topics_daily").to_dict("records")
    assert (cell["entries"], cell["stories"], cell["all_stories"]) == (2, 2, 2)


def test_topics_that_were_not_accepted_do_not_count(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    tags = annotation(text, "sanctions").topics
    weak = tuple(type(tag)(topic=tag.topic, score=0.1, accepted=False) for tag in tags)
    store.save_annotations([annotation(text, topics=weak)], now=NOW)
    assert store.frame("report_topics_daily").empty


# coverage


def test_coverage_shows_each_feeds_day_with_its_state(store: Store) -> None:
    ingest(store, entry("1"), entry("2", published_at=NOW - 3 * DAY))
    [lease] = leased(store, source(), now=NOW + DAY)
    failed = FetchRecord(started_at=NOW + DAY, outcome=Outcome.FAILED, url="https://x/", code="timeout")
    state = FeedState(first_success_at=NOW, last_success_at=NOW, failures=1, failure_weight=0.25)
    store.apply([plan(lease, fetch=failed, state=state)], now=NOW + DAY)
    store.sync_sources([], now=NOW + DAY)
    days = store.frame("SELECT * FROM report_coverage_daily ORDER BY day")
    assert days["state"].tolist() == ["unpolled", "healthy", "failing"]
    assert days["entries"].tolist() == [1, 1, 0]
    assert days["panel_change"].fillna("").tolist() == ["", "joined", "left"]


# reading


def test_frames_have_aware_times_plain_days_and_real_flags(store: Store) -> None:
    ingest(store, entry("1"))
    annotate_all(store, "sanctions")
    frame = store.frame("report_entries")
    assert str(frame["observed_at"].dtype).endswith("UTC]")
    assert frame["day"].dt.tz is None
    assert frame["backlog"].dtype == bool
    assert store.frame("report_topics")["accepted"].tolist() == [True]


def test_frames_take_parameters_by_name(store: Store) -> None:
    ingest(store, entry("1", published_at=NOW - DAY), entry("2", published_at=NOW))
    place_all(store)
    query = "SELECT external_id FROM report_entries WHERE effective_at > :since AND day >= :day"
    found = store.frame(query, {"since": NOW - HOUR, "day": NOW.date()})
    assert found["external_id"].tolist() == ["2"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM entries",
        "SELECT * FROM report_entries JOIN feeds ON true",
        "select 1 from sqlite_master",
    ],
)
def test_reports_read_views_and_nothing_else(store: Store, query: str) -> None:
    with pytest.raises(StoreError, match="no view of the contract"):
        store.frame(query)


def test_a_query_may_name_its_own_parts(store: Store) -> None:
    query = """
        WITH daily AS (SELECT day, SUM(entries) AS n FROM report_topics_daily GROUP BY day),
             best AS (SELECT MAX(n) AS n FROM daily)
        SELECT d.day FROM daily d JOIN best b ON b.n = d.n"""
    assert store.frame(query).empty


def test_sums_are_plain_numbers_on_both_databases(store: Store) -> None:
    ingest(store, entry("1"))
    total = store.frame("SELECT SUM(seen) AS seen, AVG(elapsed_s) AS slow FROM report_fetches")
    assert total["seen"].dtype.kind in "iuf"
    assert total["slow"].dtype.kind == "f"


def test_frames_cannot_write(store: Store) -> None:
    engine = store._frames
    with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM feeds"))


def test_lists_are_the_same_text_on_both_databases(store: Store) -> None:
    ingest(store, entry("1", categories=("война", "arms")))
    annotate_all(store, language="ru")
    place_all(store)
    assert store.frame("report_entries")["categories"].tolist() == ['["arms","война"]']
    assert store.frame("report_clusters")["languages"].tolist() == ['["ru"]']
