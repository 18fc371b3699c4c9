"""Any model of the sentence-transformers library: for machines with memory to spare, or a graphics card.

`pip install sentence-transformers` brings PyTorch; the model is a folder on this machine or a name on its hub.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from monitor.embed.nano import unit
from monitor.types.embedding import Vectors

DEFAULT_MODEL = "intfloat/multilingual-e5-large"


def _load(name: str) -> Any:
    from sentence_transformers import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 -- optional
        SentenceTransformer,
    )

    return SentenceTransformer(name)


class SentenceTransformers:
    """A model by name or folder. E5 models want `passage: ` before each text, and get it."""

    def __init__(self, name: str = DEFAULT_MODEL, load: Callable[[str], Any] = _load) -> None:
        self._name, self._load = name, load
        self._loaded: Any = None

    @property
    def model(self) -> str:
        """The model's name without its folder, as it is stored."""
        return self._name.rstrip("/").rpartition("/")[2]

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._engine().get_sentence_embedding_dimension())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        prefix = "passage: " if "e5" in self.model.lower() else ""
        given = [prefix + text for text in texts]
        rows = self._engine().encode(given, convert_to_numpy=True, show_progress_bar=False)
        return unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), -1))

    def _engine(self) -> Any:
        if self._loaded is None:
            self._loaded = self._load(self._name)
        return self._loaded
