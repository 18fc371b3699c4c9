"""tick: whatever is due now, once, under the same leases as the flows. For a timer without Prefect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor import logs
from monitor.errors import MonitorError
from monitor.pipeline.alerting import AlertResult, send_alerts
from monitor.pipeline.analyse import analyse
from monitor.pipeline.articles import fetch_articles
from monitor.pipeline.capture import submit_captures
from monitor.pipeline.heartbeat import beat
from monitor.pipeline.ingest import poll
from monitor.pipeline.maintenance import MaintenanceResult, maintain
from monitor.pipeline.publish import write_digests, write_report
from monitor.pipeline.workspace import Workspace
from monitor.types.results import AnalyseResult, ArticleResult, DigestResult, PollResult, ReportResult

#: How long one tick's report may take before another tick may build it.
REPORT_LEASE = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickResult:
    """What one tick did; parts that were not due are empty."""

    poll: PollResult
    analyse: AnalyseResult
    articles: ArticleResult = ArticleResult()  # noqa: RUF009 -- frozen
    report: ReportResult | None = None
    digests: tuple[DigestResult, ...] = ()
    alerts: AlertResult = AlertResult()  # noqa: RUF009 -- frozen
    maintenance: MaintenanceResult | None = None

    @property
    def failed(self) -> bool:
        """Whether a feed or a delivery failed."""
        lost = any(digest.failed for digest in self.digests) or self.alerts.failed
        return bool(self.poll.failed or lost)


async def tick(workspace: Workspace) -> TickResult:
    """Poll due feeds, fetch article pages, analyse, build the report, send digests, maintain: what is due.

    Where one of them fails, operators are told before the failure ends the tick: the next may fail there too.
    """
    try:
        return await _tick(workspace)
    except Exception:
        try:
            await send_alerts(workspace)
        except MonitorError as error:
            logs.logger().warning("alerts", detail=logs.one_line(str(error)))
        raise


async def _tick(workspace: Workspace) -> TickResult:
    polled = await poll(workspace)
    articles = await fetch_articles(workspace)
    analysed = analyse(workspace)
    await submit_captures(workspace)
    report = _report_if_due(workspace)
    digests = tuple(result for result in write_digests(workspace, send=True) if not result.skipped)
    done = TickResult(
        poll=polled,
        analyse=analysed,
        articles=articles,
        report=report,
        digests=digests,
        alerts=await send_alerts(workspace),
        maintenance=_maintenance_if_due(workspace),
    )
    if not polled.outage:
        await beat(workspace, run="tick")
    return done


def previous(expression: str, zone: str, now: dt.datetime) -> dt.datetime:
    """The newest moment, not after `now`, at which a cron expression was due in its time zone."""
    local = now.astimezone(ZoneInfo(zone))
    return next(CronSim(expression, local + dt.timedelta(seconds=1), reverse=True)).astimezone(dt.UTC)


def _maintenance_if_due(workspace: Workspace) -> MaintenanceResult | None:
    """Maintain once for each moment it was due; the last, so that nobody's digest waits for it."""
    due = previous(workspace.config.operations.maintenance, "UTC", workspace.clock())
    if any(run.started_at >= due for run in workspace.store.recent_runs(limit=1, kind="maintenance")):
        return None
    return maintain(workspace)


def _report_if_due(workspace: Workspace) -> ReportResult | None:
    """Build the report once for each moment it was due; late is fine, twice is not."""
    options, store, now = workspace.config.report, workspace.store, workspace.clock()
    due = previous(options.schedule, options.timezone, now)
    if any(run.started_at >= due for run in store.recent_runs(limit=1, kind="report")):
        return None
    lease = store.lease_named("report", owner=workspace.owner, now=now, lease_for=REPORT_LEASE)
    if lease is None:
        return None
    try:
        return write_report(workspace)
    finally:
        store.release_named(lease)
