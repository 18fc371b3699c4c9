"""`monitor annotate` and `monitor group`: the same functions on files, with no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import config_path

Input = Annotated[Path, typer.Argument(help="JSON lines; - reads standard input.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Where to write; default standard output.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(annotate)
    app.command()(group)


def annotate(
    context: typer.Context,
    source: Input,
    output: Output = None,
    second_opinion: Annotated[
        bool,
        typer.Option("--second-opinion", help="A classifier confirms weak topics and vetoes doubtful ones."),
    ] = False,
) -> None:
    """Language, topics, mentions, citations and claims of each item of a JSON lines file."""
    from monitor.pipeline.files import annotate_file  # noqa: PLC0415 -- keeps `monitor --help` quick

    annotate_file(source, output, config_path(context), second_opinion=second_opinion)


def group(context: typer.Context, source: Input, output: Output = None) -> None:
    """Story and cluster of each item of a JSON lines file."""
    from monitor.pipeline.files import group_file  # noqa: PLC0415 -- keeps `monitor --help` quick

    group_file(source, output, config_path(context))
