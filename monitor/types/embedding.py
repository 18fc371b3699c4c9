"""What an embedder is: texts of any language in, unit vectors out, near where texts tell the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row a text, float32."""


class Embedder(Protocol):
    """Turns texts into vectors. Telegram entries are handed to none unless `telegram.machine_learning` is on."""

    @property
    def model(self) -> str:
        """Name of the model, stored beside each vector; vectors of two models are never compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, in their order. The same text always gives the same row."""


@dataclass(frozen=True, eq=False)
class LanguageMeans:
    """Mean vector of a model by language, from texts outside the batch; `counts` says of how many each."""

    model: str
    means: Mapping[str, Vectors]
    counts: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
