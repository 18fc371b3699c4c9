"""The stories and clusters of the window as the page shows them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from monitor.render.escape import anchor, bdi, link, one_line, shorten
from monitor.render.labels import Labels
from monitor.report.reading import Reading, listed, typed
from monitor.types.report import ReportData

Row = dict[Hashable, Any]
TITLE: Final = 220  # characters of a title that are shown
CARRIERS: Final = 24  # other outlets named under a story
CLUSTERS: Final = 60  # clusters listed


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """One story: its earliest entry, and who else carries it."""

    anchor: str
    title: Markup
    language: str
    topics: tuple[str, ...]
    meta: tuple[Markup | str, ...]
    iso: str
    time: str
    others: tuple[Markup, ...]
    others_more: int
    rank: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The stories under one topic, its strongest; `left_out` were too many to list."""

    topic: str
    name: str
    anchor: str
    stories: tuple[StoryCard, ...]
    total: str
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCard:
    """One happening across outlets and languages."""

    anchor: str
    title: Markup
    facts: tuple[str, ...]
    span: str
    rows: tuple[tuple[str, Markup, str, Markup], ...]
    folded: tuple[tuple[Markup, Markup, str], ...]


def present(value: object) -> bool:
    """Whether a cell holds anything."""
    return value is not None and value is not pd.NaT and value == value and value is not pd.NA  # noqa: PLR0124


def _title(row: Row, labels: Labels) -> str:
    for name in ("title", "lead"):
        text = one_line(row.get(name)) if present(row.get(name)) else ""
        if text:
            return shorten(text, TITLE)
    return labels.word("untitled")


def story_groups(
    data: ReportData, reading: Reading, topics: Sequence[str], labels: Labels
) -> tuple[Group, ...]:
    """Stories with a topic, each once under its strongest topic, the most carried first.

    The strongest topic has the highest score over the story's entries; ties go to the order of `topics`.
    """
    strengths: dict[int, dict[str, float]] = {}
    for row in reading.tags.to_dict("records"):
        scores = strengths.setdefault(int(row["story"]), {})
        scores[str(row["topic"])] = max(scores.get(str(row["topic"]), 0.0), float(row["score"]))
    order = {topic: place for place, topic in enumerate(topics)}
    ranked = {
        story: tuple(sorted(scores, key=lambda topic: (-scores[topic], order.get(topic, len(order)))))
        for story, scores in strengths.items()
    }
    cards: dict[str, list[StoryCard]] = {}
    for story, rows, peers in _stories(reading, set(ranked)):
        card = _card(story, rows, peers, ranked[story], labels)
        cards.setdefault(ranked[story][0], []).append(card)
    limit = max(1, data.options.max_stories)
    return tuple(
        _group(topic, sorted(cards[topic], key=lambda card: card.rank), limit, labels)
        for topic in sorted(cards, key=lambda topic: (order.get(topic, len(order)), topic))
    )


def _group(topic: str, cards: list[StoryCard], limit: int, labels: Labels) -> Group:
    return Group(
        topic=topic,
        name=labels.topic(topic),
        anchor=anchor("stories", topic),
        stories=tuple(cards[:limit]),
        total=labels.count("n_stories", len(cards)),
        left_out=max(0, len(cards) - limit),
    )


def _stories(reading: Reading, wanted: set[int]) -> Iterable[tuple[int, list[Row], list[Row]]]:
    """Each wanted story with its entries in order of time, and the entries of its cluster's other stories."""
    ordered = reading.entries.sort_values(["effective_at", "entry_id"], kind="stable")
    clusters = set(ordered.loc[ordered["story"].isin(wanted), "cluster_id"].dropna())
    rows = ordered[ordered["story"].isin(wanted) | ordered["cluster_id"].isin(clusters)]
    by_story: dict[int, list[Row]] = {}
    by_cluster: dict[int, list[Row]] = {}
    for row in rows.to_dict("records"):
        by_story.setdefault(int(row["story"]), []).append(row)
        if present(row["cluster_id"]):
            by_cluster.setdefault(int(row["cluster_id"]), []).append(row)
    for story in sorted(wanted & by_story.keys()):
        own = by_story[story]
        cluster = own[0]["cluster_id"]
        around = by_cluster.get(int(cluster), []) if present(cluster) else []
        yield story, own, [row for row in around if int(row["story"]) != story]


def _card(
    story: int, rows: list[Row], peers: list[Row], topics: tuple[str, ...], labels: Labels
) -> StoryCard:
    first = rows[0]
    language = str(first["language"] or "und")
    when = first["effective_at"].to_pydatetime()
    others = _others(first, [*rows[1:], *peers], labels)
    meta: list[Markup | str] = [bdi(first["outlet"]), labels.language_name(language)]
    if present(first["country"]):
        meta.insert(1, labels.country_name(first["country"]))
    return StoryCard(
        # a story that no grouping has seen yet is known by its entry
        anchor=anchor("story", story) if story > 0 else anchor("entry", first["uid"]),
        title=link(first["url"], _title(first, labels), language),
        language=language,
        topics=topics,
        meta=tuple(meta),
        iso=when.isoformat(),
        time=labels.datetime(when, zone=False),
        others=tuple(others[:CARRIERS]),
        others_more=max(0, len(others) - CARRIERS),
        rank=(-len(others), -when.timestamp(), float(story)),
    )


def _others(first: Row, rows: Iterable[Row], labels: Labels) -> list[Markup]:
    """One link for each further outlet and language, in order of time."""
    seen = {(first["outlet"], first["language"])}
    links: list[Markup] = []
    for row in rows:
        key = (row["outlet"], row["language"])
        if key in seen:
            continue
        seen.add(key)
        shown = link(row["url"], row["outlet"])
        if row["language"] != first["language"]:
            shown += Markup(' <span class="lang">{}</span>').format(labels.language_name(row["language"]))
        links.append(shown)
    return links


def cluster_cards(data: ReportData, reading: Reading, labels: Labels) -> tuple[tuple[ClusterCard, ...], int]:
    """Clusters with more than one story or outlet, the widest first, and how many were left out."""
    frame = typed(data.clusters)
    known = set(reading.entries["cluster_id"].dropna())
    frame = frame[frame["cluster_id"].isin(known) & ((frame["stories"] > 1) | (frame["outlets"] > 1))]
    frame = frame.sort_values(["outlets", "last_seen_at", "cluster_id"], ascending=[False, False, True])
    folds: dict[int, list[Row]] = {}
    for row in typed(data.cluster_sources).to_dict("records"):
        if present(row["cluster_id"]):
            folds.setdefault(int(row["cluster_id"]), []).append(row)
    ordered = reading.entries.sort_values(["effective_at", "entry_id"], kind="stable")
    shown = frame.head(CLUSTERS)
    members: dict[int, list[Row]] = {}
    for row in ordered[ordered["cluster_id"].isin(set(shown["cluster_id"]))].to_dict("records"):
        members.setdefault(int(row["cluster_id"]), []).append(row)
    cards = tuple(
        _cluster(row, members[int(row["cluster_id"])], folds.get(int(row["cluster_id"]), []), labels)
        for row in shown.to_dict("records")
    )
    return cards, max(0, len(frame) - CLUSTERS)


def _cluster(row: Row, members: list[Row], folds: list[Row], labels: Labels) -> ClusterCard:
    facts = [
        labels.count("n_outlets", int(row["outlets"]) if present(row["outlets"]) else 0),
        labels.count("n_languages", len(listed(row["languages"]))),
    ]
    if present(row["independent_sources"]):
        facts.append(labels.count("n_independent", int(row["independent_sources"])))
    if present(row["unresolved_sources"]) and int(row["unresolved_sources"]):
        facts.append(labels.count("n_unresolved", int(row["unresolved_sources"])))
    times = [row[name].to_pydatetime() for name in ("first_seen_at", "last_seen_at") if present(row[name])]
    language = next((m["language"] for m in members if m["title"] == row["title"]), "")
    return ClusterCard(
        anchor=anchor("cluster", row["cluster_id"]),
        title=bdi(shorten(row["title"], TITLE) or labels.word("untitled"), language),
        facts=tuple(facts),
        span=" – ".join(dict.fromkeys(labels.datetime(when, zone=False) for when in times)),
        rows=tuple(
            (
                labels.datetime(m["effective_at"].to_pydatetime(), zone=False),
                bdi(m["outlet"]),
                labels.language_name(m["language"]),
                link(m["url"], _title(m, labels), m["language"]),
            )
            for m in members
        ),
        folded=tuple(
            (bdi(fold["outlet"]), bdi(fold["folded_into"]), one_line(fold["reason"]))
            for fold in folds
            if fold["folded_into"]
        ),
    )
