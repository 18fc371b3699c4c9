"""Citations against the gold set, both halves: precision, recall and F1 with n and a bootstrap interval.

    python benches/citations_gold.py [--gold FILE.jsonl] [--languages]

Prints one JSON object a line. Target: F1 0.90 on half B.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benches.gold_scores import GOLD, Counts, half, items, predictions, report, scorer

TARGET = 0.90


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gold", type=Path, default=GOLD / "dev.jsonl")
    parser.add_argument("--languages", action="store_true", help="also by language")
    options = parser.parse_args()
    score = scorer()
    gold = [item for item in items(options.gold) if "cites_media" in item]
    said = predictions(gold)
    counts: dict[str, Counts] = {item["id"]: _counts(item, said[item["id"]], score) for item in gold}
    for name in ("A", "B"):
        mine = [item for item in gold if half(item["id"]) == name]
        print(
            json.dumps({"half": name, **report("citations", [counts[item["id"]] for item in mine], TARGET)})
        )
        for language in sorted({item["lang"] for item in mine}) if options.languages else ():
            some = [counts[item["id"]] for item in mine if item["lang"] == language]
            print(json.dumps({"half": name, "language": language, **report("citations", some)}))


def _counts(item: dict[str, Any], said: dict[str, Any], score: Any) -> Counts:
    want = {score.medium(name) for name in item["cites_media"]}
    got = {score.medium(name) for name in said["cites_media"]}
    return len(want & got), len(got), len(want)


if __name__ == "__main__":
    main()
