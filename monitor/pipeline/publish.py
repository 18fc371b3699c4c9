"""publish: views to the report, stories to digests. Pure rooms make the bytes, this writes and records them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

import monitor
from monitor.annotate.annotator import code_version
from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.analysers import configured_taxonomy, packaged_knowledge
from monitor.pipeline.digesting import Builder
from monitor.pipeline.mailing import deliver
from monitor.pipeline.workspace import Workspace, database_url, recorded
from monitor.pipeline.writing import write_files
from monitor.report.build import build_report
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
    """Write the report of the days `first` to `last` (default: the last 30 until today, UTC) into a folder.

    With `as_of` it says what was known and said at that time; that day is then "today"
    (docs/explanation/versions.md says what is reproduced).
    """
    now = workspace.clock()
    if as_of is not None and as_of > now:
        raise UsageError(f"--as-of {as_of.isoformat()} has not come yet", hint="history ends now")
    last = last or (as_of or now).date()
    first = first or last - dt.timedelta(days=REPORT_DAYS - 1)
    if first > last:
        raise UsageError(f"the report would begin on {first} and end on {last}", hint="swap --from and --to")
    with recorded(workspace, "report") as counts:
        data = (
            _data(workspace, first, last, now)
            if as_of is None
            else _data_as_of(workspace, first, last, as_of)
        )
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
        topics=_topics(workspace.store.frame, first, last),
        **_frames(workspace.store.frame, first, last),
    )


def _data_as_of(workspace: Workspace, first: dt.date, last: dt.date, at: dt.datetime) -> ReportData:
    with workspace.store.as_of(at) as then:
        taxonomies = dict.fromkeys(taxonomy[:12] for taxonomy, _ in then.versions)
        codes = dict.fromkeys(code for _, code in then.versions)
        in_force = {"taxonomy": ", ".join(taxonomies) or "none", "code": ", ".join(codes) or "none"}
        return ReportData(
            generated_at=at,
            window=(first, last),
            versions=_versions(workspace) | in_force,
            options=replace(_options(workspace.config), as_of=at),
            topics=_topics(then.frame, first, last),
            **_frames(then.frame, first, last),
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


class _Read(Protocol):
    """Reads a view or a query over views, of today or of an earlier time."""

    def __call__(self, query: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame: ...


def _frames(read: _Read, first: dt.date, last: dt.date) -> dict[str, pd.DataFrame]:
    return {name: _frame(read, f"report_{name}", _WINDOWS.get(name), first, last) for name in VIEW_COLUMNS}


def _topics(read: _Read, first: dt.date, last: dt.date) -> pd.DataFrame:
    return _frame(read, "report_topics", _WINDOWS["mentions"], first, last)


def _frame(read: _Read, view: str, condition: str | None, first: dt.date, last: dt.date) -> pd.DataFrame:
    if condition is None:
        return read(view)
    midnight = dt.time(tzinfo=dt.UTC)
    values = {
        "first": first,
        "last": last,
        "start": dt.datetime.combine(first, midnight),
        "end": dt.datetime.combine(last + dt.timedelta(days=1), midnight),
    }
    used = {key: value for key, value in values.items() if f":{key}" in condition}
    return read(f"select * from {view} where {condition}", used)  # noqa: S608 -- both are constants


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
        "code": code_version(packaged_knowledge()),
        "schema": workspace.store.check(database_url(workspace.config)),
    }
