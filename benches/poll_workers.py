"""Two workers with one parser each against one, on PostgreSQL: servers that are far away, 5 % of the feeds changed.

    python -m benches.poll_workers [--feeds 800] [--rounds 3] [--concurrency 25] [--latency 400-800] [--pin]

How far one worker comes is bounded by waiting (`concurrency` requests at a time, each as long as the latency) or by
cores, which it shares with its parser, PostgreSQL and the server that is asked. A second worker helps in the first
case only. So the processor time of each is printed: of the workers with their parsers, of PostgreSQL, of the server,
and how many feeds a second two cores could do of it, whatever the number of workers. `--pin` gives each worker with
its parser one core. With `--latency 50-150 --concurrency 100` one worker's loop is busy all the time.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from benches.feeds import Serving, served
from benches.polls import configure, elapsed, load, make_due, polled
from tests.databases import PostgresServer

WANTED = 1.6


def cpu_of(processes: Iterable[psutil.Process]) -> float:
    """Seconds of CPU so far of processes and of their children that have ended."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def cpu_of_database(postmaster: int) -> float:
    """Seconds of CPU so far of PostgreSQL."""
    database = psutil.Process(postmaster)
    return cpu_of([database, *database.children()])


def cpu_of_all(postmaster: int) -> float:
    """Seconds of CPU so far: this process and its children (workers, parsers, the server), and PostgreSQL with its."""
    return cpu_of([psutil.Process(), *psutil.Process().children()]) + cpu_of_database(postmaster)


@dataclass(frozen=True, slots=True)
class Turn:
    """One poll of all feeds: seconds by the clock, and of CPU by who spent them; the start of processes apart."""

    seconds: float
    workers: float
    database: float
    server: float
    feeds: int

    @property
    def cpu(self) -> float:
        """Seconds of CPU of all."""
        return self.workers + self.database + self.server

    def __str__(self) -> str:
        each = 1_000 / self.feeds
        return (
            f"{self.seconds:.1f} s, {self.cpu / self.seconds:.2f} cores busy; ms of CPU a feed: workers and parsers"
            f" {self.workers * each:.1f}, PostgreSQL {self.database * each:.1f}, server {self.server * each:.1f}"
        )


def turn(config: Path, postmaster: int, feeds: int, workers: int, *, pin: bool) -> Turn:
    """Let so many workers poll all feeds once."""
    make_due(config)
    servers = psutil.Process().children()
    before = cpu_of(servers), cpu_of_database(postmaster)
    runs = polled(config, workers, pin=pin)
    server, database = cpu_of(servers) - before[0], cpu_of_database(postmaster) - before[1]
    assert sum(run.feeds for run in runs) == feeds, runs  # none twice, none left
    assert not any(run.failed for run in runs), runs
    return Turn(elapsed(runs), sum(run.cpu for run in runs), database, server, feeds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=25)
    parser.add_argument("--latency", default="400-800")
    parser.add_argument("--pin", action="store_true", help="one core a worker")
    options = parser.parse_args()
    low, _, high = options.latency.partition("-")
    print(
        f"{options.feeds} feeds, {options.concurrency} requests at a time a worker, latency {options.latency} ms,"
        f" {'one core a worker, ' if options.pin else ''}{load()}"
    )
    serving = Serving(count=options.feeds, changed=0.05, small_first=True, delay_ms=(int(low), int(high)))
    with served(serving) as port, tempfile.TemporaryDirectory() as name:
        server = PostgresServer(Path(name) / "data")
        try:
            polling = {"parsers": 1, "concurrency": options.concurrency}
            config = configure(Path(name), options.feeds, port, url=server.migrated(), **polling)
            polled(config)
            postmaster = int((Path(name) / "data" / "postmaster.pid").read_text().split()[0])
            ratios = []
            for number in range(options.rounds):
                one, two = (turn(config, postmaster, options.feeds, n, pin=options.pin) for n in (1, 2))
                ratios.append(one.seconds / two.seconds)
                print(
                    f"round {number + 1}, one: {one}\nround {number + 1}, two: {two}; {ratios[-1]:.2f} times; {load()}"
                )
            ceiling = 2 * options.feeds / one.cpu
            print(
                f"median {statistics.median(ratios):.2f} times (wanted {WANTED});"
                f" two cores could do {ceiling:.0f} feeds a second of it"
            )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
