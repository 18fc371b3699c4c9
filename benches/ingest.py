"""Ingest: 1,000 changed feeds of 30 items (100 KB) from loopback to stored entries, against feedparser alone.

    python -m benches.ingest [--feeds 1000] [--rounds 3]

Prints, for each round, seconds of feedparser alone (both expensive switches off, the same bytes, as many
processes) and of ingest, their ratio, and the memory (PSS) of ingest with its parsers. Rounds alternate.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

import psutil
import yaml

from benches.feeds import address, feed, served
from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace

#: Ratios to feedparser alone that were measured when the bench was written (two cores, medians).
BASELINE = {"ratio": 0.6, "pss_mb": 400}


def parse_alone(body: bytes) -> int:
    """One feed as bare feedparser reads it; the number of its entries."""
    import feedparser

    return len(feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries)


def feedparser_alone(bodies: list[bytes], processes: int) -> float:
    """Seconds to parse all bodies on so many processes, which run already."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("forkserver")) as pool:
        list(pool.map(parse_alone, bodies[: processes * 2]))
        started = time.perf_counter()
        assert sum(pool.map(parse_alone, bodies, chunksize=4)) > 0
        return time.perf_counter() - started


class Memory(threading.Thread):
    """The largest sum of PSS (bytes) of this process and its children, sampled while it runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self._stop_it = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self._stop_it.wait(0.5):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total)

    def stop(self) -> int:
        self._stop_it.set()
        self.join()
        return self.most


def ingest(count: int, port: int, url: str | None = None) -> tuple[float, int, int]:
    """Seconds, stored entries and PSS (bytes) of one poll of `count` new feeds into a new database."""
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.yaml"
        settings = {
            "database": {"url": url or "sqlite:///monitor.db"},
            "polling": {"host_gap": "0s", "allow_networks": ["127.0.0.0/8"]},
            "outlets": [
                {"name": f"Outlet {number}", "slug": f"o{number}", "feeds": [{"rss": address(number, port)}]}
                for number in range(count)
            ],
        }
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        upgrade_database(config)
        with open_workspace(config) as workspace:
            memory = Memory()
            memory.start()
            started = time.perf_counter()
            result = asyncio.run(poll(workspace))
            seconds = time.perf_counter() - started
            most = memory.stop()
        assert not result.failed, result.failed[:3]
        return seconds, result.counts.new, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    processes = os.cpu_count() or 1
    bodies = [feed(number) for number in range(options.feeds)]
    size = statistics.mean(map(len, bodies))
    print(f"{options.feeds} feeds of {size / 1000:.0f} kB, {processes} parser processes, {dt.date.today()}")
    ratios, peaks = [], []
    with served(options.feeds) as port:
        for number in range(options.rounds):
            alone = feedparser_alone(bodies, processes)
            seconds, entries, peak = ingest(options.feeds, port)
            ratios.append(alone / seconds)
            peaks.append(peak / 1e6)
            print(
                f"round {number + 1}: feedparser alone {alone:.1f} s ({options.feeds / alone:.0f}/s), ingest"
                f" {seconds:.1f} s ({options.feeds / seconds:.0f}/s, {entries} entries), ratio {ratios[-1]:.2f},"
                f" {peaks[-1]:.0f} MB"
            )
    print(
        f"median ratio {statistics.median(ratios):.2f} (wanted {BASELINE['ratio']}),"
        f" memory {max(peaks):.0f} MB PSS (wanted under {BASELINE['pss_mb']})"
    )


if __name__ == "__main__":
    main()
