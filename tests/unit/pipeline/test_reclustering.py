"""Clusters computed anew: today's rules, yesterday's ids, and what people said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.analyse import group_pending
from monitor.pipeline.cluster_review import split_cluster
from monitor.pipeline.clustering import Clustering
from monitor.pipeline.reclustering import Recomputed, recompute
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.entries import Entry
from monitor.types.source import FeedKind, Rights
from tests.cluster_stories import WordEmbedder
from tests.store.making import DAY, HOUR, NOW, annotate_all, entry, ingest, outlet, source

SHIP = "Forty thousand artillery shells were unloaded at night in the harbour of the old town."
FAIR = "A flower show opened under glass with orchids and a brass band from the valley."
BLIND, SEEING = Clustering(embedder=None), Clustering(embedder=WordEmbedder())


@pytest.fixture
def workspace(store: Store) -> Iterator[Workspace]:
    yield Workspace(config=Config(), store=store, clock=lambda: NOW, owner="test")


def told(name: str, body: str = SHIP, *, hours: float = 0, **values: object) -> Entry:
    return entry(name, body, title="", published_at=NOW - DAY + hours * HOUR, **values)


def three(workspace: Workspace, clustering: Clustering, bodies: tuple[str, ...] = (SHIP, SHIP, SHIP)) -> None:
    """Reports of three papers in three languages, each in a run of its own."""
    for number, (language, body) in enumerate(zip(("en", "fr", "de"), bodies, strict=True)):
        ingest(workspace.store, told("abc"[number], body, hours=number), feed=source(f"paper-{number}"))
        annotate_all(workspace.store, language=language)
        group_pending(workspace, clustering=clustering)


def clusters(workspace: Workspace) -> dict[str, int]:
    frame = workspace.store.frame("report_entries")
    return {key: int(cluster) for key, cluster in zip(frame["external_id"], frame["cluster_id"], strict=True)}


def again(workspace: Workspace, clustering: Clustering, slice_size: int = 100) -> Recomputed:
    return recompute(workspace, since=NOW - 3 * DAY, clustering=clustering, slice_size=slice_size)


@pytest.mark.parametrize("slice_size", [1, 2, 100])
def test_what_was_torn_is_joined_under_the_oldest_id(workspace: Workspace, slice_size: int) -> None:
    three(workspace, BLIND)
    before = clusters(workspace)
    assert len(set(before.values())) == 3
    assert again(workspace, SEEING, slice_size) == Recomputed(stories=3, parted=0, merged=2)
    assert set(clusters(workspace).values()) == {min(before.values())}
    assert workspace.store.final_cluster(max(before.values())) == min(before.values())
    assert workspace.store.frame("report_clusters")["independent_sources"].tolist() == [3]
    assert again(workspace, SEEING, slice_size) == Recomputed(stories=3)


@pytest.mark.parametrize("slice_size", [1, 100])
def test_what_was_wrongly_joined_is_parted_and_the_larger_part_keeps_the_id(
    workspace: Workspace, slice_size: int
) -> None:
    everything = Clustering(embedder=WordEmbedder(), options=SEEING.options.__class__(threshold=-9.0))
    three(workspace, everything, (FAIR, SHIP, SHIP))
    [home] = set(clusters(workspace).values())
    assert again(workspace, SEEING, slice_size).parted >= 1
    after = clusters(workspace)
    assert after["b"] == after["c"] != after["a"]
    if slice_size > 1:
        assert after["b"] == home
    assert again(workspace, SEEING, slice_size) == Recomputed(stories=3)


def test_a_persons_split_holds(workspace: Workspace) -> None:
    three(workspace, SEEING)
    [home] = set(clusters(workspace).values())
    frame = workspace.store.frame("report_entries").set_index("external_id")
    split_cluster(workspace, home, [int(frame.loc["b", "story_id"])], who="desk", reason="another ship")
    apart = clusters(workspace)
    assert again(workspace, SEEING) == Recomputed(stories=3)
    assert clusters(workspace) == apart


def test_what_came_before_the_window_stays_and_is_joined(workspace: Workspace) -> None:
    three(workspace, BLIND)
    before = clusters(workspace)
    recompute(workspace, since=NOW - DAY + HOUR, clustering=SEEING)
    after = clusters(workspace)
    # `a` lies before the window and has no vector: what is computed anew leaves it alone
    assert (after["a"], after["b"]) == (before["a"], before["b"])
    assert after["c"] == after["b"]


def test_grouping_at_work_is_left_alone(workspace: Workspace) -> None:
    held = workspace.store.lease_named("group", owner="another", now=NOW, lease_for=HOUR)
    assert held is not None
    with pytest.raises(UsageError, match="at work"):
        again(workspace, BLIND)


# machine learning and vectors


def test_no_embedder_sees_channels_or_outlets_whose_rights_forbid_it(workspace: Workspace) -> None:
    closed = outlet("Closed Press", rights=Rights(machine_learning=False))
    ingest(workspace.store, told("a"), feed=source("closed", outlet=closed))
    post = told("b", FAIR, kind=FeedKind.TELEGRAM)
    ingest(workspace.store, post, feed=source("dock", kind=FeedKind.TELEGRAM, address="dock_talk"))
    annotate_all(workspace.store)
    embedder = WordEmbedder()
    clustering = Clustering(embedder=embedder)
    group_pending(workspace, clustering=clustering)
    assert again(workspace, clustering).stories == 2
    assert embedder.seen == []


def test_stored_vectors_are_used_again(workspace: Workspace) -> None:
    three(workspace, SEEING)
    embedder = WordEmbedder()
    again(workspace, Clustering(embedder=embedder))
    assert embedder.seen == []


def test_vectors_out_of_the_window_are_forgotten(workspace: Workspace) -> None:
    three(workspace, SEEING)
    late = Workspace(config=Config(), store=workspace.store, clock=lambda: NOW + 9 * DAY, owner="test")
    kept = {"model": "words", "since": NOW - 9 * DAY, "until": NOW + 9 * DAY, "limit": 9}
    assert len(workspace.store.window_vectors(**kept)[0]) == 3  # type: ignore[arg-type]
    group_pending(late, clustering=SEEING)
    assert workspace.store.window_vectors(**kept)[0] == []  # type: ignore[arg-type]
