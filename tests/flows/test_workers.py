"""The commands of compose.yaml as processes: server, deploy, three workers that run poll, analyse and digest at once.

A worker is killed with what it runs, another is stopped: what they left is done by the third.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from tests.flows.test_scheduled import free_port

DEADLINE = 240.0
KILLS = int(os.environ.get("MONITOR_KILLS", "5"))
COMPOSE: dict[str, Any] = yaml.safe_load((Path(__file__).resolve().parents[2] / "compose.yaml").read_text())


def command_of(service: str, **instead: str) -> list[str]:
    """A container's command with this machine's interpreter, port and paths."""
    words = [sys.executable, *COMPOSE["services"][service]["command"][1:]]
    return [instead.get(word, word) for word in words]


class Site:
    """Processes in groups of their own, on one Prefect server and one database."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = (folder / "processes.log").open("ab")
        self.environment = os.environ | {
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "MONITOR_DATABASE_URL": database,
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, name: str, *command: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.folder,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.processes[name] = process
        return process

    def signal(self, name: str, number: int) -> None:
        """To the whole group: a worker and the runs that it started."""
        os.killpg(self.processes[name].pid, number)

    async def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.processes.values():
            await process.wait()
        self.log.close()

    def said(self) -> str:
        return (self.folder / "processes.log").read_text(errors="replace")[-4000:]

    async def until(self, what: str, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not await asyncio.to_thread(done):
            assert time.monotonic() < deadline, f"{what} took too long:\n{self.said()}"
            await asyncio.sleep(0.3)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=2):
                return True
        except OSError:
            return False


@pytest.fixture
async def site(tmp_path: Path, postgresql_url: str) -> AsyncIterator[Site]:
    site = Site(tmp_path, postgresql_url)
    try:
        yield site
    finally:
        await site.stop()


def count(url: str, query: str) -> int:
    engine = connect(parse_url(url), read_only=True)
    with engine.connect() as connection:
        found = int(connection.execute(sa.text(query)).scalar_one())
    engine.dispose()
    return found


async def run_now(site: Site, name: str, **parameters: object) -> str:
    """Ask for a run of a deployment; its id."""
    import httpx

    # a server on SQLite that is busy says 503: it is asked again, as Prefect's own client does
    transport = httpx.AsyncHTTPTransport(retries=3)
    async with httpx.AsyncClient(
        base_url=site.environment["PREFECT_API_URL"], timeout=30, transport=transport
    ) as client:
        found = await client.get(f"/deployments/name/{name}")
        found.raise_for_status()
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        for _ in range(30):
            made = await client.post(f"/deployments/{found.json()['id']}/create_flow_run", json=body)
            if made.status_code != 503:
                break
            await asyncio.sleep(1)
        made.raise_for_status()
        return str(made.json()["id"])


def state_of(site: Site, run: str) -> str:
    import httpx

    return str(httpx.get(f"{site.environment['PREFECT_API_URL']}/flow_runs/{run}").json()["state_type"])


@pytest.mark.slow
@pytest.mark.skipif(KILLS < 50, reason="only in `make test-faults`: it starts a server and three workers")
async def test_workers_share_the_work_and_what_a_dead_one_left_is_done(
    site: Site, tmp_path: Path, postgresql_url: str
) -> None:
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        await site.start(
            "server", *command_of("server", **{"0.0.0.0": "127.0.0.1"}), "--port", str(site.port)
        )
        await site.until("the server", site.healthy)
        deploy = await site.start(
            "deploy", *command_of("deploy", **{"/srv/monitor/config.yaml": str(config)})
        )
        assert await asyncio.wait_for(deploy.wait(), DEADLINE) == 0, site.said()
        for number, service in enumerate(("worker-1", "worker-2", "worker-2"), start=1):
            await site.start(f"w{number}", *command_of(service, **{"worker-2": f"worker-{number}"}))
        runs = [
            await run_now(site, "poll/scheduled"),
            await run_now(site, "analyse/scheduled"),
            await run_now(site, "digest/daily", send=False),
        ]
        # whoever took the poll is at it: one worker dies with all that it runs, another stops answering
        feeds = "SELECT COUNT(*) FROM feeds WHERE lease_owner IS NOT NULL OR last_success_at IS NOT NULL"
        await site.until("the first lease", lambda: count(postgresql_url, feeds) > 0)
        site.signal("w1", signal.SIGKILL)
        site.signal("w2", signal.SIGSTOP)
        # leases end by the clock of the database's rows; the test does not wait for the wall's
        let_minutes_pass(postgresql_url)
        await site.until(
            "another poll and analysis",
            lambda: (
                count(postgresql_url, "SELECT COUNT(*) FROM feeds WHERE last_success_at IS NULL") == 0
                or asyncio.run(again(site, "poll/scheduled"))
            ),
        )
        analysed = "SELECT COUNT(*) FROM entries WHERE pending_at IS NOT NULL OR story_id IS NULL"
        await site.until(
            "analysis",
            lambda: count(postgresql_url, analysed) == 0 or asyncio.run(again(site, "analyse/scheduled")),
        )
        site.signal("w2", signal.SIGCONT)
        await site.until(
            "all runs", lambda: all(state_of(site, run) not in {"SCHEDULED", "PENDING"} for run in runs)
        )
    with Store.open(postgresql_url) as store:
        entries = store.frame(
            "SELECT feed, external_id, COUNT(*) AS n FROM report_entries GROUP BY feed, external_id"
        )
        assert len(entries) > 60 and set(entries["n"]) == {1}
        assert (
            store.frame("SELECT seen, new, revised, known, rejected FROM report_fetches")
            .eval("seen == new + revised + known + rejected")
            .all()
        )


_asked: dict[str, float] = {}


async def again(site: Site, name: str) -> bool:
    """Ask for a further run, as the schedule does, but not every moment; and let leases of the dead run out. Not done."""
    if time.monotonic() - _asked.get(name, 0.0) > 15:
        _asked[name] = time.monotonic()
        let_minutes_pass(site.environment["MONITOR_DATABASE_URL"])
        await run_now(site, name)
    return False


def let_minutes_pass(url: str) -> None:
    engine = connect(parse_url(url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE feeds SET lease_until = created_at WHERE lease_until IS NOT NULL"))
        connection.execute(sa.text("UPDATE leases SET until = NULL, owner = NULL"))
    engine.dispose()
