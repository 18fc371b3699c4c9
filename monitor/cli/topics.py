"""`monitor topics`: for those who write topics."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.common import WRONG_USE, JsonOption, config_path, leave, print_json, print_line
from monitor.errors import UsageError

group = typer.Typer(help="Topics: check, try and measure them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="topics")


@group.command()
def check(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Option("--path", help="Folder of topics; default topics.path.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read all topics: errors with their lines, then terms and rules that are questionable."""
    from monitor.pipeline.topics import check_topics  # noqa: PLC0415 -- keeps `monitor --help` quick

    checked = check_topics(config_path(context), path)
    if as_json:
        print_json(checked)
    else:
        for line in checked.lines:
            print_line(line)
    if checked.errors:
        leave(WRONG_USE)


@group.command()
def test(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="The text; - reads standard input.")],
    title: Annotated[str, typer.Option("--title", help="Its title.")] = "",
    lang: Annotated[str | None, typer.Option("--lang", help="Its language; default: as detected.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which rules of which topics hold in a text, and where."""
    from monitor.pipeline.topics import explain  # noqa: PLC0415 -- see check

    body = sys.stdin.read() if text == "-" else text
    if not body.strip() and not title.strip():
        raise UsageError("there is no text")
    explained = explain(config_path(context), body, title=title, language=lang)
    if as_json:
        print_json(explained)
    else:
        for line in explained.lines:
            print_line(line)


@group.command()
def score(
    context: typer.Context,
    gold: Annotated[
        Path, typer.Argument(help="Labelled items: JSON lines with id, lang, title, body, topics.")
    ],
    show: Annotated[int, typer.Option("--show", min=0, help="List so many items that went wrong.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Precision, recall and F1 of the topics on a labelled file, by language and by topic."""
    from monitor.pipeline.topics import score_topics  # noqa: PLC0415 -- see check

    scored = score_topics(config_path(context), gold)
    if as_json:
        print_json(scored)
        return
    for line in [*scored.lines, *scored.errors[:show]]:
        print_line(line)
