"""A control group with a limit of memory, as systemd makes one for `MemoryMax`; for tests that run as root on Linux."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class MemoryGroup:
    """A group in which processes together hold no more than its limit: beyond it the kernel kills one."""

    path: Path

    def enter(self) -> None:
        """Put the calling process into the group, with all that it will start."""
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def most(self) -> int:
        """Bytes held at once so far, the cache of files included."""
        for name in ("memory.peak", "memory.max_usage_in_bytes"):
            if (self.path / name).exists():
                return int((self.path / name).read_text())
        return 0

    def killed(self) -> int:
        """How many processes the kernel killed for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            if (self.path / name).exists():
                found = dict(line.split() for line in (self.path / name).read_text().splitlines())
                return int(found["oom_kill"])
        return 0


@contextmanager
def memory_group(limit: int) -> Iterator[MemoryGroup | None]:
    """A group of its own with this limit in bytes, of either version of control groups; None where none can be made."""
    made: Path | None = None
    for parent, name in (
        (ROOT / "memory", "memory.limit_in_bytes"),
        (ROOT, "memory.max"),
    ):
        folder = parent / f"monitor-test-{os.getpid()}-{time.monotonic_ns()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if (folder / name).exists():
            made = folder
            (folder / name).write_text(str(limit))
            break
        folder.rmdir()
    try:
        yield None if made is None else MemoryGroup(made)
    finally:
        if made is not None:
            for _ in range(100):  # the kernel lets a group go a moment after its last process ended
                with contextlib.suppress(OSError):
                    made.rmdir()
                    break
                time.sleep(0.05)
