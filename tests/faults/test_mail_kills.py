"""SIGKILL at random moments of `monitor digest send` and `alerts send`: every list's period reaches everyone, twice at most in one window.

The process is real, and so is the SMTP server: it also refuses, delays, and cuts lines before and after it took a
mail. Five kills in `make check`, `MONITOR_KILLS` of them in `make test-faults`, and a fifth of that on PostgreSQL;
`MONITOR_SEED` repeats one. Processes start warm (tests/warm.py), so that a kill takes about a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.pipeline.mailing import HANDINGS
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from tests import warm
from tests.mail_server import Box, Server, serve
from tests.store.making import annotate_all, entry, ingest, place_all

KILLS = int(os.environ.get("MONITOR_KILLS", "5"))
SEED = int(os.environ.get("MONITOR_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
KILLS_A_ROUND = 5
RECIPIENTS = ("desk@example.org", "second@example.org", "third@example.org", "fourth@example.org")
#: Most that the server waits before and after it takes a mail, in seconds; so long is a run about at work with one.
DELAY = 0.12
IN_HAND = "SELECT COUNT(*) FROM alerts WHERE state = 'sending'"


@dataclass
class Moody(Box):
    """A server with a mood for each mail; calm takes all at once."""

    rng: random.Random = field(default_factory=random.Random)
    calm: bool = False
    moods: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:  # fmt: skip
        if not self.calm and self.rng.random() < 0.15:
            self.moods["recipient refused"] += 1
            return "450 4.2.1 busy"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.calm:
            return await super().handle_DATA(server, session, envelope)
        mood = self.rng.choices(["fine", "later", "cut before", "cut after"], [70, 10, 5, 15])[0]
        self.moods[mood] += 1
        if mood == "later":
            return "451 4.3.0 later"
        await asyncio.sleep(self.rng.uniform(0, DELAY))
        if mood == "cut before":
            assert server.transport is not None
            server.transport.abort()
            return "451 4.3.0 not read by anyone"
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.rng.uniform(0, DELAY))
        if mood == "cut after":
            assert server.transport is not None
            server.transport.abort()
        return answer


@dataclass
class Desk:
    """`monitor digest send` as processes of their own on one database."""

    folder: Path
    url: str
    server: Server
    kills: int = 0
    #: Kills that hit a process, and those that hit one with a mail in its hands.
    alive: int = 0
    inside: int = 0
    #: How long a run takes until its digest is stored, in seconds.
    began: float = 1.0

    def __post_init__(self) -> None:
        self.engine = connect(parse_url(self.url))
        self.config = self.folder / "config.yaml"

    def lists(self, *names: str, rules: tuple[str, ...] = ()) -> None:
        """Configure lists of these names, each due since the last midnight, and rules that fire at once."""
        settings = {
            "database": {"url": "sqlite:///other.db"},
            "digests": [{"name": n, "to": list(RECIPIENTS), "schedule": "0 0 * * *"} for n in names],
            "alerts": [{"name": n, "to": list(RECIPIENTS), "thresholds": {"sanctions": 1}} for n in rules],
            "mail": {"host": self.server.host, "port": self.server.port},
        }
        self.config.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def start(self, *arguments: str, what: str = "digest") -> warm.WarmProcess:
        """Begin to send."""
        environment = os.environ | {"MONITOR_DATABASE_URL": self.url}
        return warm.start("-c", str(self.config), what, "send", *arguments, environment=environment)

    def kill(self, rng: random.Random, name: str) -> None:
        """Kill the sending of one list: one time in six while it starts and builds, else somewhere in the sending."""
        started = time.monotonic()
        process = self.start("--name", name)
        if rng.random() < 1 / 6:
            wait = rng.uniform(0, self.began)
        else:
            stored = f"SELECT COUNT(*) FROM digests WHERE name = '{name}'"
            while process.poll() is None and not self.number(stored):
                time.sleep(0.005)  # another process's progress can only be looked at
            self.began = time.monotonic() - started
            wait = rng.uniform(0, DELAY * len(RECIPIENTS))
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
        self.kills += 1
        self.alive += process.poll() == -9
        self.inside += self.number("SELECT COUNT(*) FROM deliveries WHERE state = 'sending'") > 0

    def kill_alerts(self, rng: random.Random) -> None:
        """Kill the sending of alerts: one time in six at any moment, else once one is in its hands."""
        process = self.start(what="alerts")
        if rng.random() >= 1 / 6:
            while process.poll() is None and not self.number(IN_HAND):
                time.sleep(0.005)  # as above
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=rng.uniform(0, DELAY * len(RECIPIENTS)))
        process.kill()
        self.kills += 1
        self.alive += process.poll() == -9
        self.inside += self.number(IN_HAND) > 0
        self.let_alerts_rest()

    def let_alerts_rest(self) -> None:
        """As `let_minutes_pass`."""
        self.number("UPDATE alerts SET next_attempt_at = fired_at")
        self.number("UPDATE alerts SET lease_until = fired_at WHERE lease_until IS NOT NULL")

    def finish(self) -> None:
        """Send all lists to the end, minutes after the last kill."""
        for _ in range(HANDINGS + 1):
            self.let_minutes_pass()
            assert self.start().wait(timeout=120) in {0, 1}
            if not self.number("SELECT COUNT(*) FROM deliveries WHERE state IN ('ready', 'sending')"):
                return
        pytest.fail("mails still wait after everything was tried")

    def let_minutes_pass(self) -> None:
        """Leases and waits end by the database's rows; the test does not wait for the wall's clock."""
        self.number("UPDATE deliveries SET lease_until = (SELECT MIN(created_at) FROM digests)"
                    " WHERE lease_until IS NOT NULL")  # fmt: skip
        self.number("UPDATE deliveries SET next_attempt_at = (SELECT MIN(created_at) FROM digests)")

    def number(self, statement: str) -> int:
        """Run a statement; its one number, or 0."""
        with self.engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            return int(result.scalar_one()) if result.returns_rows else 0


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """An archive with news of the day before, told to nobody."""
    desk = Desk(tmp_path, database_url, Server("127.0.0.1", 1, Box()))
    desk.lists()
    midnight = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with Store.open(database_url) as store:
        before = midnight - dt.timedelta(hours=3)
        ingest(store, *(entry(str(n), published_at=before) for n in range(6)), now=before)
        annotate_all(store, "sanctions")
        place_all(store)
    return desk


def message_id(mail: bytes) -> str:
    line = next(line for line in mail.split(b"\r\n") if line.lower().startswith(b"message-id:"))
    return line.split(b":", 1)[1].strip().decode()


def test_killed_sendings_lose_no_period_and_double_only_where_no_answer_was_known(
    desk: Desk, database_kind: str
) -> None:
    sys.stdout.write(f"{database_kind}, seed {SEED}" + "\n")
    rng = random.Random(SEED)
    box = Moody(rng=random.Random(SEED + 1))
    kills = KILLS if database_kind == "sqlite" else max(2, KILLS // 5)
    with serve(box) as server:
        desk.server = server
        while desk.kills < kills:
            names = [f"list-{n}" for n in range(desk.kills, min(desk.kills + KILLS_A_ROUND, kills))]
            desk.lists(*names)
            box.calm = False
            for name in names:
                desk.kill(rng, name)
                desk.let_minutes_pass()
            assert desk.start().wait(timeout=120) in {0, 1}
            box.calm = True
            desk.finish()
    copies = Counter(map(message_id, box.mails))
    with Store.open(desk.url) as store:
        rows = store.frame("select * from report_deliveries").to_dict("records")
    handed = deliveries(desk)
    doubles = sum(1 for n in copies.values() if n > 1)
    lost = sum(1 for row in rows if not copies[row["message_id"]])
    sys.stdout.write(
        f"{desk.kills} kills, {desk.alive} of a running process, {desk.inside} with a mail in hand; "
        f"{len(rows)} mails, {doubles} doubled, {lost} lost, {dict(box.moods)}" + "\n"
    )
    assert len(rows) == kills * len(RECIPIENTS), "each list has one digest, for everyone"
    assert set(copies) <= {row["message_id"] for row in rows}
    for row in rows:
        identifier = row["message_id"]
        assert copies[identifier] <= HANDINGS, "at most one double"
        if handed[identifier] < HANDINGS:
            assert (row["state"], copies[identifier]) == ("sent", 1), (
                "no double and no loss outside the window"
            )
        elif row["state"] == "sent":
            assert copies[identifier] >= 1
        else:
            assert "may have arrived" in row["last_error"], "given up only where nobody can know"


def test_killed_alerts_reach_everyone_and_double_only_where_no_answer_was_known(
    desk: Desk, database_kind: str
) -> None:
    sys.stdout.write(f"{database_kind}, seed {SEED}" + "\n")
    rng = random.Random(SEED)
    box = Moody(rng=random.Random(SEED + 1))
    kills, waiting = max(2, KILLS // 5), "SELECT COUNT(*) FROM alerts WHERE state IN ('ready', 'sending')"
    rules: list[str] = []
    with serve(box) as server:
        desk.server = server
        while desk.kills < kills:
            rules += [f"rule-{desk.kills}-{n}" for n in range(2)]
            desk.lists(rules=tuple(rules[-2:]))
            box.calm = False
            for _ in range(min(KILLS_A_ROUND, kills - desk.kills)):
                desk.kill_alerts(rng)
            box.calm = True
            for _ in range(HANDINGS + 1):
                desk.let_alerts_rest()
                assert desk.start(what="alerts").wait(timeout=120) in {0, 1}
            assert desk.number(waiting) == 0
    copies = Counter(map(message_id, box.mails))
    with desk.engine.begin() as connection:
        told = connection.execute(sa.text("SELECT state, handed, last_error FROM alert_deliveries")).all()
    sys.stdout.write(
        f"{desk.kills} kills, {desk.alive} of a running process, {desk.inside} with an alert in hand; "
        f"{len(told)} mails, {sum(n > 1 for n in copies.values())} doubled, {len(told) - len(copies)} lost\n"
    )
    assert len(told) == len(rules) * len(RECIPIENTS), "each rule fired once, for everyone"
    assert max(copies.values()) <= HANDINGS, "at most one double"
    doubtful = [row for row in told if row.handed >= HANDINGS]
    assert sum(n > 1 for n in copies.values()) <= len(doubtful), "no double outside the window"
    assert len(told) - len(copies) <= sum("may have arrived" in row.last_error for row in told), "nor a loss"
    assert all(row.state == "sent" for row in told if row.handed < HANDINGS)


def deliveries(desk: Desk) -> dict[str, int]:
    """Message-ID to how often it was handed over without an answer, or with the one that counts."""
    with desk.engine.begin() as connection:
        return {
            row[0]: row[1] for row in connection.execute(sa.text("SELECT message_id, handed FROM deliveries"))
        }
