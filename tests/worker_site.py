"""The commands of compose.yaml as processes on loopback (Prefect's server, workers), and a newsroom that can hold its answers."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import http.server
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import yaml

from monitor.pipeline.newsroom import newsroom
from monitor.store.engine import connect, parse_url

#: Seconds that anything may take on a busy machine before a test says what it waited for.
DEADLINE = 240.0
COMPOSE: dict[str, Any] = yaml.safe_load((Path(__file__).resolve().parents[1] / "compose.yaml").read_text())[
    "services"
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_of(service: str, **instead: str) -> list[str]:
    """A container's command with this machine's interpreter, port and paths."""
    words = [sys.executable, *COMPOSE[service]["command"][1:]]
    return [instead.get(word, word) for word in words]


class Site:
    """Processes in groups of their own, on one Prefect server and one database."""

    def __init__(self, folder: Path, database: str, **environment: str) -> None:
        self.folder, self.database = folder, database
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.log = (folder / "processes.log").open("ab")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")
        }
        self.environment |= {
            "PREFECT_API_URL": self.api,
            "MONITOR_DATABASE_URL": database,
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.processes[name] = process
        return process

    def start_server(self) -> None:
        """Prefect's server, with the runs it had where it was there before."""
        self.start("server", *command_of("server", **{"0.0.0.0": "127.0.0.1"}), "--port", str(self.port))
        self.until("the server", self.healthy)

    def deploy(self, config: Path) -> None:
        command = command_of("deploy", **{"/srv/monitor/config.yaml": str(config)})
        assert self.start("deploy", *command).wait(timeout=DEADLINE) == 0, self.said()
        # runs are asked for by the test: one that the clock starts in between would take the lease
        for one in self.ask("POST", "/deployments/filter", {}):
            self.ask("POST", f"/deployments/{one['id']}/pause_deployment")

    def start_worker(self, name: str) -> None:
        self.start(name, *command_of("worker-1", **{"worker-1": name}))

    def signal(self, name: str, number: int) -> None:
        """To the whole group: a worker and the runs that it started."""
        os.killpg(self.processes[name].pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.processes.values():
            process.wait()
        self.log.close()

    def said(self) -> str:
        return (self.folder / "processes.log").read_text(errors="replace")[-6000:]

    def until(self, what: str, done: Callable[[], object]) -> None:
        """Return when it is so; another process's progress can only be looked at."""
        deadline = time.monotonic() + DEADLINE
        while not done():
            assert time.monotonic() < deadline, f"{what} took too long:\n{self.said()}"
            for name, process in self.processes.items():
                assert process.poll() in {None, 0, -signal.SIGKILL}, f"{name} ended:\n{self.said()}"
            time.sleep(0.2)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=2):
                return True
        except OSError:
            return False

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The API's answer; a server on SQLite that is busy says 5xx and is asked again, as Prefect's own client does."""
        with httpx.Client(base_url=self.api, timeout=60, transport=httpx.HTTPTransport(retries=3)) as client:
            for _ in range(30):
                answer = client.request(method, path, json=body)
                if answer.status_code < 500:
                    break
                time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def run(self, name: str, **parameters: object) -> str:
        """Ask for a run of a deployment; its id."""
        found = self.ask("GET", f"/deployments/name/{name}")
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return str(self.ask("POST", f"/deployments/{found['id']}/create_flow_run", body)["id"])

    def state(self, run: str) -> str:
        """The type of a run's state: RUNNING, COMPLETED, CRASHED, CANCELLED, …"""
        return str(self.ask("GET", f"/flow_runs/{run}")["state_type"])

    def forget_automations(self) -> None:
        """From now on no run is given up, however slow the machine."""
        for one in self.ask("POST", "/automations/filter", {}):
            self.ask("DELETE", f"/automations/{one['id']}")

    def process_of(self, run: str) -> int | None:
        """The process that executes a run, a child of some worker."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"PREFECT__FLOW_RUN_ID={run}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    return int(folder.name)
        return None

    def number(self, statement: str) -> int:
        """Run a statement on the monitor's database; its one number, or 0."""
        engine = connect(parse_url(self.database))
        try:
            with engine.begin() as connection:
                result = connection.execute(sa.text(statement))
                return int(result.scalar_one()) if result.returns_rows else 0
        finally:
            engine.dispose()

    def let_minutes_pass(self) -> None:
        """Leases end by the clock of the database's rows; a test does not wait for the wall's."""
        self.number("UPDATE feeds SET lease_until = created_at WHERE lease_until IS NOT NULL")
        self.number("UPDATE leases SET until = NULL, owner = NULL")


@contextmanager
def running(folder: Path, database: str, **environment: str) -> Iterator[Site]:
    site = Site(folder, database, **environment)
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def demo_newsroom() -> Iterator[str]:
    """The bundled newsroom beside a test that waits for processes; its address."""
    started: queue.Queue[str] = queue.Queue()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with newsroom(dt.datetime.now(dt.UTC)) as base:
            started.put(base)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        yield started.get(timeout=DEADLINE)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


class Desk:
    """A newsroom with one feed, which answers at once or when it is told to; each answer has one entry more."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.asked = 0
        desk = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                desk.asked += 1
                items = "".join(
                    f"<item><title>Shells left port {n}</title><guid>g{n}</guid>"
                    f"<link>http://desk.example/{n}</link></item>"
                    for n in range(desk.asked)
                )
                desk.open.wait()
                body = f"<rss version='2.0'><channel><title>Desk</title>{items}</channel></rss>".encode()
                with contextlib.suppress(OSError):  # whoever asked may be dead by now
                    self.send_response(200)
                    self.send_header("Content-Type", "application/rss+xml")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/feed.xml"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def hold(self) -> None:
        """Answer nobody until `open` is set."""
        self.open.clear()

    def close(self) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
