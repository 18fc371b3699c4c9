"""What is asked, and which headers go out and come in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from multidict import CIMultiDictProxy

from monitor.fetch.options import FEED_ACCEPT
from monitor.types.source import Validators

KEPT_HEADERS = frozenset(
    {
        "age", "cache-control", "cf-mitigated", "content-encoding", "content-language", "content-length",
        "content-type", "date", "etag", "expires", "last-modified", "link", "location", "retry-after",
        "tdm-policy", "tdm-reservation", "x-amzn-waf-action", "x-robots-tag",
    }
)  # fmt: skip
"""Headers that an outcome carries; cookies are not among them."""

MAX_VALIDATOR = 1024
"""A longer ETag or Last-Modified is not kept."""

_NOT_ECHOABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to ask. `unconditional` sends no validators; the body hash still tells whether anything changed.

    `gap_s` (seconds) lengthens the host's gap (Crawl-delay). `max_body` (bytes) lowers the cap, and with
    `cut` a longer body is cut there instead of refused. `proxy` is an http:// address, on purpose.
    `follow=False` makes a redirect the answer: a failure `redirected` with its `location` header.
    `keep_alive` keeps the connection open though nobody waits for the host yet.
    """

    url: str
    validators: Validators = field(default_factory=Validators)
    unconditional: bool = False
    proxy: str | None = None
    accept: str = FEED_ACCEPT
    gap_s: float | None = None
    max_body: int | None = None
    cut: bool = False
    follow: bool = True
    accept_language: str = ""
    keep_alive: bool = False


def is_echoable(value: str) -> bool:
    """Whether a validator can go back byte for byte: no controls, nothing but UTF-8, not huge."""
    return 0 < len(value) <= MAX_VALIDATOR and _NOT_ECHOABLE.search(value) is None


def request_headers(request: FetchRequest) -> dict[str, str]:
    """Accept and the validators. Stored ones are checked again: what an older version kept is no excuse."""
    headers = {"Accept": request.accept}
    if request.accept_language:
        headers["Accept-Language"] = request.accept_language
    if request.unconditional:
        return headers
    etag, modified = request.validators.etag, request.validators.last_modified
    if etag and is_echoable(etag):
        headers["If-None-Match"] = etag
    if modified and is_echoable(modified):
        headers["If-Modified-Since"] = modified
    return headers


def kept_validators(headers: Mapping[str, str], body_sha256: str | None) -> Validators:
    """What to ask with next time: as served, quotes or none, odd dates and all."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validators(
        etag=etag if is_echoable(etag) else None,
        last_modified=modified if is_echoable(modified) else None,
        body_sha256=body_sha256,
    )


def kept_headers(received: CIMultiDictProxy[str]) -> dict[str, str]:
    """The headers of an answer that an outcome carries, names in lower case, repeated ones joined.

    A repeated ETag or Last-Modified is nobody's validator: the first one counts.
    """
    kept: dict[str, str] = {}
    for name, value in received.items():
        lower = name.lower()
        if lower not in KEPT_HEADERS:
            continue
        if lower not in kept:
            kept[lower] = value
        elif lower not in {"etag", "last-modified", "location", "content-length"}:
            kept[lower] = f"{kept[lower]}, {value}"
    return kept
