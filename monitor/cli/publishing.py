"""`monitor report` and `monitor digest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import (
    DONE,
    DONE_WITH_FAILURES,
    JsonOption,
    config_path,
    leave,
    parse_day,
    parse_time,
    print_json,
    print_line,
)

group = typer.Typer(help="Digest mails.", no_args_is_help=True)

Name = Annotated[str | None, typer.Option("--name", help="One digest by name; default all.")]
Day = Annotated[
    str | None, typer.Option("--date", help="The digest of this day, 2026-11-20; default the newest.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(report)
    app.add_typer(group, name="digest")


def report(
    context: typer.Context,
    first: Annotated[str | None, typer.Option("--from", help="First day, 2026-11-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="As it would have been at this time.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; default report.dir.")] = None,
    page_only: Annotated[
        bool, typer.Option("--page-only", help="Only report.html; tables of many entries take minutes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the report: HTML with charts, CSV, XLSX, Parquet."""
    from monitor.pipeline.publish import write_report  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        result = write_report(
            workspace,
            first=parse_day(first),
            last=parse_day(last),
            as_of=parse_time(as_of),
            out=out,
            page_only=page_only,
        )
    if as_json:
        print_json(result)
    else:
        print_line(f"report of {result.first_day} to {result.last_day}: {result.path}")


@group.command()
def build(context: typer.Context, name: Name = None, date: Day = None, as_json: JsonOption = False) -> None:
    """Write the digests as .eml and HTML files; sends nothing."""
    _digests(context, name, date, send=False, dry_run=False, as_json=as_json)


@group.command()
def send(
    context: typer.Context,
    name: Name = None,
    date: Day = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send the digests; each recipient gets a day's digest once."""
    _digests(context, name, date, send=True, dry_run=dry_run, as_json=as_json)


@group.command()
def preview(
    context: typer.Context,
    name: Name = None,
    date: Day = None,
    open_it: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
) -> None:
    """Write a digest as HTML and open it in a browser; records and sends nothing."""
    from monitor.pipeline.publish import preview_digests  # noqa: PLC0415 -- see report
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see report

    with open_workspace(config_path(context)) as workspace:
        paths = preview_digests(workspace, name=name, day=parse_day(date))
    for path in paths:
        print_line(str(path))
        if open_it:
            typer.launch(path.as_uri())


@group.command()
def test(
    context: typer.Context, to: Annotated[str, typer.Option("--to", help="Who gets the trial mail.")]
) -> None:
    """Send one trial mail to try the mail set-up."""
    from monitor.config import load_config  # noqa: PLC0415 -- see report
    from monitor.pipeline.mailing import send_trial  # noqa: PLC0415 -- see report

    print_line(send_trial(load_config(config_path(context)), to))


def _digests(
    context: typer.Context, name: str | None, date: str | None, *, send: bool, dry_run: bool, as_json: bool
) -> None:
    from monitor.pipeline.publish import write_digests  # noqa: PLC0415 -- see report
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see report

    with open_workspace(config_path(context)) as workspace:
        results = write_digests(workspace, name=name, day=parse_day(date), send=send, dry_run=dry_run)
    if as_json:
        print_json(results)
    else:
        for result in results:
            print_line(result.line)
    leave(DONE_WITH_FAILURES if any(result.failed for result in results) else DONE)
