"""Digests on their way: once to each, again after a passing fault, never twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.pipeline import demo
from monitor.pipeline.publish import write_digests
from monitor.pipeline.workspace import Workspace, open_workspace
from tests.commands import Monitor
from tests.e2e.conftest import Demo
from tests.mail_server import Server


@pytest.fixture
def config(run: Demo, smtp_server: Server, tmp_path: Path) -> Path:
    """The demo's archive with two recipients and a server on loopback."""
    database = run.workspace.store.database_path
    assert database is not None
    source = database.parent / "config.yaml"
    run.workspace.store.frame("select count(*) from report_entries")
    shutil.copy(database, tmp_path / demo.DATABASE)
    for tail in ("-wal", "-shm"):
        if (extra := database.with_name(database.name + tail)).exists():
            shutil.copy(extra, tmp_path / (demo.DATABASE + tail))
    settings = yaml.safe_load(source.read_text(encoding="utf-8"))
    settings["digests"] = [
        {"name": "daily", "to": ["desk@example.org", "second@example.org"], "timezone": "Europe/Paris"}
    ]
    settings["mail"] = {"host": smtp_server.host, "port": smtp_server.port}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


@pytest.fixture
def tomorrow(config: Path) -> Iterator[Workspace]:
    """A desk on the next day at noon: the digest of that morning is due, a little late."""
    now = dt.datetime.now(dt.UTC)
    noon = (now + dt.timedelta(days=1)).replace(hour=12, minute=0)
    with open_workspace(config, clock=lambda: noon) as workspace:
        yield workspace


def later(workspace: Workspace, **passed: float) -> Workspace:
    """The same desk some time later."""
    moment = workspace.clock() + dt.timedelta(**passed)
    return dataclasses.replace(workspace, clock=lambda: moment)


def test_each_recipient_gets_the_digest_once(tomorrow: Workspace, smtp_server: Server) -> None:
    (first,) = write_digests(tomorrow, send=True)
    (second,) = write_digests(tomorrow, send=True)
    assert (first.sent, first.failed) == (2, ())
    assert second.skipped == "nothing is due"
    assert sorted(to for _, (to,) in smtp_server.box.envelopes) == ["desk@example.org", "second@example.org"]
    states = tomorrow.store.frame(
        "select recipient, state, attempts from report_deliveries order by recipient"
    )
    assert [tuple(row) for row in states.itertuples(index=False)] == [
        ("desk@example.org", "sent", 1),
        ("second@example.org", "sent", 1),
    ]


def test_no_story_is_told_twice(tomorrow: Workspace, smtp_server: Server) -> None:
    (first,) = write_digests(tomorrow, send=True)
    (second,) = write_digests(later(tomorrow, days=1), send=True)
    assert first.stories > 0
    assert second.stories == 0
    assert len(smtp_server.box.mails) == 4, "a digest with nothing new is sent and says so"


def change(workspace: Workspace, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a feed would do to the archive meanwhile; the rows of a query."""
    assert workspace.store.database_path is not None
    with closing(sqlite3.connect(workspace.store.database_path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def test_a_told_story_returns_when_its_headline_changed_or_it_was_removed(
    tomorrow: Workspace, smtp_server: Server
) -> None:
    write_digests(tomorrow, send=True)
    edited, removed = change(
        tomorrow,
        "select i.entry_id, r.title, r.id from digest_items i"
        " join revisions r on r.entry_id = i.entry_id and r.is_current"
        " where i.kind = 'story' and r.title <> '' order by i.position limit 2",
    )
    at = (tomorrow.clock() + dt.timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S.000000")
    change(tomorrow, "update revisions set is_current = 0 where id = ?", edited[2])
    change(
        tomorrow,
        "insert into revisions (entry_id, number, is_current, is_latest, source, title, body, observed_at, sha256)"
        " select entry_id, 99, 1, 0, source, 'A quite different headline', body, ?, 'x' from revisions where id = ?",
        at, edited[2],
    )  # fmt: skip
    change(tomorrow, "update entries set gone_at = ? where id = ?", at, removed[0])
    (second,) = write_digests(later(tomorrow, days=1), send=True)
    assert second.stories == 2
    text = text_of(smtp_server.box.mails[-1])
    assert "A quite different headline" in text
    assert edited[1][:30] in text, "the difference is said"
    assert text.count("[Updated]") == 2
    (third,) = write_digests(later(tomorrow, days=2), send=True)
    assert third.stories == 0, "an update is told once"


def text_of(mail: bytes) -> str:
    part = email.message_from_bytes(mail, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def test_a_refused_recipient_is_named_and_not_tried_again(tomorrow: Workspace, smtp_server: Server) -> None:
    smtp_server.box.on_recipient = "550 5.1.1 no such mailbox"
    (result,) = write_digests(tomorrow, send=True)
    assert len(result.failed) == 2
    assert "no such mailbox" in result.failed[0]
    smtp_server.box.on_recipient = ""
    write_digests(later(tomorrow, hours=1), send=True)
    assert smtp_server.box.mails == []


def test_a_passing_fault_is_tried_again_later_with_the_same_message_id(
    tomorrow: Workspace, smtp_server: Server
) -> None:
    smtp_server.box.on_data = "451 4.3.0 try later"
    (result,) = write_digests(tomorrow, send=True)
    assert result.waiting == 2
    before = set(tomorrow.store.frame("select message_id from report_deliveries")["message_id"])
    smtp_server.box.on_data = ""
    write_digests(tomorrow, send=True)
    assert smtp_server.box.mails == [], "not before its time"
    (result,) = write_digests(later(tomorrow, minutes=10), send=True)
    assert result.sent == 2
    assert {mail_id(mail) for mail in smtp_server.box.mails} == before


def mail_id(mail: bytes) -> str:
    line = next(line for line in mail.split(b"\r\n") if line.lower().startswith(b"message-id:"))
    return line.split(b":", 1)[1].strip().decode()


def test_the_command_names_failed_deliveries_and_exits_with_1(
    config: Path, smtp_server: Server, run_monitor: Monitor
) -> None:
    smtp_server.box.on_sender = "451 4.7.1 come back later"
    assert run_monitor("-c", config, "digest", "send") in {0, 1}
    assert run_monitor("-c", config, "digest", "test", "--to", "desk@example.org") == 3
    assert "come back later" in run_monitor.err


def test_the_trial_mail_arrives(config: Path, smtp_server: Server, run_monitor: Monitor) -> None:
    assert run_monitor("-c", config, "digest", "test", "--to", "desk@example.org") == 0
    assert len(smtp_server.box.mails) == 1


def test_a_dry_run_sends_and_records_nothing(tomorrow: Workspace, smtp_server: Server) -> None:
    (result,) = write_digests(tomorrow, send=True, dry_run=True)
    assert "would send" in result.skipped
    assert smtp_server.box.mails == []
    assert tomorrow.store.last_digest_end("daily") is None


def test_build_writes_files_and_records_nothing(
    config: Path, run_monitor: Monitor, smtp_server: Server
) -> None:
    assert run_monitor("-c", config, "digest", "build") == 0
    assert run_monitor("-c", config, "digest", "preview", "--no-open") == 0
    assert Path(run_monitor.out.strip()).is_file()
    assert smtp_server.box.mails == []
