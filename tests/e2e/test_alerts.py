"""Alerts of the demo's archive reach real servers on loopback: once, when it is not quiet, again after a fault."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.pipeline import demo
from monitor.pipeline.alerting import send_alerts
from monitor.pipeline.workspace import Workspace, open_workspace
from tests.commands import Monitor
from tests.e2e.conftest import Demo
from tests.loopback import RawServer, answer
from tests.mail_server import Server


@pytest.fixture
def desk(run: Demo, smtp_server: Server, tmp_path: Path) -> Iterator[Any]:
    """Open the demo's archive with some alert rules; the clock stands at the demo's end."""
    database = run.workspace.store.database_path
    assert database is not None
    run.workspace.store.frame("select count(*) from report_entries")
    for tail in ("", "-wal", "-shm"):
        if (part := database.with_name(database.name + tail)).exists():
            shutil.copy(part, tmp_path / (demo.DATABASE + tail))
    settings = yaml.safe_load((database.parent / "config.yaml").read_text(encoding="utf-8"))
    settings["mail"] = {"host": smtp_server.host, "port": smtp_server.port}
    settings["polling"] = {**settings.get("polling", {}), "allow_networks": ["127.0.0.0/8"]}
    opened = []

    def with_rules(*rules: dict[str, Any]) -> Workspace:
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump({**settings, "alerts": list(rules)}), encoding="utf-8")
        now = dt.datetime.now(dt.UTC)
        context = open_workspace(path, clock=lambda: now)
        opened.append(context)
        return context.__enter__()

    yield with_rules
    for context in opened:
        context.__exit__(None, None, None)


def later(workspace: Workspace, **passed: float) -> Workspace:
    moment = workspace.clock() + dt.timedelta(**passed)
    return dataclasses.replace(workspace, clock=lambda: moment)


async def test_new_claims_are_mailed_and_posted_once(desk: Any, smtp_server: Server, raw_server: Any) -> None:
    hook: RawServer = await raw_server(answer(204))
    workspace = desk(
        {"name": "claims", "claims": True, "to": ["desk@example.org"], "webhooks": [hook.url("/hook")]}
    )
    first = await send_alerts(workspace)
    assert first.new > 0
    assert first.sent == first.new
    assert len(smtp_server.box.mails) == first.sent
    assert len(hook.heads) == first.sent
    again = await send_alerts(later(workspace, minutes=10))
    assert (again.new, again.sent) == (0, 0)


async def test_a_webhook_that_fails_is_asked_again_and_the_mail_is_not_sent_twice(
    desk: Any, smtp_server: Server, raw_server: Any
) -> None:
    hook: RawServer = await raw_server(answer(503), answer(204))
    workspace = desk(
        {
            "name": "one", "claims": True, "to": ["desk@example.org"],
            "webhooks": [hook.url("/hook")], "at_most": 1,
        }
    )  # fmt: skip
    first = await send_alerts(workspace)
    assert first.sent == 0
    assert "http_503" in first.failed[0]
    assert hook.url("/hook") not in first.failed[0]
    second = await send_alerts(later(workspace, minutes=5))
    assert second.sent == 1
    assert len(smtp_server.box.mails) == 1
    assert first.held > 0


async def test_nothing_is_sent_in_quiet_hours_and_all_of_it_afterwards(
    desk: Any, smtp_server: Server
) -> None:
    hour = dt.datetime.now(dt.UTC).hour
    quiet = f"{hour:02d}:00-{(hour + 2) % 24:02d}:00"
    workspace = desk({"name": "night", "claims": True, "to": ["desk@example.org"], "quiet": quiet})
    first = await send_alerts(workspace)
    assert first.new > 0
    assert (first.sent, smtp_server.box.mails) == (0, [])
    after = await send_alerts(later(workspace, hours=3))
    assert after.sent == first.new


async def test_a_webhook_inside_the_network_is_refused(desk: Any, raw_server: Any, tmp_path: Path) -> None:
    hook: RawServer = await raw_server(answer(204))
    workspace = desk({"name": "inside", "claims": True, "at_most": 1, "webhooks": [hook.url("/hook")]})
    config = workspace.config.model_copy(
        update={"polling": workspace.config.polling.model_copy(update={"allow_networks": ()})}
    )
    result = await send_alerts(dataclasses.replace(workspace, config=config))
    assert result.sent == 0
    assert hook.connections == 0


def test_the_archive_is_replayed_by_command(desk: Any, run_monitor: Monitor, tmp_path: Path) -> None:
    desk({"name": "claims", "claims": True, "thresholds": {"arms-transfers": 1}})
    assert run_monitor("-c", tmp_path / "config.yaml", "alerts", "test", "--since", "90d", "--json") == 0
    alerts = json.loads(run_monitor.out)
    assert {alert["reason"]["kind"] for alert in alerts} == {"claim", "threshold"}
