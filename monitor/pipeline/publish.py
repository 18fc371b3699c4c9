"""publish: views to the report, stories to digests. Pure rooms make the bytes, this writes and records them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import monitor
from monitor.annotate.annotator import code_version
from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.analysers import configured_knowledge, configured_taxonomy
from monitor.pipeline.digesting import Builder
from monitor.pipeline.mailing import deliver
from monitor.pipeline.report_rows import Reader, export, exported, read_page
from monitor.pipeline.rollups import refresh_rollups
from monitor.pipeline.standouts import read_trends
from monitor.pipeline.workspace import Workspace, database_url, recorded
from monitor.pipeline.writing import FileSet
from monitor.report.build import PAGE, Tables, attention_tables, build_page
from monitor.types.report import ReportData, ReportOptions
from monitor.types.results import DigestResult, ReportResult

#: Days that a report covers where none are named.
REPORT_DAYS = 30


def write_report(
    workspace: Workspace,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    as_of: dt.datetime | None = None,
    out: Path | None = None,
    page_only: bool = False,
) -> ReportResult:
    """Write the report of the days `first` to `last` (default: the last 30 until today, UTC) into a folder.

    With `as_of` it says what was known and said at that time; that day is then "today"
    (docs/explanation/versions.md says what is reproduced). With `page_only` no tables are written beside the page.
    """
    now = workspace.clock()
    if as_of is not None and as_of > now:
        raise UsageError(f"--as-of {as_of.isoformat()} has not come yet", hint="history ends now")
    last = last or (as_of or now).date()
    first = first or last - dt.timedelta(days=REPORT_DAYS - 1)
    if first > last:
        raise UsageError(f"the report would begin on {first} and end on {last}", hint="swap --from and --to")
    folder = out or workspace.config.path(workspace.config.report.dir)
    with recorded(workspace, "report") as counts, FileSet(folder) as files:
        if as_of is None:
            refresh_rollups(workspace.store)
            data = _data(workspace, workspace.store, first, last, now)
            counts["entries"] = _write(workspace.store, data, files, page_only=page_only)
        else:
            with workspace.store.as_of(as_of) as then:
                data = _data_as_of(workspace, then, first, last, as_of)
                counts["entries"] = _write(then, data, files, page_only=page_only)
    paths = files.paths
    return ReportResult(path=paths[PAGE], first_day=first, last_day=last, files=tuple(sorted(paths.values())))


def _write(reader: Reader, data: ReportData, files: FileSet, *, page_only: bool) -> int:
    """Write page and tables; how many entries the window has."""
    page = build_page(data, alone=page_only)
    if page_only:
        files.open(PAGE).write(page)
        return int(data.coverage_daily["entries"].sum())
    tables = Tables(files.open, made=data.generated_at, xlsx_rows=data.options.xlsx_rows)
    rows = {name: tables.add(name, [frame]) for name, frame in attention_tables(data).items()}
    for name in exported():
        rows[name] = tables.add(name, export(reader, name, *data.window))
    tables.page(page)
    tables.finish(data)
    return rows["entries"]


def _data(
    workspace: Workspace, reader: Reader, first: dt.date, last: dt.date, now: dt.datetime
) -> ReportData:
    return ReportData(
        generated_at=now,
        window=(first, last),
        versions=_versions(workspace),
        options=_options(workspace.config),
        trends=read_trends(reader.frame, first, last, workspace.config.topics.use),
        **read_page(reader, first, last),
    )


def _data_as_of(
    workspace: Workspace, then: AsOfReader, first: dt.date, last: dt.date, at: dt.datetime
) -> ReportData:
    taxonomies = dict.fromkeys(taxonomy[:12] for taxonomy, _ in then.versions)
    codes = dict.fromkeys(code for _, code in then.versions)
    in_force = {"taxonomy": ", ".join(taxonomies) or "none", "code": ", ".join(codes) or "none"}
    data = _data(workspace, then, first, last, at)
    return replace(data, versions={**data.versions, **in_force}, options=replace(data.options, as_of=at))


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


class AsOfReader(Reader, Protocol):
    """Views as of a time, with the versions in force then."""

    versions: tuple[tuple[str, str], ...]


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
        "code": code_version(configured_knowledge(workspace.config)),
        "schema": workspace.store.check(database_url(workspace.config)),
    }
