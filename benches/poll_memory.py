"""Memory of one `poll` with its parsers (PSS): 10,000 feeds of which 5 % changed, and 1,000 that all changed.

python -m benches.poll_memory [--feeds 10000] [--changed 0.05]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benches.feeds import Serving, served
from benches.polls import Polled, configure, load, make_due, polled


def second_poll(count: int, changed: float) -> Polled:
    """The poll after the first one, which stored a few short items of each feed."""
    serving = Serving(count=count, changed=changed, small_first=True)
    with served(serving) as port, tempfile.TemporaryDirectory() as name:
        config = configure(Path(name), count, port)
        polled(config)
        make_due(config)
        [run] = polled(config)
        return run


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--changed", type=float, default=0.05)
    options = parser.parse_args()
    print(load())
    for count, changed, wanted in ((options.feeds, options.changed, 500), (options.feeds // 10, 1.0, 400)):
        run = second_poll(count, changed)
        print(
            f"{run.feeds} feeds, {run.stored} changed, {run.new} new entries: {run.pss / 1e6:.0f} MB"
            f" (wanted under {wanted}), {run.seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
