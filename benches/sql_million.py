"""Every query of the report over a window of 90 days, on an archive of a million entries, on both databases.

    python -m benches.sql_million [--entries 1000000] [--database sqlite|postgresql] [--keep FOLDER]

Prints for each query the median of three runs (the first one apart, with nothing read yet by this process), how
long a day's counts take to make anew, the processor time of the query (the server's too), and the target: 1 s on
PostgreSQL, 2 s on SQLite.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from benches.million import FIRST, LAST, archived, options, spent
from monitor.pipeline import report_rows
from monitor.pipeline.rollups import refresh_rollups
from monitor.store import Store

TARGET = {"sqlite": 2.0, "postgresql": 1.0}


class Timed:
    """Reads as a store does, and notes how long each query took."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self.times: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def frame(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The store's answer."""
        began, used = time.perf_counter(), spent(self._folder)
        found = self._store.frame(query, params)
        name = _named(query, params)
        self.times.setdefault(name, []).append(time.perf_counter() - began)
        self.cpu.setdefault(name, []).append(spent(self._folder) - used)
        return found

    def stream(
        self, query: str, params: Mapping[str, Any] | None = None, *, rows: int
    ) -> Iterator[pd.DataFrame]:
        """As the store does."""
        return self._store.stream(query, params, rows=rows)


def _named(query: str, params: Mapping[str, Any] | None) -> str:
    for name, one in {**report_rows.COUNTS, "widest": report_rows.WIDEST}.items():
        if one == query:
            return name
    for name, one in report_rows.TOTALS.items():
        if one == query:
            return f"total of {name}"
    if query == report_rows.HAPPENINGS:
        return f"happenings of {(params or {})['topic']}"
    return "rows by id: " + query.split("FROM ")[1].split(maxsplit=1)[0]


def measure(url: str, kind: str, folder: Path) -> bool:
    """Print the table; whether every query meets its target."""
    with Store.open(url) as store:
        took = []
        if not store.marked_days() and store.frame("SELECT day FROM report_attention LIMIT 1").empty:
            store.mark_rollups()
        for day in store.marked_days():
            began = time.perf_counter()
            store.refresh_rollup(day)
            took.append(time.perf_counter() - began)
        if took:
            print(
                f"{len(took)} days counted in {sum(took):.0f} s, median {statistics.median(took):.2f} s a day"
            )
        refresh_rollups(store)
        store.optimise()
        reader = Timed(store, folder)
        for _ in range(4):
            report_rows.read_page(reader, FIRST, LAST)
        worst = 0.0
        print(f"{kind}, load {os.getloadavg()[0]:.1f}")
        print(f"{'query':44} {'first':>7} {'median':>7} {'worst':>7} {'cpu':>7}")
        for name, times in reader.times.items():
            runs = len(times) // 4
            later = times[runs:]
            # many queries of one name: each is one query
            middle = statistics.median(later)
            worst = max(worst, middle)
            cpu = statistics.median(reader.cpu[name][runs:])
            print(f"{name:44} {times[0]:7.3f} {middle:7.3f} {max(later):7.3f} {cpu:7.3f}")
        print(f"slowest median {worst:.2f} s, target {TARGET[kind]:.0f} s")
        return worst <= TARGET[kind]


def main() -> None:
    """Make the archive, ask, say whether the target is met."""
    parser = options(__doc__)
    parser.add_argument("--make", action="store_true", help="only make it, ask nothing")
    given = parser.parse_args()
    with archived(given) as (url, folder):
        met = given.make or measure(url, given.database, folder)
    raise SystemExit(0 if met else 1)


if __name__ == "__main__":
    main()
