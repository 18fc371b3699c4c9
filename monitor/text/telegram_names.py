"""Names of Telegram channels in every form that people paste, and Telegram's own addresses.

    text -> blanks and invisible marks off -> scheme, host, path -> the name -> folded

Names are case-insensitive; the folded form is a feed's identity, the channel's own spelling is shown.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
"""Hosts of the same site."""

MAX_POST_ID = 2**63 - 1
"""The largest id that a database column holds."""

_INVISIBLE = re.compile(
    "[\x00-\x20\x7f-\xa0\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff]+"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_LINK = re.compile(r"^(?:[a-z0-9_-]+\.)*(?:t\.me|telegram\.(?:me|dog))(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_POST = re.compile(r"^/(?:s/)?([A-Za-z][A-Za-z0-9_]{2,31})/(\d{1,19})/?$")
_NOT_CHANNELS = frozenset(
    {
        "addemoji", "addlist", "addstickers", "addtheme", "bg", "boost", "confirmphone", "contact", "giftcode",
        "invoice", "iv", "login", "nft", "proxy", "setlanguage", "share", "socks", "stars", "v",
    }
)  # fmt: skip
_PRIVATE = (
    "is a private invitation or message: only public channels, those with a name, can be read; "
    "write the channel's name, such as `examplenews` or https://t.me/examplenews"
)


def channel_name(text: str) -> str:
    """Return the folded name (`examplenews`) of what a person pasted; see `spelled_name` for the forms."""
    return spelled_name(text).lower()


def spelled_name(text: str) -> str:
    """Return a channel's name as it is spelled in what a person pasted.

    Accepts `name`, `@name`, links to the channel, its preview or a post of it on t.me, telegram.me and
    telegram.dog, `name.t.me`, `tg://resolve?domain=name` and web.telegram.org links, with blanks around.
    Raises ValueError, with what to write instead, for private links and for what is no name.
    """
    bare = _INVISIBLE.sub(" ", text).strip()
    if bare[:5].lower() == "tg://" or bare[:3].lower() == "tg:":
        name = _of_scheme(bare)
    elif bare[:1] in {"+", "#"} or bare.lower().startswith("joinchat/"):
        raise ValueError(f"{text.strip()!r} {_PRIVATE}")
    elif "web.telegram.org/" in bare.lower():
        name = _of_web_client(bare)
    elif _LINK.match(_SCHEME.sub("", bare)):
        name = _of_link(_SCHEME.sub("", bare), text)
    else:
        name = bare.removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{text.strip()!r} is no name of a channel (4 to 32 letters, digits and _, beginning with a letter): "
            "write `examplenews`, @examplenews or https://t.me/examplenews"
        )
    return name


def _of_scheme(link: str) -> str:
    kind = re.split(r"[:/?]+", link[3:].lstrip("/"))[0].lower()
    if kind in {"join", "privatepost"}:
        raise ValueError(f"{link!r} {_PRIVATE}")
    return parse_qs(urlsplit(link).query).get("domain", [""])[0]


def _of_web_client(link: str) -> str:
    fragment = unquote(link.partition("#")[2])
    if fragment.startswith("-") or fragment[:1].isdigit():
        raise ValueError(f"{link!r} {_PRIVATE}")
    return fragment.removeprefix("@").split("/")[0].split("?")[0]


def _of_link(link: str, text: str) -> str:
    host, _, rest = link.replace("?", "/?", 1).replace("#", "/#", 1).partition("/")
    parts = [unquote(part) for part in rest.split("/") if part]
    label = host.lower().split(":")[0].rpartition(".t.me")[0]
    if label and label != "www":
        return host[: len(label)]
    if parts and parts[0] == "s":
        parts = parts[1:]
    first = parts[0] if parts else ""
    if first[:1] == "+" or first in {"joinchat", "c"}:
        raise ValueError(f"{text.strip()!r} {_PRIVATE}")
    if first[:1] in {"?", "#"} or first.lower() in _NOT_CHANNELS:
        raise ValueError(f"{text.strip()!r} leads to no channel: write its name or https://t.me/NAME")
    return first.removeprefix("@")


def is_telegram(url: str) -> bool:
    """Whether an absolute address is on one of Telegram's short-link hosts."""
    host = (urlsplit(url).hostname or "").lower() if "//" in url else ""
    return host.removeprefix("www.") in HOSTS


def post_of(url: str) -> tuple[str, int] | None:
    """Return the channel (as spelled) and post id of a link to a channel post; None for any other address.

    Absolute, protocol-relative and site-relative links are read; `/s/` and the query are of no account.
    """
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        parts = urlsplit(url)
        on_site = not parts.netloc or (parts.hostname or "").lower().removeprefix("www.") in HOSTS
    except ValueError:
        return None
    match = _POST.match(parts.path) if on_site else None
    if match is None or match[1].lower() in _NOT_CHANNELS or not 0 < int(match[2]) <= MAX_POST_ID:
        return None
    return match[1], int(match[2])


def name_of(url: str) -> str | None:
    """Return the name that a link to a channel, bot or person holds (`https://t.me/name`), as spelled."""
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        if not is_telegram(url):
            return None
        path = urlsplit(url).path.strip("/")
    except ValueError:
        return None
    return path if _NAME.fullmatch(path) and path.lower() not in _NOT_CHANNELS else None


def stable_link(url: str) -> str:
    """Return a Telegram link in one spelling: on t.me, without `/s/`, query or fragment. Others are unchanged."""
    post = post_of(url)
    if post is not None:
        return f"https://t.me/{post[0]}/{post[1]}"
    name = name_of(url)
    return url if name is None else f"https://t.me/{name}"
