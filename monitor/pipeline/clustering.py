"""clustering: stories of one happening are brought together, and the sources of each cluster folded.

    pending stories ─► evidence ─► vectors, centred (never of Telegram) ─► neighbours, keys ─► known stories
                                                              place ─► [clusters] ─► fold sources ─► [cluster_sources]

Runs under the lease of grouping, batch by batch; each batch is one transaction and can be repeated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import numpy as np

from monitor.annotate.entities import find_entities
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.quantities import find_quantities
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.config import Config
from monitor.embed.backends import make_embedder
from monitor.embed.means import shipped_means
from monitor.embed.opinion_weights import shipped_weights
from monitor.group.centre import centred, completed
from monitor.group.clusters import place
from monitor.group.evidence import LEAD, embedded_lead, evidence_of, keys_of, lead_of
from monitor.group.opinion import probabilities
from monitor.group.sources import Roots, fold_sources
from monitor.pipeline.ledger import polled_names, settle
from monitor.pipeline.workspace import Workspace
from monitor.types.annotations import Entity, EntryText
from monitor.types.clusters import (
    Appearance,
    ClusterCounts,
    ClusterOptions,
    ClusterStory,
    Evidence,
    StoryText,
)
from monitor.types.embedding import Embedder, LanguageMeans, Vectors
from monitor.types.opinions import OpinionWeights
from monitor.types.storage import NamedLease

#: Stories clustered at once.
CLUSTER_BATCH = 500
#: Clusters whose sources are folded at once.
FOLD_BATCH = 1_000
#: Vectors that are searched, the newest: 77 MB at 384 dimensions.
MOST_VECTORS = 100_000
#: Least cosine at which a stored story is worth a look.
NEAR = 0.15
#: Vectors are kept for so many windows, so that a late run finds those it needs.
KEPT = 2
#: Vectors forgotten in one run, more than come in between two.
PRUNED = 10_000
_BLOCK = 8_192


@dataclass(frozen=True, eq=False)
class Clustering:
    """What clustering works with. `embedder` None: by evidence alone. `telegram`: channels may be embedded.

    `opinion` classifies the vectors that are there anyway; None: nothing is said.
    """

    embedder: Embedder | None
    means: LanguageMeans | None = None
    options: ClusterOptions = field(default_factory=ClusterOptions)
    telegram: bool = False
    opinion: OpinionWeights | None = None


@lru_cache(maxsize=2)
def _embedder(wanted: str) -> Embedder | None:
    # one model a process: loading takes a second and its memory
    return make_embedder(wanted)


def clustering_of(config: Config) -> Clustering:
    """As configured. UsageError where an embedder is asked for that is not installed."""
    embedder = _embedder(config.clusters.embedder)
    return Clustering(
        embedder=embedder,
        means=shipped_means(embedder.model) if embedder else None,
        telegram=config.telegram.machine_learning,
        opinion=shipped_weights(embedder.model) if embedder else None,
    )


def cluster_pending(
    workspace: Workspace, lease: NamedLease, clustering: Clustering | None = None
) -> ClusterCounts:
    """Cluster every story that waits, then fold the sources of the clusters that changed."""
    clustering = with_archive(workspace, clustering or clustering_of(workspace.config))
    total = ClusterCounts()
    while texts := workspace.store.pending_clusters(limit=CLUSTER_BATCH):
        lease = _renewed(workspace, lease)
        total += _cluster_batch(workspace, texts, clustering, lease)
    # what is out of the window is compared with nothing any more
    before = workspace.clock() - KEPT * clustering.options.window
    workspace.store.prune_vectors(before=before, limit=PRUNED)
    return total + fold_stale(workspace, lease)


def with_archive(workspace: Workspace, clustering: Clustering) -> Clustering:
    """The same with means of the archive for languages that the shipped ones lack."""
    if clustering.embedder is None:
        return clustering
    archive = workspace.store.archive_means(model=clustering.embedder.model)
    return replace(clustering, means=completed(clustering.means, archive))


def _renewed(workspace: Workspace, lease: NamedLease) -> NamedLease:
    """The lease for as long again: embedding is slow."""
    now = workspace.clock()
    held = workspace.store.lease_named(
        lease.name, owner=lease.owner, now=now, lease_for=dt.timedelta(minutes=10)
    )
    return held or lease


def _cluster_batch(
    workspace: Workspace, texts: Sequence[StoryText], clustering: Clustering, lease: NamedLease
) -> ClusterCounts:
    store, window = workspace.store, clustering.options.window
    texts = with_entities(texts, workspace.config.languages)
    evidence = {text.story_id: story_evidence(text) for text in texts}
    keys = {story: keys_of(found) for story, found in evidence.items()}
    raw = embed_stories(texts, clustering)
    vectors = centred_vectors(raw, texts, clustering)
    since = min(text.first_seen_at for text in texts) - window
    until = max(text.last_seen_at for text in texts) + window
    rulings = store.rulings()
    model = clustering.embedder.model if clustering.embedder else None
    known = store.cluster_candidates(
        keys=sorted({key for found in keys.values() for key in found}),
        story_ids=neighbours(workspace, vectors, clustering, since, until),
        since=since,
        until=until,
        model=model,
        with_uids=bool(rulings),
    )
    if clustering.opinion is not None and vectors:
        said = probabilities(np.stack(list(vectors.values())), clustering.opinion)
        store.save_opinions(dict(zip(vectors, said, strict=True)), model=clustering.opinion.model)
    new = [story_of(text, evidence[text.story_id], vectors.get(text.story_id)) for text in texts]
    placed = place(new, known_centred(known, clustering), clustering.options, rulings)
    return store.save_clusters(
        texts, evidence, keys, placed, vectors=raw, model=model, now=workspace.clock(), lease=lease
    )


def with_entities(texts: Sequence[StoryText], languages: tuple[str, ...]) -> Sequence[StoryText]:
    """Texts as they are, or, where none has an entity because annotation did not look for them, with theirs."""
    if any(text.codes for text in texts):
        return texts
    return [
        replace(text, codes=_codes(text.title, text.body[:LEAD], text.language, languages)) for text in texts
    ]


def _codes(
    title: str, lead: str, language: str, languages: tuple[str, ...]
) -> tuple[tuple[str, str, str, int], ...]:
    text = EntryText(entry_id=0, revision_id=0, uid="", kind="rss", title=title, body=lead)
    found = find_entities(text, language, _gazetteer(languages))
    return tuple((one.kind, one.code, one.field, one.start_char) for one in found)


@lru_cache(maxsize=1)
def _gazetteer(languages: tuple[str, ...]) -> CompiledGazetteer:
    return CompiledGazetteer(load_gazetteer(), languages)


def story_evidence(text: StoryText) -> Evidence:
    """A story's evidence from its text and the entities that annotation found."""
    lead = lead_of(text.title, text.body)
    return evidence_of(
        text.title,
        text.body,
        entities=[
            Entity(
                kind=kind,
                code=code,
                field="title" if where == "title" else "body",
                start_char=at,
                end_char=at + 1,
            )
            for kind, code, where, at in text.codes
        ],
        quantities=find_quantities(lead, text.language),
        links=(*text.links, *((text.url,) if text.url else ())),
        transfers=text.transfers,
    )


def story_of(text: StoryText, evidence: Evidence, vector: Vectors | None) -> ClusterStory:
    """A story as `place` takes it, without a cluster yet."""
    return ClusterStory(
        story_id=text.story_id,
        uid=text.uid,
        language=text.language,
        first_seen_at=text.first_seen_at,
        last_seen_at=text.last_seen_at,
        evidence=evidence,
        vector=vector,
        uids=text.uids,
        feed_id=text.feed_id,
    )


def learnable(texts: Sequence[StoryText], clustering: Clustering) -> list[StoryText]:
    """The stories that a model may see.

    Telegram's terms bar machine learning on what is scraped from it, so posts are never among them unless
    `telegram.machine_learning` says so; nor are texts of outlets or pages whose rights forbid it.
    """
    return [text for text in texts if text.learnable and (text.kind != "telegram" or clustering.telegram)]


def embed_stories(texts: Sequence[StoryText], clustering: Clustering) -> dict[int, Vectors]:
    """Vectors by story, as the model gives them. The only call of an embedder on stored texts."""
    allowed = learnable(texts, clustering)
    if clustering.embedder is None or not allowed:
        return {}
    rows = clustering.embedder.embed([embedded_lead(text.title, text.body) for text in allowed])
    return {text.story_id: row for text, row in zip(allowed, rows, strict=True)}


def centred_vectors(
    raw: Mapping[int, Vectors], texts: Sequence[StoryText], clustering: Clustering
) -> dict[int, Vectors]:
    """Vectors by story, centred by the means of their languages."""
    held = [text for text in texts if text.story_id in raw]
    if not held:
        return {}
    rows = np.stack([raw[text.story_id] for text in held]).astype(np.float32)
    moved = centred(rows, [text.language for text in held], clustering.means)
    return {text.story_id: row for text, row in zip(held, moved, strict=True)}


def known_centred(known: Sequence[ClusterStory], clustering: Clustering) -> list[ClusterStory]:
    """Stored stories with their vectors centred."""
    held = [story for story in known if story.vector is not None]
    if not held:
        return list(known)
    rows = np.stack([story.vector for story in held if story.vector is not None])
    moved = centred(rows, [story.language for story in held], clustering.means)
    vectors = {story.story_id: row for story, row in zip(held, moved, strict=True)}
    return [replace(story, vector=vectors.get(story.story_id)) for story in known]


def neighbours(
    workspace: Workspace,
    vectors: Mapping[int, Vectors],
    clustering: Clustering,
    since: dt.datetime,
    until: dt.datetime,
) -> set[int]:
    """Stored stories that are among the nearest of a new one, block by block so that memory stays small."""
    if not vectors or clustering.embedder is None:
        return set()
    ids, languages, stored = workspace.store.window_vectors(
        model=clustering.embedder.model, since=since, until=until, limit=MOST_VECTORS
    )
    found: set[int] = set()
    wanted = np.stack(list(vectors.values()))
    count = clustering.options.neighbours
    best = np.full((len(wanted), 0), 0.0, dtype=np.float32)
    places = np.full((len(wanted), 0), 0, dtype=np.int64)
    for start in range(0, len(ids), _BLOCK):
        block = stored[start : start + _BLOCK].astype(np.float32)
        rows = centred(block, languages[start : start + _BLOCK], clustering.means)
        best = np.concatenate([best, wanted @ rows.T], axis=1)
        here = np.broadcast_to(np.arange(start, start + len(rows)), (len(wanted), len(rows)))
        places = np.concatenate([places, here], axis=1)
        if best.shape[1] > count:
            kept = np.argpartition(-best, count - 1, axis=1)[:, :count]
            best = np.take_along_axis(best, kept, axis=1)
            places = np.take_along_axis(places, kept, axis=1)
    for column in places[best >= NEAR].tolist():
        found.add(ids[column])
    return found


def fold_stale(
    workspace: Workspace, lease: NamedLease | None = None, roots: Roots | None = None
) -> ClusterCounts:
    """Settle chains and ledger of every cluster that changed, then fold its sources.

    `roots`, by entry uid, are believed before those that the citations lead to.
    """
    folded = 0
    polled = cache(lambda: polled_names(workspace))
    while cluster_ids := workspace.store.stale_clusters(limit=FOLD_BATCH):
        found = workspace.store.appearances(cluster_ids)
        if not any(one.codes for rows in found.values() for one in rows):
            found = {cluster: _told_by(rows, workspace.config.languages) for cluster, rows in found.items()}
        ends = settle(workspace, found, polled=polled, lease=lease) | dict(roots or {})
        sources = [fold_sources(cluster, rows, ends) for cluster, rows in sorted(found.items())]
        workspace.store.save_sources(sources, now=workspace.clock(), lease=lease)
        folded += len(sources)
    return ClusterCounts(folded=folded)


def _told_by(rows: Sequence[Appearance], languages: tuple[str, ...]) -> list[Appearance]:
    """Entries of several outlets with their entities, where annotation did not look for them."""
    if len({one.outlet for one in rows}) < 2:
        return list(rows)
    return [replace(one, codes=_codes(one.title, one.lead, one.language, languages)) for one in rows]
