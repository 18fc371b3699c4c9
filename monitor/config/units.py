"""Durations, sizes and addresses as people write them: `10m`, `1h30m`, `15MB`."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import BeforeValidator, PlainSerializer

_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(min|[smhdw])")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?i?b?)", re.IGNORECASE)


def parse_duration(value: Any) -> Any:
    """Read `30s`, `10m`, `1h30m`, `24h`, `8d` or a number of seconds; ValueError says how to write it."""
    if isinstance(value, dt.timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return dt.timedelta(seconds=value)
    text = str(value).strip().lower()
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"{value!r} is no duration: write 30s, 10m, 1h30m, 24h or 8d")
    return dt.timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))


def parse_size(value: Any) -> Any:
    """Read `15MB`, `2 MiB` or a number of bytes; ValueError says how to write it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(str(value).strip())
    if match is None or match[2].lower() not in _BYTES:
        raise ValueError(f"{value!r} is no size: write 500kB, 15MB or 2MiB")
    return int(float(match[1]) * _BYTES[match[2].lower()])


def write_duration(value: dt.timedelta) -> str:
    """The shortest way to write a duration: `10m`, `1.5h`."""
    seconds = value.total_seconds()
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds / _SECONDS[unit]:.12g}{unit}"
    return f"{seconds:.12g}s"


Duration = Annotated[dt.timedelta, BeforeValidator(parse_duration), PlainSerializer(write_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]


def slugify(text: str) -> str:
    """A name as [a-z0-9-]{1,60}; names without Latin letters keep their code points in hex."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return slug or "x" + "".join(f"{ord(c):x}" for c in text.strip()[:8])


def feed_address(url: str) -> str:
    """A feed's address as its identity: scheme and host in lower case, default port and fragment off.

    Raises ValueError where the text is no http(s) address.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no http or https address")
    if parts.username or parts.password:
        raise ValueError("an address must not hold a user name or password: they would end up in logs")
    host = parts.hostname
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    if parts.port and parts.port != default:
        host = f"{host}:{parts.port}"
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))
