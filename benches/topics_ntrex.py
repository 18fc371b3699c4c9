"""Do tags agree across languages? Each document of ../shared/data/ntrex against its English version.

    python -m benches.topics_ntrex

Micro-F1 of the topics of a document against those of its English version, over the documents tagged in either, for
each of the ten languages, with how many there are and the bootstrap interval over documents.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.config import Config
from monitor.config.model import LANGUAGES
from monitor.pipeline.analysers import AnnotatorPool, annotator_pool
from monitor.pipeline.scoring import Counted, compare, score
from monitor.pipeline.topics import tag_items

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "ntrex"
TARGET = 0.85


def tags(pool: AnnotatorPool, language: str) -> Mapping[str, tuple[str, ...]]:
    """The topics of each document, by its name."""
    lines = (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    items: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    found = tag_items(pool, items)
    return {str(item["document"]): topics for item, topics in zip(items, found, strict=True)}


def main() -> None:
    if not FOLDER.is_dir():
        sys.exit("skipped: ../shared/data/ntrex is not there")
    everything: list[Counted] = []
    with annotator_pool(Config()) as pool:
        print(f"taxonomy {pool.annotator.taxonomy.version[:12]}")
        english = tags(pool, "en")
        print(f"{len(english)} documents, {sum(map(bool, english.values()))} tagged in English")
        for language in (one for one in LANGUAGES if one != "en"):
            own = tags(pool, language)
            counted = [
                compare(english[name], own.get(name, ()))
                for name in sorted(english)
                if english[name] or own.get(name)
            ]
            everything += counted
            found = score(language, counted)
            verdict = "reached" if found.counted.f1 >= TARGET else "MISSED"
            print(f"{found.line}  (documents tagged in either: {found.items})  {verdict}")
    print(score("all", everything).line)


if __name__ == "__main__":
    main()
