"""Which addresses and URLs may be asked: pure decisions, enforced by `connector` when it connects.

Only global unicast addresses on ports 80 and 443, by http or https. The tables follow the IANA
special-purpose address registries (RFC 6890 and its updates) and are spelled out because
`ipaddress.is_global` differs between patch releases of Python. What `allow_networks` names is open on every
port.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

from yarl import URL

from monitor.fetch.options import Network

Address = IPv4Address | IPv6Address

_V4_NAMES = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared address space",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's platform address",
    "169.254.0.0/16": "link-local, cloud metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
#: First and last address as numbers and what they are for, in order: they do not overlap.
_V4 = sorted(
    (int(net.network_address), int(net.broadcast_address), why)
    for net, why in ((IPv4Network(name), why) for name, why in _V4_NAMES.items())
)
_V4_FIRST = [first for first, _, _ in _V4]
_V6 = [
    (ip_network(net), why)
    for net, why in {
        "::/128": "unspecified",
        "::1/128": "loopback",
        "::ffff:0:0/96": "IPv4-mapped",
        "64:ff9b::/96": "NAT64",
        "64:ff9b:1::/48": "local NAT64",
        "100::/64": "discard-only",
        "2001::/32": "Teredo",
        "2001::/23": "protocol assignments",
        "2001:db8::/32": "documentation",
        "3ffe::/16": "returned",
        "3fff::/20": "documentation",
        "5f00::/16": "segment routing",
        "fc00::/7": "private",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
]
_GLOBAL_V6 = ip_network("2000::/3")
_MAPPED, _NAT64, _NAT64_LOCAL = (ip_network(n) for n in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
_NUMERIC_LABEL = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")

PORTS = frozenset({80, 443})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not made: a stable code and what a person reads."""

    code: str
    detail: str


def embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped, NAT64, 6to4 or Teredo address leads to, None for others."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or address in _NAT64_LOCAL:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None


def refusal(address: str | Address, allow: Sequence[Network] = ()) -> str | None:
    """Say why an address is not connected to, None for a global unicast or an allowed one.

    A transition form (NAT64, 6to4, mapped, Teredo) must pass twice: itself, and as the IPv4 address in it.
    """
    try:
        ip = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv4Address):
        return _refusal_v4(ip, allow)
    if ip.scope_id is not None:
        return "an address with a zone"
    inner = embedded(ip)
    if inner is not None and (why := _refusal_v4(inner, allow)) is not None:
        return f"leads to {inner}: {why}"
    if any(ip in net for net in allow):
        return None
    why = next((why for net, why in _V6 if ip in net), None)
    return why or (None if ip in _GLOBAL_V6 else "not global unicast")


def _refusal_v4(ip: IPv4Address, allow: Sequence[Network]) -> str | None:
    if any(ip in net for net in allow):
        return None
    number = int(ip)
    place = bisect_right(_V4_FIRST, number) - 1
    _, last, why = _V4[place]
    return why if number <= last else None


def is_allowed(address: str | Address, allow: Sequence[Network]) -> bool:
    """Whether `allow_networks` names this address itself, which opens all its ports."""
    try:
        ip = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return False
    return any(ip in net for net in allow)


def connect_refusal(address: str, port: int, allow: Sequence[Network]) -> Refusal | None:
    """Decide about the very address and port that a socket is about to be connected to."""
    return _connect_refusal(address, port, tuple(allow))


@functools.lru_cache(
    maxsize=20_000
)  # the same address is judged before the lookup, after it and when connecting
def _connect_refusal(address: str, port: int, allow: tuple[Network, ...]) -> Refusal | None:
    why = refusal(address, allow)
    if why is not None:
        return Refusal("address_refused", f"{address} is refused: {why}")
    if port not in PORTS and not is_allowed(address, allow):
        return Refusal("port_refused", f"port {port} is refused: only 80 and 443 are asked")
    return None


def url_refusal(url: URL, allow: Sequence[Network], *, proxied: bool = False) -> Refusal | None:
    """Decide what can be decided before DNS: scheme, host spelled as a number, user name, port.

    A port other than 80 and 443 passes here if the host is a name: `connect_refusal` judges it with the
    address. With a proxy the address is never seen, so the port is judged at once.
    """
    host = url.raw_host
    if url.scheme not in {"http", "https"}:
        return Refusal("scheme_refused", f"only http and https are asked, not {url.scheme[:20] or 'nothing'}")
    if not host:
        return Refusal("bad_url", "the address has no host")
    port = url.port or 0
    if _is_numeric(host):
        found = _literal_refusal(host, port, allow)
    elif proxied and port not in PORTS:
        found = Refusal("port_refused", f"port {port} is refused: only 80 and 443 are asked")
    else:
        found = None
    if found is None and (url.raw_user is not None or url.raw_password is not None):
        found = Refusal("userinfo_refused", "an address with a user name is not asked")
    return found


def _is_numeric(host: str) -> bool:
    # WHATWG URL: a host whose last label is a number is an IPv4 address, however it is spelled
    return ":" in host or _NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def _literal_refusal(host: str, port: int, allow: Sequence[Network]) -> Refusal | None:
    try:
        ip_address(host)
    except ValueError:
        # 127.1, 0x7f.1, 2130706433, 127.0.0.1.: the system would read them as addresses
        return Refusal("address_refused", f"{host[:60]} is no plain spelling of an address")
    return connect_refusal(host, port, allow)
