"""What a person sees of a cluster, and decides: under the lease of grouping, sources folded anew at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.errors import UsageError
from monitor.group.origin import timeline
from monitor.pipeline.clustering import fold_stale
from monitor.pipeline.workspace import Workspace
from monitor.types.clusters import SourceRow

T = TypeVar("T")
LEASE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story of a cluster, and why it is there. `why` names what it shares with story `other`."""

    story_id: int
    language: str
    title: str
    rule: str
    score: float
    other: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """An entry with the time by which it was there; `doubt` where its own date was not believed."""

    at: dt.datetime
    outlet: str
    story_id: int
    doubt: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLine:
    """Whom an outlet cites, to the root; `state` as in `report_citations`."""

    outlet: str
    links: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """A cluster for a person."""

    cluster_id: int
    title: str
    independent: int
    unresolved: int
    stories: tuple[StoryLine, ...]
    timeline: tuple[TimeLine, ...]
    sources: tuple[SourceRow, ...]
    chains: tuple[ChainLine, ...]


_CITED = """\
SELECT DISTINCT c.outlet, c.chain, c.chain_state
  FROM report_citations c JOIN report_entries e ON e.entry_id = c.entry_id
 WHERE e.cluster_id = :cluster AND c.kind = 'media' AND c.chain_state IS NOT NULL
   AND COALESCE(c.decision, '') <> 'rejected' ORDER BY c.outlet, c.chain"""


def cluster_view(workspace: Workspace, cluster_id: int) -> ClusterView:
    """Everything known of a cluster. UsageError where there is none of that id."""
    store = workspace.store
    cluster = store.final_cluster(cluster_id)
    found = store.appearances([cluster])[cluster]
    if not found:
        raise UsageError(
            f"there is no cluster {cluster_id}", hint="`report_clusters` lists them with their ids"
        )
    told = timeline(found)
    titles: dict[int, tuple[str, str]] = {}
    for one in told:
        titles.setdefault(one.appearance.story_id, (one.appearance.language, one.appearance.title))
    evidence = store.cluster_evidence(cluster)
    head = store.frame("select * from report_clusters where cluster_id = :cluster", {"cluster": cluster})
    folds = store.frame(
        "select * from report_cluster_sources where cluster_id = :cluster", {"cluster": cluster}
    )
    return ClusterView(
        cluster_id=cluster,
        title=told[0].appearance.title,
        independent=_count(head["independent_sources"].iloc[0]),
        unresolved=_count(head["unresolved_sources"].iloc[0]),
        stories=tuple(
            StoryLine(
                story_id=story, language=language, title=title, rule=row.rule, score=row.score,
                other=row.other_story_id, why=row.why,
            )
            for story, (language, title) in titles.items()
            for row in (evidence[story],)
        ),
        timeline=tuple(
            TimeLine(
                at=one.at, outlet=one.appearance.outlet, story_id=one.appearance.story_id, doubt=one.doubt,
                url=one.appearance.url,
            )
            for one in told
        ),
        sources=tuple(
            SourceRow(
                outlet=row["outlet"], folded_into=row["folded_into"], reason=row["reason"],
                entry_uids=tuple(json.loads(row["entry_uids"])),
            )
            for row in folds.to_dict("records")
        ),
        chains=tuple(
            ChainLine(
                outlet=row["outlet"], links=tuple(link["outlet"] for link in json.loads(row["chain"])),
                state=row["chain_state"],
            )
            for row in store.frame(_CITED, {"cluster": cluster}).to_dict("records")
        ),
    )  # fmt: skip


def _count(value: Any) -> int:
    """A count that is null until sources have been folded."""
    return 0 if value is None or value != value else int(value)  # noqa: PLR0124 -- NaN is not itself


def split_cluster(
    workspace: Workspace, cluster_id: int, story_ids: Sequence[int], *, who: str, reason: str
) -> tuple[int, int]:
    """Part stories from their cluster; (their cluster, the rest's)."""
    return _decided(
        workspace,
        lambda: workspace.store.split_cluster(
            cluster_id, story_ids, who=who, reason=reason, now=workspace.clock()
        ),
    )


def merge_clusters(workspace: Workspace, cluster_ids: Sequence[int], *, who: str, reason: str) -> int:
    """Make clusters one; its id."""
    return _decided(
        workspace,
        lambda: workspace.store.merge_clusters(cluster_ids, who=who, reason=reason, now=workspace.clock()),
    )


def _decided(workspace: Workspace, work: Callable[[], T]) -> T:
    store = workspace.store
    lease = store.lease_named("group", owner=workspace.owner, now=workspace.clock(), lease_for=LEASE)
    if lease is None:
        raise UsageError("grouping is at work just now", hint="try again in a moment")
    try:
        result = work()
        fold_stale(workspace, lease)
    finally:
        store.release_named(lease)
    return result
