"""`monitor db`: migrations, daily counts, backups, copies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import FAULT, JsonOption, config_path, leave, print_json, print_line, progress_bar
from monitor.cli.progress import shown_progress

group = typer.Typer(help="The database: schema, backups, copies.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="db")
    app.command(name="upgrade")(upgrade_all)


def upgrade_all(
    context: typer.Context,
    backups: Annotated[
        Path | None, typer.Option(help="A folder for the backup; default var/backups.")
    ] = None,
) -> None:
    """Check, back up, migrate, look again; back to where it was if anything fails."""
    from monitor.pipeline.upgrade import upgrade_installation  # noqa: PLC0415 -- keeps `monitor --help` quick

    with shown_progress() as progress:
        result = upgrade_installation(config_path(context), folder=backups, progress=progress)
    for line in result.lines:
        print_line(line)
    _offer_retag(context)


@group.command()
def upgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Option(help="Stop at this revision.")] = "head",
) -> None:
    """Create the database, or bring it to this version's schema."""
    from monitor.pipeline.setup import upgrade_database  # noqa: PLC0415 -- keeps `monitor --help` quick

    print_line(upgrade_database(config_path(context), revision))
    if revision == "head":
        _offer_retag(context)


def _offer_retag(context: typer.Context) -> None:
    """What a re-tag would change, where the taxonomy is not the one that the archive was read with."""
    from monitor.pipeline.retag import upgrade_notice  # noqa: PLC0415 -- keeps `monitor --help` quick

    notice = upgrade_notice(config_path(context))
    if notice:
        print_line(notice)


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


@group.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file.")],
    portable: Annotated[
        bool, typer.Option(help="A zip of JSON lines that either database can read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a checked backup; workers may go on meanwhile."""
    from monitor.pipeline.backup import backup_database  # noqa: PLC0415 -- see upgrade

    with shown_progress() as progress:
        result = backup_database(config_path(context), file, portable=portable, progress=progress)
    if as_json:
        print_json(result)
    else:
        print_line(result.line)


@group.command()
def restore(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="What `db backup` wrote.")]
) -> None:
    """Restore a backup into the configured database, which must be absent or empty."""
    from monitor.pipeline.backup import restore_database  # noqa: PLC0415 -- see upgrade

    with shown_progress() as progress:
        print_line(restore_database(config_path(context), file, progress=progress))


@group.command()
def copy(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="An empty database: postgresql+psycopg://user@host/name.")],
) -> None:
    """Copy everything to another database, of the other kind too, and compare both. Stop the workers first."""
    from monitor.pipeline.backup import copy_database  # noqa: PLC0415 -- see upgrade

    with shown_progress() as progress:
        print_line(copy_database(config_path(context), to, progress=progress))
