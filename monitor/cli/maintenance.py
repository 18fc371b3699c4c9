"""`monitor maintain`, what the schedule does once a day; `monitor archive`, old texts to files and back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import JsonOption, config_path, parse_time, print_json, print_line
from monitor.cli.progress import shown_progress
from monitor.errors import UsageError

group = typer.Typer(help="Old texts to Parquet files, and back.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(maintain)
    app.command()(replay)
    app.add_typer(group, name="archive")


def maintain(context: typer.Context, as_json: JsonOption = False) -> None:
    """Take away what is older than `retention` allows, and refresh the database's statistics."""
    from monitor.pipeline.maintenance import maintain as once  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        result = once(workspace)
    if as_json:
        print_json(result)
        return
    for line in result.lines:
        print_line(line)


@group.callback()
def archive(
    context: typer.Context,
    before: Annotated[
        str | None, typer.Option(help="First seen before: 2026-01-01, or an age such as 365d.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="A new folder.")] = Path("archive"),
) -> None:
    """Take texts and mentions of old entries out to Parquet files; entries, stories, topics and counts stay."""
    from monitor.pipeline.archive import archive as write  # noqa: PLC0415 -- see maintain
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see maintain

    if context.invoked_subcommand is not None:
        return
    moment = parse_time(before)
    if moment is None:
        raise UsageError("say how old: --before 2026-01-01 or --before 365d")
    with open_workspace(config_path(context)) as workspace, shown_progress() as progress:
        result = write(workspace, before=moment, folder=out, progress=progress)
    print_line(result.line)


@group.command()
def restore(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="A folder that `archive` wrote.")]
) -> None:
    """Put archived texts and mentions back where they are lacking."""
    from monitor.pipeline.archive import restore_archive  # noqa: PLC0415 -- see maintain
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see maintain

    with open_workspace(config_path(context)) as workspace, shown_progress() as progress:
        result = restore_archive(workspace, folder, progress=progress)
    print_line(result.line)


def replay(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Answers kept since: 2026-11-20 or 2d; all that are kept without.")
    ] = None,
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Only this feed; may be repeated.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the kept answers of feeds again, analyse them in a scratch database, and print what came out differently."""
    from monitor.pipeline.replay import replay as once  # noqa: PLC0415 -- see maintain
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see maintain

    with open_workspace(config_path(context)) as workspace, shown_progress() as progress:
        result = asyncio.run(once(workspace, since=parse_time(since), slugs=feed or None, progress=progress))
    if as_json:
        print_json(result)
        return
    for line in result.lines:
        print_line(line)
