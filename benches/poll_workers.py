"""Two workers with one parser each against one, on PostgreSQL: server latency 50 to 150 ms, 5 % of the feeds changed.

    python -m benches.poll_workers [--feeds 2000] [--rounds 3] [--concurrency 25]

How far one worker comes is bounded by `concurrency` (so many requests at a time, each 0.1 s) or by the cores of the
machine, which it shares with its parser, PostgreSQL and the server that is asked. A second worker helps in the first
case; so the seconds of CPU of all of them are printed, too. With the default concurrency of 100 one worker fills two
cores, and two cannot do more.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from pathlib import Path

import psutil

from benches.feeds import Serving, served
from benches.polls import configure, elapsed, load, make_due, polled
from tests.databases import PostgresServer

WANTED = 1.6


def cpu_of_all(postmaster: int) -> float:
    """Seconds of CPU so far: this process and its children (workers, parsers, the server), and PostgreSQL with its."""
    database = psutil.Process(postmaster)
    total = 0.0
    for process in [psutil.Process(), *psutil.Process().children(), database, *database.children()]:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=25)
    options = parser.parse_args()
    print(f"{options.feeds} feeds, concurrency {options.concurrency} a worker, {load()}")
    serving = Serving(count=options.feeds, changed=0.05, small_first=True, delay_ms=(50, 150))
    with served(serving) as port, tempfile.TemporaryDirectory() as name:
        server = PostgresServer(Path(name) / "data")
        try:
            config = configure(
                Path(name),
                options.feeds,
                port,
                url=server.migrated(),
                parsers=1,
                concurrency=options.concurrency,
            )
            polled(config)
            postmaster = int((Path(name) / "data" / "postmaster.pid").read_text().split()[0])
            ratios = []
            for number in range(options.rounds):
                seconds, cores = {}, {}
                for workers in (1, 2):
                    make_due(config)
                    used = cpu_of_all(postmaster)
                    runs = polled(config, workers)
                    assert sum(run.feeds for run in runs) == options.feeds, runs  # none twice, none left
                    assert not any(run.failed for run in runs), runs
                    seconds[workers] = elapsed(runs)
                    cores[workers] = (cpu_of_all(postmaster) - used) / seconds[workers]
                ratios.append(seconds[1] / seconds[2])
                print(
                    f"round {number + 1}: one {seconds[1]:.1f} s ({cores[1]:.1f} cores busy), two {seconds[2]:.1f} s"
                    f" ({cores[2]:.1f} cores busy), {ratios[-1]:.2f} times; {load()}"
                )
            print(f"median {statistics.median(ratios):.2f} times (wanted {WANTED})")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
