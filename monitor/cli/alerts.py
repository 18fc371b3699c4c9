"""`monitor alerts`: fire and send what the rules ask for, or try the rules on the archive."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated

import typer

from monitor.cli.common import (
    DONE,
    DONE_WITH_FAILURES,
    JsonOption,
    config_path,
    leave,
    parse_time,
    print_json,
    print_line,
)

group = typer.Typer(help="Alerts: what cannot wait for the digest.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="alerts")


@group.command()
def send(context: typer.Context, as_json: JsonOption = False) -> None:
    """Store new alerts, each once, and send those that wait."""
    from monitor.pipeline.alerting import send_alerts  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        result = asyncio.run(send_alerts(workspace))
    if as_json:
        print_json(result)
    else:
        for line in result.lines:
            print_line(line)
    leave(DONE_WITH_FAILURES if result.failed else DONE)


@group.command()
def test(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="Replay the archive since: 90d or 2026-09-01.")] = "90d",
    name: Annotated[str | None, typer.Option("--name", help="One rule by name; default all.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the rules would have fired; nothing is stored or sent."""
    from monitor.pipeline.alerting import replay  # noqa: PLC0415 -- see send
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see send

    with open_workspace(config_path(context)) as workspace:
        start = parse_time(since) or workspace.clock() - dt.timedelta(days=90)
        alerts = replay(workspace, since=start, name=name)
    if as_json:
        print_json(alerts)
        return
    for alert in alerts:
        print_line(f"{alert.at:%Y-%m-%d %H:%M}  {alert.rule}: {alert.subject}")
    print_line(f"{len(alerts)} alerts since {start:%Y-%m-%d}; nothing was sent")
