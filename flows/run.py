"""The whole pipeline once: poll, analyse, report, digests as files. Sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows.analyse import analyse_flow
from flows.articles import articles_flow
from flows.digest import digest_flow
from flows.poll import poll_flow
from flows.report import report_flow
from monitor.pipeline.heartbeat import beat
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import AnalyseResult, ArticleResult, DigestResult, PollResult, ReportResult


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one whole run did."""

    poll: PollResult
    articles: ArticleResult
    analyse: AnalyseResult
    report: ReportResult
    digests: list[DigestResult]


@flow(name="run", validate_parameters=True, persist_result=False)
async def run_flow(config: str = "config.yaml") -> RunResult:
    """Poll, fetch article pages, analyse, report and write the digests, one after the other."""
    polled = await poll_flow(config, None, False)
    articles = await articles_flow(config)
    analysed = await analyse_flow(config)
    reported = await report_flow(config)
    digests = await digest_flow(config, None, False)
    return RunResult(polled, articles, analysed, reported, digests)


@flow(name="poll-and-analyse", validate_parameters=True, persist_result=False)
async def poll_and_analyse_flow(config: str = "config.yaml") -> PollResult:
    """What the schedule runs every `polling.every`: poll what is due, fetch article pages, analyse."""
    polled = await poll_flow(config, None, False)
    await articles_flow(config)
    await analyse_flow(config)
    if not polled.outage:
        with open_workspace(Path(config)) as workspace:
            await beat(workspace, run="poll-and-analyse")
    return polled
