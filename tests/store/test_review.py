"""Decisions of people on claims, citations and tags: append-only, in the views at once, and kept when texts are read again."""

from __future__ import annotations

import json
from typing import Any

from monitor.store import Store
from monitor.types.annotations import EntryText, TopicTag
from monitor.types.review import Verdict
from tests.store.making import HOUR, NOW, annotation, entry, ingest
from tests.store.test_ledger import cites, claims, settle, story, tell


def verdict(kind: str, key: str, word: str, reason: str = "read it", **values: Any) -> Verdict:
    return Verdict(kind=kind, key=key, word=word, reason=reason, values=values)  # type: ignore[arg-type]


def decide(store: Store, *verdicts: Verdict) -> list[str]:
    taken = store.decide(verdicts, who="analyst", now=NOW)
    return [one.problem or ("recorded" if one.recorded else "unchanged") for one in taken]


def uids(store: Store) -> dict[str, str]:
    return {row.outlet: row.uid for row in store.frame("report_claims").itertuples()}


def again(store: Store, version: str, **said: Any) -> list[EntryText]:
    """Re-tagging under another version of the code."""
    texts = store.pending_texts(limit=9, versions=("t1", version))
    store.save_annotations([annotation(text, code_version=version, **said) for text in texts], now=NOW + HOUR)
    return texts


def test_a_rejected_claim_counts_no_more_and_a_decision_taken_back_counts_again(store: Store) -> None:
    settle(store, *story(store))
    key = uids(store)["Pulpit"]
    assert decide(store, verdict("claim", key, "rejected")) == ["recorded"]
    settle(store)
    assert list(store.frame("report_ledger")["allegations"]) == [2]
    assert decide(store, verdict("claim", key, "rejected")) == ["unchanged"]
    assert decide(store, verdict("claim", key, "open", "looked again")) == ["recorded"]
    settle(store)
    assert list(store.frame("report_ledger")["allegations"]) == [3]
    kept = store.frame("select * from report_decisions where object_kind = 'claim'")
    assert list(zip(kept["new"], kept["who"], kept["reason"], strict=True)) == [
        ("rejected", "analyst", "read it"),
        ("open", "analyst", "looked again"),
    ]


def test_a_corrected_claim_counts_as_corrected_and_what_was_said_is_kept(store: Store) -> None:
    settle(store, *story(store))
    key = uids(store)["Pulpit"]
    decide(store, verdict("claim", key, "corrected", items=("drones",), quantity_min=7, quantity_max=7))
    settle(store)
    lines = store.frame("select item, allegations, reviewed, quantity_max from report_ledger order by item")
    assert lines.to_numpy().tolist() == [["artillery-ammunition", 2, 0, 40.0], ["drones", 1, 1, 7.0]]
    [row] = store.frame("select * from report_claims where uid = :uid", {"uid": key}).to_dict("records")
    assert (row["items"], row["decision"]) == ('["drones"]', "corrected")
    [kept] = store.frame("select old from report_decisions where object_kind = 'claim'")["old"]
    assert json.loads(kept)["items"] == ["artillery-ammunition"]
    parties = store.frame("select * from report_claim_parties where claim_id = :id", {"id": row["claim_id"]})
    assert sorted(parties["party"]) == ["KP", "SD"]
    decide(store, verdict("claim", key, "open"))
    settle(store)
    assert list(store.frame("report_ledger")["allegations"]) == [3]


def test_decisions_survive_re_tagging(store: Store) -> None:
    """The same claim under its uid, one that is read otherwise by its successor, one no longer found because a person
    said that it is there."""
    tell(store, "Courier", 0, claims=claims("alleged"))
    key = uids(store)["Courier"]
    decide(store, verdict("claim", key, "corrected", recipient=("LY",)))
    again(store, "c2", claims=claims("alleged"))
    [row] = store.frame("report_claims").to_dict("records")
    assert (row["uid"], row["recipient"], row["decision"]) == (key, '["LY"]', "corrected")
    again(store, "c3", claims=claims("alleged", via=("EG",)))
    [row] = store.frame("report_claims").to_dict("records")
    assert row["uid"] != key
    assert (row["recipient"], row["decision"]) == ('["LY"]', "corrected")
    again(store, "c4")
    [kept] = store.frame("report_claims").to_dict("records")
    assert (kept["uid"], kept["decision"]) == (row["uid"], "corrected")


def test_a_rejection_goes_on_to_the_same_claim_read_otherwise_but_not_to_another(store: Store) -> None:
    tell(store, "Courier", 0, claims=claims("alleged"))
    decide(store, verdict("claim", uids(store)["Courier"], "rejected"))
    again(store, "c2", claims=claims("alleged", via=("EG",)))
    assert list(store.frame("report_claims")["decision"]) == ["rejected"]
    again(store, "c3", claims=claims("denied", via=("EG",)))
    assert list(store.frame("report_claims")["decision"]) == [None]
    again(store, "c4")
    assert store.frame("report_claims").empty


def test_a_text_that_was_edited_takes_its_confirmed_claim_with_it(store: Store) -> None:
    tell(store, "Courier", 0, claims=claims("alleged"))
    decide(store, verdict("claim", uids(store)["Courier"], "confirmed"))
    [entry_id] = store.frame("report_entries")["entry_id"]
    store.save_article(entry_id, title="Report", body="Nothing left.", sha256="f" * 64, now=NOW)
    store.save_annotations([annotation(text) for text in store.pending_texts(limit=9)], now=NOW + HOUR)
    assert store.frame("report_claims").empty


def test_a_rejected_citation_is_not_followed_and_a_corrected_one_under_its_name(store: Store) -> None:
    clusters = [
        tell(store, "Courier", 0, claims=claims("alleged")),
        tell(store, "Hexagon", 1, citations=cites("Kurier"), claims=claims("alleged")),
        tell(store, "Pulpit", 2, citations=cites("Hexagon"), claims=claims("alleged")),
    ]
    settle(store, *clusters)
    entries = {row.outlet: row.uid for row in store.frame("report_entries").itertuples()}
    decide(
        store,
        verdict("citation", f"{entries['Hexagon']}:Kurier", "corrected", cited="Courier"),
        verdict("citation", f"{entries['Pulpit']}:Hexagon", "rejected"),
    )
    settle(store)
    frame = store.frame(
        "select outlet, cited_outlet, root_outlet, decision from report_citations order by outlet"
    )
    assert frame.to_numpy().tolist()[0] == ["Hexagon", "Courier", "Courier", "corrected"]
    assert frame.to_numpy().tolist()[1][3] == "rejected"
    roots = store.frame("select outlet, root_outlet from report_claims order by outlet")
    assert list(roots["root_outlet"]) == ["Courier", "Courier", "Pulpit"]


def tags(store: Store) -> list[tuple[str, bool, str | None]]:
    frame = store.frame("select topic, accepted, decision from report_topics order by topic")
    return [(row.topic, bool(row.accepted), row.decision) for row in frame.itertuples()]


def test_tags_are_what_a_person_says_also_after_re_tagging(store: Store) -> None:
    ingest(store, entry("a"))
    texts = store.pending_texts(limit=9)
    weak = TopicTag(topic="nuclear", score=0.2, accepted=False)
    strong = TopicTag(topic="sanctions", score=0.9, accepted=True)
    store.save_annotations([annotation(text, topics=(weak, strong)) for text in texts], now=NOW)
    uid = texts[0].uid
    decide(
        store,
        verdict("topic", f"{uid}:sanctions", "rejected"),
        verdict("topic", f"{uid}:nuclear", "confirmed"),
        verdict("topic", f"{uid}:armed-conflict", "confirmed"),
    )
    decided = [
        ("armed-conflict", True, "confirmed"),
        ("nuclear", True, "confirmed"),
        ("sanctions", False, "rejected"),
    ]
    assert tags(store) == decided
    again(store, "c2", topics=(weak, strong))
    assert tags(store) == decided
    decide(store, *(verdict("topic", f"{uid}:{name}", "open") for name, _, _ in decided))
    assert tags(store) == [("nuclear", False, None), ("sanctions", True, None)]


def test_what_is_not_there_is_said(store: Store) -> None:
    tell(store, "Courier", 0, claims=claims("alleged"))
    old = uids(store)["Courier"]
    again(store, "c2", claims=claims("denied"))
    new = uids(store)["Courier"]
    uid = store.frame("report_entries")["uid"].iloc[0]
    assert decide(
        store,
        verdict("claim", "0" * 32, "confirmed"),
        verdict("claim", old, "confirmed"),
        verdict("citation", f"{uid}:Nobody", "rejected"),
        verdict("topic", f"{'0' * 32}:nuclear", "rejected"),
    ) == [
        f"there is no claim {'0' * 32}",
        f"claim {old} is no longer read from its text: {new} says it now",
        f"entry {uid} cites no 'Nobody'",
        f"there is no analysed entry {'0' * 32}",
    ]
    assert store.frame("report_decisions").empty
