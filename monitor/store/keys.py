"""Natural keys: what an entry, a claim, an issue is known by, independent of any row number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from monitor.store.columns import dumps
from monitor.types.annotations import Claim


def digest(*parts: str, size: int = 32) -> str:
    """Hex SHA-256 of the parts, cut to `size` digits. No part can run into the next."""
    joined = "\x1f".join(part.replace("\\", "\\\\").replace("\x1f", "\\u") for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:size]


def entry_uid(kind: str, address: str, external_id: str) -> str:
    """The public id of an entry: 128 bits of feed identity and external id, so of any database the same."""
    return digest("entry", kind, address, external_id)


def claim_uids(entry_key: str, claims: Iterable[Claim]) -> list[str]:
    """Public ids of an entry's claims from what they say, not from how it was found.

    Two claims that say the same in one entry are told apart by their order.
    """
    seen: dict[str, int] = {}
    uids = []
    for claim in claims:
        said = dumps(
            [sorted(claim.supplier), sorted(claim.recipient), sorted(claim.via), sorted(claim.items)]
        )
        base = digest("claim", entry_key, said, claim.status)
        seen[base] = turn = seen.get(base, -1) + 1
        uids.append(base if turn == 0 else digest("claim", base, str(turn)))
    return uids


def key64(text: str) -> int:
    """64 bits of SHA-256 as a signed integer: an index row of 8 bytes, whatever the length of the text."""
    return int.from_bytes(
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True
    )


def hex64(sha256: str) -> int:
    """The first 64 bits of a hex hash, signed."""
    value = int(sha256[:16], 16)
    return value - (1 << 64) if value >= 1 << 63 else value


def signed64(value: int) -> int:
    """A 64-bit number, signed or not, as BIGINT holds it."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >= 1 << 63 else value


def host_of(url: str) -> str:
    """Host name of a URL: lower case, IDNA, no port, no final dot; empty where there is none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except (ValueError, UnicodeError):
        return ""
