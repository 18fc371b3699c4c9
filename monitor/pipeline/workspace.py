"""A configuration with its opened store: what every command and flow works on."""

from __future__ import annotations

import datetime as dt
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor import logs
from monitor.config import Config, load_config
from monitor.logs import one_line
from monitor.store import Store

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The system clock, aware UTC."""
    return dt.datetime.now(dt.UTC)


def worker_name() -> str:
    """A name for this process in leases and logs: host, process id, and a part that no restart repeats."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Configuration, store and clock. The clock is a parameter so that tests can move it."""

    config: Config
    store: Store
    clock: Clock
    owner: str


def database_url(config: Config) -> str:
    """The database's URL with a relative SQLite path made absolute, relative to config.yaml."""
    url = config.database.url
    if not url.startswith("sqlite:///"):
        return url
    path = Path(url.removeprefix("sqlite:///"))
    return f"sqlite:///{config.path(path)}"


@contextmanager
def open_workspace(config_path: Path, clock: Clock = utc_now) -> Iterator[Workspace]:
    """Load the configuration and open its store for the length of the block."""
    config = load_config(config_path)
    with Store.open(database_url(config)) as store:
        yield Workspace(config, store, clock, worker_name())


@contextmanager
def recorded(workspace: Workspace, kind: str) -> Iterator[dict[str, object]]:
    """Note a run in the database while the block runs; what the block puts into the mapping are its counts."""
    counts: dict[str, object] = {}
    run = workspace.store.start_run(kind, now=workspace.clock())
    try:
        with logs.bound(run=run, stage=kind, worker=workspace.owner):
            yield counts
    except BaseException as error:
        workspace.store.finish_run(
            run, now=workspace.clock(), outcome="failed", counts=counts, error=one_line(error)
        )
        raise
    outcome = "partial" if counts.get("failed") else "done"
    workspace.store.finish_run(run, now=workspace.clock(), outcome=outcome, counts=counts)
