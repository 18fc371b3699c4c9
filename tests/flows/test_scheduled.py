"""A scheduled run really fires: server, schedule and worker as `make serve` starts them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest
import yaml

from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from monitor.pipeline.setup import upgrade_database
from tests.worker_site import free_port

#: Seconds within which the first scheduled run must have stored entries; it takes about 25.
DEADLINE = 150.0


def stored(database: Path) -> tuple[int, int]:
    """Entries, and entries that have a story: the schedule polled, and analysed after it."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("select count(*), count(story_id) from report_entries").fetchone()
    return int(row[0]), int(row[1])


@pytest.mark.slow
async def test_a_scheduled_run_fires_and_stores_entries(tmp_path: Path) -> None:
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        settings["polling"] |= {"every": "5s", "min_interval": "5s"}
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        upgrade_database(config)
        log = tmp_path / "serve.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "flows", "serve", "-c", str(config), "--port", str(free_port()),
                stdout=output, stderr=output, start_new_session=True,
                cwd=tmp_path,
            )  # fmt: skip
            try:
                await until_stored(tmp_path / demo.DATABASE, process, log)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 20)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


async def until_stored(database: Path, process: asyncio.subprocess.Process, log: Path) -> None:
    """Return when a scheduled run has stored and analysed entries; fail with the log otherwise."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.returncode is None, f"serve ended:\n{log.read_text(errors='replace')[-3000:]}"
        entries, grouped = stored(database)
        if entries and grouped == entries:
            return
        await asyncio.sleep(0.5)
    pytest.fail(
        f"no scheduled run stored entries within {DEADLINE:g} s:\n{log.read_text(errors='replace')[-3000:]}"
    )
