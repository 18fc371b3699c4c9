"""Scores against a labelled set: micro precision, recall and F1 over (item, topic), with a bootstrap interval.

Topics that the labeller left open (`topics_optional`) count neither way. Without any tag expected or given the
score is 1: there was nothing to find and nothing was found.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

#: Resamples of a bootstrap interval, and the share of them that it holds (Efron's percentile method).
RESAMPLES = 1_000
COVERAGE = 0.95
_SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Counted:
    """Tags of one item or many: right, given, expected."""

    hit: int = 0
    given: int = 0
    expected: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.hit + other.hit, self.given + other.given, self.expected + other.expected)

    @property
    def precision(self) -> float:
        """Share of the tags given that are right."""
        return self.hit / self.given if self.given else float(not self.expected)

    @property
    def recall(self) -> float:
        """Share of the tags expected that were given."""
        return self.hit / self.expected if self.expected else float(not self.given)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.given + self.expected
        return 2 * self.hit / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """A score over `items` items with the interval that holds 95 % of resamples of the items."""

    name: str
    items: int
    counted: Counted
    low: float
    high: float

    @property
    def line(self) -> str:
        """The score for a person."""
        counted = self.counted
        return (
            f"{self.name:24} P {counted.precision:.3f}  R {counted.recall:.3f}  F1 {counted.f1:.3f}"
            f" [{self.low:.3f}, {self.high:.3f}]  items {self.items}, tags expected {counted.expected}"
        )


def compare(expected: Iterable[str], given: Iterable[str], optional: Iterable[str] = ()) -> Counted:
    """One item's tags against those expected of it."""
    left_open = set(optional)
    want: Set[str] = set(expected) - left_open
    got: Set[str] = set(given) - left_open
    return Counted(len(want & got), len(got), len(want))


def total(counted: Iterable[Counted]) -> Counted:
    """The sum, over which a micro score is taken."""
    return sum(counted, Counted())


def score(name: str, counted: Sequence[Counted], *, resamples: int = RESAMPLES) -> Score:
    """The micro score of items with its bootstrap interval (items drawn with replacement; the seed is fixed)."""
    rng = random.Random(_SEED)  # noqa: S311 -- a statistic
    size = len(counted)
    drawn = sorted(total(rng.choices(counted, k=size)).f1 for _ in range(resamples)) if size else [1.0]
    edge = (1 - COVERAGE) / 2
    low, high = drawn[int(edge * (len(drawn) - 1))], drawn[round((1 - edge) * (len(drawn) - 1))]
    return Score(name, size, total(counted), low, high)


def scores_by(groups: Mapping[str, Sequence[Counted]]) -> list[Score]:
    """A score a group, by name."""
    return [score(name, counted) for name, counted in sorted(groups.items())]
