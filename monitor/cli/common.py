"""What the commands share: the configuration's path, output for people and programs, exit codes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.errors import UsageError

#: Exit codes of `monitor` and `python -m flows` (design.md, contract).
DONE, DONE_WITH_FAILURES, WRONG_USE, FAULT = 0, 1, 2, 3

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@dataclasses.dataclass(frozen=True)
class Options:
    """What stands before the command's name."""

    config: Path


def config_path(context: typer.Context) -> Path:
    """The configuration that `-c` names."""
    options = context.find_object(Options)
    return options.config if options else Path("config.yaml")


def console() -> Console:
    """Standard output. Text of feeds is printed with `markup=False` by the callers."""
    # a file or a pipe gets whole cells, however wide; a terminal its own width
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 1_000)


def plain(value: Any) -> Any:
    """Dataclasses, times, enums and paths as what JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Path) else value


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_line(text: str) -> None:
    """One line on standard output, with no mark-up read into it."""
    sys.stdout.write(text + "\n")


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for a person; cells are text, never mark-up."""
    table = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False
    )
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    console().print(table)


def shown(value: Any) -> str:
    """A value as a person reads it: times to the minute, counts by name, nothing as a dash."""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value) or "–"
    return "" if value is None else str(value)


def parse_time(text: str | None) -> dt.datetime | None:
    """`2026-11-20`, `2026-11-20T06:00Z`, or an age such as `7d`, as aware UTC. UsageError says how to write it."""
    if text is None:
        return None
    from monitor.config.units import parse_duration  # noqa: PLC0415 -- keeps start-up short

    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except ValueError:
        pass
    try:
        age: dt.timedelta = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time: write 2026-11-20, 2026-11-20T06:00Z or 7d") from error
    return dt.datetime.now(dt.UTC) - age


def parse_day(text: str | None) -> dt.date | None:
    """`2026-11-20` as a date. UsageError says how to write it."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day: write 2026-11-20") from error


@contextmanager
def progress_bar(work: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a log line a step elsewhere; called with how much is done, and of how much."""
    from rich.progress import Progress  # noqa: PLC0415 -- keeps start-up short

    from monitor import logs  # noqa: PLC0415 -- the same

    errors = Console(stderr=True)
    if not errors.is_terminal:
        log = logs.logger(command=work)
        yield lambda done, of: log.info(work, done=done, of=of)
        return
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(work, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def leave(code: int) -> NoReturn:
    """End the command with an exit code of the contract."""
    raise typer.Exit(code)
