"""`monitor watchlists`: a person's own names, looked for in what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import JsonOption, config_path, parse_time, print_json, print_line

group = typer.Typer(help="Watchlists: your own names. No screening tool.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="watchlists")


@group.command()
def check(context: typer.Context, as_json: JsonOption = False) -> None:
    """Read the configured lists and say what is doubtful in them."""
    from monitor.config import load_config  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.watchlists import load_watchlists  # noqa: PLC0415 -- the same

    lists, doubts = load_watchlists(load_config(config_path(context)))
    if as_json:
        print_json({"lists": {one.name: len(one.entries) for one in lists}, "doubts": doubts})
        return
    for one in lists:
        print_line(f"{one.name}: {len(one.entries)} names, version {one.version}")
    for line in doubts or ("nothing is doubtful",):
        print_line(line)


@group.command()
def scan(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Entries observed since: 2026-11-20 or 7d.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Look through the archive for the watched names, after a list has changed."""
    from monitor.pipeline.watchlists import scan as scan_archive  # noqa: PLC0415 -- see check
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see check

    with open_workspace(config_path(context)) as workspace:
        result = scan_archive(workspace, since=parse_time(since))
    if as_json:
        print_json(result)
    else:
        for line in result.lines:
            print_line(line)


@group.command()
def hits(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="First found since: 2026-11-20 or 7d.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The first hit of each watched name, the newest first."""
    from monitor.pipeline.watchlists import first_hits, hit_line  # noqa: PLC0415 -- see check
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see check

    with open_workspace(config_path(context)) as workspace:
        found = first_hits(workspace, since=parse_time(since))
    if as_json:
        print_json(found)
    else:
        for hit in found:
            print_line(hit_line(hit))


@group.command()
def propose(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The list.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to; default the list's `approved:` file.")
    ] = None,
) -> None:
    """Propose spellings in other scripts, for you to approve line by line."""
    from monitor.config import load_config  # noqa: PLC0415 -- see check
    from monitor.pipeline.watchlists import propose as propose_spellings  # noqa: PLC0415 -- see check

    path, new = propose_spellings(load_config(config_path(context)), name, output)
    print_line(f"{new} new proposals in {path}: write yes under `approve` beside those that are right")
