"""Days from which on a topic had another level of attention, and kept it: change points.

Each day is taken as (seen - expected) / √expected over the feeds that were there for most of the window, the
expectation from each feed's share over the whole window. PELT (Killick, Fearnhead & Eckley 2012, J. Am. Stat. Assoc.
107: 1590; the library `ruptures`) cuts the series where the mean changes, at the price of `PENALTY` · log(days) times
the variance a cut. A cut at a change of taxonomy or code is none of the news, and left out.
"""

from __future__ import annotations

import numpy as np
import ruptures

from monitor.report.attention import Attention, Floats
from monitor.types.trends import Change

PENALTY = 6.0
SHORTEST = 7
"""Days that a level lasts at least."""
LEAST_DAYS = 28
LEAST_STORIES = 2.0
"""Stories a day below which a level is not spoken of."""
_SETTLED = 0.7


def change_points(attention: Attention, name: str) -> tuple[Change, ...]:
    """The changes of level in one series, in order of days; none where there are fewer than four weeks of days."""
    counts = attention.series.get(name)
    if counts is None:
        return ()
    panel = attention.present.mean(axis=1) >= _SETTLED
    there = attention.present[panel]
    whole = attention.everything[panel] * there
    tagged = counts[panel] * there
    total = whole.sum(axis=0)
    days = np.flatnonzero(total > 0)
    if len(days) < LEAST_DAYS or tagged.sum() < LEAST_STORIES * len(days):
        return ()
    shares = tagged.sum(axis=1) / np.maximum(whole.sum(axis=1), 1)
    expected = np.maximum(shares @ whole, 0.5)[days]
    seen = tagged.sum(axis=0)[days]
    odd = (seen - expected) / np.sqrt(expected)
    cuts = (
        ruptures.Pelt(model="l2", min_size=SHORTEST, jump=1)
        .fit(odd)
        .predict(pen=PENALTY * float(np.log(len(days))) * _variance(odd))
    )
    bounds = [0, *cuts]
    found = []
    for left, cut, right in zip(bounds, bounds[1:], bounds[2:], strict=False):
        if any(abs(days[cut] - other) <= 1 for other in attention.breaks):
            continue
        found.append(
            Change(
                series=name,
                day=attention.days[days[cut]],
                before=float(seen[left:cut].sum() / total[days][left:cut].sum()),
                after=float(seen[cut:right].sum() / total[days][cut:right].sum()),
            )
        )
    return tuple(found)


def _variance(values: Floats) -> float:
    """Of neighbouring days, which a change of level does not touch: half the mean squared difference, robustly."""
    differences = np.abs(np.diff(values))
    return max(0.5, float(np.median(differences) / 0.954) ** 2)
