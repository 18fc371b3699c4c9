"""What every test may use, and the rule about skips: named at the end, and in CI not for lack of a tool."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# how long an example takes says how busy the machine is, not whether the code is right
# in CI the same examples each time: new ones are looked for at a desk, not while something lands
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("MONITOR_CI")),
)
settings.load_profile("any machine")

#: A skip that names one of these is a failure in CI (MONITOR_CI=1): the machine there has them.
NEEDED_IN_CI = ("../shared", "PostgreSQL", "Chromium")

pytest_plugins = [
    name
    for name in (
        "tests.databases",
        "tests.loopback",
        "tests.commands",
        "tests.mail_server",
        "tests.newsroom_process",
    )
    if importlib.util.find_spec(name)
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Files are dealt out whole, those that share the demo together (tests/spread.py)."""
    from tests.spread import ByFile

    return ByFile(config, log)


_skipped: list[tuple[str, str]] = []


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data and specifications beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not there")
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """The real captures that tests read by path."""
    return shared / "data"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees a person's own settings of the monitor, nor a proxy."""
    for name in list(os.environ):
        if name.startswith("MONITOR_") and name != "MONITOR_CI":
            monkeypatch.delenv(name)
        if name.lower() in {"http_proxy", "https_proxy", "all_proxy"}:
            monkeypatch.delenv(name)
    yield


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.append((report.nodeid, reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped:
        terminalreporter.section("skipped tests")
        for name, reason in _skipped:
            terminalreporter.line(f"{name}: {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    lacking = [name for name, reason in _skipped if any(tool in reason for tool in NEEDED_IN_CI)]
    if os.environ.get("MONITOR_CI") == "1" and lacking and session.exitstatus == 0:
        session.exitstatus = 1
