"""Canonical addresses: one spelling for one page, and never one spelling for two pages.

    strip -> join with the base -> http(s) only -> host -> path -> query without trackers -> no fragment

Why not a library's normaliser: courlan's drops parameters that select content and whole fragments,
w3lib's `canonicalize_url` sorts the query and keeps trackers, yarl decodes what servers tell apart.
The splitting is the standard library's, host names are encoded by `idna` (UTS 46).
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from monitor.text.trackers import is_session_parameter, is_tracking_parameter

MAX_URL = 2048
"""Characters of an address that are kept; a longer one is no address (reliability.md, section 3)."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SIMPLE = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?:/(?!\.)[A-Za-z0-9_~!$'()*+,:@.-]*)+"
)
_STRIPPED = "".join(chr(c) for c in range(0x21)) + "\x7f\xa0\u200b\u200e\u200f\u2028\u2029\u3000\ufeff"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ASCII_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_IPV6 = re.compile(r"[0-9a-f:.]+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")
_QUERY_SAFE = re.compile(r"[A-Za-z0-9._~!$'()*+,;:@/?=-]*")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})|%|[^%]+")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)


@lru_cache(maxsize=8192)
def canonical_url(url: str, base: str | None = None) -> str | None:
    """Return the canonical spelling of an http(s) address, or None where it is none.

    Scheme and host are lower case, default ports, user names, fragments (but not `#!` and `#/`
    routes), tracking and session parameters are off; the case of the path, the order of the
    parameters and every parameter that may select content stay. A relative `url` is joined to
    `base`. Idempotent; never raises.
    """
    url = url.strip(_STRIPPED)
    if len(url) <= MAX_URL and _SIMPLE.fullmatch(url):
        return url
    try:
        parts = _split(url, base)
        if parts is None:
            return None
        host = _host(parts.hostname or "")
        if not host:
            return None
        port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
    except ValueError:  # a port or an IPv6 address that is none
        return None
    path = _path(parts.path)
    query = _query(parts.query)
    fragment = (
        _quoted(parts.fragment, _QUERY_SAFE, "/?:@!$'()*+,;=&") if parts.fragment[:1] in {"!", "/"} else ""
    )
    result = f"{parts.scheme}://{host}{port}{path}{'?' + query if query else ''}{'#' + fragment if fragment else ''}"
    return result if len(result) <= MAX_URL else None


def host_of(url: str | None) -> str:
    """Return the lower-cased host name of an address, without port; empty where there is none."""
    if not url:
        return ""
    try:
        return _host(urlsplit(url.strip(_STRIPPED)).hostname or "") or ""
    except ValueError:
        return ""


def is_absolute(url: str) -> bool:
    """Return whether `url` begins with a scheme (any scheme)."""
    return _SCHEME.match(url) is not None


def without_userinfo(url: str | None) -> str | None:
    """An address without user name and password."""
    if url is None or "@" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def joined(base: str | None, url: str) -> str:
    """Return `url` joined to `base` where it is relative; as it is where it is absolute or cannot be joined."""
    if not base or is_absolute(url):
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def _split(url: str, base: str | None) -> SplitResult | None:
    """The parts of an http(s) address that was joined to its base."""
    url = _CONTROLS.sub("", url)
    if not url or len(url) > 8 * MAX_URL:
        return None
    if _SCHEME.match(url) is None:
        if url.startswith("#") or (not base and not url.startswith("//")):
            return None
        # urljoin would read a colon in a relative path as nothing special, and so do we
        url = urljoin(base, url) if base else f"https:{url}"
    head, colon, rest = url.partition(":")
    if head.lower() not in _DEFAULT_PORTS or not colon:
        return None
    rest_path, mark, tail = rest.partition("?")
    rest = rest_path.replace("\\", "/") + mark + tail
    return urlsplit(f"{head.lower()}://{rest.lstrip('/')}")


def _host(name: str) -> str | None:
    """A host name in lower case ASCII (punycode), or None where no name can be made of it."""
    name = name.rstrip(".").lower()
    if ":" in name:
        return f"[{name}]" if _IPV6.fullmatch(name) else None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    return name if _ASCII_HOST.fullmatch(name) else None


def _path(path: str) -> str:
    """The path, percent-encoded in one way, without dot segments and session numbers."""
    path = _quoted(path, _PATH_SAFE, "/!$&'()*+,;=:@")
    if ";" in path:
        path = _SESSION_PATH.sub("", path)
    if "/." in path:
        path = _without_dots(path)
    return path or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """The query in its order, without tracking and session parameters."""
    if not query:
        return ""
    kept = []
    for pair in query.replace("&amp;", "&").split("&"):
        text = _quoted(pair, _QUERY_SAFE, "/?:@!$'()*+,;=")
        name, _, value = text.partition("=")
        if text and not is_tracking_parameter(name, value) and not is_session_parameter(name):
            kept.append(text)
    return "&".join(kept)


def _quoted(text: str, safe: re.Pattern[str], marks: str) -> str:
    """Percent-encoding in one way: hexadecimal digits upper case, unreserved characters plain."""
    if safe.fullmatch(text):
        return text
    return _ESCAPE.sub(lambda match: _one(match, marks), text)


def _one(match: re.Match[str], marks: str) -> str:
    code = match[1]
    if code is None:
        return "%25" if match[0] == "%" else quote(match[0], safe=marks + "~", errors="replace")
    byte = int(code, 16)
    return chr(byte) if byte in _UNRESERVED else f"%{code.upper()}"
