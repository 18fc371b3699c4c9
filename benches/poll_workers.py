"""Two workers with one parser each against one, on PostgreSQL: server latency 50 to 150 ms, 5 % of the feeds changed.

python -m benches.poll_workers [--feeds 3000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from benches.feeds import Serving, served
from benches.polls import configure, elapsed, load, make_due, polled
from tests.databases import PostgresServer

WANTED = 1.6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.feeds} feeds, {load()}")
    serving = Serving(count=options.feeds, changed=0.05, small_first=True, delay_ms=(50, 150))
    with served(serving) as port, tempfile.TemporaryDirectory() as name:
        server = PostgresServer(Path(name) / "data")
        try:
            config = configure(Path(name), options.feeds, port, url=server.migrated(), parsers=1)
            polled(config)
            ratios = []
            for number in range(options.rounds):
                seconds = {}
                for workers in (1, 2):
                    make_due(config)
                    runs = polled(config, workers)
                    assert sum(run.feeds for run in runs) == options.feeds, runs  # none twice, none left
                    assert not any(run.failed for run in runs), runs
                    seconds[workers] = elapsed(runs)
                ratios.append(seconds[1] / seconds[2])
                print(
                    f"round {number + 1}: one {seconds[1]:.1f} s, two {seconds[2]:.1f} s, {ratios[-1]:.2f} times"
                )
            print(f"median {statistics.median(ratios):.2f} times (wanted {WANTED})")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
