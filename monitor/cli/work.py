"""`monitor poll`, `analyse`, `run`, `tick`: the stages without Prefect."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from monitor.cli.common import (
    DONE,
    DONE_WITH_FAILURES,
    JsonOption,
    config_path,
    leave,
    parse_time,
    print_json,
    print_line,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (poll, analyse, run, tick):
        app.command()(command)


def poll(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Ignore due times (never a host's own stop).")] = False,
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Only this feed; may be repeated.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch the feeds that are due and store their entries; then article pages, where a feed has `full_text`."""
    from monitor.pipeline.articles import fetch_articles  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.ingest import poll as poll_feeds  # noqa: PLC0415 -- the same
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        result = asyncio.run(poll_feeds(workspace, slugs=feed or None, ignore_due=every or bool(feed)))
        articles = asyncio.run(fetch_articles(workspace))
    if as_json:
        print_json(result)
    else:
        for line in [*result.lines, *articles.lines]:
            print_line(line)
    leave(DONE_WITH_FAILURES if result.failed else DONE)


def analyse(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Only entries observed since: 2026-11-20 or 7d.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Annotate and group what is pending."""
    from monitor.pipeline.analyse import analyse as analyse_pending  # noqa: PLC0415 -- see poll
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see poll

    with open_workspace(config_path(context)) as workspace:
        result = analyse_pending(workspace, since=parse_time(since))
    if as_json:
        print_json(result)
    else:
        for line in result.lines:
            print_line(line)


def run(context: typer.Context) -> None:
    """Poll, analyse and report once. Writes files, sends nothing."""
    from monitor.pipeline.analyse import analyse as analyse_pending  # noqa: PLC0415 -- see poll
    from monitor.pipeline.articles import fetch_articles  # noqa: PLC0415 -- see poll
    from monitor.pipeline.ingest import poll as poll_feeds  # noqa: PLC0415 -- see poll
    from monitor.pipeline.publish import write_digests, write_report  # noqa: PLC0415 -- see poll
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see poll

    with open_workspace(config_path(context)) as workspace:
        polled = asyncio.run(poll_feeds(workspace))
        articles = asyncio.run(fetch_articles(workspace))
        analysed = analyse_pending(workspace)
        for line in [*polled.lines, *articles.lines, *analysed.lines]:
            print_line(line)
        print_line(f"report: {write_report(workspace).path}")
        for digest in write_digests(workspace, send=False):
            print_line(f"digest {digest.name}: {', '.join(str(path) for path in digest.files)}")
    leave(DONE_WITH_FAILURES if polled.failed else DONE)


def tick(context: typer.Context, as_json: JsonOption = False) -> None:
    """Do whatever is due now, mails included. For a timer, without Prefect."""
    from monitor.pipeline.tick import tick as tick_once  # noqa: PLC0415 -- see poll
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see poll

    with open_workspace(config_path(context)) as workspace:
        result = asyncio.run(tick_once(workspace))
    if as_json:
        print_json(result)
    else:
        for line in [*result.poll.lines, *result.articles.lines, *result.analyse.lines]:
            print_line(line)
        if result.report is not None:
            print_line(f"report: {result.report.path}")
        for digest in result.digests:
            print_line(digest.line)
        if result.maintenance is not None:
            for line in result.maintenance.lines:
                print_line(line)
    leave(DONE_WITH_FAILURES if result.failed else DONE)
