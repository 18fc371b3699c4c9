"""analyse: annotate what is pending, then group what is annotated. Batches; each can be repeated.

    pending texts -> annotate -> [annotations] -> pending stories -> fingerprint -> candidates -> decide -> [stories]

Several runs at once annotate different shares; one groups at a time. Both by leased rows with fencing numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from monitor.annotate.topics import OVER_WORK
from monitor.group.fingerprint import fingerprints
from monitor.group.learning import learn
from monitor.group.stories import decide
from monitor.pipeline.analysers import AnnotatorPool, annotator_pool
from monitor.pipeline.capture import capture_pending
from monitor.pipeline.clustering import Clustering, cluster_pending
from monitor.pipeline.model_claims import ModelClaims
from monitor.pipeline.rollups import refresh_rollups
from monitor.pipeline.sharing import leased_texts
from monitor.pipeline.watchlists import Watch
from monitor.pipeline.workspace import Workspace, recorded
from monitor.types.annotations import Annotation, EntryText
from monitor.types.entries import Issue
from monitor.types.grouping import StoryOptions
from monitor.types.results import AnalyseResult

#: Texts annotated and stored at once; bounds memory, and what a kill can cost.
ANNOTATE_BATCH = 2_000
#: Entries grouped at once.
GROUP_BATCH = 1_000
#: After so many new entries the database's statistics are made anew (PostgreSQL plans badly without).
WORTH_OPTIMISING = 1_000
#: Entries whose index rows are forgotten in one transaction, and how many such a run: more than it is likely to bring.
PRUNE_BATCH, PRUNE_ROUNDS = 2_000, 10
#: How much longer than its window an index row is kept: copies come late, clocks differ.
KEPT_LONGER = dt.timedelta(days=1)
#: How long a grouping run may hold its lease before another may take over.
GROUP_LEASE = dt.timedelta(minutes=5)


def analyse(workspace: Workspace, *, since: dt.datetime | None = None) -> AnalyseResult:
    """Annotate and group all that is pending (observed since `since`, where given)."""
    with recorded(workspace, "analyse") as counts:
        with annotator_pool(workspace.config) as pool:
            result = annotate_pending(workspace, pool, since=since)
        capture_pending(workspace)
        result += group_pending(workspace)
        counts |= {"annotated": result.annotated, "tagged": result.tagged, "stories": result.stories_new}
        if result.annotated >= WORTH_OPTIMISING:
            workspace.store.optimise()
        refresh_rollups(workspace.store)
    return result


def annotate_pending(
    workspace: Workspace, pool: AnnotatorPool, *, since: dt.datetime | None = None
) -> AnalyseResult:
    """Annotate every text that waits and that no other worker is at (`sharing`)."""
    result = AnalyseResult()
    taxonomy = pool.annotator.taxonomy
    workspace.store.save_taxonomy(
        taxonomy.version, {"topics": list(taxonomy.taxonomy.slugs)}, now=workspace.clock()
    )
    watch, model = Watch(workspace), ModelClaims(workspace)
    for lease, texts in leased_texts(workspace, since=since, limit=ANNOTATE_BATCH):
        annotations = list(pool.annotate(texts, more_to_come=len(texts) == ANNOTATE_BATCH))
        workspace.store.save_annotations(annotations, now=workspace.clock(), lease=lease)
        report_overwork(workspace, texts, annotations)
        watch.look(texts)
        model.look(texts, annotations)
        topics = Counter(topic for annotation in annotations for topic in annotation.accepted)
        result += AnalyseResult(
            annotated=len(annotations),
            tagged=sum(1 for annotation in annotations if annotation.accepted),
            by_topic=dict(topics),
        )
    return result


def report_overwork(
    workspace: Workspace, texts: Sequence[EntryText], annotations: Sequence[Annotation]
) -> None:
    """Topics that were off in a text because their terms occur too often become an issue for a person."""
    for text, annotation in zip(texts, annotations, strict=True):
        off = [tag.topic for tag in annotation.topics if tag.rules == (OVER_WORK,)]
        if off:
            detail = f"{', '.join(off)}: not judged in {text.uid}, a term matches too often; run: monitor topics check"
            workspace.store.record_issues(
                [Issue(code="topic_over_work", detail=detail)], now=workspace.clock()
            )


def group_pending(
    workspace: Workspace, options: StoryOptions | None = None, clustering: Clustering | None = None
) -> AnalyseResult:
    """Place every annotated entry in a story, and every story in a cluster.

    Returns zero counts where another run holds the lease.
    """
    store, options = workspace.store, options or StoryOptions()
    lease = store.lease_named("group", owner=workspace.owner, now=workspace.clock(), lease_for=GROUP_LEASE)
    if lease is None:
        return AnalyseResult()
    new = joined = 0
    try:
        while items := store.pending_stories(limit=GROUP_BATCH):
            prints = fingerprints(items, options)
            first, last = min(i.effective_at for i in items), max(i.effective_at for i in items)
            candidates = store.candidates(
                keys=sorted({key for one in prints for key in one.keys}),
                bands=sorted({band for one in prints for band in one.bands}),
                since=first - options.key_window,
                until=last + options.key_window,
                bands_since=first - options.window,
            )
            known = store.feed_lines({item.feed_id for item in items})
            counts = store.save_stories(
                items,
                prints,
                decide(items, prints, candidates, options),
                now=workspace.clock(),
                lease=lease,
                lines=learn(items, prints, known),
            )
            new, joined = new + counts.new, joined + counts.joined
        clustered = cluster_pending(workspace, lease, clustering)
        prune_index(workspace, options)
    finally:
        store.release_named(lease)
    return AnalyseResult(stories_new=new, stories_joined=joined, clusters_joined=clustered.joined)


def prune_index(workspace: Workspace, options: StoryOptions) -> None:
    """Forget index rows beyond the windows of grouping, a bounded number a run."""
    store, now = workspace.store, workspace.clock()
    for _ in range(PRUNE_ROUNDS):
        bands = store.prune_bands(before=now - options.window - KEPT_LONGER, now=now, limit=PRUNE_BATCH)
        prints = store.prune_fingerprints(before=now - options.key_window - KEPT_LONGER, limit=PRUNE_BATCH)
        if max(bands, prints) < PRUNE_BATCH:
            return
