"""Heavy rewrites and excerpts of the simulated newsroom: do they stand in one cluster with what they are of?

    python -m benches.clusters_newsroom [--embedder none] [--seed 21] [--feeds 40] [--ticks 1] [--missed N]

Feeds are read with feedparser; stories and clusters are made as `monitor group` does. With an embedder only
the items of true stories that have a rewrite or an excerpt are taken, with as many others: embedding is slow. A pair
counts as right where the newsroom says it is one story. Prints one JSON object: recall by level, precision of pairs.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from benches.cluster_data import LANGUAGES
from benches.stories_newsroom import COUNTED, NEWSROOM, free_port, gather, newsroom, to_items
from monitor.embed.backends import make_embedder
from monitor.embed.means import shipped_means
from monitor.group.files import group_items
from monitor.pipeline.cluster_files import evidence_maker, vector_maker
from monitor.pipeline.clustering import Clustering

HARD = ("excerpt", "heavy")
Told = tuple[dict[str, Any], str, dict[str, Any]]
"""What was read, the cluster, what the newsroom says of it."""


def around(rows: Sequence[dict[str, Any]], truth: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The items of stories that have a hard copy, and as many others."""
    hard = {item["story"] for item in truth.values() if item["level"] in HARD}
    known = [row for row in rows if row["guid"] in truth]
    chosen = [row for row in known if truth[row["guid"]]["story"] in hard]
    others = [row for row in known if truth[row["guid"]]["story"] not in hard]
    return chosen + others[: len(chosen)]


def report(told: Sequence[Told]) -> dict[str, Any]:
    """Recall of pairs by their harder level, and precision of all pairs that are together."""
    stories: dict[str, list[Told]] = defaultdict(list)
    clusters: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        stories[one[2]["story"]].append(one)
        clusters[one[1]].append(one)
    found: Counter[tuple[str, bool]] = Counter()
    for group in stories.values():
        for a, b in combinations(group, 2):
            found[level_of(a, b), a[1] == b[1]] += 1
    right = [a[2]["story"] == b[2]["story"] for group in clusters.values() for a, b in combinations(group, 2)]
    return {
        "entries": len(told),
        "together": {
            level: f"{found[level, True]} of {found[level, True] + found[level, False]}"
            for level in ("light or better", *HARD)
        },
        "precision": round(sum(right) / max(1, len(right)), 4),
        "pairs_together": len(right),
    }


def level_of(a: Told, b: Told) -> str:
    """The harder of two levels."""
    levels = {a[2]["level"], b[2]["level"]}
    return next((level for level in reversed(HARD) if level in levels), "light or better")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="none")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--ticks", type=int, default=1)
    parser.add_argument("--missed", type=int, default=0, help="print this many hard pairs that are apart")
    options = parser.parse_args()
    if not NEWSROOM.exists():
        raise SystemExit(f"{NEWSROOM} is absent")
    with newsroom(NEWSROOM, free_port(), options.feeds, options.seed) as base:
        rows, answer = gather(base, options.ticks)
    truth = {item["guid"]: item for item in answer["items"].values()}
    embedder = make_embedder(options.embedder)
    if embedder is not None:
        rows = around(rows, truth)
    clustering = Clustering(embedder=embedder, means=shipped_means(embedder.model) if embedder else None)
    items = to_items(rows)
    placed = group_items(items, evidence=evidence_maker(LANGUAGES), vectors=vector_maker(clustering))
    told = [
        (row, placed[item.uid][1], truth[row["guid"]])
        for row, item in zip(rows, items, strict=True)
        if row["guid"] in truth
    ]
    head = {"embedder": embedder.model if embedder else "none", "seed": options.seed, "counted": COUNTED}
    print(json.dumps(head | report(told), indent=1))
    apart = [
        (a, b)
        for a, b in combinations(told, 2)
        if a[2]["story"] == b[2]["story"] and a[1] != b[1] and level_of(a, b) in HARD
    ]
    for pair in apart[: options.missed]:
        for row, _, item in pair:
            print(f"  {item['lang']} {item['level']}", repr(row["title"]), repr(row["body"][:300]))
        print()


if __name__ == "__main__":
    main()
