"""Parser processes with limits: a body that hangs, crashes or bloats one costs only its own feed.

    read(task) ──► a worker's socket ──► read_body ──► its answer, in the order asked

Each worker has a few tasks at a time, so that it never waits for the parent. The clock runs for the task it is at;
past the limit, or when the process ends, that task fails, the others go to another worker, and a new process is
started. (concurrent.futures cannot end one worker; pebble's three threads cost the parent a third of its time.)
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from monitor.pipeline.reading import ReadFailed, ReadTask, read_body
from monitor.types.entries import ReadFeed

#: Seconds that one body may take; ordinary ones take hundredths (reliability.md B4).
READ_SECONDS = 10.0
#: Bytes of data that one worker may hold (reliability.md B4).
READ_MEMORY = 512 * 2**20
#: Tasks that a worker has at a time, the one it is at included.
DEPTH = 3
#: Bodies after which a worker is replaced, so that what a library leaks does not add up.
MOST_TASKS = 2000

Reader = Callable[[ReadTask], ReadFeed | ReadFailed]
Answer = ReadFeed | ReadFailed
_LENGTH = struct.Struct("!I")


class ParserPool:
    """Worker processes that read bodies: `async with ParserPool() as pool: await pool.read(task)`.

    `size` defaults to one process a core. `reader` is a module's function of a `ReadTask`.
    """

    def __init__(
        self, size: int | None = None, seconds: float = READ_SECONDS, *, reader: Reader = read_body
    ) -> None:
        self.size = size or max(1, os.cpu_count() or 1)
        self._seconds = seconds
        self._reader = reader
        self._workers: list[_Worker] = []
        self._starting = 0
        self._places = asyncio.Semaphore(self.size * DEPTH)
        self._start = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            await worker.stop()
        self._workers.clear()

    async def read(self, task: ReadTask) -> Answer:
        """Read one body in a worker. One that hangs, crashes or grows too large is a `ReadFailed`."""
        async with self._places:
            packed = pickle.dumps(task, protocol=5)
            while True:
                worker = await self._free()
                answer = await worker.ask(packed)
                if answer is not None:
                    return answer

    async def _free(self) -> _Worker:
        """The worker with the fewest tasks; a new one while there are fewer than `size`."""
        async with self._start:
            self._workers = [worker for worker in self._workers if worker.alive]
            takers = [worker for worker in self._workers if worker.asked < MOST_TASKS]
            idle = min(takers, key=lambda worker: worker.waiting, default=None)
            if idle is None or (idle.waiting and len(takers) < self.size):
                idle = await _Worker.start(self._reader, self._seconds)
                self._workers.append(idle)
            idle.taken()
            return idle


class _Worker:
    """One process and the tasks that it has, the first of which it is at."""

    def __init__(
        self,
        process: multiprocessing.process.BaseProcess,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seconds: float,
    ) -> None:
        self.alive = True
        self.asked = 0
        self.waiting = 0
        self._process = process
        self._reader = reader
        self._writer = writer
        self._seconds = seconds
        self._tasks: deque[asyncio.Future[Answer | None]] = deque()
        self._changed = asyncio.Event()
        self._answers = asyncio.create_task(self._receive())

    @classmethod
    async def start(cls, reader: Reader, seconds: float) -> _Worker:
        """Start a process and wait until it is there. RuntimeError if it cannot run at all."""
        ours, theirs = socket.socketpair()
        process = await asyncio.to_thread(_launch, reader, theirs)
        theirs.close()
        ours.setblocking(False)
        stream, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
        try:
            await stream.readexactly(1)
        except asyncio.IncompleteReadError:
            writer.close()
            process.join()
            raise RuntimeError(f"a parser process ended at once with {process.exitcode}") from None
        return cls(process, stream, writer, seconds)

    def taken(self) -> None:
        """Count a task that is about to be asked."""
        self.asked += 1
        self.waiting += 1

    async def ask(self, packed: bytes) -> Answer | None:
        """The answer to a task; None if the process ended before its turn, and another must be asked."""
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        if not self.alive:
            return None
        self._tasks.append(future)
        self._changed.set()
        self._writer.write(_LENGTH.pack(len(packed)))
        self._writer.write(packed)
        try:
            return await future
        finally:
            self.waiting -= 1
            if self.asked >= MOST_TASKS and not self._tasks:
                await self.stop()

    async def _receive(self) -> None:
        """Hand answers to those who wait for them, until the process ends or is ended."""
        while self.alive:
            if not self._tasks:
                self._changed.clear()
                await self._changed.wait()
                continue
            try:
                async with asyncio.timeout(self._seconds):
                    size = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))[0]
                    answer: Answer = pickle.loads(await self._reader.readexactly(size))  # noqa: S301 -- our own process
            except TimeoutError:
                detail = f"reading took more than {self._seconds:g} s"
                await self._end(ReadFailed(code="parse_timeout", detail=detail))
            except (asyncio.IncompleteReadError, OSError):
                await self._end(None)
            else:
                self._answer(self._tasks.popleft(), answer)

    async def _end(self, failure: ReadFailed | None) -> None:
        """End the process. The task that it was at has failed, the others are to be asked of another."""
        self.alive = False
        if failure is not None:
            self._process.kill()
        await asyncio.to_thread(self._process.join)
        code = self._process.exitcode
        failure = failure or ReadFailed(code="parse_crash", detail=f"the reading process ended with {code}")
        self._writer.close()
        self._answer(self._tasks.popleft(), failure)
        while self._tasks:
            self._answer(self._tasks.popleft(), None)

    @staticmethod
    def _answer(future: asyncio.Future[Answer | None], answer: Answer | None) -> None:
        if not future.done():
            future.set_result(answer)

    async def stop(self) -> None:
        """End the process, whatever it is at."""
        if not self.alive:
            return
        self.alive = False
        self._answers.cancel()
        self._writer.close()
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        while self._tasks:
            self._answer(self._tasks.popleft(), None)


def _launch(reader: Reader, ours: socket.socket) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["monitor.pipeline.reading"])
    process = context.Process(target=_work, args=(reader, ours), daemon=True, name="parser")
    process.start()
    return process


def _work(reader: Reader, parent: socket.socket) -> None:
    """The worker: limits first, then bodies until the parent is gone."""
    # the terminal's Ctrl-C is the parent's to decide
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (READ_MEMORY, READ_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # what was imported stays: it need not be looked at, nor copied from the parent's pages, at each collection
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    parent.setblocking(True)
    with suppress(ConnectionError), parent, parent.makefile("rb", buffering=1 << 20) as stream:
        parent.sendall(b"\x01")
        while head := stream.read(_LENGTH.size):
            packed = stream.read(_LENGTH.unpack(head)[0])
            answer = _read(reader, packed)
            del packed
            parent.sendall(_LENGTH.pack(len(answer)) + answer)


def _read(reader: Reader, packed: bytes) -> bytes:
    try:
        return pickle.dumps(reader(pickle.loads(packed)), protocol=5)  # noqa: S301 -- our parent's
    except MemoryError:
        failure = ReadFailed(code="parse_memory", detail="reading took more memory than allowed")
    except Exception as error:
        # a fault of ours that a body brings to light: it must not stop the other feeds, and is shown with this one
        failure = ReadFailed(code="parse_fault", detail=f"{type(error).__name__}: {error}"[:300])
    return pickle.dumps(failure, protocol=5)
