"""Texts wait for analysis; annotations are current or history; claims keep their public id."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.errors import StaleLeaseError
from monitor.store import Store
from monitor.store.engine import connect
from monitor.types.annotations import Citation, Claim, Entity, Mention, TopicTag
from monitor.types.plans import Disposition
from monitor.types.storage import NamedLease
from tests.store.making import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    annotate_all,
    annotation,
    change,
    entry,
    ingest,
    leased,
    outlet,
    plan,
    source,
)


def claim(**values: Any) -> Claim:
    defaults: dict[str, Any] = {
        "supplier": ("KP",),
        "recipient": ("RU",),
        "items": ("artillery-ammunition",),
        "status": "alleged",
        "evidence": "sends shells to",
        "field": "body",
        "start_char": 5,
        "end_char": 20,
        "rule": "active",
        "confidence": 0.8,
    }
    return Claim(**(defaults | values))


def edit(store: Store, body: str, hours: int) -> None:
    at = NOW + hours * HOUR
    [lease] = leased(store, source(), now=at)
    store.apply([plan(lease, change(entry("1", body), Disposition.REVISED), at=at)], now=at)


def history(store: Store, table: str) -> list[dict[str, object]]:
    engine = connect(store._database.url, read_only=True)
    with engine.connect() as connection:
        query = sa.text(f"SELECT * FROM {table} ORDER BY id")
        found = [dict(row) for row in connection.execute(query).mappings()]
    engine.dispose()
    return found


# the queue


def test_new_entries_wait_with_all_that_analysis_reads(store: Store) -> None:
    feed = source(language="ko", outlet=outlet("Gazette", language="en"))
    ingest(store, entry("1", "Body.", links=("https://a.example/",)), feed=feed)
    [text] = store.pending_texts(limit=10)
    assert (text.title, text.body, text.outlet, text.kind) == ("Report 1", "Body.", "Gazette", "rss")
    assert text.links == ("https://a.example/",)
    assert text.language_hint == "ko", "the feed's language comes before the outlet's"
    assert text.published_at == NOW - HOUR


def test_an_entrys_own_language_is_the_better_hint(store: Store) -> None:
    ingest(store, entry("1", language="fa"), feed=source(language="ko"))
    assert store.pending_texts(limit=10)[0].language_hint == "fa"


def test_an_annotated_entry_waits_no_more_until_its_text_changes(store: Store) -> None:
    ingest(store, entry("1", "10 tanks"))
    annotate_all(store)
    assert store.count_pending() == 0
    edit(store, "12 tanks", hours=1)
    assert [text.body for text in store.pending_texts(limit=10)] == ["12 tanks"]


def test_the_queue_is_read_in_bounded_batches(store: Store) -> None:
    ingest(store, *(entry(str(number)) for number in range(5)))
    first = store.pending_texts(limit=2)
    second = store.pending_texts(limit=2, after=first[-1].entry_id)
    assert len({text.entry_id for text in first + second}) == 4


def test_retagging_finds_entries_analysed_under_other_versions(store: Store) -> None:
    ingest(store, entry("old"), now=NOW)
    ingest(store, entry("new"), now=NOW + DAY)
    annotate_all(store)
    assert store.pending_texts(limit=10) == []
    again = store.pending_texts(limit=10, since=NOW + HOUR, versions=("t2", "c1"))
    assert [text.title for text in again] == ["Report new"]
    store.save_annotations([annotation(text, taxonomy_version="t2") for text in again], now=NOW + DAY)
    assert store.pending_texts(limit=10, since=NOW + HOUR, versions=("t2", "c1")) == []
    assert len(store.pending_texts(limit=10, versions=("t2", "c1"))) == 1


# annotations


def test_what_analysis_says_is_in_the_views(store: Store) -> None:
    ingest(store, entry("1", "Shells were sent."))
    [text] = store.pending_texts(limit=1)
    said = annotation(
        text,
        topics=(
            TopicTag(topic="arms-transfers", score=0.9, accepted=True, rules=("strong", "near")),
            TopicTag(topic="sanctions", score=0.2, accepted=False),
        ),
        mentions=(
            Mention(
                topic="arms-transfers", term="Shells", field="body", start_char=0, end_char=6, rule="strong"
            ),
        ),
        entities=(Entity(kind="state", code="RU", field="body", start_char=0, end_char=6),),
        citations=(
            Citation(outlet="Reuters", kind="media", rule="dash", field="body", start_char=1, end_char=3),
        ),
    )
    assert store.save_annotations([said], now=NOW) == 1
    assert store.frame("report_entries")["language"].tolist() == ["en"]
    topics = store.frame("report_topics").set_index("topic")
    assert topics["accepted"].to_dict() == {"arms-transfers": True, "sanctions": False}
    assert topics.loc["arms-transfers", "rules"] == '["near","strong"]'
    [mention] = store.frame("report_mentions").to_dict("records")
    assert (mention["term"], mention["start_char"], mention["end_char"]) == ("Shells", 0, 6)
    assert store.frame("report_entities")["code"].tolist() == ["RU"]
    [cited] = store.frame("report_citations").to_dict("records")
    assert (cited["outlet"], cited["cited_outlet"], cited["root_outlet"]) == ("Gazette", "Reuters", None)


def test_the_same_said_again_changes_nothing(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    said = annotation(text, "sanctions", claims=(claim(),))
    assert store.save_annotations([said], now=NOW) == 1
    before = history(store, "annotations"), history(store, "claims")
    assert store.save_annotations([said], now=NOW + DAY) == 0
    assert (history(store, "annotations"), history(store, "claims")) == before


def test_a_new_version_closes_the_old_annotation_and_keeps_it(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    store.save_annotations([annotation(text, "sanctions")], now=NOW)
    store.save_annotations([annotation(text, "nuclear", taxonomy_version="t2")], now=NOW + DAY)
    assert store.frame("report_topics")["topic"].tolist() == ["nuclear"]
    old, new = history(store, "annotations")
    assert (old["taxonomy_version"], new["taxonomy_version"]) == ("t1", "t2")
    assert old["valid_to"] == new["valid_from"]
    assert new["valid_to"] is None


def test_an_annotation_of_a_text_that_was_edited_meanwhile_is_left_out(store: Store) -> None:
    ingest(store, entry("1", "10 tanks"))
    [stale] = store.pending_texts(limit=1)
    edit(store, "12 tanks", hours=1)
    assert store.save_annotations([annotation(stale, "sanctions")], now=NOW + HOUR) == 0
    assert store.count_pending() == 1
    assert store.frame("report_topics").empty


def test_a_taxonomy_can_be_kept_with_its_version(store: Store) -> None:
    store.save_taxonomy("t1", {"topics": ["sanctions"]}, now=NOW)
    ingest(store, entry("1"))
    annotate_all(store)
    store.save_taxonomy("t1", {"topics": ["sanctions", "nuclear"]}, now=NOW)
    engine = connect(store._database.url, read_only=True)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT content FROM taxonomies")).scalars().all() == [
            '{"topics":["sanctions","nuclear"]}'
        ]
    engine.dispose()


def test_nothing_is_written_under_a_lease_that_was_taken_over(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    old = store.lease_named("analyse", owner="w1", now=NOW, lease_for=LEASE)
    assert isinstance(old, NamedLease)
    assert store.lease_named("analyse", owner="w2", now=NOW + LEASE, lease_for=LEASE)
    with pytest.raises(StaleLeaseError, match="w1 no longer holds the lease on analyse"):
        store.save_annotations([annotation(text, "sanctions")], now=NOW + LEASE, lease=old)
    assert store.count_pending() == 1


# claims


def test_a_claim_is_stored_with_its_parties_and_items(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    made = claim(
        recipient=("RU", "BY"), via=("CN",), quantity_min=10, quantity_max=20, speaker="US officials"
    )
    store.save_annotations([annotation(text, claims=(made,))], now=NOW)
    [row] = store.frame("report_claims").to_dict("records")
    assert (row["supplier"], row["recipient"], row["via"]) == ('["KP"]', '["BY","RU"]', '["CN"]')
    assert (row["items"], row["status"], row["quantity_max"]) == ('["artillery-ammunition"]', "alleged", 20)
    assert (row["outlet"], row["decision"], row["evidence"]) == ("Gazette", None, "sends shells to")
    parties = store.frame("report_claim_parties")
    assert sorted(zip(parties["role"], parties["party"], strict=True)) == [
        ("recipient", "BY"),
        ("recipient", "RU"),
        ("supplier", "KP"),
        ("via", "CN"),
    ]


def test_a_claim_keeps_its_id_when_it_is_found_again_another_way(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    store.save_annotations([annotation(text, claims=(claim(),))], now=NOW)
    [before] = store.frame("report_claims")["uid"]
    better = claim(rule="passive", confidence=0.95, quantity_min=5, quantity_max=5)
    store.save_annotations([annotation(text, claims=(better,), code_version="c2")], now=NOW + DAY)
    [after] = store.frame("report_claims").to_dict("records")
    assert (after["uid"], after["confidence"]) == (before, 0.95)
    old, new = history(store, "claims")
    assert old["superseded_by"] is None
    assert old["valid_to"] == new["valid_from"]


def test_a_claim_read_differently_names_its_successor(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    store.save_annotations([annotation(text, claims=(claim(),))], now=NOW)
    store.save_annotations(
        [annotation(text, claims=(claim(status="denied"),), code_version="c2")], now=NOW + DAY
    )
    old, new = history(store, "claims")
    assert old["superseded_by"] == new["uid"] != old["uid"]


def test_a_claim_that_nothing_says_any_more_ends_without_successor(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    store.save_annotations([annotation(text, claims=(claim(),))], now=NOW)
    store.save_annotations([annotation(text, code_version="c2")], now=NOW + DAY)
    [old] = history(store, "claims")
    assert old["valid_to"] is not None
    assert old["superseded_by"] is None
    assert store.frame("report_claims").empty


def test_two_claims_that_say_the_same_have_two_ids(store: Store) -> None:
    ingest(store, entry("1"))
    [text] = store.pending_texts(limit=1)
    twice = (claim(), dataclasses.replace(claim(), start_char=50, end_char=60))
    store.save_annotations([annotation(text, claims=twice)], now=NOW)
    assert store.frame("report_claims")["uid"].nunique() == 2
