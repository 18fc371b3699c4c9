"""One leased alert told to each of its channels, as the mails of a digest are: once, as far as an answer can tell.

channel ──► closed or held? ──► about to be handed over: noted ──► mail | webhook | chat ──► answer noted

Who takes over from a worker that was killed knows by the note whether a channel may have been told. It is told once
more, a mail with the same Message-ID and a webhook with the same `id`, and after that never again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from monitor import logs
from monitor.errors import MailError
from monitor.fetch.webhook import post_json
from monitor.mail.message import MessageOptions, plain_message
from monitor.mail.smtp import Rejected, Sent, Unknown, send
from monitor.pipeline.chat import tell
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.mailing import DOUBTFUL, HANDINGS, smtp_options
from monitor.pipeline.workspace import Workspace
from monitor.types.alerts import ChannelTold, LeasedAlert
from monitor.types.fetching import Posted

OPERATORS = "operators"
"""The rule that is always there: faults of the system go to `operations.operators`."""
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=2), dt.timedelta(hours=2)
ATTEMPTS = 12
_HELD = "the address takes no mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where an alert goes. `name` says nothing that is secret."""

    name: str
    kind: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came back: nothing wrong, or what. `unknown`: it may have been taken; `final`: it never will be."""

    trouble: str = ""
    unknown: bool = False
    final: bool = False


async def deliver(workspace: Workspace, held: LeasedAlert) -> str:
    """Tell every channel that has not been told; what went wrong in words, empty for nothing."""
    channels = list(_channels(workspace, held.rule))
    no_mail = await asyncio.to_thread(
        workspace.store.held_addresses, [one.address for one in channels if one.kind == "mail"]
    )
    again = held.attempts < ATTEMPTS
    told: dict[str, ChannelTold] = {}
    for channel in channels:
        before = held.channels.get(channel.name, ChannelTold())
        if before.state != "ready":
            told[channel.name] = before
            continue
        after = await _told(workspace, held, channel, before, mute=channel.address in no_mail)
        if after.state == "ready" and not again:
            after = replace(after, state="failed")
        await asyncio.to_thread(_note, workspace, held, channel.name, after)
        told[channel.name] = after
    return await asyncio.to_thread(_record, workspace, held, told)


def _record(workspace: Workspace, held: LeasedAlert, told: dict[str, ChannelTold]) -> str:
    troubles = [f"{name}: {one.error}" for name, one in told.items() if one.error and one.error != _HELD]
    reached = any(one.state == "sent" for one in told.values())
    if told and not (troubles or reached):
        troubles = [f"nobody was told: {_HELD}"]
    now, said = workspace.clock(), "; ".join(troubles)
    waits = any(one.state == "ready" for one in told.values())
    wait = min(FIRST_WAIT * 2 ** (held.attempts - 1), LONGEST_WAIT)
    workspace.store.record_alert(held, now=now, error=said, retry_at=now + wait if waits else None)
    return said


def _note(workspace: Workspace, held: LeasedAlert, channel: str, told: ChannelTold) -> None:
    workspace.store.tell_channel(held, channel, told, now=workspace.clock())


async def _told(
    workspace: Workspace, held: LeasedAlert, channel: Channel, before: ChannelTold, *, mute: bool
) -> ChannelTold:
    """Tell one channel; what is known of it then."""
    if mute:
        return replace(before, state="failed", error=_HELD)
    if before.handed >= HANDINGS:
        return replace(before, state="failed", error=DOUBTFUL)
    handed = before.handed + 1

    def handing() -> None:
        _note(workspace, held, channel.name, replace(before, handed=handed))

    answer = await _tell(workspace, held, channel, handing)
    if not answer.trouble:
        return ChannelTold(state="sent", handed=handed)
    if answer.unknown and handed >= HANDINGS:
        return ChannelTold(state="failed", handed=handed, error=f"{DOUBTFUL}; {answer.trouble}")
    # an answer that refuses takes the handing back
    return ChannelTold(
        state="failed" if answer.final else "ready",
        handed=handed if answer.unknown else before.handed,
        error=answer.trouble,
    )


def _channels(workspace: Workspace, rule: str) -> Iterator[Channel]:
    """Each once, also where an address is configured twice."""
    found: dict[str, Channel] = {}
    if rule == OPERATORS:
        addresses = [("mail", to) for to in workspace.config.operations.operators]
    else:
        addresses = [
            (kind, address)
            for options in workspace.config.alerts
            if options.name == rule
            for kind, some in (("mail", options.to), ("webhook", options.webhooks), ("chat", options.notify))
            for address in some
        ]
    for kind, address in addresses:
        name = f"{kind} {address if kind == 'mail' else _mark(address)}"
        found.setdefault(name, Channel(name=name, kind=kind, address=address))
    yield from found.values()


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


async def _tell(
    workspace: Workspace, held: LeasedAlert, channel: Channel, handing: Callable[[], None]
) -> _Answer:
    if channel.kind == "mail":
        return await asyncio.to_thread(_mail, workspace, held, channel.address, handing)
    if channel.kind == "chat":
        # apprise does not tell a refusal from a lost answer: what it reports as not sent is tried again
        await asyncio.to_thread(handing)
        return _Answer(trouble=await asyncio.to_thread(tell, channel.address, held.subject, held.body))
    return await _post(workspace, held, channel.address, handing)


async def _post(
    workspace: Workspace, held: LeasedAlert, address: str, handing: Callable[[], None]
) -> _Answer:
    payload = {
        "id": hashlib.sha256(f"{held.rule}\0{held.key}".encode()).hexdigest()[:24],
        "rule": held.rule, "subject": held.subject, "text": held.body,
        "fired_at": held.fired_at.isoformat(), "reason": held.reason,
    }  # fmt: skip
    handed = False

    async def noted() -> None:
        nonlocal handed
        await asyncio.to_thread(handing)
        handed = True

    answer = await post_json(address, payload, fetch_options(workspace), handing=noted)
    if isinstance(answer, Posted):
        return _Answer()
    said = logs.one_line(f"{answer.code} ({answer.detail})")
    return _Answer(trouble=said, unknown=handed and answer.status is None)


def _mail(workspace: Workspace, held: LeasedAlert, recipient: str, handing: Callable[[], None]) -> _Answer:
    sender = workspace.config.mail.from_
    mark = hashlib.sha256(f"{held.rule}\0{held.key}\0{recipient.casefold()}".encode()).hexdigest()[:24]
    try:
        message = plain_message(
            recipient,
            MessageOptions(sender=sender, sent_at=held.fired_at),
            subject=held.subject,
            text=held.body,
            identifier=f"<alert.{held.rule}.{mark}@{sender.rpartition('@')[2]}>",
        )
    except MailError as error:
        return _Answer(trouble=logs.one_line(str(error)), final=True)
    options = smtp_options(workspace.config)
    outcome = send(message, sender=sender, recipient=recipient, options=options, handing=handing)
    if isinstance(outcome, Sent):
        return _Answer()
    said = logs.one_line(outcome.detail)
    if isinstance(outcome, Rejected) and outcome.hold:
        workspace.store.hold_address(recipient, said, now=workspace.clock())
    return _Answer(trouble=said, unknown=isinstance(outcome, Unknown), final=isinstance(outcome, Rejected))
