"""The flows on Prefect's own test harness: what they return, what they leave, what they refuse."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import environment


@pytest.fixture(scope="module", autouse=True)
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect API of the test's own, with the environment that the project sets."""
    before = dict(os.environ)
    environment.prepare(tmp_path_factory.mktemp("prefect"), ephemeral=True)
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
    os.environ.clear()
    os.environ.update(before)


async def test_a_whole_run_stores_groups_and_writes(tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.poll import poll_flow
    from flows.run import run_flow
    from monitor.pipeline import demo
    from monitor.pipeline.newsroom import newsroom
    from monitor.pipeline.setup import upgrade_database

    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        upgrade_database(config)
        result = await run_flow(str(config))
        again = await poll_flow(str(config))
    counts = result.poll.counts
    assert counts.new > 150
    assert counts.seen == counts.new + counts.revised + counts.known + counts.rejected_total
    assert result.analyse.annotated == counts.new
    assert result.report.path.is_file()
    assert result.digests[0].files
    assert again.feeds == 0, "a second run within the interval polls nothing"
    async with get_client() as client:
        artifacts = await client.read_artifacts()
        tasks = await client.read_task_runs()
    assert {artifact.key for artifact in artifacts} >= {
        "poll-counts",
        "articles-counts",
        "analyse-counts",
        "report-files",
        "digest-deliveries",
    }
    text = next(
        str(artifact.data)
        for artifact in artifacts
        if artifact.key == "poll-counts" and str(counts.seen) in str(artifact.data)
    )
    assert f"| {counts.seen} | {counts.new} | {counts.revised} | {counts.known} |" in text
    assert len(tasks) < 20, "tasks take batches, never single feeds or entries"


async def test_wrong_parameters_are_refused_before_anything_runs() -> None:
    from prefect.exceptions import ParameterTypeError

    from flows.poll import poll_flow

    with pytest.raises(ParameterTypeError):
        await poll_flow(config="config.yaml", slugs="not a list of slugs")  # type: ignore[arg-type]


async def test_secrets_come_from_blocks_where_the_environment_lacks_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prefect.blocks.system import Secret

    from flows.secrets import load_secrets

    await Secret(value="from-the-block").save("monitor-mail-password")
    monkeypatch.delenv("MONITOR_MAIL_PASSWORD", raising=False)
    assert await load_secrets() == ["MONITOR_MAIL_PASSWORD"]
    assert os.environ["MONITOR_MAIL_PASSWORD"] == "from-the-block"
    monkeypatch.setenv("MONITOR_MAIL_PASSWORD", "of-the-machine")
    assert await load_secrets() == []
    assert os.environ["MONITOR_MAIL_PASSWORD"] == "of-the-machine"


def test_what_is_scheduled_follows_the_configuration(tmp_path: Path) -> None:
    from flows.serve import deployments
    from monitor.config import load_config

    path = tmp_path / "config.yaml"
    path.write_text(
        "polling: {every: 7m}\n"
        "report: {schedule: '0 5 * * *', timezone: Asia/Kathmandu}\n"
        "digests: [{name: morning, schedule: '30 6 * * 1-5', timezone: America/Sao_Paulo, to: [desk@example.org]}]\n",
        encoding="utf-8",
    )
    planned = {f"{one.flow_name}/{one.name}": one for one in deployments(load_config(path, {}), path)}
    polling = planned["poll-and-analyse/scheduled"].schedules[0].schedule
    assert polling.interval == dt.timedelta(minutes=7)
    report = planned["report/scheduled"].schedules[0].schedule
    assert (report.cron, report.timezone) == ("0 5 * * *", "Asia/Kathmandu")
    digest = planned["digest/morning"].schedules[0].schedule
    assert (digest.cron, digest.timezone) == ("30 6 * * 1-5", "America/Sao_Paulo")
    assert planned["digest/morning"].parameters["send"] is True
