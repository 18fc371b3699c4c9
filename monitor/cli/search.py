"""`monitor search`: words in stored texts, in every script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from monitor.cli.common import (
    JsonOption,
    config_path,
    console,
    parse_time,
    print_json,
    print_line,
    progress_bar,
    shown,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.types.search import Hit

HELP = """Find texts by their words, the latest first.

Words side by side must all be there. "A phrase", AND, OR, NOT, ( ), prefix*, title:word. Chinese words need no
spaces; Arabic words are found with and without their article, Korean ones with any particle.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=HELP)(search)


def search(
    context: typer.Context,
    query: Annotated[list[str] | None, typer.Argument(help="What to look for.")] = None,
    since: Annotated[str | None, typer.Option(help="Published since: 2026-11-20, or 7d.")] = None,
    until: Annotated[str | None, typer.Option(help="Published before.")] = None,
    lang: Annotated[list[str] | None, typer.Option(help="Language; may be repeated.")] = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Outlet by name or short name; repeatable.")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Topic; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Index all texts anew first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Search, after building the index anew where asked to."""
    from monitor.pipeline.search import build_index  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.search import search as find  # noqa: PLC0415 -- the same
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same
    from monitor.types.search import Filters  # noqa: PLC0415 -- the same

    words = " ".join(query or ())
    if not words and not rebuild:
        raise UsageError("say what to look for", hint='monitor search "arms deal" AND drones')
    filters = Filters(
        since=parse_time(since),
        until=parse_time(until),
        languages=tuple(lang or ()),
        outlets=tuple(outlet or ()),
        topics=tuple(topic or ()),
    )
    with open_workspace(config_path(context)) as workspace:
        if rebuild:
            with progress_bar("indexing") as progress:
                count = build_index(workspace.store, rebuild=True, progress=lambda done: progress(done, 0))
            if not words:
                print_line(f"{count} entries indexed")
                return
        hits = find(workspace, words, filters, limit=limit)
    if as_json:
        print_json(hits)
        return
    for hit in hits:
        _print(hit)
    more = f"; --limit {limit * 5} shows more" if len(hits) == limit else ""
    print_line(f"{len(hits)} found{more}" if hits else "nothing found")


def _print(hit: Hit) -> None:
    """A head line, the title and the excerpt with the words marked, the address."""
    out = console()
    out.print(
        Text(
            f"{shown(hit.effective_at)}  {hit.outlet}  {hit.language or 'und'}  #{hit.entry_id}", style="dim"
        )
    )
    title = [(mark.start, mark.end) for mark in hit.marks if mark.field == "title"]
    out.print(_marked(hit.title, title, colour=out.is_terminal))
    body = [
        (mark.start - hit.excerpt_start, mark.end - hit.excerpt_start)
        for mark in hit.marks
        if mark.field == "body"
    ]
    if hit.excerpt:
        out.print(_marked(hit.excerpt, body, colour=out.is_terminal), soft_wrap=True)
    if hit.url:
        out.print(Text(hit.url, style="dim"), soft_wrap=True)
    out.print()


def _marked(text: str, spans: list[tuple[int, int]], *, colour: bool) -> Text:
    """The text in one line; its marks bold on a terminal, elsewhere in brackets."""
    inside = [(start, end) for start, end in spans if start >= 0 and end <= len(text)]
    made = Text()
    place = 0
    for start, end in inside:
        made.append(_line(text[place:start]))
        word = _line(text[start:end])
        made.append(word if colour else f"[{word}]", style="bold yellow" if colour else "")
        place = end
    made.append(_line(text[place:]))
    return made


def _line(text: str) -> str:
    """No line break, and no control character that a terminal would obey."""
    return "".join(char if char.isprintable() else " " for char in text)
