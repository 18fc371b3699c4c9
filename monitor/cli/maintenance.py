"""`monitor maintain`: what the schedule does once a day."""

from __future__ import annotations

import typer

from monitor.cli.common import JsonOption, config_path, print_json, print_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(maintain)


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
