"""`serve` keeps its server: one that dies is started again, and none outlives the block."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request

import pytest

from flows import server
from monitor.errors import MonitorError
from tests.worker_site import free_port

#: Answers every question, as Prefect's does that for its health; importing Prefect takes longer than this test.
ANSWERS = """\
import http.server, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started as servers."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> subprocess.Popen[bytes]:
        processes.append(subprocess.Popen([sys.executable, "-c", ANSWERS, str(port)]))
        return processes[-1]

    monkeypatch.setattr(server, "start_server", start)
    monkeypatch.setattr(server, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(server, "AGAIN_SECONDS", 0.05)
    return processes


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_server_that_died_is_started_again(started: list[subprocess.Popen[bytes]]) -> None:
    port = free_port()
    with server.kept_server(port):
        assert healthy(port)
        started[0].kill()
        started[0].wait()
        deadline = time.monotonic() + 60
        while not (len(started) == 2 and healthy(port)):
            assert time.monotonic() < deadline
            time.sleep(0.05)  # another process's progress can only be looked at
    assert [process.poll() is None for process in started] == [False, False]
    assert not healthy(port)


def test_a_server_that_does_not_start_is_said(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        server, "start_server", lambda _: subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    )
    with pytest.raises(MonitorError, match="ended with 7"), server.kept_server(free_port()):
        pytest.fail("there is no server")
