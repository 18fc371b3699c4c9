"""`poll` in a process of its own, measured: seconds, counts, and the memory of it with its parsers."""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
import yaml

from benches.feeds import address
from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import database_url, open_workspace
from monitor.store.engine import connect, parse_url


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll: begin and end (seconds of the machine's monotonic clock), what it came to, bytes of PSS at most.

    `cpu` are seconds of the process and of its parsers: on a busy machine they say more than the clock.
    """

    began: float
    ended: float
    feeds: int
    stored: int
    unchanged: int
    failed: int
    new: int
    pss: int
    cpu: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


def configure(folder: Path, count: int, port: int, url: str = "sqlite:///monitor.db", **polling: Any) -> Path:
    """A configuration of `count` feeds, politeness spacing off, and its migrated database."""
    settings = {
        "database": {"url": url},
        "polling": {"host_gap": "0s", "allow_networks": ["127.0.0.0/8"]} | polling,
        "outlets": [
            {
                "name": f"Outlet {number}",
                "slug": f"o{number}",
                # as in the tutorial; what is left open costs 0.3 s a process once, to read the register of outlets
                "country": "FR",
                "ownership": "private",
                "feeds": [{"rss": address(number, port)}],
            }
            for number in range(count)
        ],
    }
    config = folder / "config.yaml"
    config.write_text(yaml.dump(settings, Dumper=yaml.CSafeDumper), encoding="utf-8")
    upgrade_database(config)
    return config


def make_due(config: Path) -> None:
    """Let the time of the next poll have come for every feed."""
    with open_workspace(config) as workspace:
        engine = connect(parse_url(database_url(workspace.config)))
    with engine.begin() as connection:
        past = "created_at"
        connection.execute(sa.text(f"UPDATE feeds SET next_poll_at = {past}"))
    engine.dispose()


def polled(config: Path, workers: int = 1, *, pin: bool = False) -> list[Polled]:
    """Poll with so many processes at once; they begin together.

    `pin` gives each worker with its parsers one core, in turn, as a machine of one core each would.
    """
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[Polled] = context.Queue()
    together = context.Barrier(workers)
    cores = sorted(os.sched_getaffinity(0))
    places = [{cores[n % len(cores)]} if pin else set(cores) for n in range(workers)]
    processes = [context.Process(target=_poll, args=(config, together, results, place)) for place in places]
    for process in processes:
        process.start()
    found = [results.get(timeout=900) for _ in processes]
    for process in processes:
        process.join()
    return found


def elapsed(runs: Sequence[Polled]) -> float:
    """Seconds from the first beginning to the last end."""
    return max(run.ended for run in runs) - min(run.began for run in runs)


def _poll(config: Path, together: Any, results: multiprocessing.Queue[Polled], cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)  # its parsers inherit it
    with open_workspace(config) as workspace:
        memory = Memory()
        memory.start()
        together.wait()
        began, used = time.monotonic(), cpu()
        result = asyncio.run(poll(workspace))
        ended, used = time.monotonic(), cpu() - used
        results.put(
            Polled(
                began=began,
                ended=ended,
                feeds=result.feeds,
                stored=result.stored,
                unchanged=result.unchanged,
                failed=len(result.failed),
                new=result.counts.new,
                pss=memory.stop(),
                cpu=used,
            )
        )


def cpu() -> float:
    """Seconds of CPU of this process, and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


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


def load() -> str:
    """Date and load of the machine, for the record: figures of a busy machine are ratios only."""
    return (
        f"{dt.datetime.now(dt.UTC).date()}, load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores"
    )
