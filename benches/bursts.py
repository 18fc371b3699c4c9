"""Bursts in a simulated year: what is planted must be found, what the panel does must not be.

    python -m benches.bursts [--years 5] [--seed 1]

Each year has 40 feeds with mixes of their own and ten topics of 10 to 50 stories a day with a weekday pattern, a slow
drift and counts that vary more than chance (variance 1.5 times the mean). Into it go outages (feeds that fail), silence
(feeds that answer and bring nothing), feeds that join and leave, backfills, and two changes of the taxonomy that move
three topics by a third or a half. Bursts of one to three days are planted outside the days that are not tested.
"""

from __future__ import annotations

import argparse
import datetime as dt

import numpy as np
import pandas as pd

from monitor.report.attention import Attention, attention
from monitor.report.bursts import BASELINE, Finding, judge_series

FEEDS, TOPICS, DAYS = 40, 10, 365
START = dt.date(2025, 1, 1)
DISPERSION = 1.5


class Year:
    """A simulated year; `planted` are (topic, first day, days)."""

    def __init__(self, seed: int, factor: float, panel: bool = True, planted: int = 60) -> None:
        self.rng = np.random.default_rng(seed)
        self.breaks = sorted(int(day) for day in (120, 240)) if panel else []
        self.planted = self._plant(planted) if factor > 1 else []
        self.whole, self.tagged = self._counts(factor)
        self.state = np.full((FEEDS, DAYS), "healthy", dtype=object)
        self.backlog = np.zeros((FEEDS, DAYS))
        if panel:
            self._disturb()

    def _plant(self, count: int) -> list[tuple[int, int, int]]:
        blocked = np.zeros((TOPICS, DAYS), dtype=bool)
        blocked[:, : BASELINE + 14] = True
        for day in self.breaks:
            blocked[:, day - 4 : day + BASELINE + 7] = True
        found: list[tuple[int, int, int]] = []
        while len(found) < count:
            topic, day = int(self.rng.integers(TOPICS)), int(self.rng.integers(DAYS - 4))
            length = int(self.rng.integers(1, 4))
            if not blocked[topic, max(0, day - 7) : day + length + 7].any():
                blocked[topic, day : day + length] = True
                found.append((topic, day, length))
        return found

    def _counts(self, factor: float) -> tuple[np.ndarray, np.ndarray]:
        rng = self.rng
        size = rng.lognormal(np.log(25), 0.8, FEEDS)
        means = np.linspace(10, 50, TOPICS)
        mix = rng.lognormal(0, 0.7, (TOPICS, FEEDS)) * size
        mix *= (means / mix.sum(axis=1))[:, None]
        week = np.array([1.05, 1.08, 1.05, 1.0, 1.0, 0.9, 0.92])
        weekday = np.array([(START + dt.timedelta(days=n)).weekday() for n in range(DAYS)])
        volume = np.where(weekday >= 5, 0.7, 1.12)
        drift = np.exp(np.cumsum(rng.normal(0, 0.01, (TOPICS, DAYS)), axis=1))
        level = drift * week[weekday]
        for day in self.breaks:
            level[:3, day:] *= rng.choice([0.67, 1.5], 3)[:, None]
        for topic, day, length in self.planted:
            level[topic, day : day + length] *= factor
        noise = rng.gamma(
            1 / (DISPERSION - 1) * means[:, None], (DISPERSION - 1) / means[:, None], (TOPICS, DAYS)
        )
        tagged = rng.poisson(mix[:, :, None] * (level * noise * volume)[:, None, :])
        rest = rng.poisson(
            np.maximum(size[:, None] - mix.sum(axis=0)[:, None], 3) * volume * np.ones((FEEDS, DAYS))
        )
        return rest + tagged.sum(axis=0), tagged

    def _disturb(self) -> None:
        rng = self.rng
        for feed in rng.permutation(FEEDS)[:20]:
            start, length = int(rng.integers(30, DAYS - 20)), int(rng.integers(1, 15))
            kind = rng.choice(["failing", "silent"])
            self._off(feed, start, start + length)
            if kind == "failing":
                self.state[feed, start : start + length] = "failing"
            self.backlog[feed, start + length] = 200  # the return brings what was missed, as backlog
        for feed in rng.permutation(FEEDS)[:4]:
            day = int(rng.integers(60, 300))
            self._off(feed, 0, day)
            self.state[feed, :day] = "unpolled"
            self.backlog[feed, day] = 500
        for feed in rng.permutation(FEEDS)[:3]:
            day = int(rng.integers(60, 300))
            self._off(feed, day, DAYS)
            self.state[feed, day:] = "unpolled"

    def _off(self, feed: int, start: int, end: int) -> None:
        self.whole[feed, start:end] = 0
        self.tagged[:, feed, start:end] = 0

    def attention(self, *, corrected: bool = True) -> Attention:
        """As the report has it; uncorrected: backlog counted, states and breaks unknown."""
        days = [START + dt.timedelta(days=n) for n in range(DAYS)]
        rows = []
        for feed in range(FEEDS):
            for day in range(DAYS):
                extra = 0 if corrected else self.backlog[feed, day]
                rows.append((days[day], f"f{feed}", "", self.whole[feed, day] + extra))
                for topic in range(TOPICS):
                    share = extra * self.tagged[topic, feed].sum() / max(1, self.whole[feed].sum())
                    rows.append(
                        (days[day], f"f{feed}", f"t{topic}", self.tagged[topic, feed, day] + round(share))
                    )
        counts = pd.DataFrame(rows, columns=["day", "feed", "series", "stories"])
        states = [
            (days[day], f"f{feed}", self.state[feed, day] if corrected else "healthy")
            for feed in range(FEEDS)
            for day in range(DAYS)
        ]
        coverage = pd.DataFrame(states, columns=["day", "feed", "state"])
        breaks = [days[day] for day in self.breaks] if corrected else []
        made = attention(counts, coverage, days, breaks)
        if corrected:
            return made
        everywhere = np.ones_like(made.present)
        return Attention(
            days=made.days, feeds=made.feeds, everything=made.everything, series=made.series,
            present=everywhere, breaks=frozenset(),
        )  # fmt: skip


def findings(year: Year, *, corrected: bool = True) -> tuple[list[Finding], int]:
    made = year.attention(corrected=corrected)
    found, tested = [], 0
    for topic in range(TOPICS):
        result = judge_series(made, f"t{topic}")
        found += result.findings
        tested += DAYS - len(result.untested)
    return found, tested


def score(year: Year, found: list[Finding]) -> tuple[int, int, int, int]:
    """Bursts found within a day, planted, right findings of bursts, all findings of bursts."""
    hit = right = 0
    bursts = [f for f in found if f.direction == "burst"]
    spans = {(t, START + dt.timedelta(days=d + n)) for t, d, length in year.planted for n in range(length)}
    right = sum((int(f.series[1:]), f.day) in spans for f in bursts)
    marked = {(int(f.series[1:]), f.day) for f in bursts}
    for topic, day, length in year.planted:
        early = [START + dt.timedelta(days=day + n) for n in range(min(length, 2))]
        hit += any((topic, when) in marked for when in early)
    return hit, len(year.planted), right, len(bursts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.years)
    for name, factor, panel, corrected in (
        ("nothing planted, quiet panel", 1.0, False, True),
        ("nothing planted, disturbed panel", 1.0, True, True),
        ("the same without correction", 1.0, True, False),
    ):
        bursts = drops = days = 0
        for seed in seeds:
            found, tested = findings(Year(seed, factor, panel), corrected=corrected)
            bursts += sum(f.direction == "burst" for f in found)
            drops += sum(f.direction == "drop" for f in found)
            days += tested
        print(f"{name}: {bursts} false bursts, {drops} false drops in {days:,} days tested")
    for factor in (2.5, 1.5):
        total = np.zeros(4, dtype=int)
        for seed in seeds:
            year = Year(seed, factor)
            total += np.array(score(year, findings(year)[0]))
        hit, planted, right, marked = (int(value) for value in total)
        precision = right / marked if marked else float("nan")
        print(
            f"bursts of {factor}: recall {hit / planted:.3f} (n {planted}), precision {precision:.3f} (n {marked})"
        )


if __name__ == "__main__":
    main()
