"""The language means that ship with the project: numbers made from texts written for it (tools/language_means.py)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from monitor.types.embedding import LanguageMeans


@lru_cache(maxsize=4)
def shipped_means(model: str) -> LanguageMeans | None:
    """The means of a model by language, None where none ship."""
    path = files("monitor") / "data" / "embeddings" / f"{model}.json"
    return read_means(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def read_means(content: Mapping[str, Any]) -> LanguageMeans:
    """Means from what `write_means` gives."""
    means = {
        language: np.frombuffer(base64.b64decode(value["mean"]), dtype="<f2").astype(np.float32)
        for language, value in content["languages"].items()
    }
    counts = {language: int(value["texts"]) for language, value in content["languages"].items()}
    return LanguageMeans(model=content["model"], means=means, counts=counts, source=content.get("source", ""))


def write_means(means: LanguageMeans) -> dict[str, Any]:
    """Means as JSON holds them: half precision, base64."""
    return {
        "model": means.model,
        "source": means.source,
        "languages": {
            language: {
                "texts": means.counts[language],
                "mean": base64.b64encode(mean.astype("<f2").tobytes()).decode("ascii"),
            }
            for language, mean in sorted(means.means.items())
        },
    }
