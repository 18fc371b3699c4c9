"""`monitor config`, `status`, `doctor`: is it set up right, and how does it go?"""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.common import (
    DONE_WITH_FAILURES,
    WRONG_USE,
    JsonOption,
    config_path,
    leave,
    print_json,
    print_line,
    print_table,
)

group = typer.Typer(help="config.yaml.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="config")
    app.command()(status)
    app.command()(doctor)


@group.command()
def check(
    context: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite renamed keys; comments stay.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the configuration; every problem is listed with its line."""
    from monitor.config import (  # noqa: PLC0415 -- keeps `monitor --help` quick
        check_config,
        config_warnings,
        feed_sources,
        fix_config,
    )

    path = config_path(context)
    done = fix_config(path) if fix else ()
    warnings = config_warnings(path)
    config, problems = check_config(path)
    if as_json:
        print_json({"ok": not problems, "problems": problems, "warnings": warnings, "fixed": done})
    else:
        for line in [*done, *warnings, *problems]:
            print_line(str(line))
    if problems or config is None:
        leave(WRONG_USE)
    if not as_json:
        feeds = feed_sources(config)
        languages = sorted({feed.language or "und" for feed in feeds})
        print_line(
            f"{path} is fine: {len(config.outlets)} outlets, {len(feeds)} feeds ({', '.join(languages)}),"
            f" {len(config.digests)} digests"
        )


@group.command()
def schema() -> None:
    """Print the JSON Schema of config.yaml, for editors."""
    from monitor.config import config_schema  # noqa: PLC0415 -- see check

    print_json(config_schema())


def status(
    context: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Exit 1 where it is not well, for a monitor.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """How it goes: last runs, backlog, feeds by state, deliveries."""
    from monitor.pipeline.health import status_of  # noqa: PLC0415 -- see check
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see check

    with open_workspace(config_path(context)) as workspace:
        result = status_of(workspace)
    if as_json:
        print_json(result)
    else:
        print_table("", ("", ""), [(key.replace("_", " "), value) for key, value in result.items()])
    if probe and result["unwell"]:
        leave(DONE_WITH_FAILURES)


def doctor(context: typer.Context, as_json: JsonOption = False) -> None:
    """What is wrong with the set-up, and how to mend it."""
    from monitor.pipeline.health import diagnose  # noqa: PLC0415 -- see check

    findings = diagnose(config_path(context))
    if as_json:
        print_json(findings)
    else:
        print_table("", ("", "check", "finding"), [(f.mark, f.check, f.text) for f in findings])
    if any(finding.mark == "FAIL" for finding in findings):
        leave(DONE_WITH_FAILURES)
