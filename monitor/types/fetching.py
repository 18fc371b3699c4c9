"""Outcomes of one fetch. An expected failure is a value with a kind and a stable code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from monitor.types.source import Validators


class FailureKind(StrEnum):
    """How a failure weighs: the feed's lasting fault, a soft one, a passing one, or ours."""

    PERMANENT = "permanent"
    SOFT = "soft"
    TRANSIENT = "transient"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop that was followed: the status that sent us on, and where to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer with a body (decompressed). Header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validators: Validators
    redirects: tuple[Redirect, ...] = ()
    elapsed_s: float = 0.0
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server, or the hash of the body, says that nothing changed."""

    url: str
    status: int
    headers: Mapping[str, str]
    validators: Validators
    by_hash: bool = False
    redirects: tuple[Redirect, ...] = ()
    elapsed_s: float = 0.0
    wire_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No usable answer. `code` is stable (`http_404`, `timeout`, `dns`, `address_refused`, …)."""

    url: str
    kind: FailureKind
    code: str
    detail: str
    status: int | None = None
    retry_after: dt.timedelta | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    redirects: tuple[Redirect, ...] = ()
    elapsed_s: float = 0.0
    wire_bytes: int = 0


FetchOutcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A webhook took what was sent to it. `url` is without path and query: they are often a secret."""

    url: str
    status: int
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A server answered with JSON, which is `value`: nothing in it is checked. `url` is without path and query."""

    url: str
    status: int
    value: Any
    elapsed_s: float = 0.0
