"""Several workers at once, older pages, silence, an outage: against the newsroom without other faults."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.results import PollResult
from tests.newsroom_process import issue_codes, records, stored_rows, write_config

GAP = 0.2


def test_two_workers_ask_each_feed_once_and_keep_the_gap_between_them(
    newsroom: Callable[..., Any], postgresql_url: str, tmp_path: Path
) -> None:
    with newsroom("--feeds", "120", "--hosts", "60", "--latency", "20-40") as room:
        config = write_config(
            tmp_path,
            room,
            url=postgresql_url,
            host_gap=f"{GAP}s",
            parsers=1,
            concurrency=5,
            allow_networks=[f"127.0.0.{number}/32" for number in range(2, 62)],
        )

        async def both(one: Workspace, two: Workspace) -> list[PollResult]:
            return list(await asyncio.gather(poll(one), poll(two)))

        with open_workspace(config, room.clock) as one, open_workspace(config, room.clock) as two:
            results = asyncio.run(both(one, two))
            asked = {feed["requests"] for feed in room.get("/_stats.json")["feeds"].values()}
            # hand over: one worker takes up hosts that the other has just left
            room.tick(minutes=1440)
            again = [asyncio.run(poll(one, limit=20)), asyncio.run(poll(two))]
        assert sum(result.feeds for result in results) == 120
        assert min(result.feeds for result in results) > 0
        stats = room.get("/_stats.json")
        assert asked == {1}
        assert sum(result.feeds for result in again) <= 120
        for host in stats["hosts"].values():
            if host["requests"] > 1:
                # read at the other end of a wire, on a busy machine; without the gap it is a twentieth of this
                assert host["min_gap_s"] >= 0.5 * GAP
                assert host["max_requests_in_flight"] <= 1


def test_older_pages_fill_a_gap_and_a_gap_without_pages_is_reported(
    newsroom: Callable[..., Any], tmp_path: Path
) -> None:
    with newsroom("--feeds", "60", "--seed", "11") as room:
        config = write_config(tmp_path, room, host_gap="0s")
        upgrade_database(config)
        with open_workspace(config, room.clock) as workspace:
            asyncio.run(poll(workspace))
            room.tick(minutes=1440, times=4)  # days without a poll: busy feeds show new items only
            asyncio.run(poll(workspace))
            truth = room.get("/_truth.json")
            stored = {(row["feed_url"], row.get("guid")) for row in stored_rows(workspace.store)}
            gaps = {
                row["feed"]
                for row in records(
                    workspace.store, "SELECT feed FROM report_issues WHERE code = 'window_gap'"
                )
            }
        new = {
            name: item for name, item in truth["items"].items() if item["tick"] and not item.get("removed")
        }
        filled = 0
        for number, feed in truth["feeds"].items():
            missing = {
                name
                for name, item in new.items()
                if str(item["feed"]) == number and (feed["url"], item["guid"]) not in stored
            }
            # what is lost is on no page any more, and the loss is reported
            assert not missing or f"n{number}" in gaps
            assert not missing & {*feed["window"], *(feed["archived"] if feed["paged"] else ())}
            filled += feed["paged"] and not missing and any(name in new for name in feed["archived"])
        assert filled > 0


def test_a_feed_that_falls_silent_is_marked_until_it_is_heard(
    newsroom: Callable[..., Any], tmp_path: Path
) -> None:
    with newsroom("--feeds", "10") as room:
        config = write_config(tmp_path, room, host_gap="0s", max_interval="1h")
        upgrade_database(config)
        with open_workspace(config, room.clock) as workspace:
            asyncio.run(poll(workspace))
            asleep = dt.timedelta(days=40)
            quiet = Workspace(workspace.config, workspace.store, lambda: room.clock() + asleep, "quiet")
            asyncio.run(poll(quiet))  # forty days later nothing is new
            silent = records(workspace.store, "SELECT feed FROM report_feed_health WHERE silent")
            assert silent
            assert issue_codes(workspace.store)["feed_silent"] == len(silent)
            room.tick(minutes=1440, times=20)
            late = Workspace(workspace.config, workspace.store, lambda: room.clock() + asleep, "late")
            asyncio.run(poll(late))
            assert not records(workspace.store, "SELECT feed FROM report_feed_health WHERE silent")
            assert issue_codes(workspace.store)["feed_silent"] == 0


@pytest.mark.parametrize("how", ["reset", "hang"])
def test_an_outage_of_ours_blames_no_feed(newsroom: Callable[..., Any], tmp_path: Path, how: str) -> None:
    with newsroom("--feeds", "20") as room:
        config = write_config(tmp_path, room, host_gap="0s", timeout="4s")
        upgrade_database(config)
        with open_workspace(config, room.clock) as workspace:
            room.get(f"/_control/outage?host=*&how={how}")
            result = asyncio.run(poll(workspace))
            assert result.outage
            assert {feed.code for feed in result.failed} <= {"reset", "connect", "timeout"}
            health = records(workspace.store, "SELECT state, failures FROM report_feed_health")
            assert {(row["state"], row["failures"]) for row in health} == {("new", 0)}
            room.get("/_control/outage?host=*&how=")
            room.minutes += 30
            assert asyncio.run(poll(workspace)).stored == 20
