"""`monitor review`: claims, citations and tags as a workbook, and the decisions in it read back."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.claims import Since, Who, since_time
from monitor.cli.common import DONE_WITH_FAILURES, JsonOption, config_path, leave, print_json, print_line
from monitor.errors import UsageError

group = typer.Typer(help="Review by workbook: claims, citations, tags.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="review")


@group.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook to write (XLSX).")],
    since: Since = "30d",
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
) -> None:
    """Write what waits for a decision as a workbook: a sheet each of claims, citations and tags."""
    from monitor.pipeline.review import export_review  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        body, rows = export_review(workspace, since=since_time(since), everything=everything)
    file.write_bytes(body)
    print_line(f"written: {file} ({', '.join(f'{name} {count}' for name, count in rows.items())})")


@group.command("import")
def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook with verdicts.")],
    who: Who = None,
    as_json: JsonOption = False,
) -> None:
    """Take the decisions of a workbook; twice changes nothing. Rows that cannot be taken are named: exit code 1."""
    from monitor.pipeline.review import import_review  # noqa: PLC0415 -- see export
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see export

    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read", hint=error.strerror or "") from error
    with open_workspace(config_path(context)) as workspace:
        result = import_review(workspace, body, who=who or getpass.getuser())
    if as_json:
        print_json(result)
    else:
        print_line(f"{result.recorded} decisions recorded, {result.unchanged} were there already")
        for problem in result.problems:
            print_line(problem)
    if result.problems:
        leave(DONE_WITH_FAILURES)
