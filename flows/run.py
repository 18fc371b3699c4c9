"""The whole pipeline once: poll, analyse, report, digests as files. Sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from prefect import flow

from flows.analyse import analyse_flow
from flows.digest import digest_flow
from flows.poll import poll_flow
from flows.report import report_flow
from monitor.types.results import AnalyseResult, DigestResult, PollResult, ReportResult


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one whole run did."""

    poll: PollResult
    analyse: AnalyseResult
    report: ReportResult
    digests: list[DigestResult]


@flow(name="run", validate_parameters=True, persist_result=False)
async def run_flow(config: str = "config.yaml") -> RunResult:
    """Poll, analyse, report and write the digests, one after the other."""
    polled = await poll_flow(config, None, False)
    analysed = await analyse_flow(config)
    reported = await report_flow(config)
    digests = await digest_flow(config, None, False)
    return RunResult(polled, analysed, reported, digests)


@flow(name="poll-and-analyse", validate_parameters=True, persist_result=False)
async def poll_and_analyse_flow(config: str = "config.yaml") -> PollResult:
    """What the schedule runs every `polling.every`: poll what is due, then analyse what came in."""
    polled = await poll_flow(config, None, False)
    await analyse_flow(config)
    return polled
