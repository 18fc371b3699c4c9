"""What the world does to a run: each fault, then one clean run ends where one without the fault would have ended.

Compared by natural keys (`content`): without row numbers, runs, leases and seen-times.
"""

from __future__ import annotations

import asyncio
import ctypes
import datetime as dt
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.errors import MonitorError
from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.store import Store
from tests.databases import PostgresServer
from tests.faults.test_kills import Victim, content, in_check_on
from tests.newsroom_process import Newsroom, accept, write_config

FEEDS = 16


class World:
    """A newsroom, a database for the faults, and what a calm run of the same feeds stores."""

    def __init__(self, room: Newsroom, url: str, folder: Path) -> None:
        self.room, self.url, self.folder = room, url, folder
        self.config = write_config(folder, room, url=url, host_gap="0s", concurrency=4, parsers=1)
        self.victim = Victim(self.config, url)

    def clean_run(self) -> None:
        self.victim.finish("poll", "--all")

    def same_as_calm(self) -> None:
        """One clean run, and the same is stored as by a run that met no fault."""
        self.clean_run()
        calm = self.folder / "calm"
        calm.mkdir()
        config = write_config(calm, self.room, host_gap="0s")
        upgrade_database(config)
        with open_workspace(config) as whole, Store.open(self.url) as met:
            asyncio.run(poll(whole, ignore_due=True))
            assert content(met) == content(whole.store)
            assert len(content(met)) > 50
            accept(self.room, met, self.folder)

    def command(self, *arguments: str, prepare: Callable[[], object] | None = None) -> subprocess.Popen[str]:
        """`monitor` as a process of its own, with something done to it before it starts."""
        command = [str(Path(sys.executable).with_name("monitor")), "-c", str(self.config), *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509 -- no thread runs in this test
        )  # fmt: skip


@pytest.fixture
def world(newsroom: Callable[..., Any], database_url: str, tmp_path: Path) -> Iterator[World]:
    with newsroom("--feeds", str(FEEDS), "--latency", "50-100") as room:
        yield World(room, database_url, tmp_path)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def when(happened: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Return when another process has come so far, or has ended."""
    deadline = time.monotonic() + 60
    while not happened() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


@in_check_on("postgresql")
def test_a_stopped_worker_is_taken_over_and_its_late_commit_is_refused(world: World) -> None:
    victim = world.victim
    process = world.command("poll", "--all")
    when(lambda: victim.run("SELECT COUNT(*) FROM feeds WHERE lease_owner IS NOT NULL"), process)
    os.killpg(process.pid, signal.SIGSTOP)
    held = victim.run("SELECT COUNT(*) FROM feeds WHERE lease_owner IS NOT NULL")
    fetched = victim.run("SELECT COUNT(*) FROM fetches")
    assert held > 0
    world.clean_run()
    taken_over = victim.run("SELECT COUNT(*) FROM fetches")
    assert taken_over - fetched == FEEDS, "another worker asked every feed"
    os.killpg(process.pid, signal.SIGCONT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode in {0, 1}, output
    refused = FEEDS - (victim.run("SELECT COUNT(*) FROM fetches") - taken_over) - fetched
    assert refused >= held and "stale_lease" in output, "what it held was refused by the fence"
    world.same_as_calm()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_full_disk_stops_the_run_in_plain_words_and_loses_nothing(world: World) -> None:
    path = file_of(world.url)
    limit = path.stat().st_size + 64 * 1024

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = world.command("poll", "--all", prepare=small_disk)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 3, output
    assert "Traceback" not in output and str(path) in output, output
    assert world.victim.run("SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0
    world.same_as_calm()


def test_a_read_only_database_stops_the_run_in_plain_words(world: World) -> None:
    prepare: Callable[[], object] | None = None
    if world.url.startswith("sqlite"):
        path = file_of(world.url)
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(0o444)
        prepare = without_override
    else:
        name = sa.make_url(world.url).database
        world.victim.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    process = world.command("poll", "--all", prepare=prepare)
    output, _ = process.communicate(timeout=120)
    if world.url.startswith("sqlite"):
        path.chmod(mode)
    else:
        with world.victim.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        world.victim.engine.dispose()
    assert process.returncode == 3, output
    assert "Traceback" not in output and ("writable" in output or "only allows reading" in output), output
    world.same_as_calm()


def without_override() -> None:
    """Take from this process the right of root to write what is read-only (CAP_DAC_OVERRIDE)."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@in_check_on("sqlite")
def test_a_clock_that_jumps_doubles_nothing_and_loses_nothing(world: World) -> None:
    with open_workspace(world.config) as workspace:
        for days in (0, -3, 40, 0):
            shift = dt.timedelta(days=days)
            shifted = Workspace(
                workspace.config, workspace.store, lambda s=shift: dt.datetime.now(dt.UTC) + s, f"w{days}"
            )
            asyncio.run(poll(shifted, ignore_due=True))
    world.same_as_calm()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_postgresql_that_is_restarted_in_a_transaction_costs_only_that_run(
    world: World, postgresql: PostgresServer
) -> None:
    process = world.command("poll", "--all")
    when(lambda: world.victim.run("SELECT COUNT(*) FROM fetches"), process)
    world.victim.engine.dispose()
    postgresql.restart()
    output, _ = process.communicate(timeout=180)
    assert process.returncode in {0, 1, 3}, output
    assert "Traceback" not in output, output
    world.same_as_calm()


@in_check_on("sqlite")
def test_a_database_that_is_away_is_named_and_nothing_is_asked(world: World) -> None:
    before = world.room.requests()
    away = {"MONITOR_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    command = [str(Path(sys.executable).with_name("monitor")), "-c", str(world.config), "poll", "--all"]
    done = subprocess.run(
        command, env=os.environ | away, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 3 and "PostgreSQL server running" in done.stderr, done.stderr
    assert world.room.requests() == before
    world.same_as_calm()


def test_two_owners_of_one_plan_store_it_once(database_url: str) -> None:
    """The fence itself: a plan of an older lease changes nothing, whatever it says."""
    from tests.store.making import NOW, entry, leased, plan

    with Store.open(database_url) as store:
        [old] = leased(store)
        [new] = leased(store, now=NOW + dt.timedelta(minutes=10))
        [late] = store.apply([plan(old, entry("late"))], now=NOW)
        [good] = store.apply([plan(new, entry("good"))], now=NOW)
        assert late.error.startswith("stale_lease") and not good.error
        assert list(store.frame("SELECT external_id FROM report_entries")["external_id"]) == ["good"]
        with pytest.raises(MonitorError):
            store.save_annotations([], now=NOW, lease=_stolen(store))


def _stolen(store: Store) -> Any:
    from tests.store.making import NOW

    lease = store.lease_named("x", owner="w1", now=NOW, lease_for=dt.timedelta(minutes=1))
    store.lease_named("x", owner="w2", now=NOW + dt.timedelta(minutes=2), lease_for=dt.timedelta(minutes=1))
    return lease
