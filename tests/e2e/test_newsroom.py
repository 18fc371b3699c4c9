"""Ingest against the newsroom simulator with every fault it has: nothing lost, nothing doubled, nothing reached inside.

A smaller world than `benches/newsroom_faults.py`, with the same checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from tests.newsroom_process import accept, issue_codes, unexpected_health, unexplained, write_config

FEEDS = 96  # every fault stands once from 94 feeds on
TICKS = 3


def test_heavy_faults_lose_nothing_and_show_in_the_health_of_each_feed(
    newsroom: Callable[..., Any], tmp_path: Path
) -> None:
    with newsroom("--feeds", str(FEEDS), "--faults", "heavy", "--retry-after", "1") as room:
        config = write_config(tmp_path, room, timeout="4s")
        upgrade_database(config)
        with open_workspace(config, clock=room.clock) as workspace:
            for tick in range(TICKS):
                if tick:
                    room.tick(minutes=600)
                asyncio.run(poll(workspace))
            accept(room, workspace.store, tmp_path)
            assert unexpected_health(room, workspace.store) == {}
            assert unexplained(room, workspace.store) == {}
            issues = issue_codes(workspace.store)
            assert issues["feed_gone"] == 1
            assert issues["window_gap"] >= 1  # windows without older pages say what they may have lost


def test_a_restart_asks_nobody(newsroom: Callable[..., Any], tmp_path: Path) -> None:
    with newsroom("--feeds", "12") as room:
        config = write_config(tmp_path, room, host_gap="0s")
        upgrade_database(config)
        for restart in range(3):
            with open_workspace(config, clock=room.clock) as workspace:
                result = asyncio.run(poll(workspace))
                assert result.feeds == (0 if restart else 12)
        assert room.requests() == 12
