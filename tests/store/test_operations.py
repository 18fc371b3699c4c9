"""Named leases, runs, status, and what the database itself guards."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from monitor.types.entries import Issue
from tests.store.making import DAY, HOUR, LEASE, MINUTE, NOW, annotate_all, entry, ingest, leased, source


def execute(url: str, *statements: str) -> None:
    engine = connect(parse_url(url))
    try:
        for statement in statements:
            with engine.begin() as connection:
                connection.execute(sa.text(statement))
    finally:
        engine.dispose()


# named leases


def test_a_named_lease_is_held_by_one_owner(store: Store) -> None:
    first = store.lease_named("group", owner="w1", now=NOW, lease_for=LEASE)
    assert first is not None
    assert store.lease_named("group", owner="w2", now=NOW, lease_for=LEASE) is None
    assert store.lease_named("digest:daily", owner="w2", now=NOW, lease_for=LEASE) is not None


def test_its_owner_renews_it_under_the_same_fence(store: Store) -> None:
    first = store.lease_named("group", owner="w1", now=NOW, lease_for=LEASE)
    again = store.lease_named("group", owner="w1", now=NOW + MINUTE, lease_for=LEASE)
    assert first is not None
    assert again is not None
    assert (again.fence, again.expires_at) == (first.fence, NOW + MINUTE + LEASE)


def test_after_its_end_another_takes_it_over_and_the_old_one_cannot_give_it_back(store: Store) -> None:
    first = store.lease_named("group", owner="w1", now=NOW, lease_for=LEASE)
    second = store.lease_named("group", owner="w2", now=NOW + LEASE, lease_for=LEASE)
    assert first is not None
    assert second is not None
    assert second.fence == first.fence + 1
    assert not store.release_named(first)
    assert store.release_named(second)
    assert store.lease_named("group", owner="w3", now=NOW + LEASE, lease_for=LEASE) is not None


# runs and status


def test_runs_are_recorded_with_their_counts(store: Store) -> None:
    run = store.start_run("poll", now=NOW)
    store.finish_run(run, now=NOW + MINUTE, outcome="partial", counts={"seen": 3}, error="1 feed failed")
    store.start_run("analyse", now=NOW + MINUTE)
    newest, oldest = store.recent_runs()
    assert (newest.kind, newest.outcome, newest.ended_at) == ("analyse", None, None)
    assert (oldest.outcome, oldest.counts, oldest.error) == ("partial", {"seen": 3}, "1 feed failed")
    assert [run.kind for run in store.recent_runs(kind="poll")] == ["poll"]


def test_the_status_says_how_it_goes(store: Store) -> None:
    ingest(store, entry("1"), entry("2"))
    leased(store, source(), source("new"))
    store.record_issues([Issue(code="disk_low", detail="1 GB left")], now=NOW)
    store.lease_named("group", owner="w1", now=NOW, lease_for=LEASE)
    store.finish_run(store.start_run("poll", now=NOW), now=NOW)
    status = store.status_summary(now=NOW)
    assert status["feeds"] == {"healthy": 1, "new": 1}
    assert (status["feeds_leased"], status["entries"], status["pending_analysis"]) == (2, 2, 2)
    assert status["last_success_at"] == status["last_entry_at"] == NOW
    assert status["issues"] == {"warning": 1}
    assert status["leases"] == {"group": "w1"}
    assert status["last_good_runs"] == {"poll": NOW}
    annotate_all(store)
    assert store.status_summary(now=NOW)["pending_stories"] == 2


def test_an_empty_database_has_a_status_too(store: Store) -> None:
    status = store.status_summary(now=NOW)
    assert status["feeds"] == {}
    assert status["entries"] == 0
    assert status["last_success_at"] is None


def test_logs_are_pruned_by_age_in_bounded_steps(store: Store) -> None:
    for days in (3, 2, 1):
        ingest(store, now=NOW - days * DAY)
    store.start_run("poll", now=NOW - 9 * DAY)
    assert store.prune("fetches", before=NOW - DAY, limit=1) == 1
    assert store.prune("fetches", before=NOW - DAY) == 1
    assert store.prune("fetches", before=NOW - DAY) == 0
    assert store.prune("runs", before=NOW) == 0, "a run that did not end stays"
    assert store.frame("report_fetches")["started_at"].tolist() == [NOW - DAY]
    store.optimise()


# what the database guards


@pytest.mark.parametrize("statement", ["UPDATE decisions SET who = 'other'", "DELETE FROM decisions"])
def test_decisions_are_append_only(database_url: str, statement: str) -> None:
    at = NOW.isoformat().replace("+00:00", "Z")
    execute(
        database_url,
        "INSERT INTO decisions (object_kind, object_key, new, who, at, reason)"
        f" VALUES ('claim', 'abc', 'confirmed', 'analyst', '{at}', 'two papers')",
    )
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        execute(database_url, statement)
    with Store.open(database_url) as store:
        [row] = store.frame("report_decisions").to_dict("records")
    assert (row["object"], row["key"], row["new"], row["at"]) == ("claim:abc", "abc", "confirmed", NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET feed_id = 999",
        "UPDATE revisions SET source = 'rumour'",
        "UPDATE feeds SET state = 'odd'",
        "UPDATE fetches SET new = new + 1",
        "DELETE FROM feeds",
        "INSERT INTO story_redirects (old_id, story_id, at) VALUES (1, 999, '2026-01-01T00:00:00.000000Z')",
    ],
)
def test_the_database_refuses_what_makes_no_sense(database_url: str, statement: str) -> None:
    with Store.open(database_url) as store:
        ingest(store, entry("1"))
    with pytest.raises(sa.exc.IntegrityError):
        execute(database_url, statement)


def test_times_are_stored_as_utc_text_on_sqlite(sqlite_url: str) -> None:
    paris = dt.timezone(2 * HOUR)
    with Store.open(sqlite_url) as store:
        ingest(store, entry("1", published_at=dt.datetime(2026, 3, 1, 1, 30, tzinfo=paris)))
        assert store.frame("report_entries")["day"].dt.strftime("%Y-%m-%d").tolist() == ["2026-02-28"]
    raw = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    assert raw.execute("SELECT published_at, day FROM entries").fetchone() == (
        "2026-02-28T23:30:00.000000Z",
        "2026-02-28",
    )
    raw.close()


def test_sqlite_is_opened_durable_and_guarded(sqlite_url: str) -> None:
    engine = connect(parse_url(sqlite_url))
    with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10_000
    engine.dispose()


def test_postgresql_limits_the_time_of_a_statement(postgresql_url: str) -> None:
    engine = connect(parse_url(postgresql_url))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "30s"
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"
    engine.dispose()


def test_a_serialisation_failure_is_tried_again(postgresql_url: str) -> None:
    with Store.open(postgresql_url) as store:
        turns: list[int] = []

        def work(connection: sa.Connection) -> str:
            turns.append(1)
            if len(turns) < 3:
                connection.exec_driver_sql(
                    "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$"
                )
            return "done"

        assert store._database.write(work) == "done"
        assert len(turns) == 3


def test_a_read_only_database_is_said_to_be_one(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        store._database.write(lambda c: None)

        def work(connection: sa.Connection) -> None:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("DELETE FROM feeds")

        with pytest.raises(StoreError, match="not writable"):
            store._database.write(work)


def test_where_the_database_is(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        assert store.database_path == tmp_path / "monitor.db"
        assert store.url == sqlite_url


def test_feeds_seen_long_ago_stay_countable(store: Store) -> None:
    ingest(store, entry("old"), now=NOW - 30 * DAY)
    ingest(store, entry("new"), now=NOW)
    [feed] = store.frame("report_feed_health").to_dict("records")
    assert (feed["entries"], feed["entries_7d"]) == (2, 1)
