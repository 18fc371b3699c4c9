"""A good run is told; what answers the call costs the run nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from monitor.config import load_config
from monitor.pipeline.heartbeat import beat
from monitor.pipeline.workspace import Workspace
from tests.loopback import RawServer, answer

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def workspace(tmp_path: Path, url: str, networks: str = "[127.0.0.0/8]") -> Workspace:
    path = tmp_path / "config.yaml"
    path.write_text(f"operations: {{heartbeat_url: '{url}'}}\npolling: {{allow_networks: {networks}}}\n")
    return Workspace(load_config(path), None, lambda: NOW, "me")  # type: ignore[arg-type]  # no store is read


async def test_a_good_run_calls_the_address(tmp_path: Path, raw_server: Any) -> None:
    server: RawServer = await raw_server(answer(200))
    assert await beat(workspace(tmp_path, server.url("/beat")), run="tick")
    assert server.heads[0].startswith(b"POST /beat ")


async def test_a_refusal_is_no_fault_of_the_run(tmp_path: Path, raw_server: Any) -> None:
    server: RawServer = await raw_server(answer(500))
    assert not await beat(workspace(tmp_path, server.url("/beat")), run="tick")


async def test_an_address_inside_is_refused_before_connecting(tmp_path: Path, raw_server: Any) -> None:
    server: RawServer = await raw_server(answer(200))
    assert not await beat(workspace(tmp_path, server.url("/beat"), "[]"), run="tick")
    assert server.connections == 0


async def test_without_an_address_nothing_is_called(tmp_path: Path) -> None:
    assert not await beat(workspace(tmp_path, ""), run="tick")
