"""`monitor feeds`: the sources."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
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
    print_table,
    shown,
)
from monitor.errors import UsageError

group = typer.Typer(help="The feeds.", no_args_is_help=True)

Slugs = Annotated[list[str] | None, typer.Argument(help="Feeds by slug; default all.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="feeds")


@group.command("list")
def list_feeds(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the feeds with their health."""
    from monitor.pipeline.health import feed_rows  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        rows = feed_rows(workspace)
    if as_json:
        print_json(rows)
        return
    columns = ("feed", "kind", "outlet", "state", "silent", "last_success_at", "entries_7d", "last_error")
    headings = [column.replace("_", " ") for column in columns]
    print_table("", headings, [tuple(_cell(row[column]) for column in columns) for row in rows])


def _cell(value: object) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else shown(value)[:80]


@group.command()
def check(context: typer.Context, slugs: Slugs = None, as_json: JsonOption = False) -> None:
    """Try each feed once and say what a person should do; stores nothing."""
    from monitor.pipeline.sources import try_feeds  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    with open_workspace(config_path(context)) as workspace:
        trials = asyncio.run(try_feeds(workspace, slugs or None))
    if as_json:
        print_json(trials)
    else:
        rows = [
            (t.mark, t.slug, t.format, t.entries, f"{t.newest:%Y-%m-%d %H:%M}" if t.newest else "", t.finding)
            for t in sorted(trials, key=lambda trial: ("FAIL", "warn", "ok").index(trial.mark))
        ]
        print_table("", ("", "feed", "format", "entries", "newest", "finding"), rows)
    leave(DONE_WITH_FAILURES if any(trial.mark == "FAIL" for trial in trials) else DONE)


@group.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A feed, or a site that offers one.")],
    name: Annotated[str, typer.Option(help="The outlet's name; default the feed's title.")] = "",
) -> None:
    """Add a feed by its address, or by the address of its site."""
    from monitor.pipeline.sources import add_feed  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    path = config_path(context)
    with open_workspace(path) as workspace:
        added = asyncio.run(add_feed(path, workspace, url, name=name))
    print_line(f"added {added.title}: {added.url} (in {added.file}; give it country and ownership there)")
    for other in added.others:
        print_line(f"also offered: {other}")


@group.command("import")
def import_feeds(context: typer.Context, file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Add the feeds of an OPML file."""
    from monitor.config import load_config  # noqa: PLC0415 -- see list
    from monitor.pipeline.sources import import_opml  # noqa: PLC0415 -- see list

    path = config_path(context)
    imported = import_opml(path, load_config(path), file)
    where = f" to {imported.file}" if imported.file else ""
    print_line(f"{imported.added} feeds added{where}, {imported.known} were there already")
    for refused in imported.refused:
        print_line(f"not added: {refused}")
    leave(DONE_WITH_FAILURES if imported.refused else DONE)


@group.command()
def export(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Default standard output.")] = None,
) -> None:
    """Write the feeds as OPML."""
    from monitor.config import load_config  # noqa: PLC0415 -- see list
    from monitor.pipeline.sources import export_opml  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import utc_now  # noqa: PLC0415 -- see list
    from monitor.pipeline.writing import write_files  # noqa: PLC0415 -- see list

    content = export_opml(load_config(config_path(context)), utc_now())
    if output is None:
        sys.stdout.write(content.decode("utf-8"))
    else:
        write_files(output.parent, {output.name: content})


@group.command()
def suggest(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Observed since: 2026-11-01 or 7d; default 30d.")] = None,
    limit: Annotated[int, typer.Option(help="The first so many.", min=1)] = 20,
    as_json: JsonOption = False,
) -> None:
    """Rank outlets and channels that are cited or forwarded often and not followed."""
    from monitor.pipeline.suggesting import suggestions  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    with open_workspace(config_path(context)) as workspace:
        found = suggestions(workspace, since=parse_time(since), limit=limit)
    if as_json:
        print_json(found)
        return
    headings = ("name", "kind", "country", "times", "by outlets", "last seen", "address")
    rows = [
        (s.name, s.kind, s.country or "", s.times, s.outlets, f"{s.last_seen_at:%Y-%m-%d}", s.address or "")
        for s in found
    ]
    print_table("", headings, rows)


@group.command()
def enable(context: typer.Context, slug: Annotated[str, typer.Argument(help="The feed.")]) -> None:
    """Poll a feed again that is gone (410) or dead: its failures are forgotten, it is due at once."""
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    with open_workspace(config_path(context)) as workspace:
        if not workspace.store.restore_feed(slug, now=workspace.clock()):
            raise UsageError(f"there is no feed {slug}", hint="`monitor feeds list` names them")
    print_line(f"{slug} is polled again")


@group.command()
def backfill(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The channel's feed.")],
    since: Annotated[str | None, typer.Option(help="Back to: 2026-11-01 or 30d.")] = None,
    posts: Annotated[int | None, typer.Option(help="About so many posts, whole pages.", min=1)] = None,
    as_json: JsonOption = False,
) -> None:
    """Read older posts of a Telegram channel, some twenty at a time and seconds apart."""
    from monitor.pipeline.ingest import fetch_options  # noqa: PLC0415 -- see list
    from monitor.pipeline.telegram_backfill import backfill as read_back  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    with open_workspace(config_path(context)) as workspace:
        options = fetch_options(workspace)
        result = asyncio.run(read_back(workspace, options, slug, since=parse_time(since), posts=posts))
    if as_json:
        print_json(result)
    else:
        counts, oldest = result.counts, f", back to {shown(result.oldest)}" if result.oldest else ""
        print_line(f"{slug}: {result.pages} pages, {counts.new} new posts, {counts.known} known{oldest}")
        if result.failed:
            print_line(f"ended early: {result.failed}; what was read is kept, run the command again to go on")
    leave(DONE_WITH_FAILURES if result.failed else DONE)
