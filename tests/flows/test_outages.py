"""Prefect's server away, the database away, a run whose process died, a run that hangs: each delays, and loses nothing.

Server, worker and runs are processes. The outages last seconds in `make check`, a minute in `make test-faults`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.databases import PostgresServer
from tests.worker_site import Desk, Site, running

KILLS = int(os.environ.get("MONITOR_KILLS", "5"))
#: Seconds that the server, then the database, is away.
AWAY = 3 if KILLS < 50 else 60
POLL = "poll/scheduled"


class Watched:
    """A site with one worker, whose runs poll one feed."""

    def __init__(self, site: Site, desk: Desk, postgresql: PostgresServer) -> None:
        self.site, self.desk, self.postgresql = site, desk, postgresql

    def configure(self, **operations: str) -> Path:
        """The configuration with these windows."""
        settings = {
            "database": {"url": self.site.database},
            "polling": {"timeout": "10m", "parsers": 1, "allow_networks": ["127.0.0.1/32"], "host_gap": "0s"},
            "outlets": [{"name": "Desk", "feeds": [{"rss": self.desk.url, "slug": "desk"}]}],
            "operations": operations,
        }
        path = self.site.folder / "config.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return path

    def hanging_poll(self) -> str:
        """A run that holds its lease on the feed and waits for the answer."""
        self.site.let_minutes_pass()
        self.desk.hold()
        asked = self.desk.asked
        run = self.site.run(POLL, ignore_due=True)
        self.site.until("a run that asks", lambda: self.desk.asked > asked)
        return run

    def ends(self, run: str, *, by: str) -> None:
        """The run comes to a final state, which is this one."""
        final = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
        self.site.until(f"{by} of the run", lambda: self.site.state(run) in final)
        assert self.site.state(run) == by, self.site.said()

    def entries(self) -> int:
        return self.site.number("SELECT COUNT(*) FROM entries")

    def next_run_stores_all(self) -> None:
        """What was shown to a run that could not store it."""
        self.site.let_minutes_pass()
        self.ends(self.site.run(POLL, ignore_due=True), by="COMPLETED")
        self.all_is_stored()

    def all_is_stored(self) -> None:
        """Everything that was ever shown, once."""
        assert self.entries() == self.desk.asked


@pytest.fixture(scope="module")
def watched(postgresql: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    url, desk = postgresql.create("outages"), Desk()
    # how often the server looks whether a window has passed; its default is 5 s
    granularity = {"PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S"}
    try:
        with running(tmp_path_factory.mktemp("site"), url, **granularity) as site:
            watched = Watched(site, desk, postgresql)
            site.start_server()
            site.deploy(watched.configure(longest_run="10s"))
            site.start_worker("w1")
            yield watched
    finally:
        desk.close()
        postgresql.drop("outages")


@pytest.mark.slow
def test_a_run_that_hangs_is_cancelled_and_its_work_is_done_by_the_next(watched: Watched) -> None:
    run = watched.hanging_poll()
    assert watched.site.process_of(run) is not None
    watched.ends(run, by="CANCELLED")
    watched.site.until("the end of its process", lambda: watched.site.process_of(run) is None)
    watched.site.forget_automations()
    watched.desk.open.set()
    watched.next_run_stores_all()


@pytest.mark.slow
def test_a_server_that_is_away_during_a_run_delays_it(watched: Watched) -> None:
    watched.site.forget_automations()
    run, before = watched.hanging_poll(), watched.entries()
    watched.site.kill("server")
    watched.desk.open.set()
    watched.site.until("the run's entries, without the server", lambda: watched.entries() > before)
    time.sleep(AWAY)  # this is the outage
    watched.site.start_server()
    watched.ends(run, by="COMPLETED")
    watched.all_is_stored()


@pytest.mark.slow
def test_a_database_that_is_away_during_a_run_delays_it(watched: Watched) -> None:
    watched.site.forget_automations()
    run = watched.hanging_poll()
    with watched.postgresql.away():
        watched.desk.open.set()
        time.sleep(AWAY)  # this is the outage
    watched.ends(run, by="COMPLETED")  # it says which feeds it could not store
    watched.next_run_stores_all()


@pytest.mark.slow
@pytest.mark.skipif(
    KILLS < 50, reason="only in `make test-faults`: a stuck run is cancelled in the check as well"
)
def test_a_run_whose_process_stopped_is_noticed_and_its_work_is_done_by_the_next(watched: Watched) -> None:
    watched.site.deploy(watched.configure())
    watched.site.deploy(
        watched.configure(silent_run="10s")
    )  # the windows of those that are there change with it
    run = watched.hanging_poll()
    process = watched.site.process_of(run)
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    watched.ends(run, by="CRASHED")
    os.kill(process, signal.SIGKILL)
    watched.site.forget_automations()
    watched.desk.open.set()
    watched.next_run_stores_all()
