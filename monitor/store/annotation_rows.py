"""The parts of an annotation as rows, and as the content that its hash covers."""

from __future__ import annotations

import dataclasses
from typing import Any

from monitor.types.annotations import Annotation, Claim


def part_rows(annotation: Annotation) -> dict[str, list[dict[str, Any]]]:
    """Rows of each part by its table's subject, without the annotation's id. `position` is the place in the list."""
    return {
        "topics": [
            {"topic": t.topic, "score": t.score, "accepted": t.accepted, "rules": sorted(set(t.rules))}
            for t in sorted(annotation.topics, key=lambda tag: tag.topic)
        ],
        "mentions": _numbered([dataclasses.asdict(mention) for mention in annotation.mentions]),
        "entities": _numbered([dataclasses.asdict(entity) for entity in annotation.entities]),
        "citations": _numbered([_citation(dataclasses.asdict(c)) for c in annotation.citations]),
        "claims": [dataclasses.asdict(claim) for claim in annotation.claims],
    }


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": position, **row} for position, row in enumerate(rows)]


def _citation(row: dict[str, Any]) -> dict[str, Any]:
    row["cited"] = row.pop("outlet")
    return row


def claim_values(claim: Claim) -> dict[str, Any]:
    """The columns of a claim that it says itself."""
    return dataclasses.asdict(claim)
