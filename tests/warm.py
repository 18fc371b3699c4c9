"""`monitor` as real processes that start warm: forked by a clean server that has imported the program already.

Importing takes most of a short run. A forked process is as real as one that the shell started: it has its own pid,
session, connections and files, and SIGKILL ends it wherever it is. The server ends with the tests' process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext, ForkServerProcess

_IMPORTED = ["monitor.cli.app", "monitor.pipeline.publish", "monitor.pipeline.alerting"]


class WarmProcess:
    """One run of `monitor`, with the manners of `subprocess.Popen` that tests need."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._process.start()
        self.pid = int(process.pid or 0)

    def poll(self) -> int | None:
        """The exit code, minus the signal where one ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code once it has ended; subprocess.TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("monitor", timeout or 0.0)
        return code

    def kill(self) -> None:
        """SIGKILL for it and whatever it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            # not its own session's leader yet, or over
            self._process.kill()
        self._process.join()


def start(*arguments: str, environment: Mapping[str, str]) -> WarmProcess:
    """Begin `monitor` with these arguments and this environment, in a session of its own; its output is dropped."""
    context = multiprocessing.get_context("forkserver")
    assert isinstance(context, ForkServerContext)
    context.set_forkserver_preload(_IMPORTED)
    return WarmProcess(context.Process(target=_run, args=(arguments, dict(environment))))


def _run(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.argv = ["monitor", *arguments]
    from monitor.cli.app import main

    main()
