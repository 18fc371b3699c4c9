"""SIGKILL of the other stages: analyse, digest, maintenance. One clean run after it ends as one that was never killed.

Seed and counts are printed; two kills of analysis and digest in `make check`, a quarter of `MONITOR_KILLS` in `make test-faults`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from monitor.pipeline import demo
from monitor.pipeline.ingest import poll
from monitor.pipeline.newsroom import newsroom
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from monitor.store import Store, backup
from tests.databases import PostgresServer
from tests.faults.test_kills import KILLS, SEED
from tests.mail_server import Server

EACH = max(2, KILLS // 4)


def stories(store: Store) -> Any:
    """What analysis says, by natural keys: languages, topics, claims, citations, and who shares a story or a cluster."""
    entries = store.frame("SELECT entry_id, uid, language, story_id, cluster_id FROM report_entries")
    uid = dict(zip(entries["entry_id"], entries["uid"], strict=True))

    def groups(column: str) -> set[frozenset[str]]:
        return {frozenset(part["uid"]) for _, part in entries.groupby(column)}

    def found(view: str, *columns: str) -> list[tuple[object, ...]]:
        frame = store.frame(view)
        frame["entry"] = frame["entry_id"].map(uid)
        return sorted(frame[["entry", *columns]].astype(str).itertuples(index=False, name=None))

    return {
        "languages": dict(zip(entries["uid"], entries["language"], strict=True)),
        "stories": groups("story_id"),
        "clusters": groups("cluster_id"),
        "topics": found("report_topics", "topic", "accepted"),
        "mentions": found("report_mentions", "topic", "field", "start_char", "end_char"),
        "claims": found("report_claims", "uid", "status"),
        "citations": found("report_citations", "cited_outlet", "root_outlet"),
    }


def digests(store: Store) -> Any:
    """What was built for whom, and what became of it."""
    frame = store.frame("SELECT digest, recipient, state FROM report_deliveries")
    return sorted(frame.astype(str).itertuples(index=False, name=None))


class Stage:
    """One command, killed at random moments of its life on a copy of a database."""

    def __init__(self, config: Path, url: str, *command: str) -> None:
        self.config, self.url, self.command = config, url, command
        self.took = 0.0

    def run(self, kill_after: float | None = None) -> bool:
        """Run to the end, or kill the process group; whether it was killed in time."""
        command = [str(Path(sys.executable).with_name("monitor")), "-c", str(self.config), *self.command]
        started = time.monotonic()
        process = subprocess.Popen(
            command, env=os.environ | {"MONITOR_DATABASE_URL": self.url}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=kill_after or 300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        assert process.returncode in {0, 1}, output[-2000:]
        if kill_after is None:
            self.took = max(self.took, time.monotonic() - started)
        return False

    def let_minutes_pass(self) -> None:
        from monitor.store.engine import connect, parse_url
        from monitor.store.schema.publishing import deliveries

        engine = connect(parse_url(self.url))
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE leases SET until = NULL, owner = NULL")
            held = deliveries.c.lease_until.is_not(None)
            long_ago = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
            connection.execute(sa.update(deliveries).where(held).values(lease_until=long_ago))
        engine.dispose()


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's newsroom, polled and not analysed; digests go to files."""
    folder = tmp_path_factory.mktemp("polled")

    async def fill() -> Path:
        async with newsroom(dt.datetime.now(dt.UTC)) as base:
            config = demo.prepare(folder, base)
            settings = yaml.safe_load(config.read_text(encoding="utf-8"))
            settings["clusters"] = {"embedder": "none"}
            to = ["desk@example.org", "second@example.org"]
            settings["digests"] = [{"name": "daily", "schedule": "0 0 * * *", "timezone": "UTC", "to": to}]
            config.write_text(yaml.safe_dump(settings), encoding="utf-8")
            upgrade_database(config)
            with open_workspace(config) as workspace:
                await poll(workspace)
        return config

    return asyncio.run(fill())


@pytest.fixture
def copies(
    polled: Path, database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[str], str]:
    """Copies of that database, of either kind, by name."""
    source = f"sqlite:///{polled.parent / demo.DATABASE}"
    made: list[str] = []

    def copy(name: str) -> str:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        if database_kind == "sqlite":
            url = f"sqlite:///{tmp_path / name}.db"
        else:
            server: PostgresServer = request.getfixturevalue("postgresql")
            url = server.create(f"kills_{name}")
            made.append(f"kills_{name}")
            request.addfinalizer(lambda: server.drop(f"kills_{name}"))
        backup.copy(source, url, now=now)
        return url

    return copy


@pytest.mark.parametrize(
    ("command", "before", "state"),
    [
        (("analyse",), (), stories),
        (("digest", "send"), (("analyse",),), digests),
        (("maintain",), (("analyse",),), stories),
    ],
    ids=["analyse", "digest", "maintain"],
)
def test_a_killed_stage_ends_where_an_uninterrupted_one_does(
    command: tuple[str, ...],
    before: tuple[tuple[str, ...], ...],
    state: Callable[[Store], Any],
    polled: Path,
    copies: Callable[[str], str],
    database_kind: str,
    tmp_path: Path,
    smtp_server: Server,
) -> None:
    if KILLS < 50 and (database_kind == "postgresql" or command[0] == "maintain"):
        pytest.skip("only in `make test-faults`: `make check` has ten minutes")
    rng = random.Random(f"{SEED}{command}")
    folder = tmp_path / "site"
    folder.mkdir()
    settings = yaml.safe_load(polled.read_text(encoding="utf-8"))
    settings["mail"] = {"host": smtp_server.host, "port": smtp_server.port}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    calm, killed = Stage(config, copies("calm"), *command), Stage(config, copies("killed"), *command)
    for stage in (calm, killed):
        for earlier in before:
            Stage(config, stage.url, *earlier).run()
    calm.run()
    inside = 0
    for _ in range(EACH):
        inside += killed.run(kill_after=rng.uniform(0.35, 1.0) * calm.took)
        killed.let_minutes_pass()
    killed.run()
    sys.stdout.write(f"seed {SEED}: {command} killed {inside} of {EACH} times\n")
    with Store.open(calm.url) as one, Store.open(killed.url) as other:
        wanted, found = state(one), state(other)
        assert found == wanted
        assert wanted
    ids = {str(message_from_bytes(mail)["Message-ID"]) for mail in smtp_server.box.mails}
    if command[0] == "digest":
        # a kill between the server's word and the note of it may double a mail, with the same Message-ID
        assert len(ids) in {len(wanted), 2 * len(wanted)}
