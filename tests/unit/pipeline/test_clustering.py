"""Clustering composed: no machine sees Telegram, one run at a time, what people said holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from monitor.config import Config
from monitor.group.fingerprint import fingerprints
from monitor.group.stories import decide
from monitor.pipeline.analyse import group_pending
from monitor.pipeline.cluster_files import vector_maker
from monitor.pipeline.cluster_review import cluster_view, merge_clusters, split_cluster
from monitor.pipeline.clustering import Clustering, embed_stories
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.entries import Entry
from monitor.types.opinions import OpinionWeights
from monitor.types.source import FeedKind, FeedSource
from tests.cluster_stories import WordEmbedder
from tests.store.making import DAY, HOUR, NOW, annotate_all, entry, ingest, source
from tests.story_items import story_item

TEXT = "Forty thousand artillery shells were unloaded at night in the harbour of the old town."


@pytest.fixture
def workspace(sqlite_url: str) -> Iterator[Workspace]:
    with Store.open(sqlite_url) as store:
        yield Workspace(config=Config(), store=store, clock=lambda: NOW, owner="test")


def report(name: str, title: str, *, hours: float = 0, **values: object) -> Entry:
    return entry(name, TEXT, title=title, published_at=NOW - DAY + hours * HOUR, **values)


def channel(slug: str = "harbour-channel") -> FeedSource:
    return source(slug, kind=FeedKind.TELEGRAM, address=slug.replace("-", "_"))


def two_languages(workspace: Workspace) -> None:
    """One happening, told in two languages, so that it is two stories."""
    ingest(workspace.store, report("a", "Shells unloaded"), feed=source("one"))
    annotate_all(workspace.store, language="en")
    ingest(workspace.store, report("b", "Shells unloaded", hours=2), feed=source("two"))
    annotate_all(workspace.store, language="fr")


def clusters(workspace: Workspace) -> dict[str, int]:
    frame = workspace.store.frame("report_entries")
    return {key: int(cluster) for key, cluster in zip(frame["external_id"], frame["cluster_id"], strict=True)}


def test_a_happening_in_two_languages_is_one_cluster(workspace: Workspace) -> None:
    two_languages(workspace)
    result = group_pending(workspace, clustering=Clustering(embedder=WordEmbedder()))
    assert (result.stories_new, result.clusters_joined) == (2, 1)
    [cluster] = workspace.store.frame("report_clusters").to_dict("records")
    assert (cluster["languages"], cluster["independent_sources"]) == ('["en","fr"]', 2)


def test_it_is_the_same_in_two_runs(workspace: Workspace) -> None:
    clustering = Clustering(embedder=WordEmbedder())
    ingest(workspace.store, report("a", "Shells unloaded"), feed=source("one"))
    annotate_all(workspace.store, language="en")
    group_pending(workspace, clustering=clustering)
    ingest(workspace.store, report("b", "Shells unloaded", hours=2), feed=source("two"))
    annotate_all(workspace.store, language="fr")
    group_pending(workspace, clustering=clustering)
    assert len(set(clusters(workspace).values())) == 1


# Telegram and machine learning


def test_no_embedder_sees_a_channel_post(workspace: Workspace) -> None:
    embedder = WordEmbedder()
    ingest(workspace.store, report("a", "From a channel", kind=FeedKind.TELEGRAM), feed=channel())
    other = entry("b", "Another matter entirely, told at some length.", title="From a paper")
    ingest(workspace.store, other, feed=source("paper"))
    annotate_all(workspace.store)
    group_pending(workspace, clustering=Clustering(embedder=embedder))
    assert [text.partition("\n")[0] for text in embedder.seen] == ["From a paper"]
    assert len(workspace.store.window_vectors(model="words", since=NOW - 9 * DAY, until=NOW, limit=9)[0]) == 1


def test_a_post_is_embedded_only_where_that_is_allowed(workspace: Workspace) -> None:
    embedder = WordEmbedder()
    ingest(workspace.store, report("a", "From a channel", kind=FeedKind.TELEGRAM), feed=channel())
    annotate_all(workspace.store)
    group_pending(workspace, clustering=Clustering(embedder=embedder, telegram=True))
    assert len(embedder.seen) == 1


def test_a_second_opinion_stands_beside_the_rules_and_is_never_of_a_channel_post(
    workspace: Workspace,
) -> None:
    ingest(workspace.store, report("a", "From a channel", kind=FeedKind.TELEGRAM), feed=channel())
    other = entry("b", "Another matter entirely, told at some length.", title="From a paper")
    ingest(workspace.store, other, feed=source("paper"))
    annotate_all(workspace.store)
    embedder = WordEmbedder()
    weights = OpinionWeights(
        model="words",
        topics=("nuclear", "sanctions"),
        matrix=np.zeros((2, embedder.dimension), dtype=np.float32),
        bias=np.array([2.0, -2.0], dtype=np.float32),
    )
    group_pending(workspace, clustering=Clustering(embedder=embedder, opinion=weights))
    rows = workspace.store.frame("report_story_opinions").sort_values("topic").to_dict("records")
    papers = [
        s for s, t in workspace.store.frame("report_stories")[["story_id", "title"]].values if "paper" in t
    ]
    assert [(row["story_id"], row["topic"], row["classifier"]) for row in rows] == [
        (papers[0], "nuclear", 0.8808),
        (papers[0], "sanctions", 0.1192),
    ]
    assert [(row["rules"], row["tagged_entries"], bool(row["without_evidence"])) for row in rows] == [
        (0, 0, True),
        (0, 0, True),
    ]
    assert workspace.store.frame("report_topics").empty, "an opinion is no tag"


def test_the_configuration_does_not_allow_it_by_itself() -> None:
    assert Config().telegram.machine_learning is False


def test_a_story_that_a_paper_tells_too_is_embedded_in_the_papers_words(workspace: Workspace) -> None:
    embedder = WordEmbedder()
    ingest(
        workspace.store,
        report("a", "Shells unloaded at night in the harbour", kind=FeedKind.TELEGRAM),
        feed=channel(),
    )
    ingest(
        workspace.store, report("b", "Shells unloaded at night in the harbour", hours=3), feed=source("paper")
    )
    annotate_all(workspace.store)
    items = workspace.store.pending_stories(limit=9)
    prints = fingerprints(items)
    workspace.store.save_stories(items, prints, decide(items, prints), now=NOW)
    [text] = workspace.store.pending_clusters(limit=9)
    assert text.kind == "rss"
    embed_stories([text, dataclasses.replace(text, learnable=False)], Clustering(embedder=embedder))
    assert len(embedder.seen) == 1


def test_posts_in_a_file_are_not_embedded_either() -> None:
    embedder = WordEmbedder()
    make = vector_maker(Clustering(embedder=embedder))
    assert make is not None
    found = make([story_item(1, TEXT, kind="telegram"), story_item(2, TEXT)])
    assert (set(found), len(embedder.seen)) == ({2}, 1)
    assert vector_maker(Clustering(embedder=None)) is None


# people


def test_a_split_holds_against_later_runs(workspace: Workspace) -> None:
    clustering = Clustering(embedder=WordEmbedder())
    two_languages(workspace)
    group_pending(workspace, clustering=clustering)
    before = clusters(workspace)
    frame = workspace.store.frame("report_entries").set_index("external_id")
    split_cluster(workspace, before["a"], [int(frame.loc["b", "story_id"])], who="desk", reason="two ships")
    apart = clusters(workspace)
    assert apart["a"] != apart["b"]
    assert workspace.store.frame("report_clusters")["independent_sources"].tolist() == [1, 1]
    ingest(workspace.store, report("c", "Shells unloaded", hours=3), feed=source("three"))
    annotate_all(workspace.store, language="de")
    group_pending(workspace, clustering=clustering)
    after = clusters(workspace)
    assert (after["a"], after["b"]) == (apart["a"], apart["b"])
    assert after["c"] in (apart["a"], apart["b"])


def test_a_merge_is_shown_with_its_reasons(workspace: Workspace) -> None:
    two_languages(workspace)
    group_pending(workspace, clustering=Clustering(embedder=None))
    found = clusters(workspace)
    assert found["a"] != found["b"]
    home = merge_clusters(workspace, sorted(found.values()), who="desk", reason="one ship")
    view = cluster_view(workspace, max(found.values()))
    assert (view.cluster_id, view.independent) == (home, 2)
    assert [line.rule for line in view.stories] == ["new", "person"]
    assert [time.outlet for time in view.timeline] == ["One", "Two"]


def test_only_one_run_groups_at_a_time(workspace: Workspace) -> None:
    two_languages(workspace)
    held = workspace.store.lease_named("group", owner="another", now=NOW, lease_for=HOUR)
    assert held is not None
    assert group_pending(workspace).stories_new == 0
    workspace.store.release_named(held)
    assert group_pending(workspace, clustering=Clustering(embedder=None)).stories_new == 2
