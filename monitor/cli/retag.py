"""`monitor retag`: annotate the archive again with the current taxonomy."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.cli.common import (
    JsonOption,
    config_path,
    parse_time,
    plain,
    print_json,
    print_line,
    progress_bar,
)
from monitor.errors import UsageError
from monitor.types.retagging import RetagResult


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retag)


def retag(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Entries observed since: 2026-11-20, 30d, or `all`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was read with the current versions already.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Read about so many, spread over the archive; writes nothing.")
    ] = None,
    share: Annotated[
        str | None,
        typer.Option("--range", metavar="K/N", help="The share of the Kth of N workers, on any machine."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes that annotate, about 300 MB each.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Annotate the archive again, and say which tags are gained and lost."""
    from monitor.pipeline.retag import retag as retag_archive  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    if since is None and sample is None:
        raise UsageError("say from when on: --since 2026-11-01, --since 30d or --since all")
    with open_workspace(config_path(context)) as workspace, progress_bar("re-tagging") as progress:
        result = retag_archive(
            workspace,
            since=None if since == "all" else parse_time(since),
            dry_run=dry_run,
            everything=everything,
            sample=sample,
            part=_part(share),
            processes=processes,
            progress=progress,
        )
    if as_json:
        print_json(_json(result))
    else:
        for line in result.lines:
            print_line(line)


def _part(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal()):
        raise UsageError(f"{text!r} is no range", hint="--range 2/4 is the second of four shares")
    return int(number), int(of)


def _json(result: RetagResult) -> dict[str, Any]:
    """The result with rows where it has mappings by several keys."""

    def cells(counted: Any) -> list[dict[str, Any]]:
        return [
            {"topic": topic, "language": language, "outlet": outlet, "entries": count}
            for (topic, language, outlet), count in counted.items()
        ]

    examples = [
        {"change": what, "topic": topic, "examples": plain(list(kept))}
        for (what, topic), kept in sorted(result.examples.items())
    ]
    names = ("since", "dry_run", "sample", "waiting", "read", "changed", "written", "language_changed")
    return {
        **{name: getattr(result, name) for name in names},
        "taxonomy_version": result.versions[0],
        "code_version": result.versions[1],
        "gained": cells(result.gained),
        "lost": cells(result.lost),
        "examples": examples,
    }
