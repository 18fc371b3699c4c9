"""The stories and clusters of the window as the page shows them."""

from __future__ import annotations

import datetime as dt
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
class Happening:
    """Stories of one cluster under one head; the first is in the reader's language where one is."""

    stories: tuple[StoryCard, ...]
    facts: str
    cluster: str
    rank: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The happenings under one topic, their strongest; `left_out` stories were too many to list."""

    topic: str
    name: str
    anchor: str
    happenings: tuple[Happening, ...]
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
    """Stories with a topic, those of one cluster together, the most carried first.

    A happening stands once, under its strongest topic: the one with the highest sum of scores over its
    stories; ties go to the order of `topics`.
    """
    order = {topic: place for place, topic in enumerate(topics)}
    strengths = _strengths(reading)
    shown = {int(row["cluster_id"]): row for row in _wide_clusters(data, reading).to_dict("records")}
    groups: dict[str, list[Happening]] = {}
    for key, members in _happenings(reading, set(strengths)).items():
        ranked = {
            story: tuple(
                sorted(strengths[story], key=lambda t: (-strengths[story][t], order.get(t, len(order))))
            )
            for story in members
        }
        sums: dict[str, float] = {}
        for story in members:
            for topic, score in strengths[story].items():
                sums[topic] = sums.get(topic, 0.0) + score
        strongest = min(sums, key=lambda t: (-sums[t], order.get(t, len(order))))
        cards = [_card(story, rows, ranked[story], labels) for story, rows in members.items()]
        groups.setdefault(strongest, []).append(_happening(cards, shown.get(key), strongest, labels))
    limit = max(1, data.options.max_stories)
    return tuple(
        _group(topic, sorted(groups[topic], key=lambda item: item.rank), limit, labels)
        for topic in sorted(groups, key=lambda topic: (order.get(topic, len(order)), topic))
    )


def _strengths(reading: Reading) -> dict[int, dict[str, float]]:
    """Story to topic to the highest score over the story's entries."""
    best = reading.tags.groupby(["story", "topic"], as_index=False).agg({"score": "max"})
    strengths: dict[int, dict[str, float]] = {}
    for row in best.to_dict("records"):
        strengths.setdefault(int(row["story"]), {})[str(row["topic"])] = float(row["score"])
    return strengths


def _happenings(reading: Reading, wanted: set[int]) -> dict[int, dict[int, list[Row]]]:
    """Wanted stories with their entries in order of time, by cluster (or minus the story where it has none)."""
    ordered = reading.entries.sort_values(["effective_at", "entry_id"], kind="stable")
    found: dict[int, dict[int, list[Row]]] = {}
    for row in ordered[ordered["story"].isin(wanted)].to_dict("records"):
        story = int(row["story"])
        key = int(row["cluster_id"]) if present(row["cluster_id"]) else -abs(story) - (story < 0) * 10**15
        found.setdefault(key, {}).setdefault(story, []).append(row)
    return found


def _happening(cards: list[StoryCard], cluster: Row | None, topic: str, labels: Labels) -> Happening:
    # with the head's topic first: a story tagged in passing only should not lead
    cards.sort(key=lambda card: (card.language != labels.language, topic not in card.topics, card.iso))
    lead, rest = cards[0], sorted(cards[1:], key=lambda card: card.iso)
    carried = len(cards) + sum(len(card.others) + card.others_more for card in cards)
    return Happening(
        stories=(lead, *rest),
        facts=" · ".join(_facts(cluster, labels)) if cluster is not None and len(cards) > 1 else "",
        cluster=anchor("cluster", cluster["cluster_id"]) if cluster is not None else "",
        rank=(-carried, *max(card.rank for card in cards)),
    )


def _group(topic: str, happenings: list[Happening], limit: int, labels: Labels) -> Group:
    total = sum(len(item.stories) for item in happenings)
    kept: list[Happening] = []
    listed_stories = 0
    for item in happenings:
        if listed_stories >= limit:
            break
        kept.append(item)
        listed_stories += len(item.stories)
    return Group(
        topic=topic,
        name=labels.topic(topic),
        anchor=anchor("stories", topic),
        happenings=tuple(kept),
        total=labels.count("n_stories", total),
        left_out=total - listed_stories,
    )


def _card(story: int, rows: list[Row], topics: tuple[str, ...], labels: Labels) -> StoryCard:
    first = rows[0]
    language = str(first["language"] or "und")
    when = first["effective_at"].to_pydatetime()
    others = _others(first, rows[1:], labels)
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
        rank=(-when.timestamp(), float(story)),
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


def _wide_clusters(data: ReportData, reading: Reading) -> pd.DataFrame:
    """Clusters of the window with more than one story or outlet, the widest first."""
    frame = typed(data.clusters)
    known = set(reading.entries["cluster_id"].dropna())
    frame = frame[frame["cluster_id"].isin(known) & ((frame["stories"] > 1) | (frame["outlets"] > 1))]
    return frame.sort_values(["outlets", "last_seen_at", "cluster_id"], ascending=[False, False, True])


def _facts(row: Row, labels: Labels) -> list[str]:
    facts = [
        labels.count("n_outlets", int(row["outlets"]) if present(row["outlets"]) else 0),
        labels.count("n_languages", len(listed(row["languages"]))),
    ]
    if present(row["independent_sources"]):
        facts.append(labels.count("n_independent", int(row["independent_sources"])))
    if present(row["unresolved_sources"]) and int(row["unresolved_sources"]):
        facts.append(labels.count("n_unresolved", int(row["unresolved_sources"])))
    return facts


def cluster_cards(data: ReportData, reading: Reading, labels: Labels) -> tuple[tuple[ClusterCard, ...], int]:
    """Clusters with more than one story or outlet, the widest first, and how many were left out."""
    frame = _wide_clusters(data, reading)
    shown = frame.head(CLUSTERS)
    folds = _by_cluster(typed(data.cluster_sources))
    ordered = reading.entries.sort_values(["effective_at", "entry_id"], kind="stable")
    members = _by_cluster(ordered[ordered["cluster_id"].isin(set(shown["cluster_id"]))])
    cards = tuple(
        _cluster(row, members[int(row["cluster_id"])], folds.get(int(row["cluster_id"]), []), labels)
        for row in shown.to_dict("records")
    )
    return cards, max(0, len(frame) - CLUSTERS)


def _span(times: list[dt.datetime], labels: Labels) -> str:
    written = list(dict.fromkeys(labels.datetime(when, zone=False) for when in times))
    if len(written) == 2 and labels.local(times[0]).date() == labels.local(times[1]).date():
        return f"{written[0]}–{labels.time(times[1])}"
    return " – ".join(written)


def _by_cluster(frame: pd.DataFrame) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in frame.to_dict("records"):
        if present(row["cluster_id"]):
            found.setdefault(int(row["cluster_id"]), []).append(row)
    return found


def _cluster(row: Row, members: list[Row], folds: list[Row], labels: Labels) -> ClusterCard:
    times = [row[name].to_pydatetime() for name in ("first_seen_at", "last_seen_at") if present(row[name])]
    language = next((m["language"] for m in members if m["title"] == row["title"]), "")
    return ClusterCard(
        anchor=anchor("cluster", row["cluster_id"]),
        title=bdi(shorten(row["title"], TITLE) or labels.word("untitled"), language),
        facts=tuple(_facts(row, labels)),
        span=_span(times, labels),
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
