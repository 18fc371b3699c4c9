"""`reader` (PyPI, by lemon24; the best kept feed library in Python) updating the same feeds as `poll`, by turns.

    python3 -m venv /tmp/reader && /tmp/reader/bin/pip install reader sgmllib3k
    python -m benches.reader_beside --python /tmp/reader/bin/python [--feeds 500] [--rounds 3]

It is no dependency, so it lives in an environment of its own (its copy of feedparser needs sgmllib3k). All feeds are
new (30 items, 100 KB): a second update of `reader` asks nobody before its interval is over. Both store in SQLite and
ask 20 feeds at a time; politeness spacing is off. What they do differs: `reader` keeps the feed's HTML, `poll` plain
text with revisions, and parses in processes of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from benches.feeds import Serving, address, served
from benches.polls import configure, load, polled

WORKERS = 20
#: What the other interpreter runs: seconds and seconds of CPU of an update, and the entries stored.
SCRIPT = """
import json, sys, time
from reader import make_reader
path, workers, urls = sys.argv[1], int(sys.argv[2]), json.load(sys.stdin)
reader = make_reader(path)
for url in urls:
    reader.add_feed(url)
began, used = time.perf_counter(), time.process_time()
reader.update_feeds(workers=workers)
found = [time.perf_counter() - began, time.process_time() - used]
print(json.dumps({"update": found, "entries": reader.get_entry_counts().total}))
"""


def by_reader(python: str, urls: list[str]) -> tuple[float, float]:
    """Seconds, and seconds of CPU, of an update; every entry must be there."""
    with tempfile.TemporaryDirectory() as name:
        command = [python, "-c", SCRIPT, str(Path(name) / "reader.sqlite"), str(WORKERS)]
        done = subprocess.run(
            command, input=json.dumps(urls), capture_output=True, text=True, check=True, timeout=900
        )
    result = json.loads(done.stdout)
    assert result["entries"] == 30 * len(urls), result
    seconds, used = result["update"]
    return seconds, used


def by_poll(count: int, port: int) -> tuple[float, float]:
    """The same of a poll, parsers included."""
    with tempfile.TemporaryDirectory() as name:
        [run] = polled(configure(Path(name), count, port, concurrency=WORKERS))
    assert run.new == 30 * count, run
    return run.seconds, run.cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", required=True, help="an interpreter that has `reader` installed")
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    check = [options.python, "-c", "import reader; print(reader.__version__)"]
    try:
        version = subprocess.run(check, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        print(f"skipped: {options.python} has no `reader`; see the head of this file")
        return
    print(f"reader {version}, {options.feeds} feeds, {WORKERS} at a time, {load()}")
    ratios, cpu_ratios = [], []
    with served(Serving(count=options.feeds)) as port:
        urls = [address(number, port) for number in range(options.feeds)]
        for number in range(options.rounds):
            (their, their_cpu), (our, our_cpu) = by_reader(options.python, urls), by_poll(options.feeds, port)
            ratios.append(their / our)
            cpu_ratios.append(their_cpu / our_cpu)
            print(
                f"round {number + 1}: reader {their:.1f} s ({their_cpu:.1f} s of CPU), poll {our:.1f} s"
                f" ({our_cpu:.1f} s); {load()}"
            )
    print(
        f"poll is {statistics.median(ratios):.1f} times as fast,"
        f" with {statistics.median(cpu_ratios):.1f} times less CPU"
    )


if __name__ == "__main__":
    main()
