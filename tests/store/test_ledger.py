"""Chains, ledger and flows in the database: filled when a cluster changes, told as changes once, redone after a kill."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from monitor.config import Config
from monitor.errors import StaleLeaseError
from monitor.pipeline.cluster_review import cluster_view
from monitor.pipeline.clustering import fold_stale
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.annotations import Citation, Claim
from monitor.types.storage import NamedLease
from tests.store.making import DAY, HOUR, NOW, annotation, entry, ingest, outlet, place_all, source

SHELLS = ("artillery-ammunition",)


def cites(*names: str) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            outlet=name, kind="media", rule="en/verb", field="body", start_char=place, end_char=place + 4
        )
        for place, name in enumerate(names)
    )


def claims(*statuses: str, **values: Any) -> tuple[Claim, ...]:
    made: dict[str, Any] = {
        "supplier": ("KP",), "recipient": ("SD",), "items": SHELLS, "evidence": "A convoy", "field": "body",
        "start_char": 0, "end_char": 8, "rule": "test", "confidence": 0.9,
    }  # fmt: skip
    return tuple(Claim(status=status, **(made | values)) for status in statuses)


def tell(store: Store, name: str, hours: float, **said: Any) -> int:
    """An entry of the outlet `name`, annotated and in a story of its own; its cluster."""
    ingest(
        store, entry(name, body=f"A convoy left {name}.", published_at=NOW - DAY + hours * HOUR),
        feed=source(f"feed-{name.lower()}", outlet=outlet(name, owner=name)),
    )  # fmt: skip
    store.save_annotations([annotation(text, **said) for text in store.pending_texts(limit=9)], now=NOW)
    place_all(store)
    frame = store.frame("select cluster_id from report_entries where external_id = :name", {"name": name})
    return int(frame["cluster_id"].iloc[0])


def settle(store: Store, *clusters: int, lease: NamedLease | None = None) -> None:
    if len(clusters) > 1:
        store.merge_clusters(list(clusters), who="test", reason="one happening", now=NOW)
    fold_stale(Workspace(Config(), store, lambda: NOW, "test"), lease)


def chains(store: Store) -> dict[tuple[str, str], tuple[str, str, list[str]]]:
    frame = store.frame("report_citations")
    return {
        (row.outlet, row.cited_outlet): (
            row.root_outlet, row.chain_state, [link["outlet"] for link in json.loads(row.chain)],
        )
        for row in frame.itertuples()
    }  # fmt: skip


def changes(store: Store) -> Sequence[tuple[str, str]]:
    frame = store.frame("select kind, new_status from report_ledger_changes order by change_id")
    return [(row.kind, row.new_status) for row in frame.itertuples()]


def story(store: Store) -> list[int]:
    return [
        tell(store, "Courier", 0, claims=claims("alleged", quantity_min=40, quantity_max=40)),
        tell(store, "Hexagon", 1, citations=cites("Courier"), claims=claims("alleged")),
        tell(store, "Pulpit", 2, citations=cites("Hexagon"), claims=claims("alleged")),
    ]


def test_a_cluster_that_is_settled_shows_chains_roots_line_and_flow(store: Store) -> None:
    settle(store, *story(store))
    assert chains(store)[("Pulpit", "Hexagon")] == ("Courier", "root", ["Hexagon", "Courier"])
    assert set(store.frame("report_claims")["root_outlet"]) == {"Courier"}
    [line] = store.frame("report_ledger").to_dict("records")
    wanted = {
        "supplier": "KP", "recipient": "SD", "item": "artillery-ammunition", "status": "alleged",
        "first_alleged_by": "Courier", "root_outlet": "Courier", "allegations": 3, "independent_sources": 1,
        "quantity_min": 40, "quantity_max": 40, "reviewed": 0,
    }  # fmt: skip
    assert {key: line[key] for key in wanted} == wanted
    assert [event["outlet"] for event in json.loads(line["history"])] == ["Courier", "Hexagon", "Pulpit"]
    [flow] = store.frame("report_flows").to_dict("records")
    assert (flow["clusters"], flow["roots"], flow["status"]) == (1, 1, "alleged")
    [sources] = store.frame("report_clusters").to_dict("records")
    assert (sources["independent_sources"], changes(store)) == (1, [("new", "alleged")])


def test_a_person_is_shown_each_chain_of_a_cluster_and_how_it_ends(store: Store) -> None:
    home, *others = story(store)
    settle(store, home, *others, tell(store, "Mirror", 4, citations=cites("Folha")))
    view = cluster_view(Workspace(Config(), store, lambda: NOW, "test"), home)
    assert [(chain.outlet, chain.links, chain.state) for chain in view.chains] == [
        ("Hexagon", ("Courier",), "root"),
        ("Mirror", ("Folha",), "not_polled"),
        ("Pulpit", ("Hexagon", "Courier"), "root"),
    ]


def test_the_same_again_changes_nothing_and_a_denial_is_told_once(store: Store) -> None:
    home, *others = story(store)
    settle(store, home, *others)
    settle(store)
    denial = tell(store, "Beacon", 9, claims=claims("denied"))
    settle(store, home, denial)
    settle(store)
    # the denial's own cluster was never settled: it was one with the others before
    assert changes(store) == [("new", "alleged"), ("denial", "denied")]
    [flow] = store.frame("report_flows").to_dict("records")
    assert (flow["clusters"], flow["denials"], flow["status"]) == (1, 1, "denied")


def test_lines_of_clusters_that_are_merged_become_one_and_say_nothing_new(store: Store) -> None:
    clusters = story(store)
    settle(store)
    assert len(store.frame("report_ledger")) == 3
    settle(store, *clusters)
    assert len(store.frame("report_ledger")) == len(store.frame("report_flows")) == 1
    assert changes(store) == [("new", "alleged")] * 3
    assert set(store.frame("report_ledger_changes")["cluster_id"]) == {min(clusters)}


def test_a_claim_that_surer_ones_contradict_stays_in_the_view_with_its_reason(store: Store) -> None:
    turned = {"supplier": ("SD",), "recipient": ("KP",), "confidence": 0.6}
    clusters = story(store)
    settle(store, *clusters, tell(store, "Beacon", 9, claims=claims("refused", **turned)))
    aside = store.frame("select outlet, set_aside from report_claims where set_aside is not null")
    assert aside.to_dict("records") == [{"outlet": "Beacon", "set_aside": "direction"}]
    [line] = store.frame("report_ledger").to_dict("records")
    assert (line["supplier"], line["allegations"], line["confidence"]) == ("KP", 3, 0.9)


def test_a_doubtful_line_is_in_the_view_and_no_news_until_a_surer_claim_comes(store: Store) -> None:
    home = tell(store, "Courier", 0, claims=claims("alleged", confidence=0.3))
    settle(store)
    assert store.frame("report_ledger")["confidence"].tolist() == [0.3]
    assert changes(store) == []
    settle(store, home, tell(store, "Beacon", 9, claims=claims("alleged")))
    assert changes(store) == [("new", "alleged")]


def test_a_text_read_again_is_settled_again(store: Store) -> None:
    settle(store, *story(store))
    texts = store.pending_texts(limit=9, versions=("t1", "c2"))
    store.save_annotations([annotation(text, code_version="c2") for text in texts], now=NOW + HOUR)
    settle(store)
    assert store.frame("report_ledger").empty
    assert store.frame("report_flows").empty


def test_a_link_is_followed_into_another_cluster(store: Store) -> None:
    tell(store, "Buoy", 0, citations=cites("Folha"))
    ingest(
        store, entry("Anchor", body="A convoy, says Buoy.", links=("https://gazette.example/Buoy",)),
        feed=source("feed-anchor", outlet=outlet("Anchor")),
    )  # fmt: skip
    texts = store.pending_texts(limit=9)
    store.save_annotations([annotation(text, citations=cites("Buoy")) for text in texts], now=NOW)
    place_all(store)
    settle(store)
    assert len(set(store.frame("report_entries")["cluster_id"])) == 2
    assert chains(store)[("Anchor", "Buoy")] == ("Folha", "not_polled", ["Buoy", "Folha"])


def test_a_channel_is_known_by_its_name_and_a_root_by_the_register(store: Store) -> None:
    first = tell(store, "The Guardian", 0)
    second = tell(store, "Courier", 1, citations=cites("The Guardian", "Reuters"))
    settle(store, first, second)
    found = chains(store)
    assert found[("Courier", "The Guardian")] == ("The Guardian", "root", ["The Guardian"])
    assert found[("Courier", "Reuters")] == ("Reuters", "not_polled", ["Reuters"])


def test_nothing_is_written_under_a_lease_that_was_lost(store: Store) -> None:
    clusters = story(store)
    old = store.lease_named("group", owner="a", now=NOW - 2 * DAY, lease_for=HOUR)
    assert store.lease_named("group", owner="b", now=NOW, lease_for=HOUR)
    with pytest.raises(StaleLeaseError):
        settle(store, *clusters, lease=old)
    assert store.frame("report_ledger").empty
    settle(store)
    assert len(store.frame("report_ledger")) == 1
