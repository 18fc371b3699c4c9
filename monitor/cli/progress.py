"""How far a long piece of work is: a bar on a terminal, log lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from monitor import logs
from monitor.types.backup import Progress

#: Seconds between two log lines of one step.
EVERY = 10.0


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A function to be called with what is being done and how many rows are."""
    if sys.stderr.isatty():
        with _bars() as shown:
            yield shown
        return
    yield _logged()


@contextmanager
def _bars() -> Iterator[Progress]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda what, rows: bars.update(task, description=what, completed=rows)


def _logged() -> Progress:
    log, last = logs.logger(), [time.monotonic()]

    def say(what: str, rows: int) -> None:
        if time.monotonic() - last[0] >= EVERY:
            log.info("progress", step=what, rows=rows)
            last[0] = time.monotonic()

    return say
