"""Stories to cluster, and an embedder that needs no model."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.group.words import tokens
from monitor.types.clusters import Appearance, ClusterDecision, ClusterStory, Evidence
from monitor.types.embedding import Vectors

MORNING = dt.datetime(2026, 3, 3, 6, 0, tzinfo=dt.UTC)


def direction(*angles: float) -> Vectors:
    """A unit vector whose likeness to another can be read off: the first numbers, then what fills it up to 1."""
    rest = max(0.0, 1.0 - sum(a * a for a in angles)) ** 0.5
    return np.array([*angles, rest, *([0.0] * (8 - len(angles)))], dtype=np.float32)


def cluster_story(number: int, *, hours: float = 0.0, **known: Any) -> ClusterStory:
    at = MORNING + dt.timedelta(hours=hours)
    values: dict[str, Any] = {
        "story_id": number,
        "uid": f"e{number:05}",
        "language": "en",
        "first_seen_at": at,
        "last_seen_at": at,
        "evidence": Evidence(),
    }
    return ClusterStory(**values | known)


def appearance(number: int, outlet: str = "", *, hours: float = 0.0, **known: Any) -> Appearance:
    at = MORNING + dt.timedelta(hours=hours)
    values: dict[str, Any] = {
        "entry_id": number,
        "uid": f"e{number:05}",
        "story_id": number,
        "outlet": outlet or f"Outlet {number}",
        "language": "en",
        "title": f"Report {number}",
        "lead": "A convoy left the harbour.",
        "published_at": at,
        "observed_at": at + dt.timedelta(minutes=10),
    }
    return Appearance(**values | known)


def groups(decisions: Sequence[ClusterDecision]) -> set[frozenset[int]]:
    """Which stories are together."""
    found: dict[int, set[int]] = {}
    for decision in decisions:
        found.setdefault(decision.cluster, set()).add(decision.story_id)
    return {frozenset(group) for group in found.values()}


class WordEmbedder:
    """Vectors by the words of a text; remembers what it was shown."""

    model = "words"
    dimension = 64

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in tokens(text):
                row[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
