"""Alerts of the demo's archive reach real servers on loopback: once, when it is not quiet, again after a fault."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import email
import json
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.errors import StoreError
from monitor.pipeline import demo
from monitor.pipeline.alerting import send_alerts
from monitor.pipeline.tick import tick
from monitor.pipeline.workspace import Workspace, open_workspace, recorded
from monitor.types.alerts import ChannelTold
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


async def test_a_lost_answer_is_tried_once_more_with_the_same_message_id_and_never_again(
    desk: Any, smtp_server: Server
) -> None:
    smtp_server.box.cut = True
    workspace = desk({"name": "one", "claims": True, "at_most": 1, "to": ["desk@example.org"]})
    assert (await send_alerts(workspace)).sent == 0
    second = await send_alerts(later(workspace, minutes=5))
    assert "may have arrived" in second.failed[0]
    smtp_server.box.cut = False
    assert (await send_alerts(later(workspace, days=1))).sent == 0
    first, again = map(message_id, smtp_server.box.mails)
    assert first == again


async def test_a_sender_that_was_killed_after_handing_over_leaves_one_double_at_most(
    desk: Any, smtp_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the server's acceptance and our note, again and again."""
    workspace = desk({"name": "one", "claims": True, "at_most": 1, "to": ["a@example.org", "b@example.org"]})
    note = workspace.store.tell_channel

    def dies(held: Any, channel: str, told: ChannelTold, **values: Any) -> None:
        if told.state == "sent":
            raise KeyboardInterrupt
        note(held, channel, told, **values)

    with monkeypatch.context() as patch:
        patch.setattr(type(workspace.store), "tell_channel", lambda _, *args, **values: dies(*args, **values))
        for minutes in (0, 10, 20):
            with contextlib.suppress(KeyboardInterrupt):
                await send_alerts(later(workspace, minutes=minutes))
    await send_alerts(later(workspace, minutes=40))
    copies = Counter(map(recipient, smtp_server.box.mails))
    assert copies == {"a@example.org": 2, "b@example.org": 2}
    assert len(set(map(message_id, smtp_server.box.mails))) == 2


async def test_a_webhook_that_took_it_without_an_answer_is_told_twice_at_most_with_one_id(
    desk: Any, raw_server: Any
) -> None:
    bodies: list[Any] = []

    async def takes_and_hangs_up(reader: Any, writer: Any, head: bytes) -> None:
        length = int(
            next(line for line in head.lower().split(b"\r\n") if b"content-length" in line).split()[-1]
        )
        bodies.append(json.loads(await reader.readexactly(length)))
        writer.transport.abort()

    hook: RawServer = await raw_server(takes_and_hangs_up)
    workspace = desk({"name": "one", "claims": True, "at_most": 1, "webhooks": [hook.url("/hook")]})
    for hours in (0, 1, 2, 3):
        result = await send_alerts(later(workspace, hours=hours))
        assert result.sent == 0
    assert len(bodies) == 2
    assert len({body["id"] for body in bodies}) == 1


async def test_a_webhook_that_is_down_is_tried_until_it_is_back(desk: Any, raw_server: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    workspace = desk(
        {"name": "one", "claims": True, "at_most": 1, "webhooks": [f"http://127.0.0.1:{port}/hook"]}
    )
    for hours in range(5):
        result = await send_alerts(later(workspace, hours=3 * hours))
        assert "connect" in result.failed[0]


async def test_an_address_that_does_not_exist_is_held_and_the_operators_hear_of_it(
    desk: Any, smtp_server: Server
) -> None:
    smtp_server.box.on_recipient = "550 5.1.1 no such user"
    workspace = desk({"name": "one", "claims": True, "at_most": 1, "to": ["gone@example.org"]})
    first = await send_alerts(workspace)
    assert "no such user" in first.failed[0]
    smtp_server.box.on_recipient = ""
    operations = workspace.config.operations.model_copy(update={"operators": ("op@example.org",)})
    told = dataclasses.replace(
        workspace, config=workspace.config.model_copy(update={"operations": operations})
    )
    await send_alerts(later(told, hours=1))
    await send_alerts(later(told, hours=5))
    assert [to for _, to in smtp_server.box.envelopes] == [["op@example.org"]]
    assert b"could not be sent" in smtp_server.box.mails[0].replace(b"=\r\n", b"")


async def test_operators_hear_of_a_tick_that_fails_before_it_ends(
    desk: Any, smtp_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(workspace: Workspace) -> None:
        with recorded(workspace, "poll"):
            raise StoreError("the disk is full")

    monkeypatch.setattr("monitor.pipeline.tick.poll", fails)
    workspace = desk()
    operations = workspace.config.operations.model_copy(update={"operators": ("op@example.org",)})
    config = workspace.config.model_copy(update={"operations": operations})
    with pytest.raises(StoreError, match="disk is full"):
        await tick(dataclasses.replace(workspace, config=config))
    assert any(
        "disk is full" in str(email.message_from_bytes(mail)["Subject"]) for mail in smtp_server.box.mails
    )


def message_id(mail: bytes) -> str:
    return str(email.message_from_bytes(mail)["Message-ID"])


def recipient(mail: bytes) -> str:
    return str(email.message_from_bytes(mail)["To"])


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
