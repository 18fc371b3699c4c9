"""Claims against the gold set, both halves, and how many entries a second are read for citations and claims.

    python benches/claims_gold.py [--gold FILE.jsonl] [--languages] [--speed]

Prints one JSON object a line. Targets on half B: direction F1 0.75 with precision 0.85, full F1 0.60, denial recall
0.80; 1,000 entries a second on two cores for citations and claims together, 600 for the whole of annotation.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.gold_scores import GOLD, Counts, half, items, predictions, report, scorer
from monitor.annotate.annotator import Reader
from monitor.config import Config
from monitor.pipeline.analysers import build_annotator
from monitor.types.annotations import EntryText

TARGETS = {"direction": 0.75, "full": 0.60, "denials": 0.80}
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gold", type=Path, default=GOLD / "dev.jsonl")
    parser.add_argument("--languages", action="store_true", help="also by language")
    parser.add_argument("--speed", action="store_true", help="measure speed instead of quality")
    options = parser.parse_args()
    gold = [item for item in items(options.gold) if "claims" in item]
    if options.speed:
        print(json.dumps(_speed(gold)))
        return
    score = scorer()
    said = predictions(gold)
    counts = {item["id"]: _counts(item["claims"], said[item["id"]]["claims"], score) for item in gold}
    for name in ("A", "B"):
        mine = [item for item in gold if half(item["id"]) == name]
        for measure, target in TARGETS.items():
            row = report(measure, [counts[item["id"]][measure] for item in mine], target)
            print(json.dumps({"half": name, **row}))
        for language in sorted({item["lang"] for item in mine}) if options.languages else ():
            some = [counts[item["id"]]["direction"] for item in mine if item["lang"] == language]
            print(json.dumps({"half": name, "language": language, **report("direction", some)}))


def _counts(gold: list[dict[str, Any]], said: list[dict[str, Any]], score: Any) -> dict[str, Counts]:
    def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
        return bool(score.direction(one) == score.direction(other))

    denied = [claim for claim in gold if claim["status"] == "denied"]
    denials = [claim for claim in said if claim["status"] == "denied"]
    found = len(score.pair_up(denied, denials, same))
    return {
        "direction": (len(score.pair_up(gold, said, same)), len(said), len(gold)),
        "full": (len(score.pair_up(gold, said, score.full_match)), len(said), len(gold)),
        "denials": (found, found, len(denied)),
    }


def _speed(gold: list[dict[str, Any]]) -> dict[str, Any]:
    """Entries a second on one core, automata built before; `read` is citations and claims alone."""
    annotator = build_annotator(Config())
    reader = annotator._reader
    if not isinstance(reader, Reader):
        raise SystemExit("the annotator has no knowledge")
    texts = [
        EntryText(
            entry_id=1,
            revision_id=1,
            uid=item["id"],
            kind=item["kind"],
            title=item["title"],
            body=item["body"],
        )
        for item in gold
    ]
    scans = [(text, reader.scan(text, item["lang"])[1]) for text, item in zip(texts, gold, strict=True)]
    return {
        "entries": len(texts),
        "characters_mean": sum(len(text.title) + len(text.body) for text in texts) // len(texts),
        "read_per_second_core": _rate(len(texts), lambda: [reader.read(text, scan) for text, scan in scans]),
        "annotate_per_second_core": _rate(len(texts), lambda: [annotator.annotate(text) for text in texts]),
    }


def _rate(count: int, work: Callable[[], object]) -> int:
    work()
    started = time.perf_counter()
    for _ in range(ROUNDS):
        work()
    return round(ROUNDS * count / (time.perf_counter() - started))


if __name__ == "__main__":
    main()
