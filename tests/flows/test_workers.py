"""The commands of compose.yaml as processes: server, deploy, three workers that run poll, analyse and digest at once.

A worker is killed with what it runs, another is stopped: what they left is done by the third.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.pipeline import demo
from monitor.store import Store
from tests.worker_site import demo_newsroom, running

KILLS = int(os.environ.get("MONITOR_KILLS", "5"))


@pytest.mark.slow
@pytest.mark.skipif(KILLS < 50, reason="only in `make test-faults`: it starts a server and three workers")
def test_workers_share_the_work_and_what_a_dead_one_left_is_done(tmp_path: Path, postgresql_url: str) -> None:
    with demo_newsroom() as base, running(tmp_path, postgresql_url) as site:
        config = demo.prepare(tmp_path, base)
        site.start_server()
        site.deploy(config)
        for number in (1, 2, 3):
            site.start_worker(f"w{number}")
        runs = [
            site.run("poll/scheduled"),
            site.run("analyse/scheduled"),
            site.run("digest/daily", send=False),
        ]
        # whoever took the poll is at it: one worker dies with all that it runs, another stops answering
        feeds = "SELECT COUNT(*) FROM feeds WHERE lease_owner IS NOT NULL OR last_success_at IS NOT NULL"
        site.until("the first lease", lambda: site.number(feeds) > 0)
        site.signal("w1", signal.SIGKILL)
        site.signal("w2", signal.SIGSTOP)

        def asking(name: str, waiting: str) -> Callable[[], bool]:
            """Whether nothing waits; asks for a further run now and then, as the schedule does, leases run out."""
            asked = 0.0

            def done() -> bool:
                nonlocal asked
                if site.number(waiting) == 0:
                    return True
                if time.monotonic() - asked > 15:
                    asked = time.monotonic()
                    site.let_minutes_pass()
                    site.run(name)
                return False

            return done

        unasked = "SELECT COUNT(*) FROM feeds WHERE last_success_at IS NULL"
        site.until("another poll", asking("poll/scheduled", unasked))
        unread = "SELECT COUNT(*) FROM entries WHERE pending_at IS NOT NULL OR story_id IS NULL"
        site.until("analysis", asking("analyse/scheduled", unread))
        site.signal("w2", signal.SIGCONT)
        site.until("all runs", lambda: all(site.state(run) not in {"SCHEDULED", "PENDING"} for run in runs))
    with Store.open(postgresql_url) as store:
        entries = store.frame(
            "SELECT feed, external_id, COUNT(*) AS n FROM report_entries GROUP BY feed, external_id"
        )
        assert len(entries) > 60 and set(entries["n"]) == {1}
        assert (
            store.frame("SELECT seen, new, revised, known, rejected FROM report_fetches")
            .eval("seen == new + revised + known + rejected")
            .all()
        )
