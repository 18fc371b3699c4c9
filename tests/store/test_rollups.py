"""Daily counts equal a recount by hand after any sequence of changes, kept or counted on the spot."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import Store
from monitor.store.schema.entries import entries
from monitor.types.annotations import Citation
from monitor.types.plans import FetchRecord, Outcome
from monitor.types.source import Ownership
from tests.store.making import (
    DAY,
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

OUTLETS = [
    ("alpha", "GB", Ownership.PRIVATE),
    ("beta", None, Ownership.STATE),
    ("gamma", "GB", Ownership.STATE),
]
TOPICS = ("nuclear", "sanctions")
Cell = tuple[str, str, str, str]


def feed(slug: str, country: str | None, ownership: Ownership) -> Any:
    return source(slug, outlet=outlet(slug, country=country, ownership=ownership))


def refresh(store: Store) -> int:
    return sum(store.refresh_rollup(day) for day in store.marked_days())


def story_of(row: dict[str, Any]) -> int:
    return -int(row["entry_id"]) if pd.isna(row["story_id"]) else int(row["story_id"])


def facts(store: Store) -> list[dict[str, Any]]:
    """Analysed entries with their topics, from views that no rollup feeds."""
    rows = store.frame("SELECT * FROM report_entries WHERE language IS NOT NULL").to_dict("records")
    tags = defaultdict(set)
    for row in store.frame("SELECT * FROM report_topics").to_dict("records"):
        if row["accepted"]:
            tags[row["entry_id"]].add(row["topic"])
    for row in rows:
        row["story"] = story_of(row)
        row["topics"] = {"", *tags[row["entry_id"]], *({"*"} if tags[row["entry_id"]] else ())}
        row["country"] = "" if pd.isna(row["country"]) else row["country"]
    return rows


def recounted(store: Store) -> Counter[tuple[Any, ...]]:
    """Cells of `report_attention`: dimension, day, topic, value, previous day; stories counted by hand."""
    days: dict[tuple[Cell, int], set[dt.date]] = defaultdict(set)
    for row in facts(store):
        for dimension in ("panel", "language", "country", "ownership", "outlet"):
            value = "" if dimension == "panel" else row[dimension]
            for topic in row["topics"]:
                days[(dimension, topic, value, ""), row["story"]].add(row["day"].date())
    found: Counter[tuple[Any, ...]] = Counter()
    for ((dimension, topic, value, _), _), listed in days.items():
        previous = None
        for day in sorted(listed):
            found[dimension, day, topic, value, previous] += 1
            previous = day
    return found


def shown(store: Store) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for row in store.frame("report_attention").to_dict("records"):
        previous = row["previous_day"]
        plain = None if pd.isna(previous) else dt.date.fromisoformat(str(previous)[:10])
        found[row["dimension"], row["day"].date(), row["topic"], row["value"], plain] += row["stories"]
    return found


def cells(store: Store) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """`report_topics_daily` counted by hand: cell to entries, stories, all stories."""
    rows = facts(store)
    found = {}
    for row in rows:
        key = (row["day"], row["language"], row["country"], row["ownership"])
        same = [r for r in rows if (r["day"], r["language"], r["country"], r["ownership"]) == key]
        for topic in row["topics"] - {"", "*"}:
            tagged = [r for r in same if topic in r["topics"]]
            counts = (len(tagged), len({r["story"] for r in tagged}), len({r["story"] for r in same}))
            found[(*key[:2], key[2], key[3], topic)] = counts
    return found


def shown_cells(store: Store) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    return {
        (
            r["day"],
            r["language"],
            "" if pd.isna(r["country"]) else r["country"],
            r["ownership"],
            r["topic"],
        ): (
            r["entries"],
            r["stories"],
            r["all_stories"],
        )
        for r in store.frame("report_topics_daily").to_dict("records")
    }


def by_feed(store: Store) -> Counter[tuple[Any, ...]]:
    """`report_feeds_daily` counted by hand: a story counts for the feed that had it first that day."""
    rows = sorted(
        (r for r in facts(store) if not r["backlog"]), key=lambda r: (r["effective_at"], r["entry_id"])
    )
    found: Counter[tuple[Any, ...]] = Counter()
    seen = set()
    for row in rows:
        if (row["day"], row["story"]) in seen:
            continue
        seen.add((row["day"], row["story"]))
        same = [r for r in rows if (r["day"], r["story"]) == (row["day"], row["story"])]
        for topic in {topic for r in same for topic in r["topics"]} - {"*"}:
            found[row["day"], row["feed"], topic, row["language"]] += 1
    return found


def shown_by_feed(store: Store) -> Counter[tuple[Any, ...]]:
    rows = store.frame("report_feeds_daily").to_dict("records")
    return Counter({(r["day"], r["feed"], r["topic"], r["language"]): r["stories"] for r in rows})


def assert_exact(store: Store) -> None:
    assert shown(store) == recounted(store)
    assert shown_by_feed(store) == by_feed(store)
    analysed = store.frame("SELECT day, entries FROM report_versions_daily")
    assert analysed.groupby("day")["entries"].sum().to_dict() == Counter(row["day"] for row in facts(store))
    assert shown_cells(store) == cells(store)
    window = store.frame("report_entries")
    covered = store.frame("SELECT day, feed, entries FROM report_coverage_daily WHERE entries > 0")
    assert Counter({(r["day"], r["feed"]): r["entries"] for r in covered.to_dict("records")}) == Counter(
        zip(window["day"], window["feed"], strict=True)
    )
    best: dict[tuple[Any, ...], float] = {}
    for row in facts(store):
        for topic in row["topics"] - {"", "*"}:
            best[row["day"], topic, row["story"]] = 0.9
    daily = store.frame("report_stories_daily").to_dict("records")
    assert {
        (
            r["day"],
            r["topic"],
            story_of(r),
        ): r["score"]
        for r in daily
    } == best


steps = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, 2), st.integers(0, 4)),
    st.tuples(st.just("analyse"), st.sets(st.sampled_from(TOPICS)), st.sampled_from(["en", "fr"])),
    st.tuples(st.just("retag"), st.integers(0, 9), st.sets(st.sampled_from(TOPICS))),
    st.tuples(st.just("place"), st.booleans(), st.none()),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("delete"), st.integers(0, 9), st.none()),
    st.tuples(st.just("own"), st.integers(0, 2), st.sampled_from(list(Ownership))),
    st.tuples(st.just("refresh"), st.none(), st.none()),
)


class Newsroom:
    """A store that is changed by steps, as the pipeline and people change one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.feeds = [feed(*one) for one in OUTLETS]
        self.number = 0
        self.said = 0

    def insert(self, which: int, days: int) -> None:
        self.number += 1
        item = entry(f"n{self.number}", published_at=NOW - days * DAY)
        ingest(self.store, item, feed=self.feeds[which])

    def analyse(self, topics: set[str], language: str) -> None:
        annotate_all(self.store, *sorted(topics), language=language)

    def retag(self, which: int, topics: set[str]) -> None:
        texts = [one.text for one in self.store.archived_texts(limit=100)]
        if texts:
            self.said += 1
            text = texts[which % len(texts)]
            again = annotation(text, *sorted(topics), taxonomy_version=f"t{self.said}")
            self.store.save_annotations([again], now=NOW + self.said * dt.timedelta(seconds=1))

    def place(self, together: bool, _: None) -> None:
        items = self.store.pending_stories(limit=100)
        first = items[0].entry_id if items else None
        made = [decision(i.entry_id, first if together and i.entry_id != first else None) for i in items]
        self.store.save_stories(items, [], made, now=NOW)

    def merge(self, one: int, other: int) -> None:
        stories = sorted({int(s) for s in self.store.frame("report_stories")["story_id"]})
        self.insert(0, 0)
        self.analyse(set(), "en")
        items = self.store.pending_stories(limit=100)
        if stories and items:
            merges = tuple(sorted({stories[one % len(stories)], stories[other % len(stories)]}))
            made = [decision(i.entry_id, merges=merges) for i in items[:1]]
            self.store.save_stories(items[:1], [], made, now=NOW)

    def delete(self, which: int, _: None) -> None:
        """An entry that no story, issue or decision rests on; nothing in the program deletes others."""

        def work(connection: sa.Connection) -> None:
            free = sa.select(entries.c.id).where(entries.c.story_id.is_(None)).order_by(entries.c.id)
            ids = list(connection.execute(free).scalars())
            if ids:
                connection.execute(sa.delete(entries).where(entries.c.id == ids[which % len(ids)]))

        self.store._database.write(work)

    def own(self, which: int, ownership: Ownership) -> None:
        slug, country, _ = OUTLETS[which]
        self.feeds[which] = feed(slug, country, ownership)
        self.store.sync_sources(self.feeds, now=NOW)

    def refresh(self, *_: None) -> None:
        refresh(self.store)


def replay(store: Store, taken: list[tuple[Any, ...]]) -> None:
    room = Newsroom(store)
    for step, *values in taken:
        getattr(room, step)(*values)
        if step == "refresh":
            assert store.marked_days() == []
    assert_exact(store)
    refresh(store)
    assert_exact(store)


@pytest.mark.parametrize("_", [0])
@given(taken=st.lists(steps, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_equal_a_recount_after_any_changes(
    _: int, tmp_path_factory: Any, sqlite_template: Any, taken: Any
) -> None:
    path = tmp_path_factory.mktemp("rollups") / "monitor.db"
    path.write_bytes(sqlite_template.read_bytes())
    with Store.open(f"sqlite:///{path}") as store:
        replay(store, taken)


LIFE: list[tuple[Any, ...]] = [
    ("insert", 0, 3), ("insert", 1, 2), ("insert", 2, 2), ("analyse", {"sanctions"}, "en"), ("refresh",),
    ("place", True, None), ("insert", 0, 1), ("insert", 1, 0), ("analyse", {"nuclear", "sanctions"}, "fr"),
    ("refresh",), ("place", False, None), ("refresh",), ("merge", 0, 1), ("retag", 1, {"nuclear"}), ("refresh",),
    ("retag", 0, set()), ("own", 1, Ownership.PUBLIC), ("insert", 2, 0), ("delete", 0, None), ("retag", 2, set()),
]  # fmt: skip


def test_a_life_with_every_kind_of_change_on_both_databases(store: Store) -> None:
    replay(store, LIFE)


def test_a_rebuild_gives_the_rows_that_were_there(store: Store) -> None:
    replay(store, LIFE)
    before = shown(store), shown_cells(store), store.frame("report_coverage_daily").to_dict("records")
    assert store.mark_rollups() > 0 and store.marked_days()
    assert refresh(store) > 0
    after = shown(store), shown_cells(store), store.frame("report_coverage_daily").to_dict("records")
    assert sorted(after[2], key=repr) == sorted(before[2], key=repr) and after[:2] == before[:2]


def test_nothing_is_marked_by_work_that_changes_no_count(store: Store) -> None:
    replay(store, LIFE)
    texts = [one.text for one in store.archived_texts(limit=100)]
    store.sync_sources([feed(*one) for one in OUTLETS][:0] or [feed(*OUTLETS[0])], now=NOW)
    refresh(store)
    store.sync_sources([feed(*OUTLETS[0])], now=NOW + DAY)
    assert texts and store.marked_days() == []


def test_a_day_that_nobody_marked_is_not_counted_again(store: Store) -> None:
    assert not store.refresh_rollup(NOW.date())


def test_distinct_stories_of_a_window_are_a_sum(store: Store) -> None:
    replay(store, LIFE)
    query = (
        "SELECT topic, SUM(CASE WHEN previous_day IS NULL OR previous_day < :first THEN stories ELSE 0 END) AS n"
        " FROM report_attention WHERE dimension = 'panel' AND day BETWEEN :first AND :last GROUP BY topic"
    )
    rows = facts(store)
    for length in range(4):
        first, last = (NOW - length * DAY).date(), NOW.date()
        found = store.frame(query, {"first": first, "last": last})
        inside = [row for row in rows if first <= row["day"].date() <= last]
        wanted = {
            t: len({r["story"] for r in inside if t in r["topics"]}) for r in inside for t in r["topics"]
        }
        assert dict(zip(found["topic"], found["n"], strict=True)) == wanted


def test_fetches_are_counted_and_outlive_their_log(store: Store) -> None:
    [lease] = leased(store)
    record = FetchRecord(started_at=NOW, outcome=Outcome.FAILED, url="u", code="http_500")
    store.apply([plan(lease, fetch=record)], now=NOW)
    [again] = leased(store, now=NOW + DAY)
    store.apply([plan(again, entry("a"), at=NOW + DAY)], now=NOW + DAY)
    query = "SELECT day, state, fetches FROM report_coverage_daily WHERE fetches > 0 ORDER BY day"
    before = store.frame(query)
    assert list(before["state"]) == ["failing", "healthy"] and list(before["fetches"]) == [1, 1]
    assert store.prune("fetches", before=NOW + DAY / 2) == 1
    store.mark_rollups()
    refresh(store)
    assert store.frame(query).equals(before)


def test_citations_are_counted_by_outlet_and_root(store: Store) -> None:
    ingest(store, entry("1"), entry("2"))
    cited = Citation(
        outlet="Northern Desk", kind="media", rule="r", field="body", start_char=0, end_char=4, resolved=True
    )
    texts = store.pending_texts(limit=9)
    store.save_annotations([annotation(text, citations=(cited, cited)) for text in texts], now=NOW)
    for _ in range(2):
        [row] = store.frame("report_citations_daily").to_dict("records")
        assert (row["cited_outlet"], row["root_outlet"], row["entries"]) == ("Northern Desk", None, 2)
        refresh(store)


def test_a_change_that_comes_while_a_day_is_counted_keeps_its_mark(postgresql_url: str) -> None:
    with Store.open(postgresql_url) as store, Store.open(postgresql_url) as other:
        ingest(store, entry("1"))
        annotate_all(store, "sanctions")
        place_all(store)
        refresh(store)

        def work(connection: sa.Connection) -> None:
            # the day is marked and written, but not committed, while another counts it
            connection.execute(sa.update(entries).values(language="fr"))
            store.mark_rollups()
            assert refresh(store) == 1

        other._database.write(work)
        assert store.marked_days() == [NOW.date()]
        assert_exact(store)
        refresh(store)
        assert_exact(store)
