"""Parser processes with limits: a body that hangs, crashes or bloats one costs only its own feed.

    read(task) ──► a worker's socket ──► read_body ──► its answer, in the order asked

Each worker has a few tasks at a time, so that it never waits for the parent. The clock runs for the task it is at;
past the limit, or when the process ends, that task fails, the others go to another worker, and a new process is
started. Workers are fresh interpreters: a forked one would import the program around us (Prefect, say) as well.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.pipeline.parser_process import LENGTH, Answer, Reader
from monitor.pipeline.reading import ReadFailed, ReadTask, read_body

__all__ = ["ParserPool", "Reader"]

#: Seconds of CPU that one body may take; ordinary ones take hundredths (reliability.md B4).
READ_SECONDS = 10.0
#: So many times as long by the clock, where the process gets less than a core; one that sleeps ends then, too.
PATIENCE = 4
#: Tasks that a worker has at a time, the one it is at included.
DEPTH = 3
#: Bodies after which a worker is replaced, so that what a library leaks does not add up.
MOST_TASKS = 2000


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
        process: subprocess.Popen[bytes],
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
            process.wait()
            raise RuntimeError(f"a parser process ended at once with {process.returncode}") from None
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
        self._writer.write(LENGTH.pack(len(packed)))
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
            reading = asyncio.ensure_future(self._next_answer())
            try:
                in_time = await self._in_time(reading)
            finally:
                reading.cancel()
            try:
                answer = reading.result() if in_time else None
            except (asyncio.IncompleteReadError, OSError):
                await self._end(None)
                continue
            if answer is None:
                detail = f"reading took more than {self._seconds:g} s"
                await self._end(ReadFailed(code="parse_timeout", detail=detail))
            else:
                self._answer(self._tasks.popleft(), answer)

    async def _next_answer(self) -> Answer:
        size = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))[0]
        answer: Answer = pickle.loads(await self._reader.readexactly(size))  # noqa: S301 -- our own process
        return answer

    async def _in_time(self, reading: asyncio.Future[Answer]) -> bool:
        """Whether the answer came before its CPU, or all patience, was used up."""
        began = cpu_seconds(self._process.pid)
        for _ in range(PATIENCE):
            done, _waiting = await asyncio.wait({reading}, timeout=self._seconds)
            if done:
                return True
            now = cpu_seconds(self._process.pid)
            # on a busy machine a process may wait longer for a core than it works
            if began is None or now is None or now - began >= 0.9 * self._seconds:
                return False
        return False

    async def _end(self, failure: ReadFailed | None) -> None:
        """End the process. The task that it was at has failed, the others are to be asked of another."""
        self.alive = False
        if failure is not None:
            self._process.kill()
        await asyncio.to_thread(self._process.wait)
        code = self._process.returncode
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
        await asyncio.to_thread(self._process.wait)
        while self._tasks:
            self._answer(self._tasks.popleft(), None)


def cpu_seconds(pid: int) -> float | None:
    """Seconds of CPU that a process has used so far; None where the system does not tell (it is not Linux)."""
    try:
        # proc(5): after the name in brackets, which may hold anything, utime and stime are the 12th and 13th
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def _launch(reader: Reader, theirs: socket.socket) -> subprocess.Popen[bytes]:
    """A fresh interpreter that imports the reader and nothing of the program around us."""
    name = f"{reader.__module__}:{reader.__qualname__}"
    command = [sys.executable, "-m", "monitor.pipeline.parser_process", str(theirs.fileno()), name]
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        command,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
    )
