"""The stories and clusters of the window as the page shows them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
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
_ALONE: Final = -(10**12)  # keys below it are of stories that no cluster holds
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Stories of one cluster under one head; the first is in the reader's language where one is."""

    stories: tuple[StoryCard, ...]
    facts: str
    cluster: str


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
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    facts: tuple[str, ...]
    span: str
    rows: tuple[tuple[str, Markup, str, Markup], ...]
    folded: tuple[tuple[Markup, Markup, str], ...]
    chains: tuple[tuple[tuple[Markup, ...], str], ...] = ()


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
    stories; ties go to the order of `topics`. Only what is listed is written out, so that the page does
    not grow with the archive; left out are the stories with the topic that stand under no head.
    """
    order = {topic: place for place, topic in enumerate(topics)}
    strengths = _strengths(reading)
    ranked = _ranked(reading, strengths, order)
    wide = {int(row["cluster_id"]): row for row in _wide_clusters(data, reading).to_dict("records")}
    groups = []
    listed_with = _listed_with(ranked, strengths, max(1, data.options.max_stories))
    for topic in sorted(ranked, key=lambda topic: (order.get(topic, len(order)), topic)):
        places = ranked[topic]
        kept = _kept(places, max(1, data.options.max_stories))
        members = _members(reading, kept)
        happenings = tuple(
            _happening(key, members[key], strengths, wide.get(key), topic=topic, order=order, labels=labels)
            for key, _ in kept
        )
        total = reading.stories(topic)
        groups.append(
            Group(
                topic=topic,
                name=labels.topic(topic),
                anchor=anchor("stories", topic),
                happenings=happenings,
                total=labels.count("n_stories", total),
                left_out=max(0, total - listed_with.get(topic, 0)),
            )
        )
    return tuple(groups)


Place = tuple[int, tuple[int, ...]]  # a cluster (or minus a story that has none) and its stories


def _ranked(
    reading: Reading, strengths: dict[int, dict[str, float]], order: dict[str, int]
) -> dict[str, list[Place]]:
    """Topic to its happenings: by distinct outlets and languages, then the newest first."""
    rows = reading.entries[reading.entries["story"].isin(strengths.keys())]
    # a story and an entry that no story holds may have the same number: two places each
    alone = _ALONE - 2 * rows["story"].abs() - (rows["story"] < 0)
    keys = rows["cluster_id"].astype("Int64").fillna(alone).astype("int64")
    rows = rows.assign(key=keys, carrier=rows["outlet"].fillna("") + "\0" + rows["language"].fillna(""))
    sizes = rows.groupby("key").agg(carriers=("carrier", "nunique"), first=("effective_at", "min"))
    members: dict[int, dict[int, None]] = {}
    for key, story in zip(rows["key"], rows["story"], strict=True):
        members.setdefault(int(key), {})[int(story)] = None
    found: dict[str, list[Place]] = {}
    for key in sizes.sort_values(["carriers", "first"], ascending=[False, False], kind="stable").index:
        sums: dict[str, float] = {}
        for story in members[int(key)]:
            for topic, score in strengths[story].items():
                sums[topic] = sums.get(topic, 0.0) + score
        strongest = _by_strength(sums, order)[0]
        found.setdefault(strongest, []).append((int(key), tuple(members[int(key)])))
    return found


def _by_strength(scores: dict[str, float], order: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(scores, key=lambda topic: (-scores[topic], order.get(topic, len(order)), topic)))


def _listed_with(
    ranked: dict[str, list[Place]], strengths: dict[int, dict[str, float]], limit: int
) -> dict[str, int]:
    """Topic to how many of the stories that have it are listed, under whatever head."""
    shown = [story for places in ranked.values() for _, stories in _kept(places, limit) for story in stories]
    return Counter(topic for story in shown for topic in strengths[story])


def _kept(places: list[Place], limit: int) -> list[Place]:
    """The first happenings, until they hold `limit` stories."""
    kept: list[Place] = []
    stories = 0
    for place in places:
        if stories >= limit:
            break
        kept.append(place)
        stories += len(place[1])
    return kept


def _members(reading: Reading, kept: list[Place]) -> dict[int, dict[int, list[Row]]]:
    """Entries of the kept happenings in order of time, by happening and story."""
    key_of = {story: key for key, stories in kept for story in stories}
    rows = reading.entries[reading.entries["story"].isin(key_of.keys())]
    found: dict[int, dict[int, list[Row]]] = {}
    for row in rows.sort_values(["effective_at", "entry_id"], kind="stable").to_dict("records"):
        story = int(row["story"])
        found.setdefault(key_of[story], {}).setdefault(story, []).append(row)
    return found


def _strengths(reading: Reading) -> dict[int, dict[str, float]]:
    """Story to topic to the highest score over the story's entries."""
    best = reading.tags.groupby(["story", "topic"], as_index=False).agg({"score": "max"})
    strengths: dict[int, dict[str, float]] = {}
    for row in best.to_dict("records"):
        strengths.setdefault(int(row["story"]), {})[str(row["topic"])] = float(row["score"])
    return strengths


def _happening(
    key: int,
    members: dict[int, list[Row]],
    strengths: dict[int, dict[str, float]],
    cluster: Row | None,
    *,
    topic: str,
    order: dict[str, int],
    labels: Labels,
) -> Happening:
    cards = [
        _card(story, rows, _by_strength(strengths[story], order), labels) for story, rows in members.items()
    ]
    # with the head's topic first: a story tagged in passing only should not lead
    cards.sort(key=lambda card: (card.language != labels.language, topic not in card.topics, card.iso))
    lead, rest = cards[0], sorted(cards[1:], key=lambda card: card.iso)
    return Happening(
        stories=(lead, *rest),
        facts=" · ".join(_facts(cluster, labels)) if cluster is not None and len(cards) > 1 else "",
        cluster=anchor("cluster", key) if cluster is not None else "",
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
    cited = _by_cluster(data.chains)
    ordered = reading.entries.sort_values(["effective_at", "entry_id"], kind="stable")
    members = _by_cluster(ordered[ordered["cluster_id"].isin(set(shown["cluster_id"]))])
    strengths = _strengths(reading)
    cards = []
    for row in shown.to_dict("records"):
        told, folded = (rows.get(int(row["cluster_id"]), []) for rows in (members, folds))
        topics = {topic for member in told for topic in strengths.get(int(member["story"]), {})}
        chains = _chains(cited.get(int(row["cluster_id"]), []), labels)
        cards.append(replace(_cluster(row, told, folded, topics, labels), chains=chains))
    return tuple(cards), max(0, data.totals.get("clusters", len(frame)) - len(cards))


def _chains(rows: list[Row], labels: Labels) -> tuple[tuple[tuple[Markup, ...], str], ...]:
    """Each way that a report took, from who carries it to the root, and how it ends; a way that several took once."""
    found: dict[tuple[str, ...], str] = {}
    for row in rows:
        links = json.loads(row["chain"]) if isinstance(row["chain"], str) else row["chain"]
        path = (row["outlet"], *(link["outlet"] for link in links))
        found.setdefault(path, labels.either("chain", row["chain_state"]))
    return tuple((tuple(bdi(outlet) for outlet in path), end) for path, end in sorted(found.items()))


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


def _cluster(row: Row, members: list[Row], folds: list[Row], topics: set[str], labels: Labels) -> ClusterCard:
    times = [row[name].to_pydatetime() for name in ("first_seen_at", "last_seen_at") if present(row[name])]
    language = next((m["language"] for m in members if m["title"] == row["title"]), "")
    return ClusterCard(
        anchor=anchor("cluster", row["cluster_id"]),
        title=bdi(shorten(row["title"], TITLE) or labels.word("untitled"), language),
        topics=tuple(sorted(topics)),
        languages=tuple(
            sorted({str(member["language"]) for member in members if present(member["language"])})
        ),
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
