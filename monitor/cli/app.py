"""`monitor`: the commands of the contract."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from monitor import __version__, logs
from monitor.cli import (
    alerts,
    browse,
    checks,
    claims,
    cluster,
    database,
    evidence,
    feeds,
    files,
    maintenance,
    publishing,
    retag,
    review,
    search,
    telegram,
    topics,
    watchlists,
    work,
)
from monitor.cli.common import FAULT, WRONG_USE, Options
from monitor.errors import MonitorError

app = typer.Typer(
    name="monitor",
    help="A media monitor: feeds in, stories, topics, citations, claims and digests out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration.")] = Path("config.yaml"),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Read what stands before the command."""
    logs.configure(level="debug" if verbose else "info")
    context.obj = Options(config=config)


for room in (
    alerts,
    browse,
    checks,
    claims,
    cluster,
    database,
    evidence,
    feeds,
    files,
    maintenance,
    publishing,
    retag,
    review,
    search,
    telegram,
    topics,
    watchlists,
    work,
):
    room.register(app)


def main() -> None:
    """Run the command line; errors become one message and an exit code of the contract."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as done:
        code = done.exit_code
    except TyperException as error:
        sys.stderr.write(f"{error.format_message()}\nTry: monitor --help\n")
        code = WRONG_USE
    except typer.Abort:
        sys.stderr.write("stopped\n")
        code = FAULT
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was done is kept, run the command again to go on\n")
        code = FAULT
    except MonitorError as error:
        sys.stderr.write(f"error: {logs.redact(str(error))}\n")
        code = error.exit_code
    except BrokenPipeError:
        code = FAULT
    sys.exit(code if isinstance(code, int) else 0)
