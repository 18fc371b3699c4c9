"""A session with Telegram's API: from the environment, by dialogue, and its end. Telethon is imported here only.

The session string is as good as the account: it lives in the environment or a secret store, never in
configuration, logs or the database.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.errors import UsageError
from monitor.types.secret import Secret

FLOOD_SLEEP_S = 30
"""Shorter waits are slept through, longer ones reported."""

_MISSING = 'install it with `pip install ".[mtproto]"`'


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One account: the numbers of one's own application, and the session, which is as good as the account."""

    api_id: int
    api_hash: Secret
    session: Secret

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Credentials:
        """Read MONITOR_TELEGRAM_API_ID, _API_HASH and _SESSION; UsageError names what is missing."""
        values = os.environ if environment is None else environment
        names = [f"MONITOR_TELEGRAM_{part}" for part in ("API_ID", "API_HASH", "SESSION")]
        missing = [name for name in names if not values.get(name, "").strip()]
        if missing:
            raise UsageError(f"{', '.join(missing)} not set", hint="run `monitor telegram login`")
        number, api_hash, session = (values[name].strip() for name in names)
        if not (number.isascii() and number.isdecimal()):
            raise UsageError("MONITOR_TELEGRAM_API_ID is no number", hint="it is shown at my.telegram.org")
        return cls(api_id=int(number), api_hash=Secret(api_hash), session=Secret(session))


def telethon(module: str = "telethon") -> Any:
    """Import Telethon, or a module of it, when it is first needed; UsageError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError("reading Telegram by MTProto needs Telethon", hint=_MISSING) from error


@contextlib.asynccontextmanager
async def connected(credentials: Credentials) -> AsyncIterator[Callable[[Any], Awaitable[Any]]]:
    """A connected session for the time of a run; UsageError where it is no longer authorised."""
    client = _client(credentials.api_id, credentials.api_hash, credentials.session)
    await client.connect()
    try:
        if not await client.is_user_authorized():
            raise UsageError("the Telegram session is not authorised", hint="run `monitor telegram login`")
        yield client
    finally:
        await client.disconnect()


async def login(api_id: int, api_hash: Secret, *, ask: Callable[[str, bool], str]) -> Secret:
    """Sign in by dialogue and return the session. `ask(question, hidden)` asks the person."""
    client = _client(api_id, api_hash, Secret(""))
    await client.start(
        phone=lambda: ask("Phone number of the account, with country code", False),
        code_callback=lambda: ask("Code that Telegram has sent to the account", False),
        password=lambda: ask("Password of two-step verification", True),
    )
    try:
        return Secret(client.session.save())
    finally:
        await client.disconnect()


async def logout(credentials: Credentials) -> None:
    """End the session at Telegram; its string is worthless afterwards."""
    client = _client(credentials.api_id, credentials.api_hash, credentials.session)
    await client.connect()
    try:
        await client.log_out()
    finally:
        await client.disconnect()


def _client(api_id: int, api_hash: Secret, session: Secret) -> Any:
    return telethon().TelegramClient(
        telethon("telethon.sessions").StringSession(session.reveal() or None),
        api_id,
        api_hash.reveal(),
        flood_sleep_threshold=FLOOD_SLEEP_S,
        receive_updates=False,
    )
