"""The second opinion: rules alone, classifier alone, both; halves A and B, authored items.

    python -m benches.second_opinion

The classifier was trained on benches/gold/training.jsonl only. Its thresholds (monitor/group/opinion.py) were chosen on
half A and on benches/gold/topics.jsonl. Real posts of channels are left out: no model may see them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benches.topics_gold import SETS, half
from monitor.config import Config
from monitor.group.opinion import accepted
from monitor.pipeline.analysers import annotator_pool
from monitor.pipeline.clustering import clustering_of
from monitor.pipeline.scoring import compare, score
from monitor.pipeline.second_opinion import second_opinions
from monitor.pipeline.topics import read_gold
from monitor.types.annotations import EntryText
from monitor.types.opinions import Opinion

#: Probability from which the classifier alone would tag.
ALONE = 0.3


def measure(name: str, items: Sequence[Mapping[str, Any]], path: Path) -> None:
    config = Config()
    clustering = clustering_of(config)
    weights = clustering.opinion
    if weights is None:
        sys.exit("skipped: no embedder, or no weights for its model")
    texts = [
        EntryText(entry_id=n, revision_id=n, uid=str(n), kind="rss", title=item["title"], body=item["body"])
        for n, item in enumerate(items)
    ]
    with annotator_pool(config) as pool:
        annotations = list(pool.annotate(texts))
    opinions = second_opinions(texts, annotations, clustering, weights, everything=True)
    given: dict[str, list[tuple[str, ...]]] = {
        "rules alone": [one.accepted for one in annotations],
        "classifier alone": [alone(one) for one in opinions],
        "both": [accepted(one or ()) for one in opinions],
    }
    print(f"\n{name} ({path.name})")
    for part in ("both halves", "half A", "half B"):
        chosen = [
            n for n, item in enumerate(items) if part == "both halves" or half(str(item["id"])) == part[-1]
        ]
        for way, tags in given.items():
            counted = [
                compare(items[n]["topics"], tags[n], items[n].get("topics_optional", ())) for n in chosen
            ]
            print(score(f"{part}, {way}", counted).line)


def alone(opinions: tuple[Opinion, ...] | None) -> tuple[str, ...]:
    return tuple(one.topic for one in opinions or () if one.classifier >= ALONE)


def main() -> None:
    for path in SETS:
        if not path.exists():
            print(f"{path.name}: skipped, it is not there")
            continue
        measure("authored", [item for item in read_gold(path) if item.get("origin") == "authored"], path)


if __name__ == "__main__":
    main()
