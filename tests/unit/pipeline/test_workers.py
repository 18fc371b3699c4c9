"""Parser processes: a body that hangs, crashes or bloats one costs only its own feed."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import time

import pytest

from monitor.pipeline import workers
from monitor.pipeline.reading import ReadFailed, ReadTask, read_body
from monitor.pipeline.workers import ParserPool
from monitor.types.entries import ReadFeed
from monitor.types.source import FeedKind

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
FEED = b'<rss version="2.0"><channel><title>Desk</title><item><title>Talks</title><guid>1</guid></item></channel></rss>'


def hostile(task: ReadTask) -> ReadFeed | ReadFailed:
    """A reader with every fault that a parser could have, by what the body says."""
    if task.body == b"hang":
        time.sleep(3600)
    if task.body == b"work":
        while True:
            pass
    if task.body == b"slow":
        time.sleep(0.5)
    if task.body == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.body == b"bloat":
        return ReadFailed(code="never", detail=str(len(bytearray(2**30))))
    if task.body == b"bug":
        raise RuntimeError("a fault of ours")
    return read_body(task)


def task(body: bytes = FEED) -> ReadTask:
    return ReadTask(
        body=body,
        content_type=None,
        url="https://desk.example/feed",
        kind=FeedKind.RSS,
        feed_language=None,
        now=NOW,
    )


def read_all(bodies: list[bytes], seconds: float = 20.0, size: int = 2) -> list[ReadFeed | ReadFailed]:
    async def run() -> list[ReadFeed | ReadFailed]:
        async with ParserPool(size, seconds, reader=hostile) as pool:
            return await asyncio.gather(*(pool.read(task(body)) for body in bodies))

    return asyncio.run(run())


def outcome(answer: ReadFeed | ReadFailed) -> str:
    return answer.code if isinstance(answer, ReadFailed) else f"{len(answer.entries)} entries"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"kill", "parse_crash"), (b"bloat", "parse_memory"), (b"bug", "parse_fault"), (b"", "empty_body")],
)
def test_a_fault_costs_its_own_feed_only(body: bytes, code: str) -> None:
    answers = [outcome(answer) for answer in read_all([FEED, body, *[FEED] * 8, body, FEED])]
    assert answers == ["1 entries", code, *["1 entries"] * 8, code, "1 entries"]


@pytest.mark.parametrize("body", [b"hang", b"work"])
def test_a_body_that_hangs_is_given_up_and_those_behind_it_are_read(body: bytes) -> None:
    answers = [outcome(answer) for answer in read_all([body, *[FEED] * 6], seconds=1.0, size=1)]
    assert answers == ["parse_timeout", *["1 entries"] * 6]


def test_what_counts_is_work_not_waiting_for_a_core() -> None:
    # asleep for longer than it may work, as a process is on a machine that others use
    assert outcome(read_all([b"slow"], seconds=0.4)[0]) != "parse_timeout"


def test_cpu_of_a_process_is_known_or_unknown() -> None:
    assert (workers.cpu_seconds(os.getpid()) or 0) > 0
    assert workers.cpu_seconds(2**22 + 1) is None


def test_workers_are_replaced_after_their_number_of_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_TASKS", 3)
    assert [outcome(answer) for answer in read_all([FEED] * 20)] == ["1 entries"] * 20


def test_no_process_is_left_behind() -> None:
    async def run() -> list[int]:
        async with ParserPool(2, reader=hostile) as pool:
            await asyncio.gather(*(pool.read(task()) for _ in range(4)))
            return [int(worker._process.pid) for worker in pool._workers]

    for pid in asyncio.run(run()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_pool_that_is_left_in_the_middle_ends_its_processes() -> None:
    async def run() -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), ParserPool(1, reader=hostile) as pool:
                await pool.read(task(b"hang"))
        return len(pool._workers)

    assert asyncio.run(run()) == 0
