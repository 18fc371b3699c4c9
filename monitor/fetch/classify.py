"""What a failure means: its code, how it weighs, when to come back. Pure functions."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import re
from collections.abc import Mapping

import aiohttp

from monitor.fetch.connector import RefusedError
from monitor.polling.hints import asked_wait
from monitor.polling.limits import MAX_RETRY_AFTER
from monitor.types.fetching import FailureKind

BARE_429 = dt.timedelta(minutes=10)
"""How long a host is left alone that answers 429 without Retry-After (NetNewsWire's value)."""

MAX_DETAIL = 300

_CODES = {
    "address_refused": FailureKind.PERMANENT,
    "scheme_refused": FailureKind.PERMANENT,
    "port_refused": FailureKind.PERMANENT,
    "userinfo_refused": FailureKind.PERMANENT,
    "bad_url": FailureKind.PERMANENT,
    "dns": FailureKind.TRANSIENT,
    "connect": FailureKind.TRANSIENT,
    "reset": FailureKind.TRANSIENT,
    "timeout": FailureKind.TRANSIENT,
    "truncated": FailureKind.TRANSIENT,
    "proxy": FailureKind.TRANSIENT,
    "tls": FailureKind.SOFT,
    "blocked": FailureKind.SOFT,
    "bomb": FailureKind.SOFT,
    "too_big": FailureKind.SOFT,
    "encoding": FailureKind.SOFT,
    "bad_response": FailureKind.SOFT,
    "redirect_loop": FailureKind.SOFT,
    "too_many_redirects": FailureKind.SOFT,
    "host_stopped": FailureKind.OURS,
}
_PASSING = frozenset({408, 421, 425, 429})
_CHALLENGE = re.compile(
    rb"<title>\s*(?:just a moment|attention required! \| cloudflare|ddos-guard|access denied|checking your"
    rb"|pardon our interruption|sucuri website firewall)"
    rb"|/cdn-cgi/challenge-platform/|_incapsula_resource|geo\.captcha-delivery\.com|px-captcha"
    rb"|block access from your country|(?:not |un)available in your (?:country|region|location)",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def kind_of(code: str) -> FailureKind:
    """How a failure weighs, by its code. A code of parsing, or one that is not known, is soft."""
    if code.startswith("http_"):
        return kind_of_status(int(code[5:])) if code[5:].isdecimal() else FailureKind.SOFT
    return _CODES.get(code, FailureKind.SOFT)


def kind_of_status(status: int) -> FailureKind:
    """4xx is the feed's lasting fault, except those that mean "later"; 5xx passes; the rest is odd."""
    if status in _PASSING or status >= 500:
        return FailureKind.TRANSIENT
    return FailureKind.PERMANENT if status >= 400 else FailureKind.SOFT


def printable(text: str) -> str:
    """One short line that is safe in a log: controls, bidi marks and lone surrogates escaped."""
    head = text[:MAX_DETAIL]
    shown = _CONTROLS.sub(lambda m: f"\\u{ord(m[0]):04x}", head)
    return shown if len(text) <= MAX_DETAIL else shown + "…"


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a bot check or a geo-block rather than the page: marks of the common ones."""
    if headers.get("cf-mitigated", "").lower() == "challenge" or "x-amzn-waf-action" in headers:
        return True
    head = body[:20_000]
    return head.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html", b"<head")) and bool(
        _CHALLENGE.search(head)
    )


def retry_after(status: int, headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """How long the host asks to be left alone on 429 and 503; a date counts from the server's own clock.

    At most MAX_RETRY_AFTER. A 429 without a usable value means BARE_429; a 503 without one stops nothing.
    """
    if status not in {429, 503}:
        return None
    wait = asked_wait(headers, now)
    if wait is None:
        return BARE_429 if status == 429 else None
    return min(wait, MAX_RETRY_AFTER)


def from_exception(error: BaseException) -> tuple[str, str]:
    """Translate what aiohttp raised into (code, detail); raises TypeError for anything else."""
    refused = _refused_within(error)
    if refused is not None:
        return refused.refusal.code, refused.refusal.detail
    for kinds, code, detail in _BY_TYPE:
        if isinstance(error, kinds):
            return _sharpen(code, error), printable(detail or _reason(error))
    raise TypeError(f"not a failure of a fetch: {type(error).__name__}") from error


_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    # from the narrow to the wide: aiohttp's tree is deep
    ((aiohttp.ConnectionTimeoutError,), "connect", "no connection in time"),
    ((asyncio.TimeoutError,), "timeout", "no complete answer in time"),
    ((aiohttp.ClientConnectorDNSError,), "dns", ""),
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), "proxy", "the proxy cannot be used"),
    ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), "tls", ""),
    ((aiohttp.ClientConnectorError,), "connect", ""),
    ((aiohttp.ServerDisconnectedError,), "reset", "the server closed the connection without an answer"),
    ((aiohttp.ClientPayloadError,), "truncated", "the body stops in the middle"),
    ((aiohttp.InvalidURL,), "bad_url", ""),
    ((aiohttp.ClientOSError, ConnectionError), "reset", ""),
    ((aiohttp.ClientError, ValueError), "bad_response", ""),
    ((OSError,), "connect", ""),
)


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientResponseError):
        return error.message.split("\n", 1)[0].rstrip(":")  # what follows quotes the bytes
    cause = getattr(error, "os_error", error)
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def _sharpen(code: str, error: BaseException) -> str:
    cause = getattr(error, "os_error", error)
    if code == "connect" and isinstance(cause, OSError) and cause.errno == errno.ECONNRESET:
        return "reset"
    return code


def _refused_within(error: BaseException) -> RefusedError | None:
    found = getattr(error, "os_error", error)
    return found if isinstance(found, RefusedError) else None
