"""`monitor db`: migrations, and the daily counts."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.common import FAULT, config_path, leave, print_line, progress_bar

group = typer.Typer(help="The database's schema.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="db")


@group.command()
def upgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Option(help="Stop at this revision.")] = "head",
) -> None:
    """Create the database, or bring it to this version's schema."""
    from monitor.pipeline.setup import upgrade_database  # noqa: PLC0415 -- keeps `monitor --help` quick

    print_line(upgrade_database(config_path(context), revision))


@group.command()
def rollup(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Count every day anew, not only those that may be out of date.")
    ] = False,
) -> None:
    """Count days anew whose daily counts may be out of date. Analysis does so by itself."""
    from monitor.pipeline.setup import count_database  # noqa: PLC0415 -- keeps `monitor --help` quick

    with progress_bar("counting days") as progress:
        line = count_database(config_path(context), rebuild=rebuild, progress=progress)
    print_line(line)


@group.command()
def check(context: typer.Context) -> None:
    """Say whether the database's schema is this version's."""
    from monitor.pipeline.setup import check_database  # noqa: PLC0415 -- keeps `monitor --help` quick

    fits, message = check_database(config_path(context))
    print_line(message)
    if not fits:
        leave(FAULT)
