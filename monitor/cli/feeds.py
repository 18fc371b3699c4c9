"""`monitor feeds`: the sources."""

from __future__ import annotations

import typer

from monitor.cli.common import JsonOption, config_path, print_json, print_table
from monitor.cli.later import add_missing

group = typer.Typer(help="The feeds.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="feeds")


@group.command("list")
def list_feeds(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the feeds with their health."""
    from monitor.pipeline.health import feed_rows  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        rows = feed_rows(workspace)
    if as_json:
        print_json(rows)
        return
    headings = ("feed", "kind", "outlet", "language", "state", "last success", "last error", "7 days")
    print_table("", headings, [tuple(row[key] for key in rows[0]) for row in rows] if rows else [])


for _name, _what in {
    "check": "trying each feed",
    "add": "adding a feed by its address",
    "import": "import of OPML",
    "export": "export as OPML",
    "backfill": "backfill of a channel",
}.items():
    add_missing(group, _name, _what)
