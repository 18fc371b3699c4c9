"""SIGKILL at random moments changes nothing: what is stored in the end is what uninterrupted runs store.

The real process group of `monitor poll` (and `monitor analyse`) is killed; then a run goes to its end. Five kills in
`make check`, `MONITOR_KILLS=200` in `make test-faults`; `MONITOR_SEED` repeats one. Seed and counts are printed.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from tests import warm
from tests.newsroom_process import accept, records, write_config

KILLS = int(os.environ.get("MONITOR_KILLS", "5"))
SEED = int(os.environ.get("MONITOR_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
FEEDS = 24
#: Kills between two ticks of the newsroom's clock, each of which ends with a whole run.
KILLS_A_TICK = 5


def in_check_on(database: str) -> pytest.MarkDecorator:
    """A fault that both databases meet alike: on one of them in `make check`, which has ten minutes, on both beyond."""
    return pytest.mark.parametrize("database_kind", [database] if KILLS < 50 else ["sqlite", "postgresql"])


@dataclass
class Victim:
    """`monitor` as processes of their own (warm: tests/warm.py) on one database, and what became of those that were killed."""

    config: Path
    url: str
    kills: int = 0
    inside: int = 0
    began: float = 0.0
    lasted: float = 0.0

    def __post_init__(self) -> None:
        self.engine = connect(parse_url(self.url))

    def start(self, *arguments: str) -> warm.WarmProcess:
        """Begin a command in a process group of its own."""
        environment = os.environ | {"MONITOR_DATABASE_URL": self.url}
        return warm.start("-c", str(self.config), *arguments, environment=environment)

    def finish(self, *arguments: str) -> None:
        """Run a command to its end, some minutes after the last kill: leases that it left have run out by then."""
        self.let_minutes_pass()
        started = time.monotonic()
        process = self.start(*arguments)
        began = self.when_at_work(process)
        while process.poll() is None and self._leased():
            time.sleep(0.01)
        ended = time.monotonic()
        assert process.wait(timeout=120) in {0, 1}
        # the shortest run so far: later ones find less that is new
        self.began, self.lasted = began - started, min(ended - began, self.lasted or ended - began)

    def kill(self, rng: random.Random, *arguments: str) -> None:
        """Kill the command's whole group: one time in six while it starts, else somewhere in its run."""
        self.let_minutes_pass()
        started = time.monotonic()
        process = self.start(*arguments)
        if rng.random() < 1 / 6:
            at = started + rng.uniform(0, self.began)
        else:
            at = self.when_at_work(process) + rng.uniform(0, 0.95) * self.lasted
        try:
            process.wait(timeout=max(at - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
        self.kills += 1
        self.inside += bool(self._leased())

    def when_at_work(self, process: warm.WarmProcess) -> float:
        """Wait until the process has its first leases; the moment (or that it ended, or had a minute)."""
        latest = time.monotonic() + 60
        while process.poll() is None and not self._leased() and time.monotonic() < latest:
            time.sleep(0.01)  # another process's progress can only be looked at
        return time.monotonic()

    def let_minutes_pass(self) -> None:
        """Leases end by the clock of the database's rows; the test does not wait for the wall's."""
        for statement in (
            "UPDATE feeds SET lease_until = created_at WHERE lease_until IS NOT NULL",
            "UPDATE leases SET until = NULL, owner = NULL",
        ):
            self.run(statement)

    def _leased(self) -> int:
        """How many leases a killed process left behind: none where it was not at work."""
        feeds = self.run("SELECT COUNT(*) FROM feeds WHERE lease_owner IS NOT NULL")
        return feeds + self.run("SELECT COUNT(*) FROM leases WHERE owner IS NOT NULL")

    def run(self, statement: str) -> int:
        """Run a statement; its one number, or 0."""
        with self.engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            return int(result.scalar_one()) if result.returns_rows else 0


def content(store: Store) -> set[tuple[Any, ...]]:
    """All that is stored of entries, by natural keys, with their texts in order."""
    texts: dict[int, list[tuple[str, ...]]] = {}
    for row in records(store, "SELECT entry_id, sha256, title, body FROM report_texts ORDER BY revision_id"):
        texts.setdefault(row["entry_id"], []).append((row["sha256"], row["title"], row["body"]))
    names = ("uid", "feed_url", "external_id", "url", "title", "published_at")
    rows = records(store, f"SELECT entry_id, {', '.join(names)} FROM report_entries")
    return {(*(str(row[name]) for name in names), *texts[row["entry_id"]]) for row in rows}


def uninterrupted(config: Path) -> None:
    with open_workspace(config) as workspace:
        asyncio.run(poll(workspace, ignore_due=True))


def test_killed_polls_lose_nothing_and_double_nothing(
    newsroom: Callable[..., Any], database_url: str, tmp_path: Path
) -> None:
    sys.stdout.write(f"seed {SEED}" + "\n")
    rng = random.Random(SEED)
    with newsroom("--feeds", str(FEEDS), "--latency", "100-200") as room:
        (tmp_path / "calm").mkdir()
        config = write_config(tmp_path, room, host_gap="0s", concurrency=4, parsers=1)
        calm = write_config(tmp_path / "calm", room, host_gap="0s")
        upgrade_database(calm)
        victim = Victim(config, database_url)
        while victim.kills < KILLS:
            victim.finish("poll", "--all")
            uninterrupted(calm)
            room.tick(minutes=360)
            for _ in range(min(KILLS_A_TICK, KILLS - victim.kills)):
                victim.kill(rng, "poll", "--all")
        victim.finish("poll", "--all")
        uninterrupted(calm)
        sys.stdout.write(f"{victim.kills} kills, {victim.inside} inside a run" + "\n")
        with Store.open(database_url) as killed, open_workspace(calm) as whole:
            assert content(killed) == content(whole.store)
            accept(room, killed, tmp_path)
        assert 2 * victim.inside >= victim.kills
        if database_url.startswith("sqlite"):
            assert (
                victim.run("SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0
            )


@pytest.mark.skipif(KILLS < 50, reason="only in `make test-faults`: it takes minutes")
def test_killed_polls_among_heavy_faults(
    newsroom: Callable[..., Any], sqlite_url: str, tmp_path: Path
) -> None:
    sys.stdout.write(f"seed {SEED}" + "\n")
    rng = random.Random(SEED)
    with newsroom("--feeds", "96", "--faults", "heavy", "--retry-after", "1") as room:
        config = write_config(tmp_path, room, host_gap="0.05s", timeout="4s")
        victim = Victim(config, sqlite_url)
        while victim.kills < KILLS // 4:
            # twice: what was shown to a run that was killed may be gone at the next tick, and hosts that said stop for
            # a second put their other feeds back
            victim.finish("poll", "--all")
            victim.finish("poll", "--all")
            room.tick(minutes=360)
            for _ in range(KILLS_A_TICK):
                victim.kill(rng, "poll", "--all")
        victim.finish("poll", "--all")
        victim.finish("poll", "--all")
        sys.stdout.write(f"{victim.kills} kills, {victim.inside} inside a run" + "\n")
        with Store.open(sqlite_url) as store:
            accept(room, store, tmp_path)
        assert 2 * victim.inside >= victim.kills
