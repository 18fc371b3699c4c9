"""Commands of the contract whose work is not there yet: they say so and exit 2."""

from __future__ import annotations

import typer

from monitor.errors import UsageError

_ANYTHING = {"ignore_unknown_options": True, "allow_extra_args": True}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_missing(app, "search", "full-text search over stored texts")


def add_missing(app: typer.Typer, name: str, what: str) -> None:
    """Add a command that answers `--help`, and otherwise says what is missing."""

    def command(_: typer.Context) -> None:
        raise UsageError(f"{what} is not there yet", hint="it comes with a later release")

    app.command(name, help=f"Not there yet: {what}.", context_settings=_ANYTHING)(command)
