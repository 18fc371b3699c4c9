"""Numbers, durations and coded values as the preview writes them. None of these raises."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re

from monitor.types.telegram import ShownCount

MAX_ID = 2**63 - 1
"""The largest id that a database column holds."""

_COUNT = re.compile(r"([0-9]+(?:[.,][0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+)([KMB]?)")
_TIMES = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}
_DURATION = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})")
_PEER = re.compile(r"c-?([0-9]{1,19})_")
_HUNDREDTH = re.compile(r"([0-9]{1,3})(?:[.,][0-9]+)?%")


def shown_count(raw: str) -> ShownCount | None:
    """Read `656`, `1.11K`, `12.5M`, `12,5M`, `11 110 268`, `1,234`; None for anything else.

    A comma before exactly three digits groups, any other is a decimal sign (specification, section 3).
    """
    raw = raw.strip()
    match = _COUNT.fullmatch("".join(raw.split())) if len(raw) <= 40 else None
    if match is None:
        return None
    number, suffix = match.groups()
    if re.fullmatch(r"[0-9]+(?:,[0-9]{3})+", number):
        number = number.replace(",", "")
    whole, _, part = number.replace(",", ".").partition(".")
    # in integers: 1.11 * 1000 is 1110.0000000000002
    times = _TIMES[suffix]
    value = int(whole) * times + (int(part) * times // 10 ** len(part) if part else 0)
    return ShownCount(raw=raw, value=value, is_approx=bool(suffix)) if value <= MAX_ID else None


def shown_percent(raw: str) -> int | None:
    """Read `16%`; None where there is none."""
    match = _HUNDREDTH.fullmatch("".join(raw.split()))
    return int(match[1]) if match else None


def seconds(raw: str) -> int | None:
    """Read `0:52` or `1:02:03` as seconds; None for anything else."""
    match = _DURATION.fullmatch(raw.strip())
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]) if match else None


def message_id(raw: str) -> int | None:
    """Read a message id; None where it is none or exceeds MAX_ID."""
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 19):
        return None
    return int(raw) if 0 < int(raw) <= MAX_ID else None


def iso_time(raw: str | None) -> dt.datetime | None:
    """Read the ISO 8601 value of `time[datetime]` as UTC; None where it is none or has no zone."""
    try:
        when = dt.datetime.fromisoformat((raw or "").strip())
        return when.astimezone(dt.UTC) if when.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def chat_of_view(data_view: str | None) -> int | None:
    """Return the channel's number in `data-view` (base64url JSON with the negated id in `c`).

    It is also the id of the channel in MTProto. Its other values (`p` may be "84g", `t` is the time of the
    request) are not used. None for whatever holds no such number.
    """
    if not data_view:
        return None
    try:
        packed = data_view.encode("ascii")
        value = json.loads(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    number = value.get("c") if isinstance(value, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return abs(number) if 0 < abs(number) <= MAX_ID else None


def chat_of_peer(data_peer: str | None) -> int | None:
    """Return the channel's number in the `data-peer` of an embed (`c1591537674_…`)."""
    match = _PEER.match(data_peer or "")
    return message_id(match[1]) if match else None
