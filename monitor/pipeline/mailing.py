"""The outbox delivered: each waiting mail is leased, sent and recorded; once, as far as SMTP can tell."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace

from monitor import logs
from monitor.config import Config
from monitor.errors import MailError
from monitor.mail.message import MessageOptions, address_to, message_id, plain_message
from monitor.mail.smtp import Deferred, Rejected, Sent, SmtpOptions, Unknown, send
from monitor.pipeline.workspace import Workspace
from monitor.types.results import DigestResult
from monitor.types.secret import Secret
from monitor.types.storage import Delivery

#: How long a delivery is one worker's: longer than SMTP's steps take together.
LEASE = dt.timedelta(minutes=10)
#: Wait after the first failed attempt; it doubles with each, up to the longest.
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=5), dt.timedelta(hours=4)
#: Attempts after which a mail is given up (about two days).
ATTEMPTS = 15
#: How often a mail is handed over without an answer being known: once more, with the same Message-ID.
HANDINGS = 2
DOUBTFUL = f"handed over {HANDINGS} times, and no answer is known: it may have arrived"


def smtp_options(config: Config) -> SmtpOptions:
    """The server as configured; the password from the environment only."""
    mail = config.mail
    return SmtpOptions(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=Secret(os.environ.get("MONITOR_MAIL_PASSWORD", "")),
        timeout=mail.timeout.total_seconds(),
    )


def deliver(workspace: Workspace, result: DigestResult) -> DigestResult:
    """Send what waits in the outbox for this digest, older days too; the result with how it went."""
    options = smtp_options(workspace.config)
    sent = waiting = 0
    failed: list[str] = []
    while delivery := workspace.store.lease_delivery(
        owner=workspace.owner, now=workspace.clock(), lease_for=LEASE, name=result.name
    ):
        trouble = _deliver_one(workspace, delivery, options)
        if not trouble:
            sent += 1
        else:
            waiting += trouble.endswith("again")
            failed.append(f"{delivery.recipient}: {trouble}")
    if not (sent or failed):
        return result
    return replace(result, sent=sent, waiting=waiting, failed=tuple(failed), skipped="")


def _deliver_one(workspace: Workspace, delivery: Delivery, options: SmtpOptions) -> str:
    """Send one mail and record what became of it; what went wrong in words, empty for nothing."""
    store, now = workspace.store, workspace.clock()
    try:
        message = address_to(delivery.message, delivery.recipient, delivery.message_id)
    except MailError as error:
        store.mark_failed(delivery, now=now, error=str(error), hold=True)
        return f"is no address ({error})"
    if delivery.handed >= HANDINGS:
        store.mark_failed(delivery, now=now, error=DOUBTFUL, unknown=True)
        return f"given up ({DOUBTFUL})"
    outcome = send(
        message,
        sender=workspace.config.mail.from_,
        recipient=delivery.recipient,
        options=options,
        handing=lambda: store.mark_handed(delivery),
    )
    now = workspace.clock()
    if isinstance(outcome, Sent):
        store.mark_sent(delivery, now=now)
        return ""
    detail = logs.one_line(outcome.detail)
    if isinstance(outcome, Rejected):
        store.mark_failed(delivery, now=now, error=detail, hold=outcome.hold)
        return f"refused ({detail})" + (", no more is sent there" if outcome.hold else "")
    # an unknown outcome is tried once more with the same Message-ID, so that a double can be told as one
    unknown = isinstance(outcome, Unknown)
    if unknown and delivery.handed + 1 >= HANDINGS:
        detail = f"{DOUBTFUL}; {detail}"
    elif delivery.attempts < ATTEMPTS:
        retry_at = now + _wait(delivery.attempts)
        store.mark_failed(delivery, now=now, error=detail, retry_at=retry_at, unknown=unknown)
        mend = "; mend the set-up (monitor doctor)" if isinstance(outcome, Deferred) and outcome.setup else ""
        return f"not sent ({detail}){mend}, will be tried again"
    store.mark_failed(delivery, now=now, error=detail, unknown=unknown)
    return f"given up after {delivery.attempts} attempts ({detail})"


def _wait(attempts: int) -> dt.timedelta:
    doubled: dt.timedelta = FIRST_WAIT * 2 ** max(attempts - 1, 0)
    return min(doubled, LONGEST_WAIT)


def send_trial(config: Config, recipient: str) -> str:
    """Send one mail that tries the set-up; a line for a person. MailError says what the server answered."""
    now = dt.datetime.now(dt.UTC)
    sender = config.mail.from_
    message = plain_message(
        recipient,
        MessageOptions(sender=sender, sent_at=now),
        subject="Trial mail of the news monitor",
        text="This mail was sent by `monitor digest test`. The mail set-up works.\n",
        identifier=message_id(f"trial-{now:%H%M%S}", now.date(), recipient, sender),
    )
    outcome = send(message, sender=sender, recipient=recipient, options=smtp_options(config))
    if isinstance(outcome, Sent):
        return f"{config.mail.host} took the mail for {recipient}: {logs.one_line(outcome.detail)}"
    hint = "check mail: in config.yaml, and MONITOR_MAIL_PASSWORD"
    if isinstance(outcome, Deferred | Rejected):
        raise MailError(f"{config.mail.host} did not take it at {outcome.stage}: {outcome.detail}", hint=hint)
    raise MailError(f"the line to {config.mail.host} broke before it answered: {outcome.detail}", hint=hint)
