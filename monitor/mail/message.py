"""A rendered digest -> the bytes of a mail that mail programs, filters and people accept.

    RenderedDigest ─► compose (no recipient) ─► stored in the outbox ─► address ─► smtp

RFC 5322 (lines, Message-ID), RFC 2919 (List-Id), RFC 2369 (List-Unsubscribe), RFC 3834 (Auto-Submitted), RFC 2392
(cid). Only the headers built here are ever in a mail; nothing from a feed is in them but the subject, cleaned.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from monitor.digest.page import unsubscribe_link
from monitor.errors import MailError
from monitor.render.escape import shorten
from monitor.types.digest import RenderedDigest

MAX_HEADER: Final = 200
"""Characters of a subject or name."""
MAX_BYTES: Final = 2_000_000
"""Of a mail as sent, pictures and encoding included."""
MAX_LINE: Final = 998
"""RFC 5322 2.1.1, without CRLF."""
# 7bit: encoded as quoted-printable or base64, so that no server on the way has to know 8BITMIME
POLICY: Final = policy.SMTP.clone(cte_type="7bit", max_line_length=78)

_NOT_IN_HEADERS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOptions:
    """`sender` a bare address; `sent_at` aware: the Date header, the same for every copy and attempt."""

    sender: str
    sent_at: dt.datetime
    sender_name: str = "News monitor"


def clean_header(text: object, limit: int = MAX_HEADER) -> str:
    """Text for a header: one line without controls, U+0085, U+2028, U+2029, surrogates, at most `limit` long.

    `=?` becomes `= ?`: Python's `email` decodes encoded words (RFC 2047) in a header that it is given, and
    one from a feed may hold a line end and further headers.
    """
    return shorten(_NOT_IN_HEADERS.sub(" ", str(text)).replace("=?", "= ?"), limit)


def message_id(name: str, day: dt.date, recipient: str, sender: str) -> str:
    """The Message-ID of one delivery: the same at every attempt, so that a double can be told as one."""
    folded = recipient.strip().casefold()
    mark = hashlib.sha256(f"{name}\0{day.isoformat()}\0{folded}".encode("utf-8", "replace")).hexdigest()[:24]
    return f"<digest.{_slug(name)}.{day.isoformat()}.{mark}@{_domain(sender)}>"


def compose(rendered: RenderedDigest, options: MessageOptions) -> EmailMessage:
    """Return the mail of a digest without recipient and Message-ID: the form that the outbox keeps.

    MailError if the sender is no address. Anything else that fails is the content's fault
    (`render_safely` finds which story).
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _sender(options)
    message["Subject"] = clean_header(rendered.subject) or clean_header(rendered.title)
    message["Date"] = format_datetime(options.sent_at.astimezone(dt.UTC))
    message["List-Id"] = f"<{_slug(rendered.name)}.digest.{_domain(options.sender)}>"
    message["List-Unsubscribe"] = f"<{unsubscribe_link(options.sender, rendered.name)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]  # typed for messages without parts too
    if not isinstance(html, EmailMessage):
        raise TypeError("the second alternative is a message part")
    for number, image in enumerate(rendered.images, start=1):
        html.add_related(
            image.png,
            "image",
            "png",
            cid=f"<{image.cid}>",
            disposition="inline",
            filename=f"chart-{number}.png",
        )
    # set last: making parts moves what is named Content- into the first of them
    message["Content-Language"] = clean_header(rendered.language)
    _fix_boundaries(message, f"{rendered.name} {rendered.day}")
    return message


def compose_bytes(rendered: RenderedDigest, options: MessageOptions) -> bytes:
    """`compose` as bytes, checked: MailError if a line is longer than the standard lets it be."""
    data = eml_bytes(compose(rendered, options))
    longest = max(map(len, data.split(b"\r\n")))
    if longest > MAX_LINE:
        raise MailError(f"a mail has a line of {longest} bytes, {MAX_LINE} are allowed")
    return data


def address_to(message: bytes, recipient: str, identifier: str) -> bytes:
    """The stored mail with its one recipient and Message-ID. MailError if `recipient` is no address."""
    parsed = message_from_bytes(message, policy=POLICY)
    _check(recipient)
    del parsed["To"], parsed["Message-ID"]
    parsed["To"] = _address(recipient)
    parsed["Message-ID"] = identifier
    return eml_bytes(parsed)


def eml_bytes(message: EmailMessage) -> bytes:
    """The mail as a file or server takes it: ASCII, lines ended by CRLF."""
    return message.as_bytes(policy=POLICY)


def plain_message(
    recipient: str, options: MessageOptions, *, subject: str, text: str, identifier: str
) -> bytes:
    """A plain mail of no list: an alert, or one that tries the set-up. MailError for a wrong address."""
    message = EmailMessage(policy=POLICY)
    message["From"] = _sender(options)
    message["Subject"] = clean_header(subject)
    message["Date"] = format_datetime(options.sent_at.astimezone(dt.UTC))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return address_to(eml_bytes(message), recipient, identifier)


def _sender(options: MessageOptions) -> Address:
    _check(options.sender)
    address = _address(options.sender)
    return Address(clean_header(options.sender_name, 80), address.username, address.domain)


def _address(text: str) -> Address:
    local, _, _ = text.strip().rpartition("@")
    return Address("", local, _domain(text))


def _check(address: str) -> None:
    local, _, domain = address.strip().rpartition("@")
    if (
        not local
        or not domain
        or _NOT_IN_HEADERS.search(address)
        or any(c.isspace() for c in address.strip())
    ):
        raise MailError(f"{clean_header(address, 80)!r} is no mail address", hint="write name@example.org")
    if not local.isascii():
        hint = "use an address whose part before the @ is ASCII: few servers take others (RFC 6531)"
        raise MailError(f"{clean_header(address, 80)!r} cannot be written to", hint=hint)


def _domain(address: str) -> str:
    domain = address.strip().rpartition("@")[2]
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise MailError(f"{clean_header(domain, 80)!r} is no domain name") from error


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", name.casefold()).strip("-")[:60] or "digest"


def _fix_boundaries(message: EmailMessage, key: str) -> None:
    """Boundaries named by the digest: the same digest gives the same bytes, whenever it is composed."""
    mark = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{mark}_{number}")
