"""`monitor evidence`, `monitor pin`, `monitor captures`: what was seen, kept and handed on."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.claims import Who
from monitor.cli.common import DONE_WITH_FAILURES, config_path, leave, print_line

captures = typer.Typer(help="Captures: answers kept as they were seen.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(evidence)
    app.command()(pin)
    app.add_typer(captures, name="captures")


def evidence(
    context: typer.Context,
    uid: Annotated[str, typer.Argument(help="A claim's or an entry's uid.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The ZIP to write.")],
) -> None:
    """Write all that is known of a claim or entry as a ZIP that explains itself."""
    from monitor.pipeline.evidence import evidence_zip  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same
    from monitor.pipeline.writing import write_files  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        content = evidence_zip(workspace, uid)
    write_files(out.absolute().parent, {out.name: content})
    print_line(f"written: {out} (open index.html in it)")


def pin(
    context: typer.Context,
    uid: Annotated[str, typer.Argument(help="An entry's uid.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is kept.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Let it go again; captures stay.")] = False,
    who: Who = None,
) -> None:
    """Keep an entry as it is, whatever retention says, and capture the answer it was read from."""
    from monitor.pipeline.capture import pin_entry, release_entry  # noqa: PLC0415 -- see evidence
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see evidence

    with open_workspace(config_path(context)) as workspace:
        if release:
            print_line(f"{uid}: {'released' if release_entry(workspace, uid) else 'was not pinned'}")
        else:
            print_line(f"{uid}: {pin_entry(workspace, uid, who=who or getpass.getuser(), reason=reason)}")


@captures.command()
def check(context: typer.Context) -> None:
    """Compare every capture with its hash, and the manifest with itself. Exit code 1 where something was changed."""
    from monitor.pipeline.capture import check_captures  # noqa: PLC0415 -- see evidence
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see evidence

    with open_workspace(config_path(context)) as workspace:
        found = check_captures(workspace)
    for problem in found.problems:
        print_line(problem)
    print_line(f"{found.captures} captures, {len(found.problems)} problems")
    if found.problems:
        leave(DONE_WITH_FAILURES)


@captures.command()
def submit(context: typer.Context) -> None:
    """Ask the public archive to keep the pages of captures, where `evidence.archive_submit` is on."""
    from monitor.pipeline.capture import submit_captures  # noqa: PLC0415 -- see evidence
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see evidence

    with open_workspace(config_path(context)) as workspace:
        if not workspace.config.evidence.archive_submit:
            print_line("evidence.archive_submit is off: nobody is told which pages you follow")
            return
        print_line(f"{asyncio.run(submit_captures(workspace))} pages taken by the archive")
