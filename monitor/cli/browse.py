"""`monitor browse`: the database in a web browser, on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.common import config_path, print_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(browse)


def browse(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8001,
    sql: Annotated[
        bool, typer.Option("--sql/--no-sql", help="Whether readers may write queries of their own.")
    ] = True,
    base_url: Annotated[str, typer.Option(help="Path under which a web server hands it on, /browse/.")] = "/",
) -> None:
    """Open the database in Datasette: views, facets, documented queries, search. Read-only, loopback only."""
    from monitor.pipeline.browse import HOST, serve  # noqa: PLC0415 -- keeps `monitor --help` quick

    print_line(f"http://{HOST}:{port}/ (Ctrl-C stops it)")
    serve(config_path(context), port=port, allow_sql=sql, base_url=base_url)
