"""What the demo's database says, and how it differs from the truth that was written before any rule."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from monitor.demo.news import all_entries, outlets
from monitor.demo.telegram import channel
from monitor.store import Store
from monitor.text.urls import canonical_url

Truth = Mapping[str, Any]


@dataclass(frozen=True)
class Observed:
    """One entry as the database holds it."""

    language: str
    topics: frozenset[str]
    story: int
    title: str
    cluster: int = 0


def observe(store: Store, base: str) -> dict[str, Observed]:
    """The stored entries by the id that the newsroom gives them."""
    frame = store.frame(
        "select entry_id, outlet, url, title, language, story_id, cluster_id from report_entries"
    )
    tagged = store.frame("select entry_id, topic from report_topics where accepted")
    topics: dict[int, set[str]] = defaultdict(set)
    for row in tagged.itertuples():
        topics[row.entry_id].add(row.topic)
    ids = _ids(base)
    return {
        ids[(row.outlet, row.url)]: Observed(
            language=row.language,
            topics=frozenset(topics[row.entry_id]),
            story=row.story_id,
            title=row.title,
            cluster=row.cluster_id,
        )
        for row in frame.itertuples()
    }


def names_by_entry(store: Store, base: str) -> dict[int, str]:
    """The newsroom's id of each stored entry."""
    ids = _ids(base)
    frame = store.frame("select entry_id, outlet, url from report_entries")
    return {row.entry_id: ids[(row.outlet, row.url)] for row in frame.itertuples()}


def cluster_of(truth: Truth, observed: Mapping[str, Observed]) -> dict[str, int]:
    """Each truth cluster's stored one: where most of its entries are."""
    places: dict[str, Counter[int]] = defaultdict(Counter)
    for name, entry in truth["entries"].items():
        places[entry["cluster"]][observed[name].cluster] += 1
    return {name: count.most_common(1)[0][0] for name, count in places.items()}


def _ids(base: str) -> dict[tuple[str, str | None], str]:
    names = {outlet.slug: outlet.name for outlet in outlets()}
    ids = {(names[entry.outlet], canonical_url(base + entry.url)): entry.id for entry in all_entries()}
    posts = channel()
    return ids | {(posts.outlet["name"], posts.url(post)): post.id for post in posts.posts}


def differences(truth: Truth, observed: Mapping[str, Observed]) -> dict[str, list[str]]:
    """Each kind of difference, as lines a person can act on; empty lists where all is as it should be."""
    entries = truth["entries"]
    found: dict[str, list[str]] = {"missing": [], "language": [], "topics": [], "stories": [], "clusters": []}
    for name in sorted(set(entries) ^ set(observed)):
        found["missing"].append(f"{name} is {'in the truth' if name in entries else 'stored'} only")
    for name in sorted(set(entries) & set(observed)):
        wanted, got = entries[name], observed[name]
        if wanted["language"] != got.language:
            found["language"].append(f"{name}: {wanted['language']} wanted, {got.language} got ({got.title})")
        lacking, surplus = topic_difference(wanted, got.topics)
        if lacking or surplus:
            found["topics"].append(
                f"{name}: lacks {sorted(lacking)}, too much {sorted(surplus)} ({got.title})"
            )
    found["stories"] = _group_differences(entries, observed, "story")
    found["clusters"] = _group_differences(entries, observed, "cluster")
    return found


def topic_difference(wanted: Truth, got: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Topics that are lacking, and those too many. Optional ones count neither way."""
    sure, optional = frozenset(wanted["topics"]), frozenset(wanted.get("topics_optional") or ())
    return sure - got, got - sure - optional


def _group_differences(entries: Truth, observed: Mapping[str, Observed], kind: str) -> list[str]:
    """Stories or clusters of the truth that are torn apart, and stored ones that hold two."""
    lines = []
    parts: dict[str, set[int]] = defaultdict(set)
    holds: dict[int, set[str]] = defaultdict(set)
    for name in set(entries) & set(observed):
        group = getattr(observed[name], kind)
        parts[entries[name][kind]].add(group)
        holds[group].add(entries[name][kind])
    for story, ids in sorted(parts.items()):
        if len(ids) > 1:
            lines.append(f"{story} is torn into {len(ids)}")
    for ids_of in sorted(sorted(names) for names in holds.values() if len(names) > 1):
        lines.append(f"one {kind} holds {', '.join(ids_of)}")
    return lines


def topic_f1(truth: Truth, observed: Mapping[str, Observed]) -> tuple[float, int]:
    """Micro F1 over (entry, topic), and the number of pairs in the truth."""
    right = wrong = total = 0
    for name, wanted in truth["entries"].items():
        lacking, surplus = topic_difference(wanted, observed[name].topics)
        right += len(wanted["topics"]) - len(lacking)
        wrong += len(lacking) + len(surplus)
        total += len(wanted["topics"])
    return 2 * right / (2 * right + wrong), total


@dataclass(frozen=True)
class PairScore:
    """How well pairs of entries are together: of those put together, of those that belong together."""

    precision: float
    recall: float
    pairs: int


def cluster_pairs(truth: Truth, observed: Mapping[str, Observed]) -> PairScore:
    """Pairs of entries in one cluster against the truth's, each pair counted once."""
    right = found = wanted = 0
    for one, two in combinations(sorted(truth["entries"]), 2):
        belong = truth["entries"][one]["cluster"] == truth["entries"][two]["cluster"]
        together = observed[one].cluster == observed[two].cluster
        right += belong and together
        found += together
        wanted += belong
    return PairScore(right / found, right / wanted, wanted)


def source_differences(truth: Truth, observed: Mapping[str, Observed], store: Store) -> list[str]:
    """Clusters whose number of sources is not the truth's: each truth cluster by where most of its entries are."""
    clusters = store.frame("report_clusters").set_index("cluster_id")
    places = cluster_of(truth, observed)
    lines = []
    for name, wanted in sorted(truth["clusters"].items()):
        row = clusters.loc[places[name]]
        got = (int(row["independent_sources"]), int(row["unresolved_sources"]))
        if got != (wanted["independent_sources"], wanted["unresolved"]):
            lines.append(f"{name}: {wanted['independent_sources']}, {wanted['unresolved']} wanted, {got} got")
    return lines


def listed(value: object) -> list[str]:
    """A list column of a view: sorted JSON text."""
    return list(json.loads(value)) if isinstance(value, str) else []
