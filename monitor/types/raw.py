"""Raw answers kept for a while: what a parser fix is tried on (`monitor replay`) and what evidence is made from."""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

CODEC = "zlib"
#: A feed of 105 KB: level 1 takes 0.43 ms and leaves 21 KB, level 6 takes 2.1 ms and leaves 17 (parsing takes 10 ms).
LEVEL = 1
#: Headers that are a visitor's, not the document's.
PRIVATE_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authenticate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBody:
    """One answer as it came (transfer and content coding taken off), compressed.

    `sha256` and `size` (bytes) are of the body before compression. `failed`: it could not be read, and is kept for
    a person to look at.
    """

    url: str
    observed_at: dt.datetime
    status: int | None
    headers: tuple[tuple[str, str], ...]
    sha256: str
    size: int
    packed: bytes
    codec: str = CODEC
    failed: bool = False

    @property
    def body(self) -> bytes:
        """The bytes as they came."""
        return self.packed if self.codec == "none" else zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBody:
    """A kept answer of a feed with what is needed to read it again. `stored_at` is when its entries were stored."""

    body_id: int
    feed_id: int
    slug: str
    kind: str
    address: str
    language: str | None
    stored_at: dt.datetime | None
    raw: RawBody


def pack(
    body: bytes,
    *,
    url: str,
    observed_at: dt.datetime,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    failed: bool = False,
) -> RawBody:
    """Compress one answer to be kept. Cookies and the like are left out of its headers."""
    kept = ((name, value.replace("\x00", "")) for name, value in (headers or {}).items())
    return RawBody(
        url=url,
        observed_at=observed_at,
        status=status,
        headers=tuple((name, value) for name, value in kept if name.lower() not in PRIVATE_HEADERS),
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        packed=zlib.compress(body, LEVEL),
        failed=failed,
    )
