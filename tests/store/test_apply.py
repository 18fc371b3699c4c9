"""A poll's plan is applied wholly or not at all, once, and only under its own lease."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import Store, apply
from monitor.store.engine import connect
from monitor.types.entries import Forward, Issue, Severity
from monitor.types.plans import AppliedFeed, Counts, Disposition, FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedState, Validators
from monitor.types.storage import KnownQuery
from tests.store.making import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    change,
    entry,
    ingest,
    leased,
    outlet,
    plan,
    source,
)


def rows(store: Store, table: str) -> list[dict[str, object]]:
    """Rows of a table, for what no view shows."""
    engine = connect(store._database.url, read_only=True)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]
    engine.dispose()
    return found


def applied(store: Store, *plans: FeedPlan, now: dt.datetime = NOW) -> list[AppliedFeed]:
    return store.apply(plans, now=now)


def snapshot(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Everything that views show."""
    names = ("report_entries", "report_texts", "report_feed_health", "report_fetches", "report_issues")
    return {name: list(store.frame(name).astype(str).itertuples(index=False, name=None)) for name in names}


# what is stored


def test_new_entries_are_stored_with_their_first_text(store: Store) -> None:
    answer = ingest(store, entry("1", "Shells arrived."), entry("2"))
    assert answer.counts == Counts(seen=2, new=2)
    assert len(answer.new_entry_ids) == 2
    seen = store.frame("report_entries").set_index("external_id").loc["1"]
    text = store.frame("report_texts").set_index("entry_id").loc[seen["entry_id"]]
    assert (text["title"], text["body"], text["source"]) == ("Report 1", "Shells arrived.", "feed")
    assert seen["title"] == "Report 1"
    assert seen["observed_at"] == NOW


def test_every_field_of_an_entry_comes_back(store: Store) -> None:
    item = entry(
        "1",
        author="desk",
        categories=("war", "arms"),
        language="fr",
        links=("https://b.example/", "https://a.example/"),
        source_url="https://origin.example/1",
        forward=Forward(channel="harbour", post_id=7, name="Harbour"),
        album_ids=(3, 4),
        reply_to="2",
        media=("photo",),
        views=120,
    )
    ingest(store, item)
    seen = store.frame("report_entries").iloc[0]
    assert seen["categories"] == '["arms","war"]'
    assert seen["links"] == '["https://b.example/","https://a.example/"]'
    assert (seen["forward_channel"], seen["forward_post"]) == ("harbour", 7)
    assert (seen["album_ids"], seen["media"], seen["views_first"]) == ("[3,4]", '["photo"]', 120)
    assert (seen["author"], seen["language_declared"], seen["reply_to"]) == ("desk", "fr", "2")


def test_without_a_date_the_time_of_first_sight_counts(store: Store) -> None:
    ingest(store, entry("1", published_at=None))
    seen = store.frame("report_entries").iloc[0]
    assert seen["effective_at"] == NOW
    assert str(seen["published_at"]) == "NaT"


def test_validators_and_entries_are_stored_together(store: Store) -> None:
    [lease] = leased(store)
    state = FeedState(validators=Validators(etag='W/"x"', last_modified="Mon", body_sha256="00"))
    applied(store, plan(lease, entry("1"), state=state))
    [again] = store.lease_due(owner="w2", now=NOW + DAY, limit=1, lease_for=LEASE)
    assert again.state.validators == state.validators
    assert again.entries_known == 1


def test_an_edit_is_a_second_revision_and_the_first_stays(store: Store) -> None:
    ingest(store, entry("1", "10 tanks"))
    [lease] = leased(store, source(), now=NOW + HOUR)
    edit = change(entry("1", "12 tanks"), Disposition.REVISED)
    [answer] = applied(store, plan(lease, edit, at=NOW + HOUR), now=NOW + HOUR)
    assert answer.counts == Counts(seen=1, revised=1)
    texts = store.frame("report_texts").sort_values("number")
    assert texts["body"].tolist() == ["10 tanks", "12 tanks"]
    assert texts["is_current"].tolist() == [False, True]
    assert store.frame("report_entries")["observed_at"].tolist() == [NOW]


def test_an_edit_taken_back_makes_the_first_text_current_again(store: Store) -> None:
    ingest(store, entry("1", "10 tanks"))
    for hours, body in ((1, "12 tanks"), (2, "10 tanks")):
        at = NOW + hours * HOUR
        [lease] = leased(store, source(), now=at)
        edit = change(entry("1", body), Disposition.REVISED)
        [answer] = applied(store, plan(lease, edit, at=at), now=at)
        assert answer.counts.revised == 1
    texts = store.frame("report_texts").sort_values("number")
    assert texts["body"].tolist() == ["10 tanks", "12 tanks"]
    assert texts["is_current"].tolist() == [True, False]


def test_an_article_text_stands_beside_the_feeds_and_is_the_one_read(store: Store) -> None:
    [entry_id] = ingest(store, entry("1", "Summary.")).new_entry_ids
    assert store.save_article(entry_id, title="Report 1", body="All of it.", sha256="aa", now=NOW)
    assert not store.save_article(entry_id, title="Report 1", body="All of it.", sha256="aa", now=NOW)
    assert [text.body for text in store.pending_texts(limit=9)] == ["All of it."]
    sources = store.frame("report_texts").set_index("source")
    assert sources["body"].to_dict() == {"feed": "Summary.", "article": "All of it."}
    [known] = store.known_entries({1: KnownQuery(external_ids=("1",))})[1]
    assert known.sha256 == entry("1", "Summary.").sha256


def test_views_of_a_known_post_are_updated(store: Store) -> None:
    ingest(store, entry("1", views=10))
    [lease] = leased(store, source(), now=NOW + HOUR)
    applied(store, plan(lease, change(entry("1", views=25), Disposition.KNOWN), at=NOW + HOUR))
    seen = store.frame("report_entries").iloc[0]
    assert (seen["views_first"], seen["views_last"]) == (10, 25)


def test_a_permanent_move_changes_the_current_url_and_nothing_else(store: Store) -> None:
    [lease] = leased(store)
    applied(store, plan(lease, current_url="https://New.example/feed"))
    feed = store.frame("report_feed_health").iloc[0]
    assert feed["feed_url"] == "https://gazette.example/feed"
    assert feed["current_url"] == "https://New.example/feed"
    [row] = rows(store, "feeds")
    assert row["host"] == "new.example"


def test_the_public_id_depends_on_the_feed_and_the_external_id_alone(store: Store) -> None:
    ingest(store, entry("1"))
    ingest(store, entry("1"), feed=source("other"))
    first, second = store.frame("report_entries").sort_values("entry_id")["uid"]
    assert first != second
    assert len(first) == 32


def test_a_guid_of_any_length_is_stored(store: Store) -> None:
    answer = ingest(store, entry("g" * 50_000, url="https://gazette.example/" + "u" * 50_000))
    assert answer.counts.new == 1


# issues, fetches


def test_an_issue_seen_again_is_one_row_with_a_higher_count(store: Store) -> None:
    problem = Issue(code="date_future", detail="2099", external_id="1", severity=Severity.INFO)
    for hours in range(2):
        [lease] = leased(store, source(), now=NOW + hours * HOUR)
        at = NOW + hours * HOUR
        applied(store, plan(lease, issues=(problem,), at=at), now=at)
    [row] = store.frame("report_issues").to_dict("records")
    assert (row["count"], row["first_seen_at"], row["last_seen_at"]) == (2, NOW, NOW + HOUR)
    assert str(row["resolved_at"]) == "NaT"


def test_an_issue_that_is_gone_is_resolved(store: Store) -> None:
    [lease] = leased(store)
    applied(store, plan(lease, issues=(Issue(code="xml_broken", detail="line 3"),)))
    [lease] = leased(store, source(), now=NOW + HOUR)
    applied(store, plan(lease, at=NOW + HOUR), now=NOW + HOUR)
    assert store.frame("report_issues")["resolved_at"].tolist() == [NOW + HOUR]


def test_a_failed_fetch_resolves_nothing_and_is_kept(store: Store) -> None:
    [lease] = leased(store)
    applied(store, plan(lease, issues=(Issue(code="xml_broken", detail="line 3"),)))
    [lease] = leased(store, source(), now=NOW + HOUR)
    record = FetchRecord(
        started_at=NOW + HOUR, outcome=Outcome.FAILED, url="https://x/", code="timeout", detail="30 s"
    )
    state = FeedState(failures=1, failure_weight=0.25, last_error="timeout: 30 s", last_success_at=NOW)
    [answer] = applied(store, plan(lease, fetch=record, state=state), now=NOW + HOUR)
    assert (answer.outcome, answer.code) == (Outcome.FAILED, "timeout")
    assert store.frame("report_issues")["resolved_at"].isna().all()
    assert store.frame("report_fetches")["code"].tolist() == ["", "timeout"]
    assert store.frame("report_feed_health")["last_error"].tolist() == ["timeout: 30 s"]


def test_a_raw_body_is_kept_compressed(store: Store) -> None:
    [lease] = leased(store)
    applied(store, plan(lease, raw_body=b"<rss/>" * 100))
    [row] = rows(store, "raw_bodies")
    assert row["size"] == 600
    assert len(bytes(row["body"])) < 100  # type: ignore[call-overload]


# once, and only under its own lease


def test_a_plan_applied_twice_gives_the_same_answer_and_changes_nothing(store: Store) -> None:
    [lease] = leased(store)
    made = plan(lease, entry("1"), entry("2"), rejected={"no_text": 1}, issues=(Issue(code="x", detail="y"),))
    [first] = applied(store, made)
    before = snapshot(store)
    [second] = applied(store, made, now=NOW + MINUTE)
    assert second.counts == first.counts
    assert snapshot(store) == before


def test_entries_that_are_there_already_are_known_whatever_the_plan_thought(store: Store) -> None:
    ingest(store, entry("1"))
    [lease] = leased(store, source(), now=NOW + HOUR)
    [answer] = applied(store, plan(lease, entry("1"), entry("2"), at=NOW + HOUR), now=NOW + HOUR)
    assert answer.counts == Counts(seen=2, new=1, known=1)


def test_of_equal_ids_in_one_body_the_first_is_stored(store: Store) -> None:
    answer = ingest(store, entry("1", "first"), entry("1", "second"))
    assert answer.counts == Counts(seen=2, new=1, known=1)
    assert store.frame("report_texts")["body"].tolist() == ["first"]


def test_a_late_plan_of_an_old_lease_is_refused(store: Store) -> None:
    [old] = leased(store)
    [new] = store.lease_due(owner="w2", now=NOW + LEASE, limit=1, lease_for=LEASE)
    [late] = applied(store, plan(old, entry("late")), now=NOW + LEASE)
    assert late.error.startswith("stale_lease")
    assert late.counts == Counts()
    assert store.frame("report_entries").empty
    [good] = applied(store, plan(new, entry("good")), now=NOW + LEASE)
    assert good.counts.new == 1


def test_pages_of_one_poll_go_under_one_lease(store: Store) -> None:
    [lease] = leased(store)
    applied(store, plan(lease, entry("1"), more=True))
    assert store.lease_due(owner="w2", now=NOW, limit=1, lease_for=LEASE, ignore_due=True) == []
    [answer] = applied(store, plan(lease, entry("2"), at=NOW + MINUTE), now=NOW + MINUTE)
    assert answer.counts.new == 1
    assert len(store.lease_due(owner="w2", now=NOW + HOUR, limit=1, lease_for=LEASE)) == 1


def test_a_crash_before_the_commit_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [lease] = leased(store)
    before = snapshot(store)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(apply, "record_polls", crash)
        with pytest.raises(KeyboardInterrupt):
            applied(store, plan(lease, entry("1")))
    assert snapshot(store) == before
    [answer] = applied(store, plan(lease, entry("1")))
    assert answer.counts.new == 1


def test_a_bug_is_not_taken_for_odd_data(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    [lease] = leased(store)

    def broken(*_: object) -> None:
        raise TypeError("a bug")

    monkeypatch.setattr(apply, "record_polls", broken)
    with pytest.raises(TypeError):
        applied(store, plan(lease, entry("1")))


@pytest.mark.parametrize(
    "poison",
    [
        {"body": "a\x00b"},
        {"body": "lone \ud800 surrogate"},
        {"author": "nul\x00"},
        {"links": ("https://a.example/\x00",)},
        {"published_at": dt.datetime(2026, 1, 1)},  # noqa: DTZ001 - the point
        {"views": 10**30},
    ],
    ids=["nul", "surrogate", "nul-author", "nul-link", "naive-time", "huge-number"],
)
def test_a_poisoned_plan_costs_only_itself(store: Store, poison: dict[str, object]) -> None:
    leases = leased(store, *(source(name) for name in ("a", "b", "c")))
    plans = [plan(lease, entry("1")) for lease in leases]
    bad = dataclasses.replace(entry("1"), **poison)  # type: ignore[arg-type]
    state = FeedState(validators=Validators(etag="kept?"))
    plans[1] = plan(leases[1], bad, state=state, next_poll_at=NOW + HOUR)
    answers = applied(store, *plans)
    assert [answer.counts.new for answer in answers] == [1, 0, 1]
    assert answers[1].error.startswith("store_refused")
    assert answers[1].error.isprintable()
    feed = store.frame("report_feed_health").set_index("feed").loc["b"]
    assert feed["last_error"].startswith("store_refused")
    assert feed["state"] == "failing"
    [again] = store.lease_due(owner="w2", now=NOW + HOUR, limit=9, lease_for=LEASE, slugs=["b"])
    assert again.state.validators == Validators(), "the same body must be fetched again"


def test_a_hundred_and_twenty_plans_are_answered_in_order(store: Store) -> None:
    leases = leased(store, *(source(f"f{number}") for number in range(120)))
    answers = applied(store, *(plan(lease, entry(f"{lease.slug}")) for lease in leases))
    assert [answer.slug for answer in answers] == [lease.slug for lease in leases]
    assert sum((answer.counts for answer in answers), Counts()) == Counts(seen=120, new=120)


def test_batches_hold_fifty_plans_and_no_feed_twice(store: Store) -> None:
    leases = leased(store, *(source(f"f{number}") for number in range(60)))
    plans = [plan(lease) for lease in leases]
    assert [len(batch) for batch in apply.batches(plans)] == [50, 10]
    assert [len(batch) for batch in apply.batches([plans[0], plans[1], plans[0]])] == [2, 1]


# counts add up, whatever comes

ids = st.sampled_from("abcdefgh")
items = st.builds(
    lambda key, body, disposition: change(entry(key, body), disposition),
    ids,
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from([Disposition.NEW, Disposition.REVISED, Disposition.KNOWN, Disposition.REJECTED]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(polls=st.lists(st.lists(items, max_size=8), max_size=4), number=st.integers(0, 10**9))
def test_counts_add_up_and_match_what_is_stored(store: Store, polls: list[list[object]], number: int) -> None:
    slug = f"f{number}"
    feed = source(slug, outlet=outlet("Gazette"))
    others = store.frame("report_feed_health")["feed"].tolist()
    if slug in others:
        return
    total = Counts()
    for turn, changes in enumerate(polls):
        at = NOW + turn * HOUR
        [lease] = leased(store, feed, now=at)
        made = plan(lease, *changes, at=at, rejected={"no_id": turn})  # type: ignore[arg-type]
        for _ in range(2):  # applied twice, counted once
            [answer] = applied(store, made, now=at)
            counts = answer.counts
            assert counts.seen == counts.new + counts.revised + counts.known + counts.rejected_total
            assert counts.seen == len(changes) + turn
        total += answer.counts
    entries = store.frame("SELECT * FROM report_entries WHERE feed = :feed", {"feed": slug})
    texts = store.frame("report_texts")
    texts = texts[texts["entry_id"].isin(entries["entry_id"])]
    assert len(entries) == total.new
    assert texts.groupby("entry_id")["is_current"].sum().eq(1).all()
    assert len(texts) <= total.new + total.revised
