"""`monitor claims`: list and show claims, decide on them one by one, export them."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.common import (
    DONE_WITH_FAILURES,
    JsonOption,
    config_path,
    leave,
    parse_time,
    print_json,
    print_line,
    print_table,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.pipeline.workspace import Workspace
    from monitor.types.review import Verdict, VerdictWord

group = typer.Typer(help="Claims: who is said to arm whom.", no_args_is_help=True)

Since = Annotated[str, typer.Option("--since", help="Observed since: 2026-11-01 or 30d.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
Who = Annotated[str | None, typer.Option("--who", help="Who decides; default: the user's name.")]
_ANSWERS = "[c]onfirm, [r]eject, [e]dit, [s]kip, [q]uit"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="claims")


def since_time(text: str) -> dt.datetime:
    """The time that `--since` says."""
    moment = parse_time(text)
    if moment is None:
        raise UsageError("--since needs a time")
    return moment


@group.command("list")
def listing(
    context: typer.Context,
    since: Since = "30d",
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=20_000)] = 100,
    as_json: JsonOption = False,
) -> None:
    """List claims that nobody decided on, the newest first."""
    from monitor.pipeline.review import open_claims  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        found = open_claims(workspace, since=since_time(since), everything=everything, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one["uid"],
            one["outlet"],
            short(one),
            one["status"],
            f"{one['confidence']:.2f}",
            one["decision"] or "",
        )
        for one in found
    ]
    print_table("claims", ("uid", "outlet", "transfer", "status", "confidence", "decision"), rows)


@group.command()
def show(context: typer.Context, uid: Annotated[str, typer.Argument()], as_json: JsonOption = False) -> None:
    """Show one claim with the words that carry it."""
    from monitor.pipeline.review import claim  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    with open_workspace(config_path(context)) as workspace:
        found = claim(workspace, uid)
    if as_json:
        print_json(found)
    else:
        describe(found)


@group.command()
def review(
    context: typer.Context,
    confirm: Annotated[list[str] | None, typer.Option(help="This claim is right; may be repeated.")] = None,
    reject: Annotated[list[str] | None, typer.Option(help="This claim is wrong; may be repeated.")] = None,
    correct: Annotated[str | None, typer.Option(help="This claim is otherwise: FIELD=VALUE follow.")] = None,
    reopen: Annotated[list[str] | None, typer.Option("--open", help="Take the decision back.")] = None,
    values: Annotated[
        list[str] | None, typer.Argument(help="With --correct: supplier=KP quantity=40000")
    ] = None,
    reason: Reason = "",
    who: Who = None,
    since: Since = "30d",
) -> None:
    """Decide on claims: those named, or one after the other on a terminal."""
    from monitor.pipeline.review import decide, open_claims  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    named = _named(confirm or [], reject or [], reopen or [], correct, values or [], reason)
    person = who or getpass.getuser()
    if not named and not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on", hint="name claims with --confirm, --reject, --correct or --open"
        )
    with open_workspace(config_path(context)) as workspace:
        if not named:
            waiting = open_claims(workspace, since=since_time(since))
            print_line(f"{dialogue(workspace, waiting, person, typer.prompt)} claims decided")
            return
        taken = decide(workspace, named, who=person)
    for one in taken:
        print_line(
            f"{one.verdict.key}: {one.problem or (one.verdict.word if one.recorded else 'decided so already')}"
        )
    if any(one.problem for one in taken):
        leave(DONE_WITH_FAILURES)


def _named(
    confirm: Sequence[str],
    reject: Sequence[str],
    reopen: Sequence[str],
    correct: str | None,
    pairs: Sequence[str],
    reason: str,
) -> list[Verdict]:
    from monitor.types.review import Verdict  # noqa: PLC0415 -- see list

    words: tuple[tuple[VerdictWord, Sequence[str]], ...] = (
        ("confirmed", confirm), ("rejected", reject), ("open", reopen),
    )  # fmt: skip
    found = [Verdict(kind="claim", key=uid, word=word, reason=reason) for word, uids in words for uid in uids]
    if pairs and correct is None:
        raise UsageError(
            "values go with --correct UID", hint="monitor claims review --correct UID supplier=KP"
        )
    if correct is not None:
        found.append(_correction(correct, pairs, reason))
    return found


def _correction(uid: str, pairs: Sequence[str], reason: str) -> Verdict:
    from monitor.group.corrections import read_pairs  # noqa: PLC0415 -- see list
    from monitor.types.review import Verdict  # noqa: PLC0415 -- see list

    if not pairs:
        raise UsageError("--correct needs what is right", hint="--correct UID supplier=KP items=drones")
    try:
        return Verdict(kind="claim", key=uid, word="corrected", reason=reason, values=read_pairs(pairs))
    except ValueError as error:
        raise UsageError(str(error)) from error


def dialogue(
    workspace: Workspace, waiting: Sequence[dict[str, Any]], who: str, ask: Callable[..., str]
) -> int:
    """Show claims one by one and take what `ask` answers; how many were decided."""
    from monitor.pipeline.review import decide  # noqa: PLC0415 -- see list
    from monitor.types.review import Verdict  # noqa: PLC0415 -- see list

    decided = 0
    for number, found in enumerate(waiting, start=1):
        print_line(f"\n{number} of {len(waiting)}")
        describe(found)
        answer = ask(_ANSWERS, default="s").strip().casefold()[:1]
        if answer == "q":
            break
        if answer not in ("c", "r", "e"):
            continue
        try:
            if answer == "e":
                pairs = ask("what is right (supplier=KP items=drones, …; separate with ;)").split(";")
                verdict = _correction(
                    found["uid"], [pair for pair in pairs if pair.strip()], ask("why", default="")
                )
            else:
                word: VerdictWord = "confirmed" if answer == "c" else "rejected"
                verdict = Verdict(kind="claim", key=found["uid"], word=word, reason=ask("why", default=""))
        except UsageError as error:
            print_line(f"not taken: {error}")
            continue
        [taken] = decide(workspace, [verdict], who=who)
        print_line(taken.problem or verdict.word)
        decided += taken.recorded
    return decided


@group.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    form: Annotated[str, typer.Option("--format", help="jsonl or csv; default: by the file's name.")] = "",
    since: Since = "3650d",
) -> None:
    """Write claims with decisions as JSON lines or CSV."""
    from monitor.pipeline.review import export_claims  # noqa: PLC0415 -- see list
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see list

    wanted = form or out.suffix.lstrip(".")
    if wanted not in ("jsonl", "csv"):
        raise UsageError(f"{wanted!r} is no format of claims", hint="write --format jsonl or --format csv")
    with open_workspace(config_path(context)) as workspace, out.open("wb") as file:
        for piece in export_claims(workspace, since=since_time(since), form=wanted):
            file.write(piece)
    print_line(f"written: {out}")


def short(found: dict[str, Any]) -> str:
    """Supplier, recipient and items on one line."""
    sides = [", ".join(found[name]) or "?" for name in ("supplier", "recipient")]
    return f"{' → '.join(sides)}: {', '.join(found['items'])}"


def describe(found: dict[str, Any]) -> None:
    """A claim for a person."""
    print_line(f"{short(found)} · {found['status']}{_quantity(found)}")
    print_line(f"  {found['outlet']}: {found['title'] or ''}")
    print_line(f"  “{found['evidence']}”")
    said = [("speaker", found["speaker"]), ("via", ", ".join(found["via"])), ("root", found["root_outlet"]),
            ("rule", f"{found['rule']}, confidence {found['confidence']:.2f}"), ("address", found["url"]),
            ("decision", found["decision"]), ("uid", found["uid"])]  # fmt: skip
    for name, value in said:
        if value:
            print_line(f"  {name}: {value}")


def _quantity(found: dict[str, Any]) -> str:
    bounds = [str(found[name]) for name in ("quantity_min", "quantity_max") if found[name] is not None]
    return f" · {'–'.join(dict.fromkeys(bounds))} {found['unit']}".rstrip() if bounds else ""
