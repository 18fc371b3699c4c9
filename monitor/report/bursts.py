"""Days on which a topic had clearly more, or clearly less, attention than it usually has.

For each day the expected number of stories comes from the days before it, over a panel that is held still:

    feeds there today and on most days before ──► each feed's own share of the topic
        ──► expected = Σ stories · share, times the ratio of seen to expected of the weekday and of the last four weeks
        ──► probability of so many or more

The count is taken as negative binomial. Its variance is `dispersion` times the mean, estimated from the days before
without the tenth that lies furthest out; to it comes the uncertainty of the expectation. A burst needs a probability
below `ALARM`, `LEAST` stories, `RATIO` times the expectation and, where sources are given, two that are independent.
Days found are left out of later baselines. Nothing is tested across a change of taxonomy or code, nor on fewer than
`BASELINE` days.

This is Farrington's scheme (Farrington et al. 1996, J. R. Stat. Soc. A 159: 547) as surveillance of infections uses
it, with shares of a fixed panel in place of a regression. benches/bursts.py measures false alarms and what is found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom, poisson

from monitor.report.attention import Attention, Flags, Floats
from monitor.types.trends import Direction, Finding

ALARM = 2.5e-3
"""Probability below which a day stands out. The model is not exact: docs/explanation/trends.md has measured rates."""
UNLIKELY = 0.05
"""A day of less probability than this is judged together with the day before it as well."""
LEAST = 5
RATIO = 1.5
"""A burst is at least so many times the expectation, a drop at most its inverse, however certain."""
SOURCES = 2
WINDOW = 56
"""Days looked back: eight of each weekday."""
BASELINE = 21
"""Comparable days that a test needs."""
SETTLED = 0.7
"""Part of the baseline's days on which a feed must have been there to belong to the panel."""
RECENT = 28
REMEMBERED, ENOUGH = 180, 28
"""Days tested from which the dispersion is taken, and how many of them it takes."""
_TRIM = 0.1
_TRIMMED_VARIANCE = 0.6
"""What is left of a normal variance when the tenth furthest out is cut."""
_PRIOR = 20.0
"""Stories of the whole panel's share that are added to each feed's own."""
_WEEKDAY_PRIOR, _LEVEL_PRIOR = 100.0, 60.0
"""Stories by which weekday and recent level are drawn to the whole baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What was found in one series, and on which days nothing could be tested."""

    findings: tuple[Finding, ...]
    untested: frozenset[dt.date]


def judge_series(
    attention: Attention, name: str, first: int = 0, sources: Mapping[dt.date, int] | None = None
) -> Tested:
    """Test each day from number `first` on. `sources`: independent sources by day; without it that is not asked."""
    counts = attention.series.get(name, np.zeros_like(attention.everything))
    past = _Past(odd=set(), squares=[])
    findings: list[Finding] = []
    untested: list[dt.date] = []
    before: _Count | None = None
    for number, day in enumerate(attention.days):
        count = _count(attention, counts, number, past)
        if count is None:
            untested += [day] if number >= first else []
        else:
            found = _judge(name, day, count, before)
            if found is not None:
                past.odd.add(number)
                alone = sources is not None and found.direction == "burst" and sources.get(day, 0) < SOURCES
                findings += [found] if number >= first and not alone else []
            else:
                past.squares.append((count.seen - count.mean) ** 2 / count.chance)
        # a day that stands out by itself must not make the next one do so
        before = None if number in past.odd else count
    return Tested(findings=tuple(findings), untested=frozenset(untested))


def _judge(name: str, day: dt.date, count: _Count, before: _Count | None) -> Finding | None:
    """What is odd about a day, by itself or, where it is unlikely itself, together with the day before."""
    high, low = _tails(count)
    if before is not None:
        pair = _tails(count.with_before(before))
        high = min(high, pair[0]) if high < UNLIKELY else high
        low = min(low, pair[1]) if low < UNLIKELY else low
    direction: Direction = "burst" if count.seen >= count.mean else "drop"
    ratio = count.seen / count.mean
    probability = high if direction == "burst" else low
    clear = ratio >= RATIO and count.seen >= LEAST
    if direction == "drop":
        clear = ratio <= 1 / RATIO and count.mean >= LEAST
    if probability >= ALARM or not clear:
        return None
    return Finding(
        series=name, day=day, direction=direction, stories=count.seen, expected=count.mean,
        probability=probability, feeds=count.feeds,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Past:
    """Days found so far, and of the other days the squared residuals over the variance that chance alone gives."""

    odd: set[int]
    squares: list[float]

    def dispersion(self, own: Floats) -> float:
        """Variance over mean, at least 1: from the days tested, or from the baseline's `own` while they are few."""
        squares = np.sort(self.squares[-REMEMBERED:] if len(self.squares) >= ENOUGH else own)
        kept = squares[: max(1, round(len(squares) * (1 - _TRIM)))]
        return max(1.0, float(kept.mean()) / _TRIMMED_VARIANCE)


@dataclass(frozen=True, slots=True)
class _Count:
    """Stories seen on a day by the panel, with the mean and variance expected."""

    seen: int
    mean: float
    chance: float
    dispersion: float
    feeds: int

    @property
    def variance(self) -> float:
        """Of the count around its expectation."""
        return self.chance * self.dispersion

    def with_before(self, other: _Count) -> _Count:
        """Both days together."""
        return _Count(
            self.seen + other.seen,
            self.mean + other.mean,
            self.chance + other.chance,
            self.dispersion,
            self.feeds,
        )


def _count(attention: Attention, counts: Floats, day: int, past: _Past) -> _Count | None:
    """The count of a day; None where there is too little to compare it with."""
    if day in attention.breaks:
        return None
    start = max(0, day - WINDOW, *(number for number in attention.breaks if number <= day))
    earlier = np.array([number for number in range(start, day) if number not in past.odd], dtype=int)
    if len(earlier) < BASELINE:
        return None
    panel = attention.present[:, day] & (attention.present[:, earlier].mean(axis=1) >= SETTLED)
    if not panel.any():
        return None
    base = earlier[attention.present[np.ix_(panel, earlier)].mean(axis=0) >= SETTLED]
    expected = _expected(attention, counts, panel, base, day) if len(base) >= BASELINE else None
    if expected is None:
        return None
    mean, chance, own = expected
    return _Count(int(counts[panel, day].sum()), mean, chance, past.dispersion(own), int(panel.sum()))


def _expected(
    attention: Attention, counts: Floats, panel: Flags, base: np.ndarray, day: int
) -> tuple[float, float, Floats] | None:
    """Mean of the count of `day`, its variance by chance alone, and the baseline's squared residuals.

    None where the panel brought nothing to compare.
    """
    there = attention.present[np.ix_(panel, base)]
    whole = attention.everything[np.ix_(panel, base)] * there
    tagged = counts[np.ix_(panel, base)] * there
    if not whole.sum() or not attention.everything[panel, day].sum():
        return None
    overall = tagged.sum() / whole.sum()
    shares = (tagged.sum(axis=1) + _PRIOR * overall) / (whole.sum(axis=1) + _PRIOR)
    means = shares @ whole
    seen = tagged.sum(axis=0)
    weekdays = np.array([attention.days[number].weekday() for number in base])
    factors = _ratios(seen, means, weekdays)
    means = means * factors[weekdays]
    recent = base >= day - RECENT
    level = (seen[recent].sum() + _LEVEL_PRIOR) / (means[recent].sum() + _LEVEL_PRIOR)
    mean = float(shares @ attention.everything[panel, day]) * factors[attention.days[day].weekday()] * level
    mean = max(float(mean), 1e-3)
    known = max(float(means[recent].sum()), 1.0)
    squares = (seen - means) ** 2 / np.maximum(means, 0.5)
    return mean, mean * (1 + mean / known), squares


def _ratios(seen: Floats, means: Floats, weekdays: np.ndarray) -> Floats:
    """Seen over expected by weekday, drawn to 1."""
    return np.array(
        [
            (seen[weekdays == d].sum() + _WEEKDAY_PRIOR) / (means[weekdays == d].sum() + _WEEKDAY_PRIOR)
            for d in range(7)
        ]
    )


def _tails(count: _Count) -> tuple[float, float]:
    """Probabilities of at least, and of at most, so many."""
    seen, mean = count.seen, count.mean
    if count.variance <= mean * 1.0001:
        return float(poisson.sf(seen - 1, mean)), float(poisson.cdf(seen, mean))
    chance = mean / count.variance
    size = mean * chance / (1 - chance)
    return float(nbinom.sf(seen - 1, size, chance)), float(nbinom.cdf(seen, size, chance))
