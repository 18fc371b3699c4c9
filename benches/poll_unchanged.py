"""`poll` of 5,000 unchanged feeds (304), database and all, against bare aiohttp asking the same and nothing else.

python -m benches.poll_unchanged [--feeds 5000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from benches.feeds import Serving, address, served
from benches.polls import configure, load, make_due, polled

WANTED = 0.5
CONCURRENCY = 100


def bare(count: int, port: int) -> tuple[float, float]:
    """Seconds, and seconds of CPU, of bare aiohttp for the same requests, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    result: multiprocessing.Queue[tuple[float, float]] = context.Queue()
    process = context.Process(target=_bare, args=(count, port, result))
    process.start()
    spent = result.get(timeout=600)
    process.join()
    return spent


def _bare(count: int, port: int, result: multiprocessing.Queue[tuple[float, float]]) -> None:
    async def run() -> tuple[float, float]:
        slots = asyncio.Semaphore(CONCURRENCY)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

            async def ask(number: int) -> None:
                headers = {"If-None-Match": f'"{number}-0"', "Connection": "close"}
                async with slots, session.get(address(number, port), headers=headers) as response:
                    await response.read()
                    assert response.status == 304, response.status

            started, used = time.perf_counter(), time.process_time()
            await asyncio.gather(*(ask(number) for number in range(count)))
            return time.perf_counter() - started, time.process_time() - used

    result.put(asyncio.run(run()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.feeds} unchanged feeds, {load()}")
    ratios, cpu_ratios = [], []
    with (
        served(Serving(count=options.feeds, small_first=True)) as port,
        tempfile.TemporaryDirectory() as name,
    ):
        config = configure(Path(name), options.feeds, port, concurrency=CONCURRENCY)
        polled(config)
        for number in range(options.rounds):
            alone, alone_cpu = bare(options.feeds, port)
            make_due(config)
            [run] = polled(config)
            assert run.unchanged == options.feeds, run
            ratios.append(alone / run.seconds)
            cpu_ratios.append(alone_cpu / run.cpu)
            print(
                f"round {number + 1}: bare {options.feeds / alone:.0f}/s, poll {options.feeds / run.seconds:.0f}/s,"
                f" ratio {ratios[-1]:.2f}, of CPU {cpu_ratios[-1]:.2f} ({alone_cpu:.1f} s to {run.cpu:.1f} s),"
                f" {run.pss / 1e6:.0f} MB, {load()}"
            )
    print(
        f"median ratio {statistics.median(ratios):.2f} (wanted {WANTED}), of CPU {statistics.median(cpu_ratios):.2f}"
    )


if __name__ == "__main__":
    main()
