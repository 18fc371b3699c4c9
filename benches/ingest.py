"""Ingest: 1,000 changed feeds of 30 items (100 KB) from loopback to stored entries, against feedparser alone.

    python -m benches.ingest [--feeds 1000] [--rounds 3]

Prints, for each round, seconds of feedparser alone (both expensive switches off, the same bytes, as many
processes) and of ingest, their ratio, and the memory (PSS) of ingest with its parsers. Rounds alternate.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

from benches.feeds import Serving, feed, served
from benches.polls import Polled, configure, load, polled

#: What the issues ask for (ratio to feedparser alone, megabytes).
WANTED = {"ratio": 0.7, "pss_mb": 400}


def parse_alone(body: bytes) -> float:
    """Seconds of CPU in which bare feedparser reads one feed."""
    import feedparser

    used = time.process_time()
    found = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries
    assert found
    return time.process_time() - used


def feedparser_alone(bodies: list[bytes], processes: int) -> tuple[float, float]:
    """Seconds, and seconds of CPU, to parse all bodies on so many processes, which run already."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("forkserver")) as pool:
        list(pool.map(parse_alone, bodies[: processes * 2]))
        started = time.perf_counter()
        used = sum(pool.map(parse_alone, bodies, chunksize=4))
        return time.perf_counter() - started, used


def ingest(count: int, port: int) -> Polled:
    """One poll of `count` new feeds into a new database."""
    with tempfile.TemporaryDirectory() as name:
        [run] = polled(configure(Path(name), count, port))
    assert run.stored == count, run
    return run


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    processes = os.cpu_count() or 1
    bodies = [feed(number) for number in range(options.feeds)]
    size = statistics.mean(map(len, bodies))
    print(f"{options.feeds} feeds of {size / 1000:.0f} kB, {processes} parser processes, {load()}")
    ratios, cpu_ratios, peaks = [], [], []
    with served(Serving(count=options.feeds)) as port:
        for number in range(options.rounds):
            alone, alone_cpu = feedparser_alone(bodies, processes)
            run = ingest(options.feeds, port)
            ratios.append(alone / run.seconds)
            cpu_ratios.append(alone_cpu / run.cpu)
            peaks.append(run.pss / 1e6)
            print(
                f"round {number + 1}: feedparser alone {alone:.1f} s ({options.feeds / alone:.0f}/s), ingest"
                f" {run.seconds:.1f} s ({options.feeds / run.seconds:.0f}/s, {run.new} entries), ratio"
                f" {ratios[-1]:.2f}, of CPU {cpu_ratios[-1]:.2f} ({alone_cpu:.1f} s to {run.cpu:.1f} s),"
                f" {peaks[-1]:.0f} MB, {load()}"
            )
    print(
        f"median ratio {statistics.median(ratios):.2f} (wanted {WANTED['ratio']}),"
        f" of CPU {statistics.median(cpu_ratios):.2f},"
        f" memory {max(peaks):.0f} MB PSS (wanted under {WANTED['pss_mb']})"
    )


if __name__ == "__main__":
    main()
