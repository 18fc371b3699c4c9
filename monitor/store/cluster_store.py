"""The part of `Store` that serves clusters: stories to place, evidence, sources, and what people decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.engine import Connection

from monitor.store import cluster_sources, clusters, decisions, leases, opinions, reclustering
from monitor.store import vectors as vector_rows
from monitor.store.cluster_ids import final_clusters
from monitor.store.engine import Database
from monitor.types.clusters import (
    Appearance,
    ClusterCounts,
    ClusterDecision,
    ClusterStory,
    Evidence,
    EvidenceRow,
    FoldedSources,
    Ruling,
    StoryText,
)
from monitor.types.embedding import LanguageMeans, Vectors
from monitor.types.opinions import Probabilities
from monitor.types.storage import NamedLease


class ClusterStore:
    """Clusters and decisions on them; `Store` is the whole."""

    _database: Database

    def pending_clusters(self, *, limit: int) -> list[StoryText]:
        """Stories that have not been clustered, by id, with the text that tells them first."""
        return self._database.read(lambda c: clusters.pending_clusters(c, limit=limit))

    def save_opinions(self, found: Mapping[int, Probabilities], *, model: str) -> None:
        """Keep what the classifier says of stories; beside the rules' scores, never in their place."""
        self._database.write(lambda c: opinions.save_opinions(c, found, model=model))

    def cluster_candidates(
        self,
        *,
        keys: Collection[str],
        story_ids: Collection[int],
        since: dt.datetime,
        until: dt.datetime,
        model: str | None = None,
        with_uids: bool = False,
    ) -> list[ClusterStory]:
        """Clustered stories that share a key or are named, with the rest of their clusters, in [since, until]."""
        return self._database.read(
            lambda c: clusters.cluster_candidates(
                c,
                keys=keys,
                story_ids=story_ids,
                since=since,
                until=until,
                model=model,
                with_uids=with_uids,
            )
        )

    def window_vectors(
        self, *, model: str, since: dt.datetime, until: dt.datetime, limit: int
    ) -> tuple[list[int], list[str], Vectors]:
        """Story ids, languages, and vectors as stored, the newest first."""
        return self._database.read(
            lambda c: vector_rows.window_vectors(c, model=model, since=since, until=until, limit=limit)
        )

    def archive_means(self, *, model: str) -> LanguageMeans:
        """Mean vectors by language of what is stored."""
        return self._database.read(lambda c: vector_rows.archive_means(c, model=model))

    def save_clusters(
        self,
        texts: Sequence[StoryText],
        evidence: Mapping[int, Evidence],
        keys: Mapping[int, Sequence[str]],
        placed: Sequence[ClusterDecision],
        *,
        vectors: Mapping[int, Vectors],
        model: str | None,
        now: dt.datetime,
        lease: NamedLease | None = None,
    ) -> ClusterCounts:
        """Write decisions with evidence, keys and vectors, and bring clusters together, in one transaction."""

        def work(connection: Connection) -> ClusterCounts:
            leases.require(connection, lease)
            return clusters.save_clusters(connection, texts, evidence, keys, placed, vectors, model, now)

        return self._database.write(work)

    def stories_since(
        self, since: dt.datetime, *, limit: int, after: tuple[dt.datetime, int] | None = None
    ) -> list[StoryText]:
        """Clustered stories first seen since a time, the earliest first, `after` a (first_seen_at, id)."""
        return self._database.read(lambda c: reclustering.stories_since(c, since, limit=limit, after=after))

    def stored_vectors(self, story_ids: Sequence[int], *, model: str) -> dict[int, Vectors]:
        """The vectors that these stories have of a model."""
        return self._database.read(lambda c: vector_rows.stored_vectors(c, story_ids, model=model))

    def standing_stories(
        self, cluster_ids: Collection[int], *, before: tuple[dt.datetime, int]
    ) -> dict[int, int]:
        """How many stories of each cluster come before a (first_seen_at, id); clusters without one are left out."""
        return self._database.read(lambda c: reclustering.standing_stories(c, cluster_ids, before))

    def save_recomputed(
        self,
        texts: Sequence[StoryText],
        evidence: Mapping[int, Evidence],
        keys: Mapping[int, Sequence[str]],
        placed: Sequence[ClusterDecision],
        pieces: Mapping[int, Sequence[tuple[int, Sequence[int]]]],
        *,
        vectors: Mapping[int, Vectors],
        model: str | None,
        now: dt.datetime,
        lease: NamedLease | None = None,
    ) -> tuple[int, int]:
        """Part and join clusters as a recomputation says, in one transaction; (parts that left, clusters that went).

        `pieces`: of each cluster (group, stories), the one that stays last.
        """

        def work(connection: Connection) -> tuple[int, int]:
            leases.require(connection, lease)
            homes, parted, merged = reclustering.regroup(connection, pieces, now)
            clusters.write_placed(connection, texts, evidence, keys, placed, vectors, model, homes, now)
            return parted, merged

        return self._database.write(work)

    def cluster_evidence(self, cluster_id: int) -> dict[int, EvidenceRow]:
        """Why each story of a cluster is there: the latest word on it."""
        return self._database.read(lambda c: clusters.evidence_rows(c, cluster_id))

    def prune_vectors(self, *, before: dt.datetime, limit: int = 10_000) -> int:
        """Forget vectors of stories before a time; how many went."""
        return self._database.write(lambda c: vector_rows.prune_vectors(c, before, limit=limit))

    def stale_clusters(self, *, limit: int) -> list[int]:
        """Clusters whose sources are not folded, the newest first."""
        return self._database.read(lambda c: cluster_sources.stale_clusters(c, limit=limit))

    def appearances(self, cluster_ids: Collection[int]) -> dict[int, list[Appearance]]:
        """Every entry of each cluster."""
        return self._database.read(lambda c: cluster_sources.appearances(c, cluster_ids))

    def independent_sources(self, cluster_ids: Collection[int]) -> dict[int, int]:
        """How many sources at most each cluster of several outlets has."""
        return self._database.read(lambda c: cluster_sources.independent_sources(c, cluster_ids))

    def save_sources(
        self, folded: Sequence[FoldedSources], *, now: dt.datetime, lease: NamedLease | None = None
    ) -> None:
        """Write the sources of clusters in place of what was there."""

        def work(connection: Connection) -> None:
            leases.require(connection, lease)
            cluster_sources.save_sources(connection, folded, now)

        self._database.write(work)

    def final_cluster(self, cluster_id: int) -> int:
        """Where a cluster's id leads today."""
        return self._database.read(lambda c: final_clusters(c, [cluster_id]))[cluster_id]

    # people

    def rulings(self) -> list[Ruling]:
        """All that people ruled on clusters, oldest first."""
        return self._database.read(decisions.rulings)

    def split_cluster(
        self, cluster_id: int, story_ids: Collection[int], *, who: str, reason: str, now: dt.datetime
    ) -> tuple[int, int]:
        """Part stories from their cluster; (their cluster, the rest's). The larger part keeps the id."""
        return self._database.write(
            lambda c: decisions.split_cluster(c, cluster_id, story_ids, who=who, reason=reason, now=now)
        )

    def merge_clusters(self, cluster_ids: Collection[int], *, who: str, reason: str, now: dt.datetime) -> int:
        """Make clusters one; its id, the smallest of them."""
        return self._database.write(
            lambda c: decisions.merge_clusters(c, cluster_ids, who=who, reason=reason, now=now)
        )
