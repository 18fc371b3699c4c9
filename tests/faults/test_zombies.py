"""Several real processes at once, and one that stops in the middle and wakes up when another has done its work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from monitor.store import Store
from monitor.store.engine import connect, parse_url
from tests.faults.test_kills import Victim, content, in_check_on, uninterrupted
from tests.newsroom_process import accept, records, write_config


def at_rest(url: str) -> bool:
    """Whether the stopped process is in no transaction: SQLite lets nobody else write during one."""
    engine = connect(parse_url(url))
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=50")
                connection.exec_driver_sql("ROLLBACK")  # the engine has begun a reading one
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return True
            query = "SELECT COUNT(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            return int(connection.execute(sa.text(query)).scalar_one()) == 0
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()


@in_check_on("postgresql")
def test_a_worker_that_wakes_up_late_changes_nothing(
    newsroom: Callable[..., Any], database_url: str, tmp_path: Path
) -> None:
    with newsroom("--feeds", "24", "--latency", "150-250") as room:
        (tmp_path / "calm").mkdir()
        config = write_config(tmp_path, room, host_gap="0s", concurrency=3, parsers=1)
        calm = write_config(tmp_path / "calm", room, host_gap="0s")
        upgrade_database(calm)
        victim = Victim(config, database_url)
        sleeper = victim.start("poll")
        try:
            victim.when_at_work(sleeper)
            while True:
                os.killpg(sleeper.pid, signal.SIGSTOP)
                if at_rest(database_url):
                    break
                os.killpg(sleeper.pid, signal.SIGCONT)
            victim.let_minutes_pass()
            victim.finish("poll")
            taken_over = victim.run("SELECT COUNT(*) FROM feeds WHERE fence > 1")
        finally:
            os.killpg(sleeper.pid, signal.SIGCONT)
        assert taken_over > 0
        assert sleeper.wait(timeout=120) == 1  # it says which of its feeds were not stored
        uninterrupted(calm)
        with Store.open(database_url) as store, open_workspace(calm) as whole:
            assert content(store) == content(whole.store)
            accept(room, store, tmp_path)
            # under each lease one answer at most was stored, and of a lease that was taken over none
            polls = records(store, "SELECT feed, COUNT(*) AS n FROM report_fetches GROUP BY feed")
            assert {row["n"] for row in polls} == {1}


def test_four_processes_at_once_ask_each_feed_once(
    newsroom: Callable[..., Any], database_url: str, tmp_path: Path
) -> None:
    with newsroom("--feeds", "60", "--latency", "20-60") as room:
        config = write_config(tmp_path, room, host_gap="0s", concurrency=4, parsers=1)
        victim = Victim(config, database_url)
        workers = [victim.start("poll") for _ in range(4)]
        assert [worker.wait(timeout=120) for worker in workers] == [0] * 4
        assert {feed["requests"] for feed in room.get("/_stats.json")["feeds"].values()} == {1}
        with Store.open(database_url) as store:
            accept(room, store, tmp_path)
            assert len(records(store, "SELECT feed FROM report_fetches")) == 60
