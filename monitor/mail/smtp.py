"""One mail to one recipient by SMTP, and what became of it as a value.

The dialogue is walked step by step, because the step at which it breaks decides what may be done next:

    connect ─ TLS ─ login ─ MAIL ─ RCPT ─ DATA ─ text ─┤ "." ├─ answer
    └──────────── Deferred / Rejected ─────────────────┘     └─ Unknown if no answer came

Up to the final dot the server cannot have taken the mail; after it only its answer tells (RFC 5321 4.5.3.2.6:
a lost answer makes doubles), so that case is told apart and retried once with the same Message-ID.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeVar

from monitor.types.secret import Secret

Security = Literal["none", "starttls", "tls"]
Stage = Literal["connect", "tls", "login", "sender", "recipient", "data"]

_EOL: Final = re.compile(rb"\r\n|\r|\n")
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)
_ENHANCED: Final = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b")
_NO_MAILBOX: Final = frozenset({550, 551, 553})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """The server. `timeout` in seconds, for each step. `context` replaces the system's trusted roots."""

    host: str = "localhost"
    port: int = 25
    security: Security = "none"
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    timeout: float = 30.0
    context: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The server took the mail: its answer."""

    code: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Surely not taken; try again later. `setup` says that waiting will not help: a person must mend the set-up."""

    stage: Stage
    code: int | None
    detail: str
    setup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Surely not taken, and will not be. `hold` says that the address itself is at fault: write no more to it."""

    stage: Stage
    code: int | None
    detail: str
    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The line broke after the mail was handed over, before the answer: it may have been taken."""

    detail: str


Outcome = Sent | Deferred | Rejected | Unknown


_T = TypeVar("_T")


class _StopError(Exception):
    """The dialogue ended with this outcome."""

    def __init__(self, outcome: Deferred | Rejected) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


def send(
    message: bytes,
    *,
    sender: str,
    recipient: str,
    options: SmtpOptions,
    handing: Callable[[], None] | None = None,
) -> Outcome:
    """Send one mail to one recipient; never raises for what a server or network does.

    `handing` is called right before the final dot, after which the mail may have been taken; what it raises
    goes to the caller, and the mail does not go. `sender` and `recipient` are bare addresses with an ASCII
    local part; domains may be international.
    """
    try:
        client = _open(options)
    except _StopError as stop:
        return _hidden(stop.outcome, options)
    try:
        return _hidden(_transfer(client, message, _ascii(sender), _ascii(recipient), handing), options)
    except _StopError as stop:
        return _hidden(stop.outcome, options)
    finally:
        _leave(client)


def probe(options: SmtpOptions) -> str:
    """Connect, encrypt and log in, and send nothing: what is wrong, in words; empty where the server is ready."""
    try:
        client = _open(options)
    except _StopError as stop:
        outcome = _hidden(stop.outcome, options)
        return f"{stop.outcome.stage}: {getattr(outcome, 'detail', '')}"
    _leave(client)
    return ""


def _open(options: SmtpOptions) -> smtplib.SMTP:
    """Connect, encrypt, log in."""
    if options.username and options.security == "none" and not _is_loopback(options.host):
        detail = "the password would be sent unencrypted: set mail.security to starttls or tls"
        raise _StopError(Deferred(stage="login", code=None, detail=detail, setup=True))
    client = _step("connect", lambda: _connect(options))
    try:
        _step("connect", client.ehlo_or_helo_if_needed)
        if options.security == "starttls":
            _step("tls", lambda: client.starttls(context=_context(options)))
            _step("tls", client.ehlo_or_helo_if_needed)
        if options.username:
            _step("login", lambda: client.login(options.username, options.password.reveal()))
    except BaseException:
        client.close()
        raise
    return client


def _connect(options: SmtpOptions) -> smtplib.SMTP:
    if options.security == "tls":
        context = _context(options)
        return smtplib.SMTP_SSL(options.host, options.port, timeout=options.timeout, context=context)
    return smtplib.SMTP(options.host, options.port, timeout=options.timeout)


def _context(options: SmtpOptions) -> ssl.SSLContext:
    # verifies chain and host name, against SSL_CERT_FILE where the environment sets it
    return options.context or ssl.create_default_context()


def _transfer(
    client: smtplib.SMTP, message: bytes, sender: str, recipient: str, handing: Callable[[], None] | None
) -> Outcome:
    extras = [f"size={len(message)}"] if client.has_extn("size") else []
    _expect("sender", _step("sender", lambda: client.mail(sender, extras)), {250})
    _expect("recipient", _step("recipient", lambda: client.rcpt(recipient)), {250, 251})
    _expect("data", _step("data", lambda: client.docmd("DATA")), {354})
    body = _DOT.sub(b"..", _EOL.sub(b"\r\n", message))
    # the text and the final dot apart: until the dot is sent, nothing can have been taken
    _step("data", lambda: client.send(body if body.endswith(b"\r\n") else body + b"\r\n"))
    try:
        if handing is not None:
            handing()
    except BaseException:
        # not QUIT, which would be a line of the text
        client.close()
        raise
    try:
        client.send(b".\r\n")
        code, answer = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(detail=_told(error))
    if code == 250:
        return Sent(code=code, detail=_text(answer))
    return _refused("data", code, _text(answer))


def _expect(stage: Stage, reply: tuple[int, bytes], wanted: set[int]) -> None:
    code, answer = reply
    if code not in wanted:
        raise _StopError(_refused(stage, code, _text(answer)))


def _step(stage: Stage, call: Callable[[], _T]) -> _T:
    """Run one step; what servers and networks do ends the dialogue, anything else is a bug and crashes."""
    try:
        return call()
    except smtplib.SMTPResponseException as error:
        raise _StopError(_refused(stage, error.smtp_code, _text(error.smtp_error))) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _StopError(Deferred(stage=stage, code=None, detail=_told(error), setup=True)) from error
    except ssl.SSLError as error:
        # a line cut during the handshake is the network's; a bad certificate or protocol stays bad
        setup = not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
        raise _StopError(Deferred(stage="tls", code=None, detail=_told(error), setup=setup)) from error
    except UnicodeError:
        # its text would quote the password
        detail = "host, user name or password has characters that SMTP cannot carry"
        raise _StopError(Deferred(stage=stage, code=None, detail=detail, setup=True)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _StopError(Deferred(stage=stage, code=None, detail=_told(error))) from error


def _hidden(outcome: Outcome, options: SmtpOptions) -> Outcome:
    return replace(outcome, detail=options.password.hide_in(outcome.detail))


def _refused(stage: Stage, code: int, detail: str) -> Deferred | Rejected:
    """RFC 5321 4.2.1: 4yz is transient, 5yz permanent; what a 5yz is about depends on the step."""
    if not 500 <= code < 600:
        return Deferred(stage=stage, code=code, detail=detail)
    if stage not in {"recipient", "data"}:
        return Deferred(stage=stage, code=code, detail=detail, setup=True)
    return Rejected(
        stage=stage, code=code, detail=detail, hold=stage == "recipient" and _no_mailbox(code, detail)
    )


def _no_mailbox(code: int, detail: str) -> bool:
    """RFC 3463: x.1.z is about the address, x.7.z about policy; without one, RFC 5321's codes for mailboxes."""
    enhanced = _ENHANCED.search(detail)
    return enhanced[1] == "1" if enhanced else code in _NO_MAILBOX


def _leave(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def _ascii(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    return f"{local}@{host}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:300]


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {_text(str(error))}"
