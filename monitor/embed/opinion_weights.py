"""The weights of the second opinion that ship with the project (tools/second_opinion.py makes them)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from monitor.types.opinions import OpinionWeights


@lru_cache(maxsize=4)
def shipped_weights(model: str) -> OpinionWeights | None:
    """The weights for a model's vectors, None where none ship."""
    path = files("monitor") / "data" / "second_opinion" / f"{model}.json"
    return read_weights(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def read_weights(content: Mapping[str, Any]) -> OpinionWeights:
    """Weights from what `write_weights` gives."""
    topics = content["topics"]
    rows = [np.frombuffer(base64.b64decode(value["weights"]), dtype="<f2") for value in topics.values()]
    return OpinionWeights(
        model=content["model"],
        topics=tuple(topics),
        matrix=np.stack(rows).astype(np.float32),
        bias=np.array([value["bias"] for value in topics.values()], dtype=np.float32),
        source=content.get("source", ""),
    )


def write_weights(weights: OpinionWeights) -> dict[str, Any]:
    """Weights as JSON holds them: half precision, base64."""
    return {
        "model": weights.model,
        "source": weights.source,
        "topics": {
            topic: {
                "bias": round(float(bias), 6),
                "weights": base64.b64encode(row.astype("<f2").tobytes()).decode("ascii"),
            }
            for topic, row, bias in zip(weights.topics, weights.matrix, weights.bias, strict=True)
        },
    }
