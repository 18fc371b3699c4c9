"""`monitor telegram`: sign in to Telegram's API and out again, for `telegram.route: mtproto`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated

import typer

from monitor.cli.common import print_line
from monitor.errors import UsageError
from monitor.types.secret import Secret

group = typer.Typer(help="Telegram by an account (docs/how-to/telegram.md).", no_args_is_help=True)

_BEFORE = """\
This signs in with a Telegram account of yours: take one made for this, not your own, and read what Telegram's
terms allow first (docs/how-to/telegram.md). Make an application at my.telegram.org; it shows api_id and api_hash."""
_AFTER = """\
The session below is as good as the account: keep it in a secret store or the service's environment, never in
config.yaml, a log or a repository. It is not kept here, and not shown again."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="telegram")


@group.command()
def login(
    api_id: Annotated[
        int | None, typer.Option(envvar="MONITOR_TELEGRAM_API_ID", help="Asked for if absent.")
    ] = None,
) -> None:
    """Sign in by dialogue; prints the session to put into the environment."""
    from monitor.fetch.mtproto_session import login as sign_in  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.fetch.mtproto_session import telethon  # noqa: PLC0415 -- the same

    telethon()
    if not sys.stdin.isatty():
        raise UsageError("signing in is a dialogue", hint="run `monitor telegram login` in a terminal")
    _say(_BEFORE)
    number = api_id if api_id is not None else int(typer.prompt("api_id", type=int, err=True))
    api_hash = os.environ.get("MONITOR_TELEGRAM_API_HASH") or _ask("api_hash", True)
    session = asyncio.run(sign_in(number, Secret(api_hash), ask=_ask))
    _say(_AFTER)
    print_line(f"MONITOR_TELEGRAM_API_ID={number}")
    print_line(f"MONITOR_TELEGRAM_SESSION={session.reveal()}")
    _say("Set MONITOR_TELEGRAM_API_HASH as well, and `telegram.route: mtproto` in config.yaml.")


@group.command()
def logout() -> None:
    """End the session at Telegram; its string is worthless afterwards."""
    from monitor.fetch.mtproto_session import Credentials  # noqa: PLC0415 -- see login
    from monitor.fetch.mtproto_session import logout as sign_out  # noqa: PLC0415 -- see login

    asyncio.run(sign_out(Credentials.from_environment()))
    print_line("signed out; take MONITOR_TELEGRAM_SESSION out of the environment")


def _ask(question: str, hidden: bool) -> str:
    answer: str = typer.prompt(question, hide_input=hidden, err=True)
    return answer.strip()


def _say(text: str) -> None:
    """Words for the person, beside what may be piped into a file."""
    sys.stderr.write(text + "\n")
