"""Entries a second that one, two and three workers ingest on PostgreSQL, and that one analysis takes up after them.

    python -m benches.workers [--feeds 240] [--latency 400-800]

Every feed shows 30 new items in 100 KB; a worker asks 20 at a time and has one parser, as on a machine of one core. The
server's latency makes a worker wait, as the Internet does: a second worker helps as long as cores are left, and the
cores that were busy are printed beside, PostgreSQL's and the server's among them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benches.feeds import Serving, served
from benches.poll_workers import cpu_of_all
from benches.polls import configure, elapsed, load, polled
from monitor.pipeline.analyse import analyse
from monitor.pipeline.workspace import open_workspace
from tests.databases import PostgresServer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=240)
    parser.add_argument("--latency", default="400-800")
    options = parser.parse_args()
    low, _, high = options.latency.partition("-")
    print(f"{options.feeds} feeds, 30 new items each, latency {options.latency} ms, {load()}")
    serving = Serving(count=options.feeds, delay_ms=(int(low), int(high)))
    with served(serving) as port, tempfile.TemporaryDirectory() as name:
        server = PostgresServer(Path(name) / "data")
        try:
            postmaster = int((Path(name) / "data" / "postmaster.pid").read_text().split()[0])
            rates = {}
            for workers in (1, 2, 3):
                folder = Path(name) / f"w{workers}"
                folder.mkdir()
                url = server.create(f"workers_{workers}")
                config = configure(folder, options.feeds, port, url=url, parsers=1, concurrency=20)
                used = cpu_of_all(postmaster)
                runs = polled(config, workers)
                seconds, new = elapsed(runs), sum(run.new for run in runs)
                cores = (cpu_of_all(postmaster) - used) / seconds
                assert sum(run.feeds for run in runs) == options.feeds, runs  # none twice, none left
                rates[workers] = new / seconds
                print(
                    f"{workers} workers: {new} entries in {seconds:.1f} s, {rates[workers]:.0f} a second, "
                    f"{rates[workers] / rates[1]:.2f} times one; {cores:.1f} cores busy; {load()}"
                )
            with open_workspace(config) as workspace:
                began = time.monotonic()
                result = analyse(workspace)
                seconds = time.monotonic() - began
            print(
                f"analysis: {result.annotated} entries in {seconds:.1f} s, {result.annotated / seconds:.0f} a second"
            )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
