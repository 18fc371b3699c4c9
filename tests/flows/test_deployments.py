"""prefect.yaml, Dockerfile and compose.yaml agree with the code and with config.yaml as it ships."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.config import load_config

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def flow_of(deployment: dict[str, Any]) -> Any:
    path, name = deployment["entrypoint"].split(":")
    return getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: str(one["entrypoint"]))
def test_each_deployment_names_a_flow_and_parameters_that_it_validates(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    assert set(deployment["parameters"]) <= set(inspect.signature(flow.fn).parameters)
    assert deployment["enforce_parameter_schema"] is True
    assert flow.should_validate_parameters
    parameters = flow.parameters.model_dump()
    assert set(deployment["parameters"]) <= set(parameters["properties"])
    assert "concurrency_limit" not in deployment, "see decision 0002"


def test_pool_and_queues_are_those_that_deploy_makes() -> None:
    from flows.deploy import POOL, QUEUES

    assert {one["work_pool"]["name"] for one in DEPLOYMENTS} == {POOL}
    assert {one["work_pool"]["work_queue_name"] for one in DEPLOYMENTS} == set(QUEUES)


def test_schedules_are_those_of_the_configuration_as_it_ships() -> None:
    config = load_config(ROOT / "config.yaml", {})
    by_flow = {(one["entrypoint"].split(":")[1], one["name"]): one for one in DEPLOYMENTS}

    def schedule(flow: str, name: str = "scheduled") -> dict[str, Any]:
        [only] = by_flow[flow, name]["schedules"]
        return dict(only)

    for flow in ("poll_flow", "articles_flow", "analyse_flow"):
        assert schedule(flow)["interval"] == config.polling.every.total_seconds()
    assert schedule("report_flow") == {"cron": config.report.schedule, "timezone": config.report.timezone}
    assert schedule("maintenance_flow") == {"cron": config.operations.maintenance, "timezone": "UTC"}
    for digest in config.digests:
        assert schedule("digest_flow", digest.name) == {"cron": digest.schedule, "timezone": digest.timezone}


def test_containers_publish_loopback_ports_only_and_hold_no_secret() -> None:
    ports = [port for service in COMPOSE.values() for port in service.get("ports", ())]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)
    text = (ROOT / "compose.yaml").read_text() + (ROOT / "Dockerfile").read_text()
    assert "password=" not in text.lower()
    assert "USER monitor" in text


def test_the_commands_of_the_containers_are_commands_of_ours() -> None:
    from flows.__main__ import COMMANDS

    ours = [service["command"] for service in COMPOSE.values() if "command" in service]
    assert len(ours) == 4
    for command in ours:
        assert command[:3] == ["python", "-m", "flows"]
        assert command[3] in COMMANDS
