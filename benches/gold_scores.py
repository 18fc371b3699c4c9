"""What the benches of citations and claims share: halves of the gold set, scores by its own scorer, intervals."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from monitor.annotate.annotator import Annotator
from monitor.config import Config
from monitor.pipeline.analysers import build_annotator
from monitor.pipeline.files import annotation_json
from monitor.types.annotations import EntryText

GOLD = Path(__file__).resolve().parents[2] / "shared" / "gold"
RESAMPLES = 1_000
Counts = tuple[int, int, int]
"""Hits, predicted, gold."""


def scorer() -> ModuleType:
    """The gold set's own scorer, so that definitions cannot drift."""
    spec = importlib.util.spec_from_file_location("gold_score", GOLD / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{GOLD} is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def half(key: str) -> str:
    """A where the SHA-256 of the id is even: rules are written looking at A, B counts."""
    return "B" if int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2 else "A"


def items(path: Path) -> list[dict[str, Any]]:
    """The labelled items of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def predictions(gold: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the annotator says of each item, as `monitor annotate` would write it."""
    annotator = build_annotator(Config())
    return {item["id"]: _said(annotator, number, item) for number, item in enumerate(gold, start=1)}


def _said(annotator: Annotator, number: int, item: dict[str, Any]) -> dict[str, Any]:
    text = EntryText(
        entry_id=number, revision_id=number, uid=item["id"], kind=item["kind"], title=item["title"],
        body=item["body"], outlet=item.get("outlet", ""), language_hint=item.get("lang"),
    )  # fmt: skip
    return annotation_json(annotator.annotate(text))


def rates(counts: Sequence[Counts]) -> tuple[float, float, float]:
    """Precision, recall, F1 of summed counts; 1 where there is nothing to find and nothing found."""
    hit, predicted, gold = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    precision = hit / predicted if predicted else float(not gold)
    recall = hit / gold if gold else float(not predicted)
    return precision, recall, 2 * hit / (predicted + gold) if predicted + gold else 1.0


def report(name: str, counts: Sequence[Counts], target: float | None = None) -> dict[str, Any]:
    """Scores with n and a 95 % bootstrap interval of F1 over items."""
    chance = random.Random(7)
    drawn = (
        sorted(rates(chance.choices(counts, k=len(counts)))[2] for _ in range(RESAMPLES)) if counts else [0.0]
    )
    precision, recall, f1 = rates(counts)
    row: dict[str, Any] = {
        "measure": name,
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
        "interval": [
            round(drawn[int(0.025 * len(drawn))], 3),
            round(drawn[int(0.975 * (len(drawn) - 1))], 3),
        ],
        "n": sum(count[2] for count in counts),
        "items": len(counts),
    }
    if target is not None:
        row["target"] = target
    return row
