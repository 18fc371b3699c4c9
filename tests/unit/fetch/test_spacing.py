"""Politeness in time, on a clock of its own: nothing here waits."""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fetch.spacing import Spacing


class FakeTime:
    """A clock that jumps to the next sleeper when everybody else has nothing to do."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, future))
        await future

    async def run(self, *tasks) -> None:
        every = asyncio.gather(*tasks)
        while not every.done():
            for _ in range(20):
                await asyncio.sleep(0)
            while self._sleepers and not every.done():
                when, _, future = heapq.heappop(self._sleepers)
                if not future.done():
                    self.now = max(self.now, when)
                    future.set_result(None)
                    break
        await every


class World:
    """Requests that take a known time, and what is seen of them."""

    def __init__(self, *, concurrency: int = 100, per_host: int = 1, host_gap: float = 5.0) -> None:
        self.time = FakeTime()
        self.spacing = Spacing(
            concurrency=concurrency,
            per_host=per_host,
            host_gap=host_gap,
            clock=self.time.clock,
            sleep=self.time.sleep,
        )
        self.starts: defaultdict[str, list[float]] = defaultdict(list)
        self.order: list[object] = []
        self.open: defaultdict[str, int] = defaultdict(int)
        self.most: defaultdict[str, int] = defaultdict(int)
        self.most_of_all = 0
        self.done_at: dict[object, float] = {}

    async def request(self, host: str, seconds: float, name: object = None, gap: float | None = None) -> None:
        async with self.spacing.slot(host, gap=gap):
            self.starts[host].append(self.time.now)
            self.order.append(name)
            self.open[host] += 1
            self.most[host] = max(self.most[host], self.open[host])
            self.most_of_all = max(self.most_of_all, sum(self.open.values()))
            await self.time.sleep(seconds)
            self.open[host] -= 1
        self.done_at[name] = self.time.now


async def test_one_start_a_host_every_gap_first_come_first_served() -> None:
    world = World()
    await world.time.run(*(world.request("a", 0.1, n) for n in range(4)), world.request("b", 0.1, "b"))
    assert world.starts["a"] == [0, 5, 10, 15]
    assert world.starts["b"] == [0]
    assert [name for name in world.order if name != "b"] == [0, 1, 2, 3]


async def test_a_slow_request_holds_its_host_until_it_is_done() -> None:
    world = World()
    await world.time.run(world.request("a", 30), world.request("a", 1))
    assert world.starts["a"] == [0, 30]
    assert world.most["a"] == 1


async def test_two_at_once_a_host_still_start_apart() -> None:
    world = World(per_host=2)
    await world.time.run(*(world.request("a", 30) for _ in range(4)))
    assert world.starts["a"] == [0, 5, 30, 35]
    assert world.most["a"] == 2


async def test_slow_hosts_do_not_hold_up_the_others() -> None:
    """30 feeds that hang on one host, and 200 good ones: the good ones never wait for them."""
    world = World(concurrency=10, host_gap=0)
    hanging = [world.request("slow", 30, ("slow", n)) for n in range(30)]
    good = [world.request(f"host-{n}", 0.1, n) for n in range(200)]
    await world.time.run(*hanging, *good)
    # nine places are left, so 200 requests of 0.1 s take 23 rounds
    assert max(world.done_at[n] for n in range(200)) == pytest.approx(2.3)
    assert world.most_of_all == 10


async def test_waiting_for_a_place_does_not_wear_the_gap_down() -> None:
    world = World(concurrency=1, per_host=2)
    await world.time.run(world.request("a", 7), world.request("a", 1), world.request("a", 1))
    assert world.starts["a"] == [0, 7, 12]


async def test_a_crawl_delay_lengthens_the_gap_and_never_shortens_it() -> None:
    world = World()
    await world.time.run(world.request("a", 0, gap=20), world.request("a", 0, gap=1), world.request("a", 0))
    assert world.starts["a"] == [0, 20, 25]


async def test_a_slot_that_starts_nothing_costs_nobody_time() -> None:
    world = World()

    async def unused() -> None:
        async with world.spacing.slot("a"):
            world.spacing.refund("a")

    await world.time.run(unused(), unused(), world.request("a", 1))
    assert world.starts["a"] == [0]


async def test_a_cancelled_wait_gives_its_place_back() -> None:
    world = World(concurrency=1)
    first = asyncio.ensure_future(world.request("a", 1))
    second = asyncio.ensure_future(world.request("a", 1))
    other = asyncio.ensure_future(world.request("b", 1))
    await asyncio.sleep(0)
    second.cancel()
    other.cancel()
    await world.time.run(first)
    await world.time.run(world.request("a", 1), world.request("b", 1))
    assert world.starts == {"a": [0, 5], "b": [1]} or world.starts["a"][0] == 0


async def test_an_error_gives_the_place_back() -> None:
    world = World(concurrency=1, host_gap=0)
    with pytest.raises(RuntimeError):
        async with world.spacing.slot("a"):
            raise RuntimeError
    await world.time.run(world.request("a", 1))
    assert len(world.spacing) == 0


async def test_hosts_nobody_waits_for_are_forgotten() -> None:
    world = World(host_gap=5)
    await world.time.run(*(world.request(f"host-{n}", 0.01) for n in range(3000)))
    world.time.now += 10
    await world.time.run(world.request("last", 6))
    assert len(world.spacing) <= 3000
    quiet = World(host_gap=0)
    await quiet.time.run(*(quiet.request(f"host-{n}", 0.01) for n in range(3000)))
    assert len(quiet.spacing) == 0


@settings(max_examples=60, deadline=None)
@given(
    jobs=st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 12)), max_size=25),
    concurrency=st.integers(1, 4),
    per_host=st.integers(1, 3),
)
def test_the_rules_hold_whatever_is_asked(jobs, concurrency, per_host) -> None:
    async def check() -> None:
        world = World(concurrency=concurrency, per_host=per_host)
        await world.time.run(*(world.request(host, seconds) for host, seconds in jobs))
        assert sum(len(starts) for starts in world.starts.values()) == len(jobs)
        assert world.most_of_all <= concurrency
        for host, starts in world.starts.items():
            assert world.most[host] <= per_host
            assert all(later - earlier >= 5 - 1e-9 for earlier, later in pairwise(starts))

    asyncio.run(check())
