"""Clusters of a window computed anew with the rules of today: people's decisions hold, ids stay where they can.

    stories since T, slice by slice ─► evidence, vectors (stored ones kept) ─► place ─► pieces ─► parted, joined, folded

A slice is one transaction; killed between two, the clusters are whole, and the command can be run again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.errors import UsageError
from monitor.group.clusters import place
from monitor.group.evidence import keys_of
from monitor.group.regroup import regrouped
from monitor.pipeline.clustering import (
    Clustering,
    centred_vectors,
    clustering_of,
    embed_stories,
    fold_stale,
    known_centred,
    learnable,
    neighbours,
    story_evidence,
    story_of,
    with_archive,
    with_entities,
)
from monitor.pipeline.workspace import Workspace
from monitor.types.clusters import StoryText
from monitor.types.embedding import Vectors
from monitor.types.storage import NamedLease

#: Stories computed at once: some 100 MB with their texts.
SLICE = 5_000
LEASE = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """Stories looked at, parts that left a cluster, clusters that went into others."""

    stories: int = 0
    parted: int = 0
    merged: int = 0


def recompute(
    workspace: Workspace, *, since: dt.datetime, clustering: Clustering | None = None, slice_size: int = SLICE
) -> Recomputed:
    """Compute the clusters of stories first seen since a time anew. UsageError where grouping is at work."""
    store = workspace.store
    clustering = with_archive(workspace, clustering or clustering_of(workspace.config))
    lease = _leased(workspace)
    total, after = Recomputed(), None
    try:
        while texts := store.stories_since(since, limit=slice_size, after=after):
            lease = _leased(workspace)
            parted, merged = _slice(workspace, texts, clustering, lease)
            total = Recomputed(
                stories=total.stories + len(texts), parted=total.parted + parted, merged=total.merged + merged
            )
            after = (texts[-1].first_seen_at, texts[-1].story_id)
        fold_stale(workspace, lease)
    finally:
        store.release_named(lease)
    return total


def _leased(workspace: Workspace) -> NamedLease:
    lease = workspace.store.lease_named(
        "group", owner=workspace.owner, now=workspace.clock(), lease_for=LEASE
    )
    if lease is None:
        raise UsageError("grouping is at work just now", hint="try again in a moment")
    return lease


def _slice(
    workspace: Workspace, texts: Sequence[StoryText], clustering: Clustering, lease: NamedLease
) -> tuple[int, int]:
    store, window = workspace.store, clustering.options.window
    first, last = texts[0], texts[-1]
    texts = with_entities(texts, workspace.config.languages)
    evidence = {text.story_id: story_evidence(text) for text in texts}
    keys = {story: keys_of(found) for story, found in evidence.items()}
    raw = _vectors(workspace, texts, clustering)
    vectors = centred_vectors(raw, texts, clustering)
    since, until = first.first_seen_at - window, max(text.last_seen_at for text in texts) + window
    rulings = store.rulings()
    model = clustering.embedder.model if clustering.embedder else None
    known = store.cluster_candidates(
        keys=sorted({key for found in keys.values() for key in found}),
        story_ids={*neighbours(workspace, vectors, clustering, since, until), *evidence},
        since=since,
        until=until,
        model=model,
        with_uids=bool(rulings),
    )
    # stories of later slices are computed anew themselves: they pull nobody
    end = (last.first_seen_at, last.story_id)
    known = [one for one in known if (one.first_seen_at, one.story_id) <= end]
    new = [story_of(text, evidence[text.story_id], vectors.get(text.story_id)) for text in texts]
    placed = place(new, known_centred(known, clustering), clustering.options, rulings)
    homes = {text.story_id: text.cluster_id for text in texts}
    before = (first.first_seen_at, first.story_id)
    standing = store.standing_stories({*homes.values()}, before=before)
    pieces = regrouped(placed, homes, standing)
    return store.save_recomputed(
        texts,
        evidence,
        keys,
        placed,
        {cluster: [(one.group, one.stories) for one in parts] for cluster, parts in pieces.items()},
        vectors=raw,
        model=model,
        now=workspace.clock(),
        lease=lease,
    )


def _vectors(workspace: Workspace, texts: Sequence[StoryText], clustering: Clustering) -> dict[int, Vectors]:
    """Stored vectors, and new ones for stories that have none; of those that may not be embedded neither."""
    if clustering.embedder is None:
        return {}
    ids = [text.story_id for text in learnable(texts, clustering)]
    stored = workspace.store.stored_vectors(ids, model=clustering.embedder.model)
    lacking = [text for text in texts if text.story_id not in stored]
    return {**stored, **embed_stories(lacking, clustering)}
