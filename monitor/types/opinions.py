"""The second opinion on topics: weights of a linear classifier over centred story vectors, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from monitor.types.embedding import Vectors

Verdict = Literal["agreed", "confirmed", "vetoed", "suggested", "apart"]
"""What becomes of a topic: rules and classifier agree; the classifier lifts weak evidence over the threshold, or
takes a tag away; it sees a topic without any evidence (a suggestion for review, never a tag); or the rules
stand alone."""


@dataclass(frozen=True, eq=False)
class OpinionWeights:
    """A logistic regression a topic: `matrix` has a row for each of `topics`, of the model's dimension."""

    model: str
    topics: tuple[str, ...]
    matrix: Vectors
    bias: Vectors
    source: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What both say of a topic of one text: `rules` and `classifier` in [0, 1], and what follows."""

    topic: str
    rules: float
    classifier: float
    verdict: Verdict
    accepted: bool


Probabilities = Mapping[str, float]
"""By topic, in [0, 1]."""
