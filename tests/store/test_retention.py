"""Retention: what is old goes, what something rests on stays, and no count changes, on both databases."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import sqlalchemy as sa

from monitor.store import Store, retention
from monitor.store.engine import connect, parse_url
from monitor.store.schema.entries import captures, holds
from monitor.store.schema.operations import decisions
from monitor.types.annotations import Claim, Mention
from monitor.types.plans import Disposition
from monitor.types.retention import RetentionLimits
from tests.store.making import DAY, NOW, annotation, change, entry, ingest, leased, place_all, plan
from tests.store.test_apply import rows

OLD = NOW - 100 * DAY
LIMIT = RetentionLimits(full_text=NOW - 90 * DAY, mentions=NOW - 90 * DAY)
COUNTED = (
    "report_topics_daily",
    "report_coverage_daily",
    "report_stories",
    "report_entries",
    "report_topics",
)


def analysed(store: Store, *names: str, at: dt.datetime = OLD, claiming: str | None = None) -> dict[str, int]:
    """Entries first seen at a time, annotated with a topic and a mention each; ids by name."""
    done = ingest(store, *(entry(name, f"{name} ships shells") for name in names), now=at)
    texts = store.pending_texts(limit=100)
    found = (
        Mention(topic="arms-transfers", term="shells", field="body", start_char=8, end_char=14, rule="x"),
    )
    made = []
    for text in texts:
        claims = (claim(),) if claiming and text.body.startswith(claiming) else ()
        made.append(annotation(text, "arms-transfers", mentions=found, claims=claims))
    store.save_annotations(made, now=at)
    place_all(store, at)
    return dict(zip(names, done.new_entry_ids, strict=True))


def claim() -> Claim:
    return Claim(
        supplier=("AA",), recipient=("BB",), items=("shells",), status="alleged", evidence="ships shells",
        field="body", start_char=2, end_char=14, rule="test", confidence=0.5,
    )  # fmt: skip


def bodies(store: Store) -> dict[int, str]:
    return {row["entry_id"]: row["body"] for row in rows(store, "revisions")}


def insert(store: Store, table: sa.Table, **values: object) -> None:
    engine = connect(parse_url(str(store._database.url.render_as_string(hide_password=False))))
    with engine.begin() as connection:
        connection.execute(sa.insert(table).values(**values))
    engine.dispose()


def counted(store: Store) -> dict[str, pd.DataFrame]:
    frames = {view: store.frame(view) for view in COUNTED}
    return {view: one.sort_values(list(one)[:2]).reset_index(drop=True) for view, one in frames.items()}


def test_old_texts_and_mentions_go_and_every_count_stays(store: Store) -> None:
    old = analysed(store, "a", "b")
    young = analysed(store, "c", at=NOW - DAY)
    before = counted(store)
    done = store.retain(LIMIT, now=NOW)
    assert done.removed == {"texts": 2, "mentions": 2}
    assert bodies(store) == {old["a"]: "", old["b"]: "", young["c"]: "c ships shells"}
    assert {row["title"] for row in rows(store, "revisions")} == {"Report a", "Report b", "Report c"}
    assert len(rows(store, "mentions")) == 1
    for view, frame in counted(store).items():
        pd.testing.assert_frame_equal(frame, before[view])


@pytest.mark.parametrize(
    "why", ["claim", "capture", "hold", "story hold", "decision", "cluster decision", "waits"]
)
def test_nothing_that_something_rests_on_is_taken(store: Store, why: str) -> None:
    ids = analysed(store, "kept", "free", claiming="kept" if why == "claim" else None)
    kept = store.frame("report_entries").set_index("entry_id").loc[ids["kept"]]
    uid, story = str(kept["uid"]), str(kept["story_id"])
    at = {"at": NOW, "who": "desk", "reason": "a case"}
    if why == "capture":
        insert(
            store,
            captures,
            entry_id=ids["kept"],
            reason="pin",
            url="u",
            captured_at=NOW,
            path="p",
            sha256="s",
            size=1,
        )
    elif why in {"hold", "story hold"}:
        kind, key = ("entry", uid) if why == "hold" else ("story", story)
        insert(store, holds, object_kind=kind, object_key=key, **at)
    elif why == "decision":
        insert(store, decisions, object_kind="topic", object_key=f"{uid}:sanctions", new="accepted", **at)
    elif why == "cluster decision":
        insert(
            store, decisions, object_kind="cluster", object_key="1", new=f'{{"entries": [["{uid}"]]}}', **at
        )
    elif why == "waits":
        with_edit = entry("kept", "kept ships many shells")
        [lease] = leased(store, now=NOW - DAY)
        store.apply(
            [plan(lease, change(with_edit, Disposition.REVISED, entry_id=ids["kept"]), at=NOW - DAY)],
            now=NOW - DAY,
        )
    store.retain(LIMIT, now=NOW)
    left = {row["entry_id"] for row in rows(store, "revisions") if row["body"]}
    assert left == {ids["kept"]}
    if why != "waits":
        assert store.held_entries(ids.values()) == {ids["kept"]}


def test_it_goes_in_batches_goes_on_where_it_was_and_looks_again_after_a_release(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    ids = analysed(store, *"abcde")
    uid = str(store.frame("report_entries").set_index("entry_id").loc[ids["c"], "uid"])
    insert(store, holds, object_kind="entry", object_key=uid, at=NOW, who="desk", reason="a case")
    first = store.retain(LIMIT, now=NOW)
    assert (first.removed["texts"], first.held) == (4, 1)
    assert store.retain(LIMIT, now=NOW + DAY).held == 0, "what was looked at is not looked at every day"
    engine = connect(parse_url(store._database.url.render_as_string(hide_password=False)))
    with engine.begin() as connection:
        connection.execute(sa.update(holds).values(released_at=NOW))
    engine.dispose()
    assert store.retain(LIMIT, now=NOW + 31 * DAY).removed["texts"] == 1


def test_fetches_that_went_leave_their_sums(store: Store) -> None:
    for days in (40, 39, 39, 1):
        [lease] = leased(store, now=NOW - days * DAY)
        at = NOW - days * DAY + dt.timedelta(seconds=lease.fence)
        store.apply([plan(lease, entry(f"n{lease.fence}"), at=at)], now=at)
    before = store.frame("report_coverage_daily").sort_values("day").reset_index(drop=True)
    done = store.retain(RetentionLimits(logs=NOW - 30 * DAY), now=NOW)
    assert done.removed["fetches"] == 3
    after = store.frame("report_coverage_daily").sort_values("day").reset_index(drop=True)
    pd.testing.assert_frame_equal(after, before)


def test_runs_that_never_ended_are_noted_as_lost(store: Store) -> None:
    store.start_run("poll", now=NOW - DAY)
    running = store.start_run("poll", now=NOW)
    assert store.end_lost_runs(before=NOW - DAY / 2, now=NOW) == 1
    newest, lost = store.recent_runs(limit=2)
    assert (newest.run_id, newest.outcome, lost.outcome) == (running, None, "failed")
