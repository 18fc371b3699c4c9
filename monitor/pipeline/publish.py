"""publish: views to the report, stories to digests. Pure rooms make the bytes, this writes and records them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import monitor
from monitor.annotate.annotator import CODE_VERSION
from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.analysers import configured_taxonomy
from monitor.pipeline.digesting import Builder
from monitor.pipeline.mailing import deliver
from monitor.pipeline.workspace import Workspace, database_url, recorded
from monitor.pipeline.writing import write_files
from monitor.report.build import build_report
from monitor.store import Store
from monitor.types.report import VIEW_COLUMNS, ReportData, ReportOptions
from monitor.types.results import DigestResult, ReportResult

#: Days that a report covers where none are named.
REPORT_DAYS = 30

_IN_WINDOW = "from report_entries where effective_at >= :start and effective_at < :end"

#: How each view is cut to the window of days; views that are not named here are read whole.
_WINDOWS: Mapping[str, str] = {
    "entries": "effective_at >= :start and effective_at < :end",
    "topics_daily": "day >= :first and day <= :last",
    "coverage_daily": "day >= :first and day <= :last",
    "stories": f"story_id in (select story_id {_IN_WINDOW})",
    "mentions": f"entry_id in (select entry_id {_IN_WINDOW})",
    "clusters": "last_seen_at >= :start and first_seen_at < :end",
    "cluster_sources": "cluster_id in"
    " (select cluster_id from report_clusters where last_seen_at >= :start and first_seen_at < :end)",
    "citations": "published_at >= :start and published_at < :end",
    "claims": "published_at >= :start and published_at < :end",
    "ledger": "changed_at >= :start and changed_at < :end",
    "flows": "last_at >= :start and first_at < :end",
}


def write_report(
    workspace: Workspace,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    as_of: dt.datetime | None = None,
    out: Path | None = None,
) -> ReportResult:
    """Write the report of the days `first` to `last` (default: the last 30 until today, UTC) into a folder."""
    if as_of is not None:
        raise UsageError("--as-of is not there yet", hint="it comes with re-tagging; history is kept already")
    now = workspace.clock()
    last = last or now.date()
    first = first or last - dt.timedelta(days=REPORT_DAYS - 1)
    if first > last:
        raise UsageError(f"the report would begin on {first} and end on {last}", hint="swap --from and --to")
    with recorded(workspace, "report") as counts:
        data = _data(workspace, first, last, now)
        report = build_report(data)
        folder = out or workspace.config.path(workspace.config.report.dir)
        paths = write_files(folder, report.files)
        counts["entries"] = len(data.entries)
    return ReportResult(
        path=paths[report.main], first_day=first, last_day=last, files=tuple(sorted(paths.values()))
    )


def _data(workspace: Workspace, first: dt.date, last: dt.date, now: dt.datetime) -> ReportData:
    return ReportData(
        generated_at=now,
        window=(first, last),
        versions=_versions(workspace),
        options=_options(workspace.config),
        topics=_topics(workspace.store, first, last),
        **_frames(workspace.store, first, last),
    )


def write_digests(
    workspace: Workspace,
    *,
    name: str | None = None,
    day: dt.date | None = None,
    send: bool,
    dry_run: bool = False,
) -> list[DigestResult]:
    """Build the digests (or one) as files. With `send`, store the due ones in the outbox and send what waits there.

    Without `send` nothing is recorded: the files show what the list would be told now.
    UsageError where no digest has that name.
    """
    builder = Builder(workspace, name=name, day=day)
    if not send:
        return [builder.build(spec) for spec in builder.specs]
    results = [builder.post(spec, dry_run=dry_run) for spec in builder.specs]
    if dry_run:
        return results
    return [deliver(workspace, result) for result in results]


def preview_digests(workspace: Workspace, *, name: str | None, day: dt.date | None) -> list[Path]:
    """The digests as HTML files to look at; nothing is recorded or sent."""
    builder = Builder(workspace, name=name, day=day)
    results = [builder.build(spec) for spec in builder.specs]
    return [path.resolve() for result in results for path in result.files if path.suffix == ".html"]


def _frames(store: Store, first: dt.date, last: dt.date) -> dict[str, pd.DataFrame]:
    return {name: _frame(store, f"report_{name}", _WINDOWS.get(name), first, last) for name in VIEW_COLUMNS}


def _topics(store: Store, first: dt.date, last: dt.date) -> pd.DataFrame:
    return _frame(store, "report_topics", _WINDOWS["mentions"], first, last)


def _frame(store: Store, view: str, condition: str | None, first: dt.date, last: dt.date) -> pd.DataFrame:
    if condition is None:
        return store.frame(view)
    midnight = dt.time(tzinfo=dt.UTC)
    values = {
        "first": first,
        "last": last,
        "start": dt.datetime.combine(first, midnight),
        "end": dt.datetime.combine(last + dt.timedelta(days=1), midnight),
    }
    used = {key: value for key, value in values.items() if f":{key}" in condition}
    return store.frame(f"select * from {view} where {condition}", used)  # noqa: S608 -- both are constants


def _options(config: Config) -> ReportOptions:
    taxonomy = configured_taxonomy(config)
    return ReportOptions(
        timezone=config.report.timezone,
        topics=config.topics.use,
        topic_labels={topic.slug: topic.names for topic in taxonomy.topics},
        base_url=config.report.base_url,
    )


def _versions(workspace: Workspace) -> dict[str, str]:
    return {
        "monitor": monitor.__version__,
        "taxonomy": configured_taxonomy(workspace.config).version[:12],
        "code": CODE_VERSION,
        "schema": workspace.store.check(database_url(workspace.config)),
    }
