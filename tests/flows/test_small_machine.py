"""`monitor tick` on a machine of 1 GB: all its processes together stay below it (docs/how-to/deploy.md).

Under a control group with that limit, as `MemoryMax` makes one, where the machine lets the test make it; else by what the
processes hold, looked at ten times a second.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import resource
import sys
from pathlib import Path

import psutil
import pytest
import yaml

from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from tests.memory_group import MemoryGroup, memory_group

#: What `MemoryMax` in the unit leaves the processes.
LIMIT = 900 * 10**6


def limited(group: MemoryGroup | None) -> None:
    """Bounded by the kernel where a control group can be made; the data of each process is bounded everywhere."""
    if group is not None:
        group.enter()
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))


def held(pid: int) -> int:
    """Bytes that a process and its children hold, shared pages counted once over all."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


@pytest.mark.skipif(
    not hasattr(psutil.Process(os.getpid()).memory_full_info(), "pss"), reason="needs PSS (Linux)"
)
async def test_a_tick_fits_into_a_machine_of_one_gigabyte(tmp_path: Path) -> None:
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        settings["polling"] |= {"parsers": 1}
        settings["clusters"] = {"embedder": "none"}
        settings["digests"] = []
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        upgrade_database(config)
        command = [str(Path(sys.executable).with_name("monitor")), "-c", str(config), "tick"]
        with memory_group(LIMIT) as group:
            process = await asyncio.create_subprocess_exec(
                *command,
                preexec_fn=lambda: limited(group),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            most = 0
            ended = asyncio.create_task(process.communicate())
            while not ended.done():
                most = max(most, await asyncio.to_thread(held, process.pid))
                await asyncio.wait([ended], timeout=0.1)
            output, _ = ended.result()
            assert process.returncode == 0, output.decode()[-2000:]
            kernel = (
                f"{group.most() / 10**6:.0f} MB with files" if group else "no control group could be made"
            )
            assert group is None or (group.killed() == 0 and group.most() > 0)
    sys.stdout.write(f"most memory held at once: {most / 10**6:.0f} MB; the kernel says {kernel}\n")
    assert 0 < most < LIMIT
    with open_workspace(config) as workspace:
        frame = workspace.store.frame("SELECT COUNT(*) AS n FROM report_entries WHERE story_id IS NOT NULL")
        assert int(frame["n"].iloc[0]) > 60
