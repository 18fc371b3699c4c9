"""`poll` of 1,000 feeds on 1,000 addresses, a tenth of which never answer: how much longer than without them.

python -m benches.poll_hanging [--feeds 1000] [--timeout 5]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benches.feeds import Serving, served
from benches.polls import Polled, configure, load, polled

WANTED = 1.1


def once(count: int, hang: float, timeout: float) -> Polled:
    """One poll of new feeds of which the share `hang` never answers."""
    with (
        served(Serving(count=count, hang=hang, small_first=True)) as port,
        tempfile.TemporaryDirectory() as name,
    ):
        [run] = polled(configure(Path(name), count, port, timeout=f"{timeout}s"))
        return run


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds")
    options = parser.parse_args()
    print(f"{options.feeds} feeds, timeout {options.timeout:g} s, {load()}")
    calm = once(options.feeds, 0.0, options.timeout)
    hung = once(options.feeds, 0.1, options.timeout)
    assert calm.failed == 0, calm
    more = (hung.seconds - calm.seconds) / options.timeout
    print(
        f"without {calm.seconds:.1f} s, with {hung.failed} that hang {hung.seconds:.1f} s:"
        f" {more:.2f} timeouts more (wanted at most {WANTED})"
    )


if __name__ == "__main__":
    main()
